//! 申请的办理: who may do what to a request, what a command leads to and what the request then is.

use super::command::{Command, Facts};
use super::listing;
use super::state::{Event, FinanceOpinion, RequestCase};
use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Permit, row, visible};
use crate::cases::kernel::form::require_complete;
use crate::cases::kernel::reasons::{require_reasons, require_text};
use crate::cases::kernel::{
    CaseHead, CaseKind, CellValue, Column, CommandSpec, Effect, NamedCommand, Reason, SecondPerson, Stage,
    Verb,
};
use crate::engine::definition::Definition;
use crate::forms::{budget_request, om_request};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, PersonId};
use crate::kernel::people::{Actor, Office, Role};
use crate::kernel::refusal::Refusal;
use crate::policy::art04_calendar;
use crate::policy::editions::register::no_edition;

/// 权限表 of a request.
const AUTHORITY: &[AuthorityRow] = &[
    row(Verb::Read, 3, &REQUEST, DEPARTMENT),
    row(Verb::Read, 3, &REQUEST, BUREAU),
    row(Verb::Read, 3, AT_FINANCE, FINANCE),
    row(Verb::Read, 16, &REQUEST, &[Role::Auditor]),
    row(Verb::Edit, 4, &[Stage::Draft, Stage::Returned], &[Role::DepartmentFiller]),
    row(Verb::Review, 3, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::Review, 3, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::Answer, 4, ANSWERED, DEPARTMENT),
    row(Verb::Submit, 4, &[Stage::Draft, Stage::Returned], &[Role::DepartmentFiller]),
    row(Verb::DepartmentReturn, 4, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::DepartmentApprove, 4, &[Stage::DepartmentCheck], &[Role::DepartmentApprover]),
    row(Verb::BureauTake, 3, &[Stage::Submitted, Stage::FinanceReturned], &[Role::BureauReviewer]),
    row(Verb::BureauReturn, 4, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::BureauPass, 4, &[Stage::BureauReview], &[Role::BureauReviewer]),
    row(Verb::BureauConfirm, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::LeaderReturn, 4, &[Stage::BureauConfirm], &[Role::BureauLeader]),
    row(Verb::Withdraw, 4, &[Stage::Draft], &[Role::DepartmentFiller]),
    row(
        Verb::Withdraw,
        4,
        &[Stage::Draft, Stage::DepartmentCheck, Stage::Returned],
        &[Role::DepartmentApprover],
    ),
    row(Verb::Withdraw, 4, AT_BUREAU, &[Role::DepartmentApprover]),
    row(Verb::FinanceReturn, 4, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::FinancePass, 4, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::FinanceObject, 4, &[Stage::FinanceReview], &[Role::FinanceReviewer]),
    row(Verb::FinanceReject, 4, &[Stage::FinanceReview], &[Role::FinanceLeader]),
];

const DEPARTMENT: &[Role] = &[Role::DepartmentFiller, Role::DepartmentApprover];
const AT_BUREAU: &[Stage] = &[Stage::Submitted, Stage::BureauReview, Stage::BureauConfirm, Stage::Accepted];
const AT_FINANCE: &[Stage] =
    &[Stage::Consolidated, Stage::FinanceReview, Stage::FinanceReturned, Stage::Approved, Stage::Rejected];
/// Stages in which a department may answer remarks and cuts.
const ANSWERED: &[Stage] =
    &[Stage::BureauReview, Stage::Returned, Stage::FinanceReview, Stage::FinanceReturned];

const FINANCE: &[Role] = &[Role::FinanceReviewer, Role::FinanceLeader];

const BUREAU: &[Role] = &[Role::BureauReviewer, Role::BureauLeader, Role::BureauTreasurer];
const REQUEST: [Stage; 13] = [
    Stage::Draft,
    Stage::DepartmentCheck,
    Stage::Submitted,
    Stage::BureauReview,
    Stage::Returned,
    Stage::BureauConfirm,
    Stage::Accepted,
    Stage::Consolidated,
    Stage::FinanceReview,
    Stage::FinanceReturned,
    Stage::Approved,
    Stage::Rejected,
    Stage::Withdrawn,
];

