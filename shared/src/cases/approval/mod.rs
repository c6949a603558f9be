//! 批复 (Art. 4, 11): finance answers requests in batches, budget and targets together. One person drafts, another
//! issues, and what is issued is exactly what was read.

mod notice;

pub use notice::{Economic, Notice, NoticeLine};

use super::authority::{CaseKind, Permit, require_second_person};
use super::language::{Approval, Case, Command, Event as RequestEvent, Kind, Reason, Stage, Verb};
use crate::cases::request::decide::require_reasons;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::document_number::document_number;
use serde::{Deserialize, Serialize};

/// 批复案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalBatch {
    pub id: CaseId,
    pub fiscal_year: FiscalYear,
    pub stage: Stage,
    pub revision: u64,
    /// The latest frozen draft, 0 when none.
    pub version: u32,
    pub content_hash: Option<String>,
    /// 文号.
    pub number: Option<String>,
    pub drafted_by: Option<Signature>,
    pub issued_by: Option<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    Drafted { version: u32, number: String, content_hash: String, by: Signature },
    Issued { content_hash: String, by: Signature },
    SentBack { reasons: Vec<Reason>, by: Signature },
    Dropped { by: Signature },
}

/// A request a batch answers, as it is now.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub case: Case,
    /// 部门名称.
    pub name: String,
    /// 批复数 it would get.
    pub approved: Money,
    /// What the review of its targets says against it (Art. 11).
    pub targets: Option<Refusal>,
}

/// What a command is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The frozen notice; for a draft the one about to be frozen.
    pub notice: &'a Notice,
    /// SM3 of its canonical bytes.
    pub hash: &'a str,
    /// One per line of the notice, in its order.
    pub candidates: &'a [Candidate],
}

impl ApprovalBatch {
    pub fn new(id: CaseId, fiscal_year: FiscalYear) -> ApprovalBatch {
        ApprovalBatch {
            id,
            fiscal_year,
            stage: Stage::Draft,
            revision: 0,
            version: 0,
            content_hash: None,
            number: None,
            drafted_by: None,
            issued_by: None,
        }
    }
}

impl CaseKind for ApprovalBatch {
    const KIND: Kind = Kind::Batch;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Finance | Office::Audit => true,
            Office::Bureau => self.stage == Stage::Issued,
            Office::Department | Office::Outside | Office::Administration => false,
        }
    }

    fn preconditions(&self, actor: &Actor, verb: Verb, _today: Date) -> Result<(), Refusal> {
        match verb {
            Verb::IssueBatch => require_second_person(actor, &self.drafted_by, "拟稿", "签发"),
            _ => Ok(()),
        }
    }
}

impl Candidate {
    /// Why it cannot be answered in a batch now, `None` when it can.
    pub fn refusal(&self) -> Option<Refusal> {
        let Candidate { case, name, approved, targets } = self;
        if case.stage != Stage::FinanceReview {
            let text = format!("{name} 的申请现为“{}”，不能列入批复", case.stage.label());
            return Some(Refusal::under(4, "batch.stage", text));
        }
        if !case.finance_opinion.as_ref().is_some_and(|opinion| opinion.arrange) {
            let text = format!("{name} 的申请还没有财政审核通过的意见，不能列入批复");
            return Some(Refusal::under(4, "batch.opinion", text));
        }
        if let Some(refusal) = targets {
            let text = format!("{name}：{}；绩效目标与预算须一同批复", refusal.message);
            return Some(Refusal::under(11, "batch.targets", text));
        }
        if !approved.is_positive() {
            let text = format!("{name} 的批复数为 0，请办理“不予安排”");
            return Some(Refusal::under(4, "batch.nothing", text));
        }
        None
    }
}

