//! 事前绩效评估的办理: stated by the department, evaluated and concluded by two people of the bureau.

use super::form::{self, FORM, new_content};
use crate::cases::allocation::require_edition;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, YEAR, is_word, optional, required};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{DA, DF, L, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::{Cells, Content};
use crate::cases::performance::facts::judge_form;
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement, two_decimals};
use crate::cases::performance::performance_kind;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

stages! {
    Draft "draft" "填报中",
    DepartmentCheck "department_check" "待部门审核",
    Evaluating "evaluating" "评估中",
    Concluding "concluding" "待确认结论",
    Concluded "concluded" "已结论",
    Returned "returned" "已退回",
    Withdrawn "withdrawn" "已撤回",
}

words! {
    /// 评估对象.
    ObjectKind {
        NewSystem "新增系统" "新增系统",
        Growth "经费增长" "经费增长",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub year: i32,
    pub object_kind: ObjectKind,
    pub system_code: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExAnte {
    pub stage: Stage,
    pub department: Option<DepartmentId>,
    pub opening: Option<Opening>,
    pub content: Content,
    /// The department has reported it: the offices see it from then on.
    pub reported: bool,
    /// Place among all conclusions: the last has the greatest number.
    pub concluded_as: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Open(Opening),
    Fill { document: Value },
    Submit {},
    Report {},
    Return { reason: String },
    Propose {},
    Conclude {},
    SendBack { reason: String },
    Withdraw { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Opened { opening: Opening, department: DepartmentId, content: Content },
    Filled { content: Content },
    Moved { to: Stage, reason: Option<String> },
    Concluded { number: u64 },
}

const OPENING: &[Field] = &[
    required("year", YEAR),
    required("object_kind", FieldKind::Choice(is_word::<ObjectKind>)),
    optional("system_code", FieldKind::Text(1, 40)),
];
const FILL: &[Field] = &[required("document", FieldKind::Document)];
/// Stages the department types in.
const AT_DEPARTMENT: &[Stage] = &[Stage::Draft, Stage::Returned];
const BEFORE_EVALUATION: &[Stage] = &[Stage::Draft, Stage::DepartmentCheck, Stage::Returned];

impl ExAnte {
    /// Whether it evaluates this object.
    pub fn is_of(
        &self,
        department: &DepartmentId,
        year: i32,
        kind: ObjectKind,
        system: Option<&str>,
    ) -> bool {
        let same =
            |of: &Opening| (of.year, of.object_kind, of.system_code.as_deref()) == (year, kind, system);
        self.department.as_ref() == Some(department) && self.opening.as_ref().is_some_and(same)
    }

    pub fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, form::judge, &self.content, world, &FormFacts::new())
    }

    /// 评估对象 in words.
    pub fn object(&self) -> String {
        let Some(opening) = &self.opening else { return String::new() };
        let code = opening.system_code.as_deref().unwrap_or_default();
        format!("{} {code}", opening.object_kind.label()).trim_end().to_string()
    }

    pub fn is_withdrawn(&self) -> bool {
        self.stage == Stage::Withdrawn
    }

    fn open(&self, opening: &Opening, facts: &Facts) -> Result<Event, Refusal> {
        require_edition(facts, opening.year)?;
        let misfit = (opening.object_kind == ObjectKind::NewSystem) != opening.system_code.is_some();
        refuse_if(misfit, 10, "EXA-06", "新增系统须写系统编号，经费增长不写")?;
        let Some(department) = &facts.by.actor.department else {
            return Err(Refusal::new("authority.role", "事前绩效评估由部门填报人发起。"));
        };
        let system = opening.system_code.as_deref();
        let open = facts.of_kind::<ExAnte>().any(|(_, of)| {
            of.is_of(department, opening.year, opening.object_kind, system)
                && !matches!(of.stage, Stage::Concluded | Stage::Withdrawn)
        });
        refuse_if(open, 10, "EXA-05", "该对象已有未办结的评估，请在原件上办理")?;
        let header = [
            Some(("object_kind", opening.object_kind.word().to_string())),
            opening.system_code.clone().map(|code| ("system_code", code)),
        ];
        let content = new_content(Cells::of(header.into_iter().flatten()));
        Ok(Event::Opened { opening: opening.clone(), department: department.clone(), content })
    }
}

impl ExecutionKind for ExAnte {
    performance_kind!(10, |case| case.opening.as_ref().map(|opening| opening.year), form::judge);

    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("open", "发起评估", &[(DF, &[])], OPENING).opening(),
        CommandRow::new("fill", "填写", &[(DF, AT_DEPARTMENT), (R, &[Stage::Evaluating])], FILL),
        CommandRow::new("submit", "提交审核", &[(DF, AT_DEPARTMENT)], &[]),
        CommandRow::new("report", "报送", &[(DA, &[Stage::DepartmentCheck])], &[])
            .differing_from(&["submit"]),
        CommandRow::new(
            "return",
            "退回",
            &[(DA, &[Stage::DepartmentCheck]), (R, &[Stage::Evaluating])],
            &[REASON],
        ),
        CommandRow::new("propose", "提出结论", &[(R, &[Stage::Evaluating])], &[]),
        CommandRow::new("conclude", "确认结论", &[(L, &[Stage::Concluding])], &[])
            .differing_from(&["propose"]),
        CommandRow::new("send_back", "退回评估", &[(L, &[Stage::Concluding])], &[REASON]),
        CommandRow::new("withdraw", "撤回", &[(DF, BEFORE_EVALUATION), (DA, BEFORE_EVALUATION)], &[REASON]),
    ];

    fn is_visible(&self, _: &CaseId, by: &Party, _: &ExecutionWorld) -> bool {
        match by.actor.role.office() {
            Office::Department => by.is_of(self.department.as_ref()),
            Office::Bureau | Office::Finance => self.reported,
            Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn open_parts(&self, by: &Party) -> &'static [Part] {
        match by.actor.role {
            Role::BureauReviewer => &[Part::Bureau],
            _ => &[Part::Department],
        }
    }

    fn caption(&self, _: &ExecutionWorld) -> Option<String> {
        Some(self.object())
    }

    fn summary(&self, _: &CaseId, world: &ExecutionWorld) -> Value {
        let judged = self.judge(world);
        let header = &self.content.header;
        let stated = Some(header.text("conclusion")).filter(|text| !text.is_empty());
        json!({
            "object": self.opening.as_ref().and_then(|opening| opening.system_code.as_deref()),
            "score": judged.header["score"],
            "computed_conclusion": judged.header["computed_conclusion"],
            "conclusion": stated,
            "supported": two_decimals(header.number("supported_amount")),
        })
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        let to = |to: Stage| Event::Moved { to, reason: None };
        let back = |to: Stage, reason: &String| Event::Moved { to, reason: Some(reason.clone()) };
        let judged = |parts: &[Part]| self.judge(facts.world).require(parts, &self.content);
        Ok(vec![match command {
            Command::Open(opening) => self.open(opening, facts)?,
            Command::Fill { document } => {
                let open = self.open_parts(facts.by);
                Event::Filled { content: self.content.fill(&FORM, open, document)? }
            }
            Command::Submit {} => {
                judged(&[Part::Department])?;
                to(Stage::DepartmentCheck)
            }
            Command::Report {} => to(Stage::Evaluating),
            Command::Return { reason } => back(Stage::Returned, reason),
            Command::Propose {} => {
                judged(&Part::ALL)?;
                to(Stage::Concluding)
            }
            Command::Conclude {} => {
                let concluded = facts.of_kind::<ExAnte>().map(|(_, of)| of.concluded_as).max();
                Event::Concluded { number: concluded.unwrap_or_default() + 1 }
            }
            Command::SendBack { reason } => back(Stage::Evaluating, reason),
            Command::Withdraw { reason } => back(Stage::Withdrawn, reason),
        }])
    }

    fn evolve(self, event: &Event) -> ExAnte {
        match event {
            Event::Opened { opening, department, content } => ExAnte {
                opening: Some(opening.clone()),
                department: Some(department.clone()),
                content: content.clone(),
                ..ExAnte::default()
            },
            Event::Filled { content } => ExAnte { content: content.clone(), ..self },
            Event::Moved { to, .. } => {
                ExAnte { stage: *to, reported: self.reported || *to == Stage::Evaluating, ..self }
            }
            Event::Concluded { number } => ExAnte { stage: Stage::Concluded, concluded_as: *number, ..self },
        }
    }

    /// None: the gate of a request asks for the conclusion.
    fn effects(&self, _: &Event, _: &Facts) -> Vec<Effect> {
        Vec::new()
    }
}
