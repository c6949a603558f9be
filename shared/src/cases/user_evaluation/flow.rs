//! 用户评价: submitted by the department, confirmed by another person of it.

use super::{listing, survey};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::field::{Field, FieldKind, REASON, is_word, optional, required, unique};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{DA, DF};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, Subject, stages};
use crate::cases::execution::parameters::{MoneyParameters, quotient};
use crate::cases::execution::survey::Survey;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::kernel::{CellValue, Column};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

stages! {
    Submitted "submitted" "待部门负责人确认",
    Confirmed "confirmed" "已确认",
    Returned "returned" "已退回",
}

words! {
    /// 评价期.
    Period {
        FirstHalf "上半年" "上半年",
        SecondHalf "下半年" "下半年",
        Year "全年" "全年",
    }
}

/// The grades of one respondent, 0 to 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub respondent: String,
    pub response: i64,
    pub repair: i64,
    pub attitude: i64,
    pub patrol: i64,
    pub documents: i64,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub contract: CaseId,
    pub period: Period,
    pub answers: Vec<Answer>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEvaluation {
    pub stage: Stage,
    pub contract: CaseId,
    pub year: i32,
    pub department: Option<DepartmentId>,
    pub period: Option<Period>,
    pub answers: Vec<Answer>,
}

impl Default for UserEvaluation {
    fn default() -> UserEvaluation {
        UserEvaluation {
            stage: Stage::default(),
            contract: CaseId::new(""),
            year: 0,
            department: None,
            period: None,
            answers: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Submit(Form),
    Confirm {},
    Return { reason: String },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Submitted { form: Form, year: i32, department: DepartmentId },
    Confirmed,
    Returned { reason: String },
}

/// 评价表 grades from 0 to this one (money.md § 3, `user_sheet`).
const BEST_GRADE: i64 = 5;
const GRADE: FieldKind = FieldKind::Count(0, BEST_GRADE);
const ANSWER: &[Field] = &[
    unique("respondent", FieldKind::Text(1, 20)),
    required("response", GRADE),
    required("repair", GRADE),
    required("attitude", GRADE),
    required("patrol", GRADE),
    required("documents", GRADE),
    optional("reason", FieldKind::Text(0, 200)),
];
const FORM: &[Field] = &[
    required("contract", FieldKind::Reference),
    required("period", FieldKind::Choice(is_word::<Period>)),
    required("answers", FieldKind::Table(ANSWER)),
];

impl Answer {
    /// Each grade with its item of the sheet.
    fn grades(&self) -> [(&'static str, i64); 5] {
        [
            ("response", self.response),
            ("repair", self.repair),
            ("attitude", self.attitude),
            ("patrol", self.patrol),
            ("documents", self.documents),
        ]
    }
}

impl UserEvaluation {
    /// round(Σ grade × weight × 100 ÷ (best grade × Σ weight × respondents)); `None` where nothing has weight.
    pub fn score(&self, parameters: &MoneyParameters) -> Option<Decimal> {
        let weight = |item: &str| parameters.user_sheet.get(item).copied().unwrap_or_default();
        let grades = self.answers.iter().flat_map(Answer::grades);
        let reached: Decimal = grades.map(|(item, grade)| Decimal::from(grade) * weight(item)).sum();
        let most: Decimal = parameters.user_sheet.values().sum();
        let respondents = Decimal::from(self.answers.len());
        quotient(reached * Decimal::ONE_HUNDRED, Decimal::from(BEST_GRADE) * most * respondents)
    }
}

/// UEV-05.
fn before_verification(contract: &CaseId, facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts.is_verified(contract), 8, "UEV-05", "结算已审定，不再评价")
}

fn submit(form: &Form, facts: &Facts) -> Result<Event, Refusal> {
    let foreign = || Refusal::under(8, "UEV-01", "该合同不服务于本部门");
    let department = facts.by.actor.department.clone().ok_or_else(foreign)?;
    let contract = facts
        .contract(&form.contract)
        .filter(|contract| contract.is_performed() && facts.departments_of(contract).contains(&department));
    let contract = contract.ok_or_else(foreign)?;
    let mut others = facts.evaluations_of(&form.contract).filter(|(id, _)| *id != facts.case);
    let again = others.any(|(_, other)| {
        (other.department.as_ref(), other.period) == (Some(&department), Some(form.period))
    });
    refuse_if(again, 8, "UEV-02", "本部门对该合同本期已评价")?;
    let parameters = facts.parameters();
    let few = form.answers.len() < parameters.min_sample;
    refuse_if(few, 8, "UEV-03", format!("样本不足，至少{}人", parameters.min_sample))?;
    let unexplained = form.answers.iter().any(|answer| {
        let low = answer.grades().iter().any(|(_, grade)| *grade <= parameters.low_grade);
        let length = answer.reason.as_ref().map_or(0, |reason| reason.chars().count());
        low && length < parameters.note_length
    });
    refuse_if(unexplained, 8, "UEV-04", format!("低分须写理由（不少于{}字）", parameters.note_length))?;
    before_verification(&form.contract, facts)?;
    Ok(Event::Submitted { form: form.clone(), year: contract.year, department })
}

impl ExecutionKind for UserEvaluation {
    type Command = Command;
    type Event = Event;
    type Stage = Stage;

    const ARTICLE: u8 = 8;
    const SEEN_BY_DEPARTMENT: bool = true;
    const COLUMNS: &'static [Column] = listing::COLUMNS;
    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("submit", "提交评价", &[(DF, &[Stage::Returned])], FORM).opening(),
        CommandRow::new("confirm", "确认评价", &[(DA, &[Stage::Submitted])], &[]).differing_from(&["submit"]),
        CommandRow::new("return", "退回", &[(DA, &[Stage::Submitted])], &[REASON]),
    ];

    fn stage(&self) -> Stage {
        self.stage
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            year: Some(self.year),
            department: self.department.as_ref(),
            contract: Some(&self.contract),
            ..Subject::default()
        }
    }

    fn survey(verb: &str, parameters: &MoneyParameters) -> Option<Survey> {
        (verb == "submit").then(|| survey::of(parameters))
    }

    fn cells(&self, world: &ExecutionWorld) -> Vec<CellValue> {
        listing::cells(self, world)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Submit(form) => submit(form, facts)?,
            Command::Confirm {} => {
                before_verification(&self.contract, facts)?;
                Event::Confirmed
            }
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
        }])
    }

    fn evolve(self, event: &Event) -> UserEvaluation {
        match event {
            Event::Submitted { form, year, department } => UserEvaluation {
                stage: Stage::Submitted,
                contract: form.contract.clone(),
                year: *year,
                department: Some(department.clone()),
                period: Some(form.period),
                answers: form.answers.clone(),
            },
            Event::Confirmed => UserEvaluation { stage: Stage::Confirmed, ..self },
            Event::Returned { .. } => UserEvaluation { stage: Stage::Returned, ..self },
        }
    }

    /// None: a settlement asks for the confirmed scores.
    fn effects(&self, _: &Event, _: &Facts) -> Vec<Effect> {
        Vec::new()
    }
}
