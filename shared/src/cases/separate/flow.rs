//! 单独申请的办理 (Art. 5): money for a system outside central management. The bureau says first, over a number and its
//! leader's name, that it lies outside; without that opinion finance neither sees the request nor acts on it.

use super::command::{Command, Facts};
use super::form;
use super::letter;
use super::listing;
use super::state::{Decision, Event, Opinion, SeparateApplication, Signed};
use super::table::{AUTHORITY, COMMANDS, OUTSIDE, WITHIN};
use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Capability, Permit};
use crate::cases::kernel::form::require_complete;
use crate::cases::kernel::reasons::{require_reasons, require_text};
use crate::cases::kernel::{
    CaseHead, CaseKind, CellValue, Column, CommandSpec, Effect, FormFacts, Letter, NamedCommand, Reason,
    SecondPerson, Stage, SummaryLine, Verb,
};
use crate::engine::definition::Definition;
use crate::engine::document::Document;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, PersonId};
use crate::kernel::money::Money;
use crate::kernel::people::{Actor, Office, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::document_number::{document_number, number_taken};

impl CaseKind for SeparateApplication {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Separate;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    const COMMANDS: &'static [CommandSpec] = COMMANDS;
    const FORM: Option<fn() -> Definition> = Some(form::definition);
    const TOTAL: Option<(&'static str, &'static str)> = Some((form::FORM, form::AMOUNT));
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const NOTE: Option<&'static str> = Some(listing::NOTE);
    const OPEN: Option<Capability> = Some(Capability::OpenSeparate);

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Separate,
            fiscal_year: self.fiscal_year,
            department: Some(self.department.clone()),
            stage: self.stage,
            revision: self.revision,
            version: self.form_version,
            content_hash: self.content_hash.clone(),
            number: self.number().map(str::to_string),
            title: match self.claim.system.trim() {
                "" => format!("{} 年度单独申请", self.fiscal_year.0),
                system => format!("{} 年度单独申请（{system}）", self.fiscal_year.0),
            },
        }
    }

    /// The offices read what was reported; a case older than the form has only its claim.
    fn showing_version(&self, actor: &Actor) -> Option<u32> {
        let live = matches!(actor.role.office(), Office::Department | Office::Audit);
        (!live && self.form_version > 0).then_some(self.reported_version)
    }

    /// What an office has only drafted is its own until it is signed.
    fn read_by(mut self, actor: &Actor) -> SeparateApplication {
        let office = actor.role.office();
        let own = |of: Office| office == of || office == Office::Audit;
        self.opinion = self.opinion.filter(|opinion| opinion.signed.is_some() || own(Office::Bureau));
        self.decision = self.decision.filter(|decision| decision.signed.is_some() || own(Office::Finance));
        self
    }

    fn initial_document(&self) -> Option<Document> {
        form::document_of(&self.claim, self.fiscal_year)
    }

    fn summary(&self) -> Vec<SummaryLine> {
        let mut lines = Vec::new();
        if let Some(Opinion { outside, number, text, drafted_by, signed }) = &self.opinion {
            let scope = if *outside { OUTSIDE } else { WITHIN };
            lines.push(SummaryLine::of("opinion", "省局意见", format!("{scope}　{number}")));
            lines.push(SummaryLine::of("opinion_text", "意见说明", text));
            lines.push(SummaryLine::of("opinion_signed", "意见签发", signing(drafted_by, signed.as_ref())));
        }
        if let Some(Decision { arrange, amount, text, drafted_by, signed }) = &self.decision {
            let result = match amount {
                Some(amount) if *arrange => format!("安排 {amount} 元"),
                _ => Stage::NotArranged.label().to_string(),
            };
            lines.push(SummaryLine::of("decision", "省财政厅办理结果", result));
            lines.push(SummaryLine::of("decision_text", "办理说明", text));
            lines.push(SummaryLine::of("decision_signed", "结果签发", signing(drafted_by, signed.as_ref())));
        }
        lines
    }

    fn letters(&self, department: &str) -> Vec<Letter> {
        letter::opinion(self, department).into_iter().collect()
    }

    fn cells(&self) -> Vec<CellValue> {
        listing::cells(self)
    }

    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Department => actor.department.as_ref().is_some_and(|own| {
                *own == self.department || (self.stage.is_concluded() && self.readers.contains(own))
            }),
            Office::Bureau => self.approved_by.is_some() && !self.stage.with_department(),
            Office::Finance => self.outside(),
            Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn signers(&self) -> Vec<(&PersonId, Office)> {
        let opinion = self.opinion.as_ref().map(|opinion| &opinion.drafted_by);
        let decision = self.decision.as_ref().map(|decision| &decision.drafted_by);
        let all = [
            (self.filled_by.as_ref(), Office::Department),
            (self.approved_by.as_ref(), Office::Department),
            (opinion, Office::Bureau),
            (decision, Office::Finance),
        ];
        all.into_iter().filter_map(|(by, office)| Some((&by?.person, office))).collect()
    }

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        let (opinion, decision) = (self.opinion.as_ref(), self.decision.as_ref());
        match verb {
            Verb::DepartmentApprove => SecondPerson::of(self.filled_by.as_ref(), "填报", "审核"),
            Verb::SignOpinion => SecondPerson::of(opinion.map(|o| &o.drafted_by), "拟稿", "签发"),
            Verb::SignDecision => SecondPerson::of(decision.map(|d| &d.drafted_by), "拟稿", "签发"),
            _ => None,
        }
    }

    fn decide(
        &self,
        permit: &Permit,
        command: &Command,
        facts: &Facts,
        today: Date,
    ) -> Result<Vec<Event>, Refusal> {
        if !permit.covers(self, command.verb()) {
            return Err(Permit::wrong_permit());
        }
        let by = permit.by().clone();
        Ok(vec![match command {
            Command::Submit {} => submitted(&facts.form, by)?,
            Command::DepartmentApprove {} => Event::Reported { by },
            Command::DepartmentReturn { reasons } | Command::BureauReturn { reasons } => {
                Event::SentBack { to: Stage::Draft, reasons: require_reasons(reasons)?, by }
            }
            Command::LeaderReturn { reasons } => {
                Event::SentBack { to: Stage::BureauOpinion, reasons: require_reasons(reasons)?, by }
            }
            Command::ReturnDecision { reasons } => {
                Event::SentBack { to: Stage::FinanceDecision, reasons: require_reasons(reasons)?, by }
            }
            Command::Withdraw { reason } => Event::Withdrawn { reason: require_text(reason)?, by },
            Command::DraftOpinion { outside, number, text } => {
                let (number, text) = (document_number(number)?, require_text(text)?);
                if facts.number_taken {
                    return Err(number_taken(&number));
                }
                let opinion = Opinion { outside: *outside, number, text, drafted_by: by, signed: None };
                Event::OpinionDrafted { opinion }
            }
            Command::SignOpinion {} => Event::OpinionSigned { signed: Signed { by, on: today } },
            Command::DraftDecision { arrange, amount, text } => {
                let amount = arranged(self, *arrange, *amount)?;
                let decision = Decision {
                    arrange: *arrange,
                    amount,
                    text: require_text(text)?,
                    drafted_by: by,
                    signed: None,
                };
                Event::DecisionDrafted { decision }
            }
            Command::SignDecision {} => Event::DecisionSigned { signed: Signed { by, on: today } },
        }])
    }

    fn begun(&self) -> SeparateApplication {
        SeparateApplication::new(self.id.clone(), self.department.clone(), self.fiscal_year)
    }

    fn evolve(self, event: &Event) -> SeparateApplication {
        let mut case = self;
        case.revision += 1;
        match event {
            Event::Filled { claim, .. } => case.claim = claim.clone(),
            Event::Submitted { claim, content_hash, by } => {
                case.stage = Stage::DepartmentCheck;
                if let Some(claim) = claim {
                    case.claim = claim.clone();
                    case.content_hash = content_hash.clone();
                    case.frozen_version = case.next_version();
                    case.form_version = case.frozen_version;
                }
                case.filled_by = Some(by.clone());
            }
            Event::Reported { by } => {
                case.stage = Stage::BureauOpinion;
                case.approved_by = Some(by.clone());
                case.reported_version = case.form_version;
            }
            Event::OpinionDrafted { opinion } => {
                case.stage = Stage::BureauConfirm;
                case.opinion = Some(opinion.clone());
            }
            Event::OpinionSigned { signed } => {
                case.frozen_version = case.next_version();
                if let Some(opinion) = &mut case.opinion {
                    opinion.signed = Some(signed.clone());
                    case.stage = if opinion.outside { Stage::FinanceDecision } else { Stage::WithinScope };
                }
            }
            Event::DecisionDrafted { decision } => {
                case.stage = Stage::FinanceConfirm;
                case.decision = Some(decision.clone());
            }
            Event::DecisionSigned { signed } => {
                case.frozen_version = case.next_version();
                if let Some(decision) = &mut case.decision {
                    decision.signed = Some(signed.clone());
                    case.stage = if decision.arrange { Stage::Arranged } else { Stage::NotArranged };
                }
            }
            Event::SentBack { to, .. } => {
                case.stage = *to;
                if *to == Stage::Draft {
                    case.opinion = None;
                }
            }
            Event::Withdrawn { .. } => {
                case.stage = Stage::Withdrawn;
                case.opinion = None;
            }
        }
        case
    }

    fn effects(&self, event: &Event, _facts: &Facts) -> Vec<Effect> {
        super::effects::effects(self, event)
    }

    fn label(&self) -> String {
        listing::label(self)
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::SentBack { reasons, .. } => reasons.clone(),
            Event::Withdrawn { reason, .. } => vec![Reason::of(reason)],
            Event::Filled { .. }
            | Event::Submitted { .. }
            | Event::Reported { .. }
            | Event::OpinionDrafted { .. }
            | Event::OpinionSigned { .. }
            | Event::DecisionDrafted { .. }
            | Event::DecisionSigned { .. } => Vec::new(),
        }
    }
}