impl CaseKind for RequestCase {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Request;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    /// The request page has a bar and dialogs of its own, next to the form they are about.
    const COMMANDS: &'static [CommandSpec] = &[];
    const FORM: Option<fn() -> Definition> = Some(om_request);
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const TOTAL: Option<(&'static str, &'static str)> = Some((budget_request::FORM, "total"));
    const PAGE: &'static str = "/requests/{case}";

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Request,
            fiscal_year: self.fiscal_year,
            department: Some(self.department.clone()),
            stage: self.stage,
            revision: self.revision,
            version: self.version,
            content_hash: self.content_hash.clone(),
            number: None,
            title: format!("{} 年度运维服务申请", self.fiscal_year.0),
        }
    }

    fn cells(&self) -> Vec<CellValue> {
        listing::cells(self)
    }

    /// A department must not learn of another's request.
    fn showing_version(&self, actor: &Actor) -> Option<u32> {
        (!sees_live(actor, self)).then_some(self.reported_version)
    }

    /// Finance's opinion is a proposal to its leader until the request is answered.
    fn read_by(mut self, actor: &Actor) -> RequestCase {
        let answered = matches!(self.stage, Stage::Approved | Stage::Rejected);
        if !answered && !matches!(actor.role.office(), Office::Finance | Office::Audit) {
            self.finance_opinion = None;
        }
        self
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Department => actor.department.as_ref().is_some_and(|own| {
                *own == self.department || (self.stage.is_concluded() && self.readers.contains(own))
            }),
            Office::Bureau | Office::Finance | Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn signers(&self) -> Vec<(&PersonId, Office)> {
        let department = [&self.filled_by, &self.approved_by].map(|by| (by.as_ref(), Office::Department));
        let bureau =
            [&self.taken_by, &self.reviewed_by, &self.confirmed_by].map(|by| (by.as_ref(), Office::Bureau));
        let opinion = self.finance_opinion.as_ref().map(|opinion| &opinion.by);
        let all = department.into_iter().chain(bureau).chain([(opinion, Office::Finance)]);
        all.filter_map(|(by, office)| Some((&by?.person, office))).collect()
    }

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        match verb {
            Verb::DepartmentApprove => SecondPerson::of(self.filled_by.as_ref(), "填报", "审核"),
            Verb::BureauConfirm => SecondPerson::of(self.reviewed_by.as_ref(), "审核", "确认"),
            Verb::FinanceReject => {
                SecondPerson::of(self.finance_opinion.as_ref().map(|opinion| &opinion.by), "财政审核", "决定")
            }
            _ => None,
        }
    }

    fn preconditions(&self, actor: &Actor, verb: Verb, today: Date) -> Result<(), Refusal> {
        match verb {
            Verb::Read if actor.role.office() == Office::Bureau && self.reported_version == 0 => {
                Err(Refusal::under(4, "read.unreported", "该部门尚未报送，填报中的内容只有本部门能看"))
            }
            Verb::Submit | Verb::DepartmentApprove => in_time(self, today),
            Verb::FinanceReject if self.finance_opinion.is_none() => {
                Err(Refusal::under(4, "finance.no_opinion", "财政审核员尚未提出审核意见，请先由其提出"))
            }
            _ => Ok(()),
        }
    }

    fn decide(
        &self,
        permit: &Permit,
        command: &Command,
        facts: &Facts,
        _today: Date,
    ) -> Result<Vec<Event>, Refusal> {
        let case = self;
        if !permit.covers(case, command.verb()) {
            return Err(Permit::wrong_permit());
        }
        let by = permit.by().clone();
        let event = match command {
            Command::Submit {} => {
                require_complete(4, &facts.findings, &facts.unjustified)?;
                Event::Frozen { version: case.version + 1, content_hash: facts.hash.clone(), by }
            }
            Command::DepartmentApprove {} => {
                unchanged(case, &facts.hash)?;
                if let Some(refusal) = &facts.ex_ante {
                    return Err(refusal.clone());
                }
                Event::Reported { version: case.version, by }
            }
            Command::BureauTake {} => Event::Taken { by },
            Command::BureauPass {} => {
                unchanged(case, &facts.hash)?;
                if let Some(refusal) = &facts.reviewed.unfinished {
                    return Err(refusal.clone());
                }
                Event::Passed { review_hash: facts.reviewed.hash.clone(), by }
            }
            Command::BureauConfirm { content_hash, review_hash } => {
                unchanged(case, &facts.hash)?;
                unchanged(case, content_hash)?;
                same_review(case, &facts.reviewed.hash)?;
                same_review(case, review_hash)?;
                let (content_hash, review_hash) = (content_hash.clone(), review_hash.clone());
                Event::Confirmed { content_hash, review_hash, by }
            }
            Command::DepartmentReturn { reasons } => {
                let to = if case.reported_version > 0 { Stage::Returned } else { Stage::Draft };
                Event::SentBack { to, reasons: require_reasons(reasons)?, by }
            }
            Command::BureauReturn { reasons } => {
                // Open remarks replace the reasons of a return.
                let remarked = facts.reviewed.open > 0 && reasons.is_empty();
                let reasons = if remarked { Vec::new() } else { require_reasons(reasons)? };
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
                unchanged(case, &facts.hash)?;
                if let Some(refusal) = &facts.reviewed.unfinished {
                    return Err(refusal.clone());
                }
                Event::FinanceOpined { opinion: FinanceOpinion { arrange: true, reason: String::new(), by } }
            }
            Command::FinanceObject { reason } => Event::FinanceOpined {
                opinion: FinanceOpinion { arrange: false, reason: require_text(reason)?, by },
            },
            Command::FinanceReject { reason } => Event::Rejected { reason: require_text(reason)?, by },
        };
        Ok(vec![event])
    }

    fn begun(&self) -> RequestCase {
        let (id, department) = (self.id.clone(), self.department.clone());
        let new = RequestCase::new(id, department, self.fiscal_year);
        // Both are read anew with the case.
        RequestCase { late_until: self.late_until, window: self.window, ..new }
    }

    fn evolve(self, event: &Event) -> RequestCase {
        let mut case = self;
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

    fn effects(&self, event: &Event, _facts: &Facts) -> Vec<Effect> {
        super::effects::effects(self, event)
    }

    fn waits_for(&self, verb: Verb) -> bool {
        let opinion = self.finance_opinion.as_ref();
        match verb {
            Verb::Withdraw => false,
            Verb::FinancePass | Verb::FinanceObject | Verb::FinanceReturn => opinion.is_none(),
            Verb::FinanceReject => opinion.is_some_and(|opinion| !opinion.arrange),
            _ => true,
        }
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::SentBack { reasons, .. } => reasons.clone(),
            Event::Withdrawn { reason, .. } | Event::Rejected { reason, .. } => vec![Reason::of(reason)],
            Event::FinanceOpined { opinion } if !opinion.arrange => vec![Reason::of(&opinion.reason)],
            Event::FinanceOpined { .. }
            | Event::Frozen { .. }
            | Event::Reported { .. }
            | Event::Taken { .. }
            | Event::Passed { .. }
            | Event::Confirmed { .. }
            | Event::Consolidated { .. }
            | Event::SentToFinance { .. }
            | Event::Approved { .. } => Vec::new(),
        }
    }
}

/// Whether this person reads the content as it is being filled. The bureau and finance read the latest reported
/// version: what a department has not reported is the department's own.
pub fn sees_live(actor: &Actor, case: &RequestCase) -> bool {
    visible(actor, case) && matches!(actor.role.office(), Office::Department | Office::Audit)
}

/// A first submission keeps the window (Art. 4); what was reported in time may be put right after it.
fn in_time(case: &RequestCase, today: Date) -> Result<(), Refusal> {
    let window = case.window.ok_or_else(|| no_edition(case.fiscal_year))?;
    if case.reported_version > 0 {
        return Ok(());
    }
    art04_calendar::may_submit(window, case.late_until, today)
}

fn unchanged(case: &RequestCase, hash: &str) -> Result<(), Refusal> {
    if case.content_hash.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(Refusal::new("content.changed", "内容与您看到的版本不一致，请重新打开核对后再办理。"))
}

fn same_review(case: &RequestCase, hash: &str) -> Result<(), Refusal> {
    if case.review_hash.as_deref() == Some(hash) {
        return Ok(());
    }
    Err(Refusal::new("review.changed", "审核意见与您看到的不一致，请重新打开核对后再办理。"))
}
