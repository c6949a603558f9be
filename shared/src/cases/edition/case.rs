//! 政策版本变更案 (Art. 18): the change of the register as the workflow sees it. What it comes to is judged from its form
//! when it is proposed, and recorded as it was proposed when it is confirmed.

use super::command::{Command, Facts};
use super::effects;
use super::flow::{RegisterChange, refused};
use super::form;
use super::listing;
use super::table::{AUTHORITY, COMMANDS, REASON_LENGTH};
use crate::cases::Kind;
use crate::cases::authority::{AuthorityRow, Permit};
use crate::cases::kernel::form::require_complete;
use crate::cases::kernel::{
    CaseHead, CaseKind, CellValue, Column, CommandSpec, Effect, Reason, SecondPerson, Stage, SummaryLine,
    Verb,
};
use crate::cases::oversight::field::refusal;
use crate::engine::definition::Definition;
use crate::engine::document::Document;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Office, Role, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::register::ConfirmedChange;
use serde::{Deserialize, Serialize};

/// 政策版本变更案.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionCase {
    pub id: CaseId,
    /// The year it was begun in hand of; which years it serves is part of its content.
    pub fiscal_year: FiscalYear,
    pub change: RegisterChange,
    /// The edition it changes or is made from, for example `2022-51#1`.
    pub base: String,
    /// 文号 of that edition.
    pub base_document: String,
    pub stage: Stage,
    pub revision: u64,
    /// The latest frozen version of the form, 0 when none.
    #[serde(default)]
    pub version: u32,
    #[serde(default)]
    pub content_hash: Option<String>,
    pub opened_by: Signature,
    #[serde(default)]
    pub proposed_by: Option<Signature>,
    #[serde(default)]
    pub confirmed_by: Option<Signature>,
    /// What was proposed last, as it will be recorded.
    #[serde(default)]
    pub proposed: Option<ConfirmedChange>,
    /// 试算 of the draft, the last one.
    #[serde(default)]
    pub trial: Option<Trial>,
    /// What the form begins with; read from the register with the case.
    #[serde(skip)]
    pub initial: Option<Document>,
}

/// 试算 as it is stored: of which draft, over which year, with which result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub year: FiscalYear,
    /// Hash of the edition that was run.
    pub draft_hash: String,
    pub report_hash: String,
    pub requests: usize,
    pub newly_failing: usize,
    pub newly_passing: usize,
    /// How often each rule appears or goes.
    pub by_rule: std::collections::BTreeMap<String, usize>,
}

/// What happened to a change of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    DryRun { trial: Trial },
    Proposed { change: Box<ConfirmedChange>, content_hash: String, reason: String, by: Signature },
    Returned { reason: String, by: Signature },
    Confirmed { by: Signature },
    Dropped { by: Signature },
}

impl EditionCase {
    /// A new change, nothing filled in yet.
    pub fn new(
        id: CaseId,
        fiscal_year: FiscalYear,
        change: RegisterChange,
        base: (String, String),
        opened_by: Signature,
    ) -> EditionCase {
        let (base, base_document) = base;
        EditionCase {
            id,
            fiscal_year,
            change,
            base,
            base_document,
            stage: Stage::Draft,
            revision: 0,
            version: 0,
            content_hash: None,
            opened_by,
            proposed_by: None,
            confirmed_by: None,
            proposed: None,
            trial: None,
            initial: None,
        }
    }

    /// Whether it is neither in force nor dropped.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Draft | Stage::Proposed)
    }

    fn title(&self) -> String {
        let label = self.change.label();
        match self.change {
            RegisterChange::New | RegisterChange::Calendar => format!("政策版本变更（{label}）"),
            RegisterChange::Revision | RegisterChange::Extension => {
                format!("政策版本变更（{label}：{}）", self.base_document)
            }
        }
    }
}

impl CaseKind for EditionCase {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;

    const KIND: Kind = Kind::Edition;
    const AUTHORITY: &'static [AuthorityRow] = AUTHORITY;
    const COMMANDS: &'static [CommandSpec] = COMMANDS;
    const FORM: Option<fn() -> Definition> = Some(form::definition);
    const COLUMNS: &'static [Column] = listing::COLUMNS;

