//! 结果应用的办理: the bureau says what follows, finance's reviewer gives an opinion, finance's leader decides the cut.

use super::form::{self, FORM};
use crate::cases::allocation;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, OPTIONAL_REASON, REASON, required};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{FL, FR, L, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::{Cells, Content};
use crate::cases::performance::facts::judge_form;
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement, printed, two_decimals};
use crate::cases::performance::performance_kind;
use crate::cases::performance::result::EvaluationResult;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

stages! {
    Draft "draft" "填报中",
    BureauConfirm "bureau_confirm" "待省局确认",
    FinanceReview "finance_review" "财政审核中",
    FinanceDecision "finance_decision" "待财政决定",
    Decided "decided" "已决定",
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    pub stage: Stage,
    pub request: CaseId,
    pub department: Option<DepartmentId>,
    /// The year the result applies to.
    pub apply_year: i32,
    pub content: Content,
    /// 决定调减数.
    pub cut: Option<Money>,
}

impl Default for Application {
    fn default() -> Application {
        Application {
            stage: Stage::default(),
            request: CaseId::new(""),
            department: None,
            apply_year: 0,
            content: Content::default(),
            cut: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Fill { document: Value },
    Submit {},
    Confirm {},
    Return { reason: String },
    Opine { cut: Money, text: String },
    Decide { cut: Money, reason: Option<String> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Refreshed { content: Content },
    Filled { content: Content },
    Submitted,
    Confirmed,
    Returned { reason: String },
    Opined { cut: Money, text: String },
    Decided { cut: Money, reason: Option<String> },
}

/// What an application copies in of a result.
pub fn copied_in(
    request: &CaseId,
    form: &allocation::Form,
    result: EvaluationResult,
    world: &ExecutionWorld,
) -> Content {
    let later = (form.year + 1..).find(|year| !world.is_year_approved(&form.department, *year));
    let header = [
        ("grade", result.grade.label().to_string()),
        ("score", printed(result.score)),
        ("source", result.source.word().to_string()),
        ("open_corrections", world.open_corrections(request).count().to_string()),
        ("base", printed(form.total().yuan())),
        ("apply_year", later.unwrap_or(form.year + 1).to_string()),
    ];
    Content { header: Cells::of(header), ..Content::default() }
}

const FILL: &[Field] = &[required("document", FieldKind::Document)];
const OPINE: &[Field] = &[required("cut", FieldKind::Money), required("text", FieldKind::Text(10, 500))];
const DECIDE: &[Field] = &[required("cut", FieldKind::Money), OPTIONAL_REASON];

impl Application {
    pub fn new(request: &CaseId, form: &allocation::Form, content: Content) -> Application {
        let department = Some(form.department.clone());
        Application { request: request.clone(), department, ..Application::default() }.refreshed(&content)
    }

    /// With a later result copied in; what people typed stays.
    fn refreshed(mut self, content: &Content) -> Application {
        self.content.header.0.extend(content.header.0.clone());
        let year = self.content.header.count("apply_year").and_then(|year| i32::try_from(year).ok());
        Application { apply_year: year.unwrap_or_default(), ..self }
    }

    pub fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, form::judge, &self.content, world, &FormFacts::new())
    }

    /// 拟调减数.
    fn proposed(&self, world: &ExecutionWorld) -> Decimal {
        let judged = self.judge(world);
        let proposed = judged.header["proposed"].as_str().and_then(|text| text.parse().ok());
        proposed.unwrap_or_default()
    }

    /// 拟调减数 as money.
    pub fn proposed_cut(&self, world: &ExecutionWorld) -> Money {
        Money::from_yuan(self.proposed(world)).unwrap_or_default()
    }

    pub fn proposes_cut(&self, world: &ExecutionWorld) -> bool {
        self.proposed(world) > Decimal::ZERO
    }

    fn require_within_base(&self, cut: Money) -> Result<(), Refusal> {
        let base = self.content.header.number("base").unwrap_or_default();
        let says = format!("调减数 {cut} 元超过上年批复数 {base} 元");
        refuse_if(cut.yuan() > base, 14, "APP-01", says)
    }

    fn decide_cut(&self, cut: Money, reason: Option<&String>, facts: &Facts) -> Result<Event, Refusal> {
        self.require_within_base(cut)?;
        let proposed = self.proposed(facts.world);
        let edition = facts.edition();
        let explained = reason.is_some_and(|reason| edition.is_reason(reason));
        let least = edition.reason_min;
        let says = format!("决定数与拟调减数 {proposed} 元不同，须写明理由（不少于{least}个字）");
        refuse_if(cut.yuan() != proposed && !explained, 14, "APP-02", says)?;
        Ok(Event::Decided { cut, reason: reason.cloned() })
    }
}

impl ExecutionKind for Application {
    performance_kind!(14, |case| Some(case.apply_year), form::judge);

