//! 整改的办理: plan, result, verification; extension, escalation and what finance answers.

use super::form::{self, FORM};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, optional, required};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{DF, FL, L, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::Content;
use crate::cases::performance::facts::judge_form;
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement};
use crate::cases::performance::performance_kind;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use crate::policy::written_reasons::SERIOUS_ESCALATION;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

stages! {
    Open "open" "待制定措施",
    Planned "planned" "整改中",
    Submitted "submitted" "待核验",
    Closed "closed" "已销号",
    Escalated "escalated" "提请暂停",
    Suspended "suspended" "已同意暂停",
    Adjusted "adjusted" "已调整目标",
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    pub stage: Stage,
    pub request: CaseId,
    pub department: Option<DepartmentId>,
    pub year: i32,
    /// The indicator, or `execution`.
    pub subject: String,
    /// It is about the execution of the budget, not about an indicator.
    pub of_execution: bool,
    pub opened: Date,
    pub deadline: Date,
    /// Monitoring cases that named it, in order.
    pub sources: Vec<CaseId>,
    pub content: Content,
    /// Verifications it did not pass.
    pub fails: u32,
    pub extended: bool,
    /// Where it was submitted or escalated from: where it returns to.
    pub before: Stage,
}

impl Default for Correction {
    fn default() -> Correction {
        let day = FiscalYear(1901).first_day();
        Correction {
            stage: Stage::default(),
            request: CaseId::new(""),
            department: None,
            year: 0,
            subject: String::new(),
            of_execution: false,
            opened: day,
            deadline: day,
            sources: Vec::new(),
            content: Content::default(),
            fails: 0,
            extended: false,
            before: Stage::default(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Fill { document: Value },
    Plan {},
    Submit {},
    Verify { passed: bool, opinion: String },
    Extend { until: Date, reason: String },
    Escalate { serious: Option<bool>, reason: String },
    Suspend { reason: String },
    Decline { reason: String },
    Adjust { document: String, reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Joined { source: CaseId },
    Filled { content: Content },
    Planned,
    Submitted,
    Verified { passed: bool, opinion: String },
    Extended { until: Date, reason: String },
    Escalated { serious: bool, reason: String },
    Suspended { reason: String },
    Declined { deadline: Date, reason: String },
    Adjusted { document: String, reason: String },
}

const FILL: &[Field] = &[required("document", FieldKind::Document)];
const VERIFY: &[Field] =
    &[required("passed", FieldKind::Flag), required("opinion", FieldKind::Text(10, 500))];
const EXTEND: &[Field] = &[required("until", FieldKind::Date), REASON];
const ESCALATE: &[Field] = &[optional("serious", FieldKind::Flag), REASON];
const ADJUST: &[Field] = &[required("document", FieldKind::DocumentNumber), REASON];

impl Correction {
    /// Neither closed nor adjusted.
    pub fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Closed | Stage::Adjusted)
    }

    /// What is to be put right, in words.
    pub fn subject_label(&self, world: &ExecutionWorld) -> String {
        match self.of_execution {
            true => "预算执行".to_string(),
            false => world.indicator_name(&self.request, &self.subject),
        }
    }

    /// Closed by a verification that came after finance agreed to suspend.
    pub fn is_closed_after_suspension(&self) -> bool {
        self.stage == Stage::Closed && self.before == Stage::Suspended
    }

    pub fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, form::judge, &self.content, world, &self.form_facts(world))
    }

    fn extend(&self, until: Date, reason: &str, facts: &Facts) -> Result<Event, Refusal> {
        let latest = facts.days_after(self.opened, facts.edition().correction_extend_max);
        let misfit = self.extended || until <= self.deadline || until > latest;
        let says = format!("整改期限只能延长一次，须晚于现期限 {}，不晚于 {latest}", self.deadline);
        refuse_if(misfit, 12, "COR-03", says)?;
        Ok(Event::Extended { until, reason: reason.to_string() })
    }

    fn escalate(&self, serious: bool, reason: &str, facts: &Facts) -> Result<Event, Refusal> {
        let grave = serious && reason.chars().count() >= SERIOUS_ESCALATION;
        let due = facts.today > self.deadline || self.fails >= facts.edition().correction_fails;
        let says = format!(
            "未到整改期限，核验未通过次数也不够；情节严重的请注明并写明理由（不少于{SERIOUS_ESCALATION}个字）"
        );
        refuse_if(!due && !grave, 12, "COR-04", says)?;
        Ok(Event::Escalated { serious, reason: reason.to_string() })
    }
}

impl ExecutionKind for Correction {
    performance_kind!(12, |case| Some(case.year), form::judge);

    fn form_facts(&self, _: &ExecutionWorld) -> FormFacts {
        [("deadline".to_string(), self.deadline.to_string())].into()
    }

