//! 裁决: what a command does to a request. `decide` answers with events or a refusal, `evolve` carries the events
//! out; neither knows a database, so the browser can preview what the server will do.

use crate::cases::authority::Permit;
use crate::cases::language::{Case, Command, Event, FinanceOpinion, Reason, Stage};
use crate::kernel::finding::{Finding, Severity};
use crate::kernel::refusal::Refusal;

/// Most reasons one return may list.
pub const MOST_REASONS: usize = 200;
/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 1000;

/// What the engine found in the content the command is about.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    pub findings: &'a [Finding],
    /// Warnings nobody has justified in writing.
    pub unjustified: &'a [Finding],
    /// SM3 of the canonical snapshot.
    pub hash: &'a str,
    pub reviewed: Reviewed<'a>,
}

/// What the bureau's review of the content comes to.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'a> {
    /// SM3 of the review as it stands.
    pub hash: &'a str,
    /// What still stands in the way of passing.
    pub unfinished: Option<&'a Refusal>,
    /// Remarks and cuts the department is still to deal with.
    pub open: usize,
}

/// The events `command` leads to. `content` is needed by the commands that freeze or bind content.
pub fn decide(
    case: &Case,
    permit: &Permit,
    command: &Command,
    content: Content,
) -> Result<Vec<Event>, Refusal> {
    if !permit.covers(case, command.verb()) {
        return Err(Permit::wrong_permit());
    }
    let by = permit.by().clone();
    let event = match command {
        Command::Submit {} => {
            complete(content)?;
            Event::Frozen { version: case.version + 1, content_hash: content.hash.to_string(), by }
        }
        Command::DepartmentApprove {} => {
            unchanged(case, content.hash)?;
            Event::Reported { version: case.version, by }
        }
        Command::BureauTake {} => Event::Taken { by },
        Command::BureauPass {} => {
            unchanged(case, content.hash)?;
            if let Some(refusal) = content.reviewed.unfinished {
                return Err(refusal.clone());
            }
            Event::Passed { review_hash: content.reviewed.hash.to_string(), by }
        }
        Command::BureauConfirm { content_hash, review_hash } => {
            unchanged(case, content.hash)?;
            unchanged(case, content_hash)?;
            same_review(case, content.reviewed.hash)?;
            same_review(case, review_hash)?;
            let (content_hash, review_hash) = (content_hash.clone(), review_hash.clone());
            Event::Confirmed { content_hash, review_hash, by }
        }
        Command::DepartmentReturn { reasons } => {
            let to = if case.reported_version > 0 { Stage::Returned } else { Stage::Draft };
            Event::SentBack { to, reasons: require_reasons(reasons)?, by }
        }
        Command::BureauReturn { reasons } => {
            // Remarks say what is to be put right as well as reasons do.
            let said = content.reviewed.open > 0 && reasons.is_empty();
            let reasons = if said { Vec::new() } else { require_reasons(reasons)? };
            Event::SentBack { to: Stage::Returned, reasons, by }
        }
        Command::LeaderReturn { reasons } => {
            Event::SentBack { to: Stage::BureauReview, reasons: require_reasons(reasons)?, by }
        }
        Command::Withdraw { reason } => Event::Withdrawn { reason: require_text(reason)?, by },
        Command::FinanceReturn { reasons } => {
            Event::SentBack { to: Stage::FinanceReturned, reasons: require_reasons(reasons)?, by }
        }
        Command::FinancePass {} => {
            unchanged(case, content.hash)?;
            if let Some(refusal) = content.reviewed.unfinished {
                return Err(refusal.clone());
            }
            Event::FinanceOpined { opinion: FinanceOpinion { arrange: true, reason: String::new(), by } }
        }
        Command::FinanceObject { reason } => Event::FinanceOpined {
            opinion: FinanceOpinion { arrange: false, reason: require_text(reason)?, by },
        },
        Command::FinanceReject { reason } => Event::Rejected { reason: require_text(reason)?, by },
        _ => return Err(Permit::wrong_permit()),
    };
    Ok(vec![event])
}