    const SEEN_BY_DEPARTMENT: bool = true;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("fill", "填写", &[(R, &[Stage::Draft])], FILL),
        CommandRow::new("submit", "提交确认", &[(R, &[Stage::Draft])], &[]),
        CommandRow::new("confirm", "确认", &[(L, &[Stage::BureauConfirm])], &[]).differing_from(&["submit"]),
        CommandRow::new(
            "return",
            "退回",
            &[(L, &[Stage::BureauConfirm]), (FR, &[Stage::FinanceReview])],
            &[REASON],
        ),
        CommandRow::new("opine", "提出意见", &[(FR, &[Stage::FinanceReview])], OPINE),
        CommandRow::new("decide", "决定", &[(FL, &[Stage::FinanceDecision])], DECIDE)
            .differing_from(&["opine"]),
    ];

    fn is_visible(&self, _: &CaseId, by: &Party, _: &ExecutionWorld) -> bool {
        match by.actor.role.office() {
            Office::Department => by.is_of(self.department.as_ref()) && self.stage == Stage::Decided,
            Office::Finance => {
                matches!(self.stage, Stage::FinanceReview | Stage::FinanceDecision | Stage::Decided)
            }
            Office::Bureau | Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn request(&self) -> Option<&CaseId> {
        Some(&self.request)
    }

    fn caption(&self, _: &ExecutionWorld) -> Option<String> {
        Some(format!("用于 {} 年度", self.apply_year))
    }

    fn summary(&self, _: &CaseId, world: &ExecutionWorld) -> Value {
        let judged = self.judge(world);
        let header = &self.content.header;
        let cut = self.cut.unwrap_or_default();
        json!({
            "apply_year": self.apply_year, "grade": header.text("grade"), "score": header.text("score"),
            "source": header.text("source"), "open_corrections": header.text("open_corrections"),
            "base": header.text("base"), "percent": judged.header["percent"],
            "proposed": judged.header["proposed"], "cut": two_decimals(Some(cut.yuan())),
        })
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Fill { document } => {
                Event::Filled { content: self.content.fill(&FORM, &[Part::Whole], document)? }
            }
            Command::Submit {} => {
                self.judge(facts.world).require(&Part::ALL, &self.content)?;
                Event::Submitted
            }
            Command::Confirm {} => Event::Confirmed,
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Opine { cut, text } => {
                self.require_within_base(*cut)?;
                Event::Opined { cut: *cut, text: text.clone() }
            }
            Command::Decide { cut, reason } => self.decide_cut(*cut, reason.as_ref(), facts)?,
        }])
    }

    fn evolve(self, event: &Event) -> Application {
        match event {
            Event::Refreshed { content } => self.refreshed(content),
            Event::Filled { content } => Application { content: content.clone(), ..self },
            Event::Submitted => Application { stage: Stage::BureauConfirm, ..self },
            Event::Confirmed => Application { stage: Stage::FinanceReview, ..self },
            Event::Returned { .. } => Application { stage: Stage::Draft, ..self },
            Event::Opined { .. } => Application { stage: Stage::FinanceDecision, ..self },
            Event::Decided { cut, .. } => Application { stage: Stage::Decided, cut: Some(*cut), ..self },
        }
    }

    fn effects(&self, event: &Event, _: &Facts) -> Vec<Effect> {
        match (event, &self.department) {
            (Event::Decided { cut, .. }, Some(department)) if *cut > Money::ZERO => {
                let (department, year) = (department.clone(), self.apply_year);
                vec![Effect::CutBudget { department, year, amount: *cut }]
            }
            (
                Event::Refreshed { .. }
                | Event::Filled { .. }
                | Event::Submitted
                | Event::Confirmed
                | Event::Returned { .. }
                | Event::Opined { .. }
                | Event::Decided { .. },
                _,
            ) => Vec::new(),
        }
    }
}
