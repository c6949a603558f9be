//! 批复结果: what a request asked for, what each office cut and what is left, in sums for finance and line by line for
//! the department.

use crate::cases::department_names;
use crate::cases::request_store;
use crate::cases::review;
use crate::context::{Context, Shared};
use crate::documents::sums::VersionSums;
use crate::kernel::failure::Failure;
use shared::api::finance::{Amounts, Feed, ReadResult, ResultLine, ResultView};
use shared::cases::approval::{self, Candidate, Economic};
use shared::cases::authority::permit;
use shared::cases::consolidation::budget::Sum;
use shared::cases::kernel::Stage;
use shared::cases::kernel::Verb;
use shared::cases::request::RequestCase;
use shared::cases::review::anchor::row_name;
use shared::cases::review::progress::unscored;
use shared::cases::review::sums::{AmountColumns, Cuts, cuts, lines, sums};
use shared::cases::review::thread::Review;
use shared::cases::review::unchanged::by_category_and_system;
use shared::engine::session::Session;
use shared::kernel::money::Money;
use shared::kernel::people::{Actor, Office};
use shared::kernel::refusal::Refusal;
use shared::policy::art11_target_review::may_pass;
use shared::policy::editions::Edition;
use shared::policy::grade::Grade;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// A request as finance weighs it.
#[derive(Clone, Debug)]
pub struct FinanceItem {
    /// By category.
    categories: BTreeMap<String, Amounts>,
    pub total: Amounts,
    pub last_year: Option<Money>,
    /// 绩效目标审核等次.
    pub grade: Option<Grade>,
    /// Why its targets may not be approved (Art. 11).
    targets: Option<Refusal>,
}

/// 申报数 and 批复数 of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestAmounts {
    pub requested: Money,
    pub approved: Money,
}

/// A request as it stands: its kept sums, or its lines where finance has cut some.
pub async fn of(
    context: &Context,
    connection: &mut AnyConnection,
    case: &RequestCase,
    frozen_sums: VersionSums,
) -> Result<FinanceItem, Failure> {
    let review = review::load(context.tenant(), &mut *connection, &case.id).await?;
    let edition = review::edition_of(context, &mut *connection, case).await?;
    let by_line = cuts(&review);
    let categories: BTreeMap<String, Amounts> =
        if by_line.values().all(|(_, finance)| *finance == Money::ZERO) {
            let mut categories = BTreeMap::<String, Amounts>::new();
            for Sum { category, requested, cut, .. } in frozen_sums.sums {
                let known = categories.entry(category).or_default();
                *known = known.and(Amounts { requested, bureau_cut: cut, finance_cut: Money::ZERO });
            }
            categories
        } else {
            let document = review::reported(context, &mut *connection, case).await?;
            let by_category = move |session: &Session| sums(&lines(session), &by_line).categories;
            let found = context.forms.of_request()?.with_session(&edition, document, by_category).await?;
            found.into_iter().map(|(category, columns)| (category.to_string(), amounts(columns))).collect()
        };
    let total = categories.values().fold(Amounts::default(), |total, amounts| total.and(*amounts));
    let grade = review.grade(&edition);
    let targets = grade.ok_or_else(unscored).and_then(|grade| may_pass(&edition, grade)).err();
    Ok(FinanceItem { categories, total, last_year: frozen_sums.last_year, grade, targets })
}

fn amounts(columns: AmountColumns) -> Amounts {
    let AmountColumns { requested, bureau_cut, finance_cut } = columns;
    Amounts { requested, bureau_cut, finance_cut }
}

/// The sums of a request with what the bureau cut of each.
pub async fn reviewed_sums(
    context: &Context,
    connection: &mut AnyConnection,
    case: &RequestCase,
) -> Result<Vec<Sum>, Failure> {
    let review: Review = review::load(context.tenant(), &mut *connection, &case.id).await?;
    let edition = review::edition_of(context, &mut *connection, case).await?;
    let (document, cuts): (_, Cuts) = (review::reported(context, connection, case).await?, cuts(&review));
    context
        .forms
        .of_request()?
        .with_session(&edition, document, move |session| by_category_and_system(session, &cuts))
        .await
}

impl FinanceItem {
    /// 批复数 by economic code, in the codes' order.
    pub fn economics(&self, edition: &Edition) -> Result<Vec<Economic>, Refusal> {
        let approved =
            self.categories.iter().map(|(category, amounts)| (category.as_str(), amounts.approved()));
        approval::economics(approved, edition)
    }

    pub fn amounts(&self) -> RequestAmounts {
        RequestAmounts { requested: self.total.requested, approved: self.total.approved() }
    }

    /// `performance` is what the gates of performance say against it.
    pub fn candidate(&self, case: &RequestCase, name: &str, performance: Option<Refusal>) -> Candidate {
        Candidate {
            case: case.clone(),
            name: name.to_string(),
            approved: self.total.approved(),
            targets: self.targets.clone(),
            performance,
        }
    }
}

/// 参考信息 (Art. 4, 14). What no part of the system produces yet is not made up: it says where it will come from.
pub fn feeds() -> Vec<Feed> {
    let feed = |name: &str, source: &str| Feed { name: name.into(), value: None, source: source.into() };
    vec![
        feed("结算评审", "上年度结算评审结果"),
        feed("预算执行", "本年度预拨与拨付台账"),
        feed("绩效评价", "上年度绩效自评与重点评价"),
    ]
}

/// Stages in which a request has its result before it: a department hears of finance's cuts when it is answered.
fn may_see(actor: &Actor, case: &RequestCase) -> bool {
    match actor.role.office() {
        Office::Department => matches!(case.stage, Stage::Approved | Stage::Rejected),
        _ => case.reported_version > 0,
    }
}

/// `GET /api/requests/{request}/result`.
pub async fn read(context: Shared, actor: Actor, request: ReadResult) -> Result<ResultView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case =
        request_store::visible(&context, &mut connection, &actor, request.request.as_str()).await?.case;
    permit(&actor, &case, Verb::Read, context.clock().today())?;
    if !may_see(&actor, &case) {
        return Err(Refusal::under(4, "result.not_yet", "财政尚未批复，批复后可逐行查看结果").into());
    }
    let by_line = cuts(&review::load(context.tenant(), &mut connection, &case.id).await?);
    let document = review::reported(&context, &mut connection, &case).await?;
    let edition = review::edition_of(&context, &mut connection, &case).await?;
    let worked = context
        .forms
        .of_request()?
        .with_session(&edition, document, move |session| line_by_line(session, &by_line))
        .await?;
    let total = worked.iter().fold(Amounts::default(), |total, line| total.and(line.amounts));
    Ok(ResultView {
        department_name: department_names::of_case(&context, &mut connection, &case.id)
            .await?
            .unwrap_or_else(|| case.department.to_string()),
        fiscal_year: case.fiscal_year,
        stage: case.stage,
        approval: case.approval.clone(),
        version: case.reported_version,
        lines: worked,
        total,
        request: case.id,
    })
}

fn line_by_line(session: &Session, cuts: &Cuts) -> Vec<ResultLine> {
    let named = |table: &str, row: &str| match session.plan().table(table) {
        Some(table) => row_name(session, table, row),
        None => String::new(),
    };
    let line = |(line, columns): (shared::cases::review::sums::Line, AmountColumns)| ResultLine {
        category: line.table.to_string(),
        name: named(line.table, line.row.as_str()),
        system_name: named("systems", &line.system),
        row: line.row.to_string(),
        amounts: amounts(columns),
    };
    sums(&lines(session), cuts).lines.into_iter().map(line).collect()
}