/// Leaving the draft needs zero errors in both forms and a written justification for each warning.
fn complete(content: Content) -> Result<(), Refusal> {
    let errors = content.findings.iter().filter(|f| f.severity == Severity::Error).count();
    if errors > 0 {
        return Err(Refusal::under(
            4,
            "findings.errors",
            format!("还有 {errors} 处错误未改正，改正后才能提交"),
        ));
    }
    match content.unjustified.len() {
        0 => Ok(()),
        count => Err(Refusal::under(
            4,
            "findings.unjustified",
            format!("还有 {count} 条提醒没有写明理由，逐条说明后才能提交"),
        )),
    }
}

fn unchanged(case: &Case, hash: &str) -> Result<(), Refusal> {
    if case.content_hash.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(Refusal::new("content.changed", "内容与您看到的版本不一致，请重新打开核对后再办理。"))
}

/// One written reason.
pub(crate) fn require_text(text: &str) -> Result<String, Refusal> {
    let reasons = require_reasons(&[Reason { text: text.to_string(), place: None }])?;
    Ok(reasons.into_iter().map(|reason| reason.text).collect())
}

fn same_review(case: &Case, hash: &str) -> Result<(), Refusal> {
    if case.review_hash.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(Refusal::new("review.changed", "审核意见与您看到的不一致，请重新打开核对后再办理。"))
}

/// A return says what is to be put right.
pub(crate) fn require_reasons(reasons: &[Reason]) -> Result<Vec<Reason>, Refusal> {
    if reasons.is_empty() || reasons.len() > MOST_REASONS {
        return Err(Refusal::new("reasons.count", format!("请写明理由，1 至 {MOST_REASONS} 条。")));
    }
    let trimmed = |r: &Reason| Reason { text: r.text.trim().to_string(), place: r.place.clone() };
    let reasons: Vec<Reason> = reasons.iter().map(trimmed).collect();
    match reasons.iter().position(|r| r.text.is_empty() || r.text.chars().count() > LONGEST_REASON) {
        None => Ok(reasons),
        Some(i) => {
            Err(Refusal::new("reasons.text", format!("第 {} 条理由应为 1 至 {LONGEST_REASON} 个字。", i + 1)))
        }
    }
}

/// The case after the event.
pub fn evolve(mut case: Case, event: &Event) -> Case {
    case.revision += 1;
    match event {
        Event::Frozen { version, content_hash, by } => {
            case.stage = Stage::DepartmentCheck;
            case.version = *version;
            case.content_hash = Some(content_hash.clone());
            case.filled_by = Some(by.clone());
            case.approved_by = None;
            case.taken_by = None;
            case.reviewed_by = None;
            case.review_hash = None;
        }
        Event::Reported { version, by } => {
            case.stage = Stage::Submitted;
            case.reported_version = *version;
            case.approved_by = Some(by.clone());
        }
        Event::Taken { by } => {
            case.stage = Stage::BureauReview;
            case.taken_by = Some(by.clone());
        }
        Event::Passed { review_hash, by } => {
            case.stage = Stage::BureauConfirm;
            case.review_hash = Some(review_hash.clone());
            case.reviewed_by = Some(by.clone());
        }
        Event::Confirmed { content_hash, by, .. } => {
            case.stage = Stage::Accepted;
            case.confirmed_hash = Some(content_hash.clone());
            case.confirmed_by = Some(by.clone());
        }
        Event::SentBack { to, .. } => {
            case.stage = *to;
            case.reviewed_by = None;
            case.finance_opinion = None;
            case.review_hash = None;
        }
        Event::Withdrawn { .. } => case.stage = Stage::Withdrawn,
        Event::Consolidated { .. } => case.stage = Stage::Consolidated,
        Event::SentToFinance { .. } => case.stage = Stage::FinanceReview,
        Event::FinanceOpined { opinion } => case.finance_opinion = Some(opinion.clone()),
        Event::Rejected { .. } => case.stage = Stage::Rejected,
        Event::Approved { approval, .. } => {
            case.stage = Stage::Approved;
            case.approval = Some(approval.clone());
        }
    }
    case
}

#[cfg(test)]
mod tests;