pub fn decide(
    batch: &ApprovalBatch,
    permit: &Permit,
    command: &Command,
    standing: Facts,
) -> Result<Event, Refusal> {
    if !permit.covers(batch, command.verb()) {
        return Err(Permit::wrong_permit());
    }
    let by = permit.by().clone();
    Ok(match command {
        Command::DraftBatch { number, date, requests } => {
            let number = document_number(number)?;
            dated(batch, *date)?;
            let once: std::collections::BTreeSet<_> = requests.iter().collect();
            if once.is_empty() || once.len() != requests.len() {
                return Err(Refusal::under(4, "batch.requests", "请选择列入批复的申请，每份只列一次"));
            }
            possible(standing)?;
            let (version, content_hash) = (batch.version + 1, standing.hash.to_string());
            Event::Drafted { version, number, content_hash, by }
        }
        Command::IssueBatch { content_hash } => {
            let read = batch.content_hash.as_deref();
            if read != Some(content_hash.as_str()) || read != Some(standing.hash) {
                return Err(Refusal::new(
                    "content.changed",
                    "批复内容与您看到的不一致，请重新打开核对后再签发。",
                ));
            }
            possible(standing)?;
            as_drafted(standing)?;
            by_another(standing, &by)?;
            Event::Issued { content_hash: content_hash.clone(), by }
        }
        Command::ReturnBatch { reasons } => Event::SentBack { reasons: require_reasons(reasons)?, by },
        Command::DropBatch {} => Event::Dropped { by },
        _ => return Err(Permit::wrong_permit()),
    })
}

fn dated(batch: &ApprovalBatch, date: Date) -> Result<(), Refusal> {
    let year = batch.fiscal_year.0;
    if (year - 1..=year).contains(&date.year()) {
        return Ok(());
    }
    Err(Refusal::under(4, "batch.date", format!("批复日期应在 {} 或 {year} 年内", year - 1)))
}

fn possible(standing: Facts) -> Result<(), Refusal> {
    standing.candidates.iter().find_map(Candidate::refusal).map_or(Ok(()), Err)
}

/// Nothing moved and no amount changed since the draft was frozen.
fn as_drafted(standing: Facts) -> Result<(), Refusal> {
    let Facts { notice, candidates, .. } = standing;
    let same = |(line, now): (&NoticeLine, &Candidate)| {
        line.request == now.case.id && line.revision == now.case.revision && line.approved() == now.approved
    };
    if notice.lines.len() == candidates.len() && notice.lines.iter().zip(candidates).all(same) {
        return Ok(());
    }
    Err(Refusal::under(4, "batch.changed", "列入批复的申请在拟稿后有变动，请退回重拟"))
}

/// Whoever reviewed a request for finance does not sign its approval.
fn by_another(standing: Facts, by: &Signature) -> Result<(), Refusal> {
    let own = |c: &&Candidate| c.case.finance_opinion.as_ref().is_some_and(|o| o.by.person == by.person);
    match standing.candidates.iter().find(own) {
        None => Ok(()),
        Some(candidate) => Err(Refusal::new(
            "authority.same_person",
            format!("您是 {} 申请的财政审核人，审核与签发须由两人分别办理。", candidate.name),
        )),
    }
}

pub fn evolve(mut batch: ApprovalBatch, event: &Event) -> ApprovalBatch {
    batch.revision += 1;
    match event {
        Event::Drafted { version, number, content_hash, by } => {
            batch.stage = Stage::FinanceConfirm;
            batch.version = *version;
            batch.number = Some(number.clone());
            batch.content_hash = Some(content_hash.clone());
            batch.drafted_by = Some(by.clone());
        }
        Event::Issued { by, .. } => {
            batch.stage = Stage::Issued;
            batch.issued_by = Some(by.clone());
        }
        Event::SentBack { .. } => batch.stage = Stage::Draft,
        Event::Dropped { .. } => {
            batch.stage = Stage::Withdrawn;
            batch.number = None;
        }
    }
    batch
}

/// What issuing the batch does to the request of one of its lines.
pub fn request_event(
    batch: &ApprovalBatch,
    notice: &Notice,
    line: &NoticeLine,
    by: &Signature,
) -> RequestEvent {
    let approval = Approval {
        batch: batch.id.clone(),
        number: notice.number.clone(),
        date: notice.date,
        amount: line.approved(),
    };
    RequestEvent::Approved { approval, by: by.clone() }
}

#[cfg(test)]
mod tests;