    fn id(&self) -> &CaseId {
        &self.id
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn head(&self) -> CaseHead {
        CaseHead {
            id: self.id.clone(),
            kind: Kind::Edition,
            fiscal_year: self.fiscal_year,
            department: None,
            stage: self.stage,
            revision: self.revision,
            version: self.version,
            content_hash: self.content_hash.clone(),
            number: None,
            title: self.title(),
        }
    }

    /// The drafter and the audit read what is being filled in, everyone else what was proposed.
    fn showing_version(&self, actor: &Actor) -> Option<u32> {
        let live = actor.role == Role::SecurityAdministrator || actor.role.office() == Office::Audit;
        (!live && self.version > 0).then_some(self.version)
    }

    fn initial_document(&self) -> Option<Document> {
        self.initial.clone()
    }

    fn shown_tables(&self) -> Option<&'static [&'static str]> {
        Some(form::tables_of(self.change))
    }

    fn summary(&self) -> Vec<SummaryLine> {
        listing::summary(self)
    }

    fn cells(&self) -> Vec<CellValue> {
        listing::cells(self)
    }

    /// Outside the drafter and the audit it exists from its first proposal on.
    fn visible_to(&self, actor: &Actor) -> bool {
        match actor.role.office() {
            Office::Administration => actor.role == Role::SecurityAdministrator,
            Office::Audit => true,
            Office::Bureau | Office::Finance => self.version > 0,
            Office::Department | Office::Outside => false,
        }
    }

    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>> {
        match verb {
            Verb::ConfirmEdition => SecondPerson::of(self.proposed_by.as_ref(), "提请复核", "启用"),
            _ => None,
        }
    }

    /// The bureau leader decides about working calendars only.
    fn preconditions(&self, actor: &Actor, verb: Verb, _today: Date) -> Result<(), Refusal> {
        let decides = matches!(verb, Verb::ConfirmEdition | Verb::ReturnEdition);
        if decides && actor.role == Role::BureauLeader && self.change != RegisterChange::Calendar {
            let message = format!("{}不由省局负责人复核，请由省财政厅负责人复核", self.change.label());
            return Err(Refusal::under(18, "authority.role", message));
        }
        if verb == Verb::DryRun && !self.change.has_numbers() {
            let message = format!("{}不改动参数，无须试算", self.change.label());
            return Err(Refusal::under(18, "trial.nothing", message));
        }
        Ok(())
    }

    fn decide(
        &self,
        permit: &Permit,
        command: &Command,
        facts: &Facts,
        _today: Date,
    ) -> Result<Vec<Event>, Refusal> {
        use crate::cases::kernel::NamedCommand;
        if !permit.covers(self, command.verb()) {
            return Err(Permit::wrong_permit());
        }
        let by = permit.by().clone();
        Ok(vec![match command {
            Command::DryRun { year } => Event::DryRun { trial: self.tried(*year, facts)? },
            Command::Propose { reason } => {
                let reason = require_reason(reason)?;
                require_complete(18, &facts.form.findings, &facts.form.unjustified)?;
                let change = facts.made.clone().map_err(|found| first_fault(&found))?;
                facts.judged.may_propose()?;
                Event::Proposed {
                    change: Box::new(change),
                    content_hash: facts.form.hash.clone(),
                    reason,
                    by,
                }
            }
            Command::Return { reason } => Event::Returned { reason: require_reason(reason)?, by },
            Command::Confirm { content_hash } => {
                self.require_another_person(&by, facts)?;
                let read = self.content_hash.as_ref() == Some(content_hash);
                if !read || *content_hash != facts.form.hash {
                    return Err(refused("EDN-07", "内容与您所阅读的不一致，请重新打开阅读"));
                }
                facts.made.as_ref().map_err(|found| first_fault(found))?;
                Event::Confirmed { by }
            }
            Command::Drop {} => Event::Dropped { by },
        }])
    }