/// Freezes the form, if it is complete.
fn submitted(form: &FormFacts, by: Signature) -> Result<Event, Refusal> {
    require_complete(5, &form.findings, &form.unjustified)?;
    let document = form.document.as_ref();
    let document =
        document.ok_or_else(|| Refusal::new("form.missing", "没有申请内容，请刷新页面后重试。"))?;
    let (claim, content_hash) = (Some(form::claim_of(document)), Some(form.hash.clone()));
    Ok(Event::Submitted { claim, content_hash, by })
}

/// Who drafted a paper and who signed it.
fn signing(drafted_by: &Signature, signed: Option<&Signed>) -> String {
    match signed {
        Some(Signed { by, on }) => format!("{} 拟稿，{} 于 {on} 签发", drafted_by.name, by.name),
        None => format!("{} 拟稿，尚未签发", drafted_by.name),
    }
}

/// 安排金额: within what was asked for; nothing when it is not arranged.
fn arranged(
    separate: &SeparateApplication,
    arrange: bool,
    amount: Option<Money>,
) -> Result<Option<Money>, Refusal> {
    let asked = separate.claim.amount.unwrap_or_default();
    match (arrange, amount) {
        (false, None) => Ok(None),
        (true, Some(amount)) if amount.is_positive() && amount <= asked => Ok(Some(amount)),
        (true, _) => Err(Refusal::under(
            5,
            "separate.arranged",
            format!("安排金额应大于 0，且不超过申请金额 {asked} 元"),
        )),
        (false, Some(_)) => Err(Refusal::under(5, "separate.arranged", "不予安排时不填安排金额")),
    }
}
