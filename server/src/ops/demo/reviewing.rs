//! 演示审核: what the bureau's reviewer has written so far, and what the department answered.

use crate::cases::review;
use crate::context::Shared;
use crate::documents::{editions, versions};
use crate::kernel::failure::Failure;
use shared::api::review::{KeepPending, SendReview};
use shared::cases::request::RequestCase;
use shared::cases::review::anchor::Anchor;
use shared::cases::review::cut::{CutLine, CutReason, HowMuch, Share};
use shared::cases::review::language::{Act, Step};
use shared::cases::review::progress::sections;
use shared::cases::review::sums::{Line, lines};
use shared::cases::review::thread::Kind;
use shared::engine::session::Session;
use shared::forms::budget_request;
use shared::kernel::ids::{OpId, RowId, ThreadId};
use shared::kernel::money::Money;
use shared::kernel::people::Actor;
use shared::policy::art11_target_review::ScoreSheet;
use std::sync::Arc;

/// What a review can be about: the sections, and the lines that ask for something, largest first.
struct Material {
    sections: Vec<String>,
    lines: Vec<Line>,
}

/// Half way: remarks of every kind and state, three cuts, one remark not yet published.
pub async fn under_way(
    context: &Shared,
    reviewer: &Actor,
    filler: &Actor,
    case: &RequestCase,
) -> Result<(), Failure> {
    let material = material(context, case).await?;
    let Material { lines, .. } = &material;
    let cell = |line: &Line, field: &str| Anchor::Cell {
        table: line.table.into(),
        row: line.row.clone(),
        field: field.into(),
    };
    let header = |field: &str| Anchor::Cell {
        table: budget_request::FORM.into(),
        row: RowId::new("header"),
        field: field.into(),
    };
    let indicators = Anchor::Section { table: "indicators".into() };
    let mut acts: Vec<Act> = material.sections.iter().take(4).map(|key| view(key)).collect();
    acts.extend([
        raise("q1", header("summary"), Kind::Question, "概述未说明本年度新增设备的投运时间，请补充。"),
        raise("m1", cell(&lines[0], "basis"), Kind::MustFix, "金额较大，测算依据请附合同编号和三家报价。"),
        raise("m2", cell(&lines[1], "quantity"), Kind::MustFix, "数量与资产台账不一致，请核对后改正。"),
        raise(
            "q2",
            Anchor::Row { table: lines[5].table.into(), row: lines[5].row.clone() },
            Kind::Question,
            "该项与上年度是否为同一合同？",
        ),
        raise("m3", indicators, Kind::MustFix, "产出指标偏少，请增加反映故障处置时效的指标。"),
        cut(
            &lines[2..3],
            HowMuch::Share(Share(1500)),
            CutReason::OverStandard,
            "费率高于同类设备平均水平，按 15% 核减。",
        ),
        cut(
            &lines[3..4],
            HowMuch::Amount(Money::from_fen(lines[3].amount.fen() / 4)),
            CutReason::InWarranty,
            "质保期内的月份不计费。",
        ),
        cut(
            &lines[4..5],
            HowMuch::Share(Share(2000)),
            CutReason::Duplicate,
            "与其他运维费中的驻场服务重复。",
        ),
    ]);
    send(context, reviewer, case, "remarks", acts).await?;
    let answers = vec![
        say("q1", Step::Answer, "新增设备计划于本年 9 月投运，已在建设方案中明确。"),
        say(&of_line(&lines[2]), Step::Accept, ""),
        say(&of_line(&lines[3]), Step::Contest, "质保自安装验收之日起算，实际到期日早于本年度，请复核。"),
    ];
    send(context, filler, case, "answers", answers).await?;
    send(context, reviewer, case, "settled", vec![say("q1", Step::Resolve, "")]).await?;
    let act = raise("p1", cell(&lines[6], "rate"), Kind::Question, "费率取值依据请补充说明。");
    let keep = KeepPending { request: case.id.clone(), id: OpId::new("demo-pending-1"), act: Some(act) };
    review::keep(context.clone(), reviewer.clone(), keep).await
}

/// Everything looked through, one cut that the department accepted, targets scored 良.
pub async fn finished(
    context: &Shared,
    reviewer: &Actor,
    filler: &Actor,
    case: &RequestCase,
) -> Result<(), Failure> {
    let material = material(context, case).await?;
    let line = &material.lines[..1];
    let mut acts: Vec<Act> = material.sections.iter().map(|key| view(key)).collect();
    acts.push(cut(line, HowMuch::Share(Share(500)), CutReason::OverStandard, "按上年度结算单价调整。"));
    let sheet = ScoreSheet {
        points: vec![9, 9, 9, 8, 13, 13, 13, 13],
        opinion: "指标设置合理，资金匹配。".into(),
    };
    acts.push(Act::Score { sheet });
    send(context, reviewer, case, "remarks", acts).await?;
    send(context, filler, case, "answers", vec![say(&of_line(&line[0]), Step::Accept, "")]).await
}

async fn material(context: &Shared, case: &RequestCase) -> Result<Material, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let frozen = versions::load(context, &mut connection, &case.id, case.reported_version).await?;
    let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
    let edition = editions::named(context, &mut connection, &frozen.edition).await?;
    let document = frozen.document;
    let asked = |session: &Session| {
        let mut lines = lines(session);
        lines.sort_by_key(|line| -line.amount);
        let sections = sections(session.plan()).map(|table| table.table.key.clone()).collect();
        Material { sections, lines }
    };
    context.forms.of_request()?.with_session(&edition, Arc::new(document), asked).await
}

async fn send(
    context: &Shared,
    actor: &Actor,
    case: &RequestCase,
    what: &str,
    acts: Vec<Act>,
) -> Result<(), Failure> {
    let operation = OpId::new(format!("demo-{}-{what}", case.id));
    let request = SendReview { request: case.id.clone(), operation, acts, published: Vec::new() };
    review::send(context.clone(), actor.clone(), request).await.map(drop)
}

fn view(section: &str) -> Act {
    Act::View { section: section.into() }
}

fn raise(id: &str, anchor: Anchor, kind: Kind, text: &str) -> Act {
    Act::Raise { thread: ThreadId::new(id), anchor, kind, text: text.into() }
}

fn say(id: &str, step: Step, text: &str) -> Act {
    Act::Say { thread: ThreadId::new(id), step, text: text.into() }
}

fn of_line(line: &Line) -> String {
    format!("cut-{}", line.row)
}

fn cut(lines: &[Line], how_much: HowMuch, reason: CutReason, text: &str) -> Act {
    let total = lines.iter().map(|line| how_much.of(line.amount)).sum();
    let line = |line: &Line| CutLine {
        thread: ThreadId::new(of_line(line)),
        table: line.table.into(),
        row: line.row.clone(),
    };
    Act::Cut {
        lines: lines.iter().map(line).collect(),
        how_much,
        total,
        reason,
        article: reason.article(),
        text: text.into(),
    }
}