    fn begun(&self) -> EditionCase {
        let (id, year, change) = (self.id.clone(), self.fiscal_year, self.change);
        let base = (self.base.clone(), self.base_document.clone());
        EditionCase::new(id, year, change, base, self.opened_by.clone())
    }

    fn evolve(mut self, event: &Event) -> EditionCase {
        self.revision += 1;
        match event {
            Event::DryRun { trial } => self.trial = Some(trial.clone()),
            Event::Proposed { change, content_hash, by, .. } => {
                self.stage = Stage::Proposed;
                self.version += 1;
                self.content_hash = Some(content_hash.clone());
                self.proposed = Some(ConfirmedChange::clone(change));
                self.proposed_by = Some(by.clone());
            }
            Event::Returned { .. } => self.stage = Stage::Draft,
            Event::Confirmed { by } => {
                self.stage = Stage::InForce;
                self.confirmed_by = Some(by.clone());
            }
            Event::Dropped { .. } => self.stage = Stage::Withdrawn,
        }
        self
    }

    fn effects(&self, event: &Event, _facts: &Facts) -> Vec<Effect> {
        effects::effects(self, event)
    }

    /// Only what lies with somebody to be confirmed is a task; a draft waits for its drafter.
    fn waits_for(&self, verb: Verb) -> bool {
        !matches!(verb, Verb::DryRun | Verb::DropEdition)
    }

    fn label(&self) -> String {
        self.title()
    }

    fn reasons(event: &Event) -> Vec<Reason> {
        match event {
            Event::Proposed { reason, .. } | Event::Returned { reason, .. } => vec![Reason::of(reason)],
            Event::DryRun { .. } | Event::Confirmed { .. } | Event::Dropped { .. } => Vec::new(),
        }
    }
}

impl EditionCase {
    /// What is stored of a dry run.
    fn tried(&self, year: FiscalYear, facts: &Facts) -> Result<Trial, Refusal> {
        let Some((report, report_hash)) = &facts.trial else {
            return Err(facts
                .made
                .as_ref()
                .map_or_else(|found| first_fault(found), |_| refused("EDN-09", "试算没有结果，请重新试算")));
        };
        let mut by_rule = std::collections::BTreeMap::new();
        for row in &report.rows {
            *by_rule.entry(row.rule.clone()).or_insert(0) += 1;
        }
        Ok(Trial {
            year,
            draft_hash: facts.judged.hash.clone(),
            report_hash: report_hash.clone(),
            requests: report.requests,
            newly_failing: report.newly_failing,
            newly_passing: report.newly_passing,
            by_rule,
        })
    }

    /// Whoever opened the change or typed in it confirms nothing of it.
    fn require_another_person(&self, by: &Signature, facts: &Facts) -> Result<(), Refusal> {
        if self.opened_by.person.involves(&by.person) {
            let message = "您是本件的拟订人，拟订与启用须由两人分别办理，请由另一位负责人启用。";
            return Err(Refusal::new("authority.same_person", message));
        }
        if facts.judged.typed_by.iter().any(|typist| typist.involves(&by.person)) {
            return Err(refused("EDN-06", "您在本稿中填写过内容，请由另一位负责人启用"));
        }
        Ok(())
    }
}

/// The first fault of a draft as a refusal, with its path.
fn first_fault(found: &[crate::policy::editions::EditionError]) -> Refusal {
    match found.first() {
        Some(fault) => {
            let at = fault.at.as_ref().map(|at| format!("{at}：")).unwrap_or_default();
            refused(&fault.code, &format!("{at}{}", fault.message))
        }
        None => refused("EDN-02", "本稿还不是一项完整的变更，请补充填写"),
    }
}

fn require_reason(reason: &str) -> Result<String, Refusal> {
    let (least, most) = REASON_LENGTH;
    let trimmed = reason.trim();
    if (least..=most).contains(&trimmed.chars().count()) {
        return Ok(trimmed.to_string());
    }
    Err(refusal(Some(18), "F-03", format!("“理由”应为 {least} 至 {most} 个字。")))
}