    const SEEN_BY_DEPARTMENT: bool = true;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("fill", "填写", &[(DF, &[Stage::Open, Stage::Planned, Stage::Suspended])], FILL),
        CommandRow::new("plan", "提交整改措施", &[(DF, &[Stage::Open])], &[]),
        CommandRow::new("submit", "提交核验", &[(DF, &[Stage::Planned, Stage::Suspended])], &[]),
        CommandRow::new("verify", "核验", &[(R, &[Stage::Submitted])], VERIFY),
        CommandRow::new("extend", "延长期限", &[(L, &[Stage::Open, Stage::Planned])], EXTEND),
        CommandRow::new(
            "escalate",
            "提请暂停拨付",
            &[(L, &[Stage::Open, Stage::Planned, Stage::Submitted])],
            ESCALATE,
        ),
        CommandRow::new("suspend", "同意暂停", &[(FL, &[Stage::Escalated])], &[REASON]).under(17),
        CommandRow::new("decline", "不同意暂停", &[(FL, &[Stage::Escalated])], &[REASON]).under(17),
        CommandRow::new(
            "adjust",
            "登记目标调整",
            &[(L, &[Stage::Open, Stage::Planned, Stage::Escalated])],
            ADJUST,
        ),
    ];

    fn is_visible(&self, _: &CaseId, by: &Party, _: &ExecutionWorld) -> bool {
        match by.actor.role.office() {
            Office::Department => by.is_of(self.department.as_ref()),
            Office::Bureau | Office::Finance | Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn open_parts(&self, _: &Party) -> &'static [Part] {
        match self.stage {
            Stage::Open => &[Part::Plan],
            Stage::Suspended => &[Part::Result],
            Stage::Planned | Stage::Submitted | Stage::Closed | Stage::Escalated | Stage::Adjusted => {
                &[Part::Plan, Part::Result]
            }
        }
    }

    fn request(&self) -> Option<&CaseId> {
        Some(&self.request)
    }

    fn caption(&self, world: &ExecutionWorld) -> Option<String> {
        Some(self.subject_label(world))
    }

    fn summary(&self, _: &CaseId, _: &ExecutionWorld) -> Value {
        json!({
            "subject": self.subject, "opened": self.opened, "deadline": self.deadline, "fails": self.fails,
            "extended": self.extended, "sources": self.sources,
        })
    }

    fn due(&self, _: &ExecutionWorld) -> Option<Date> {
        self.is_open().then_some(self.deadline)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Fill { document } => {
                let open = self.open_parts(facts.by);
                Event::Filled { content: self.content.fill(&FORM, open, document)? }
            }
            Command::Plan {} => {
                self.judge(facts.world).require(&[Part::Plan], &self.content)?;
                Event::Planned
            }
            Command::Submit {} => {
                self.judge(facts.world).require(&Part::ALL, &self.content)?;
                Event::Submitted
            }
            Command::Verify { passed, opinion } => {
                Event::Verified { passed: *passed, opinion: opinion.clone() }
            }
            Command::Extend { until, reason } => self.extend(*until, reason, facts)?,
            Command::Escalate { serious, reason } => {
                self.escalate(serious.unwrap_or_default(), reason, facts)?
            }
            Command::Suspend { reason } => Event::Suspended { reason: reason.clone() },
            Command::Decline { reason } => {
                let deadline = facts.days_after(facts.today, facts.edition().correction_days);
                Event::Declined { deadline, reason: reason.clone() }
            }
            Command::Adjust { document, reason } => {
                Event::Adjusted { document: document.clone(), reason: reason.clone() }
            }
        }])
    }

    fn evolve(mut self, event: &Event) -> Correction {
        match event {
            Event::Joined { source } => self.sources.push(source.clone()),
            Event::Filled { content } => self.content = content.clone(),
            Event::Planned => self.stage = Stage::Planned,
            Event::Submitted => {
                self.before = self.stage;
                self.stage = Stage::Submitted;
            }
            Event::Verified { passed: true, .. } => self.stage = Stage::Closed,
            Event::Verified { passed: false, .. } => {
                self.fails += 1;
                self.stage = self.before;
            }
            Event::Extended { until, .. } => {
                self.deadline = *until;
                self.extended = true;
            }
            Event::Escalated { .. } => {
                self.before = match self.stage {
                    Stage::Open => Stage::Open,
                    Stage::Planned
                    | Stage::Submitted
                    | Stage::Closed
                    | Stage::Escalated
                    | Stage::Suspended
                    | Stage::Adjusted => Stage::Planned,
                };
                self.stage = Stage::Escalated;
            }
            Event::Suspended { .. } => self.stage = Stage::Suspended,
            Event::Declined { deadline, .. } => {
                self.deadline = *deadline;
                self.stage = self.before;
            }
            Event::Adjusted { .. } => self.stage = Stage::Adjusted,
        }
        self
    }

    fn effects(&self, event: &Event, _: &Facts) -> Vec<Effect> {
        match event {
            Event::Verified { passed: true, .. } if self.before == Stage::Suspended => {
                vec![Effect::LiftSuspension(self.request.clone())]
            }
            Event::Suspended { .. } => vec![Effect::ProposeSuspension(self.request.clone())],
            Event::Joined { .. }
            | Event::Filled { .. }
            | Event::Planned
            | Event::Submitted
            | Event::Verified { .. }
            | Event::Extended { .. }
            | Event::Escalated { .. }
            | Event::Declined { .. }
            | Event::Adjusted { .. } => Vec::new(),
        }
    }
}
