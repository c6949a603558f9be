//! 绩效自评的办理: opened by the bureau, filled and approved by the department, reviewed and confirmed by the bureau, checked by
//! finance.

use super::form::{self, FISCAL, FORM, FUNDS, SOURCES, Totals, totals};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::{Facts, last_day};
use crate::cases::execution::field::{Field, FieldKind, OPTIONAL_REASON, REASON, optional, required, unique};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::role::{DA, DF, FR, L, R};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::{Cells, Content, ContentRow};
use crate::cases::performance::facts::{judge_form, require_request, require_year_over};
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement, View, printed, two_decimals};
use crate::cases::performance::performance_kind;
use crate::cases::performance::result::{EvaluationResult, ResultSource, determined};
use crate::cases::performance::target::{INDICATORS, copy_targets};
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

stages! {
    Draft "draft" "填报中",
    DepartmentCheck "department_check" "待部门审核",
    BureauReview "bureau_review" "省局复核",
    BureauConfirm "bureau_confirm" "待省局确认",
    Reported "reported" "已报财政",
    Accepted "accepted" "已抽查通过",
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfEvaluation {
    pub stage: Stage,
    pub request: CaseId,
    pub department: Option<DepartmentId>,
    pub year: i32,
    pub content: Content,
    /// 复核得分 by row.
    pub reviewed: BTreeMap<String, Decimal>,
    /// Score and grade as reported.
    pub reported: Option<EvaluationResult>,
    pub reported_on: Option<Date>,
}

impl Default for SelfEvaluation {
    fn default() -> SelfEvaluation {
        SelfEvaluation {
            stage: Stage::default(),
            request: CaseId::new(""),
            department: None,
            year: 0,
            content: Content::default(),
            reviewed: BTreeMap::new(),
            reported: None,
            reported_on: None,
        }
    }
}

/// 复核得分 of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewedScore {
    pub row: String,
    pub score: Decimal,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Open {
        request: CaseId,
    },
    Fill {
        document: Value,
    },
    Submit {},
    Approve {},
    Return {
        reason: String,
    },
    Review {
        #[serde(default)]
        scores: Vec<ReviewedScore>,
        reason: Option<String>,
    },
    Confirm {},
    Check {
        accepted: bool,
        reason: Option<String>,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Opened { request: CaseId, department: DepartmentId, year: i32, content: Content },
    Filled { content: Content },
    Submitted,
    Approved,
    Returned { reason: String },
    Reviewed { scores: Vec<ReviewedScore>, reason: Option<String> },
    Reported { on: Date, result: Option<EvaluationResult> },
    Accepted { reason: Option<String> },
    NotAccepted { reason: Option<String> },
}

const SCORE: &[Field] = &[unique("row", FieldKind::Text(1, 40)), required("score", FieldKind::Number)];
const REVIEW: &[Field] = &[optional("scores", FieldKind::Rows(SCORE)), OPTIONAL_REASON];
const FILL: &[Field] = &[required("document", FieldKind::Document)];
const OPENING: &[Field] = &[required("request", FieldKind::Reference)];
const CHECK: &[Field] = &[required("accepted", FieldKind::Flag), OPTIONAL_REASON];

impl SelfEvaluation {
    pub fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, form::judge, &self.content, world, &self.form_facts(world))
    }

    /// Totals with the reviewed scores in place of the department's.
    fn final_totals(&self, world: &ExecutionWorld) -> Totals {
        let facts = self.form_facts(world);
        let view = View { content: &self.content, parameters: world.edition(), facts: &facts };
        totals(&view, &self.reviewed)
    }

    fn final_result(&self, world: &ExecutionWorld) -> Option<EvaluationResult> {
        let totals = self.final_totals(world);
        let (score, grade) = (totals.total?, totals.grade?);
        Some(EvaluationResult { source: ResultSource::SelfEvaluation, score, grade })
    }

    /// 复核后的总分, once the bureau has reviewed.
    pub fn final_total(&self, world: &ExecutionWorld) -> Option<Decimal> {
        let is_reviewed = !self.reviewed.is_empty() || self.reported.is_some();
        is_reviewed.then(|| self.final_totals(world).total).flatten()
    }

    /// The result finance has.
    pub fn reported_result(&self) -> Option<EvaluationResult> {
        self.reported.filter(|_| matches!(self.stage, Stage::Reported | Stage::Accepted))
    }

    /// Scores of the rows that apply: the reviewed one, else the row's own.
    pub fn final_scores(&self, world: &ExecutionWorld) -> BTreeMap<String, Decimal> {
        let judged = self.judge(world);
        let own = |row: &str| -> Option<Decimal> {
            judged.tables.get(INDICATORS)?.get(row)?.get("score")?.as_str()?.parse().ok()
        };
        let applies = |row: &&ContentRow| !row.cells.is_set("not_applicable");
        let rows = self.content.rows(INDICATORS).iter().filter(applies);
        let score = |row: &ContentRow| {
            let score = self.reviewed.get(&row.id).copied().or_else(|| own(&row.id))?;
            Some((row.id.clone(), score))
        };
        rows.filter_map(score).collect()
    }

    /// Days it was reported late; `None` until it is reported.
    pub fn late_days(&self, world: &ExecutionWorld) -> Option<i64> {
        self.reported_on.map(|on| self.due_on(world).days_until(on).max(0))
    }

    fn due_on(&self, world: &ExecutionWorld) -> Date {
        world.edition().self_due.in_year(self.year + 1)
    }

    fn open(request: &CaseId, facts: &Facts) -> Result<Event, Refusal> {
        let form = require_request(facts, request, 13, "EVA-01")?;
        let exists = facts.of_kind::<SelfEvaluation>().any(|(_, of)| of.request == *request);
        refuse_if(exists, 13, "EVA-02", "该申请的绩效自评已建立，请在原件上办理")?;
        require_year_over(facts, form.year, 13, "EVA-03")?;
        let end = last_day(form.year);
        let yuan = |amount: crate::kernel::money::Money| printed(amount.yuan());
        let fiscal = [
            ("initial", yuan(form.total())),
            ("adjusted", yuan(facts.budget(request, end))),
            ("executed", yuan(facts.executed(request, end))),
        ];
        let rows = SOURCES.iter().map(|(id, _)| {
            let cells = if *id == FISCAL { Cells::of(fiscal.clone()) } else { Cells::default() };
            ContentRow { id: (*id).to_string(), cells }
        });
        let mut content = Content::default();
        content.tables.insert(FUNDS.to_string(), rows.collect());
        copy_targets(&form.targets, &mut content);
        let (department, year) = (form.department.clone(), form.year);
        Ok(Event::Opened { request: request.clone(), department, year, content })
    }

    fn review(
        &self,
        scores: &[ReviewedScore],
        reason: Option<&String>,
        facts: &Facts,
    ) -> Result<Event, Refusal> {
        let fits = |of: &ReviewedScore| {
            self.content.row(INDICATORS, &of.row).is_some_and(|row| {
                let weight = row.cells.number("weight");
                !row.cells.is_set("not_applicable") && weight.is_some_and(|weight| of.score <= weight)
            })
        };
        let misfit = !scores.iter().all(fits);
        refuse_if(misfit, 13, "EVA-04", "复核得分须对应适用的指标，且不超过其分值")?;
        let edition = facts.edition();
        let explained = reason.is_some_and(|reason| edition.is_reason(reason));
        let says = format!("改动得分须写明理由（不少于{}个字）", edition.reason_min);
        refuse_if(!scores.is_empty() && !explained, 13, "EVA-04", says)?;
        Ok(Event::Reviewed { scores: scores.to_vec(), reason: reason.cloned() })
    }
}

impl ExecutionKind for SelfEvaluation {
    performance_kind!(13, |case| Some(case.year), form::judge);

    fn form_facts(&self, world: &ExecutionWorld) -> FormFacts {
        let end = last_day(self.year);
        let facts =
            [("budget", world.budget(&self.request, end)), ("executed", world.executed(&self.request, end))];
        facts.into_iter().map(|(name, amount)| (name.to_string(), printed(amount.yuan()))).collect()
    }

    const COMMANDS: &'static [CommandRow<Stage>] = &[
        CommandRow::new("open", "建立自评", &[(R, &[])], OPENING).opening(),
        CommandRow::new("fill", "填写", &[(DF, &[Stage::Draft])], FILL),
        CommandRow::new("submit", "提交审核", &[(DF, &[Stage::Draft])], &[]),
        CommandRow::new("approve", "审核通过", &[(DA, &[Stage::DepartmentCheck])], &[])
            .differing_from(&["submit"]),
        CommandRow::new(
            "return",
            "退回",
            &[(DA, &[Stage::DepartmentCheck]), (R, &[Stage::BureauReview]), (L, &[Stage::BureauConfirm])],
            &[REASON],
        ),
        CommandRow::new("review", "复核", &[(R, &[Stage::BureauReview])], REVIEW),
        CommandRow::new("confirm", "确认报财政", &[(L, &[Stage::BureauConfirm])], &[])
            .differing_from(&["review"]),
        CommandRow::new("check", "抽查", &[(FR, &[Stage::Reported])], CHECK),
    ];

    fn is_visible(&self, _: &CaseId, by: &Party, _: &ExecutionWorld) -> bool {
        match by.actor.role.office() {
            Office::Department => by.is_of(self.department.as_ref()),
            Office::Finance => matches!(self.stage, Stage::Reported | Stage::Accepted),
            Office::Bureau | Office::Audit => true,
            Office::Outside | Office::Administration => false,
        }
    }

    fn request(&self) -> Option<&CaseId> {
        Some(&self.request)
    }

    fn caption(&self, _: &ExecutionWorld) -> Option<String> {
        Some(String::new())
    }

    fn summary(&self, _: &CaseId, world: &ExecutionWorld) -> Value {
        let judged = self.judge(world);
        json!({
            "total": judged.header["total"],
            "grade": judged.header["grade"],
            "final": two_decimals(self.reported.map(|reported| reported.score)),
            "final_grade": self.reported.map(|reported| reported.grade.label()),
            "late_days": self.late_days(world),
        })
    }

    fn due(&self, world: &ExecutionWorld) -> Option<Date> {
        let waits = !matches!(self.stage, Stage::Reported | Stage::Accepted);
        waits.then(|| self.due_on(world))
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Open { request } => SelfEvaluation::open(request, facts)?,
            Command::Fill { document } => {
                Event::Filled { content: self.content.fill(&FORM, &[Part::Whole], document)? }
            }
            Command::Submit {} => {
                self.judge(facts.world).require(&Part::ALL, &self.content)?;
                Event::Submitted
            }
            Command::Approve {} => Event::Approved,
            Command::Return { reason } => Event::Returned { reason: reason.clone() },
            Command::Review { scores, reason } => self.review(scores, reason.as_ref(), facts)?,
            Command::Confirm {} => {
                Event::Reported { on: facts.today, result: self.final_result(facts.world) }
            }
            Command::Check { accepted: true, reason } => Event::Accepted { reason: reason.clone() },
            Command::Check { accepted: false, reason } => {
                let edition = facts.edition();
                let explained = reason.as_ref().is_some_and(|reason| edition.is_reason(reason));
                let says = format!("抽查不通过须写明理由（不少于{}个字）", edition.reason_min);
                refuse_if(!explained, 13, "EVA-05", says)?;
                Event::NotAccepted { reason: reason.clone() }
            }
        }])
    }

    fn evolve(self, event: &Event) -> SelfEvaluation {
        let to = |stage: Stage, of: SelfEvaluation| SelfEvaluation { stage, ..of };
        match event {
            Event::Opened { request, department, year, content } => SelfEvaluation {
                request: request.clone(),
                department: Some(department.clone()),
                year: *year,
                content: content.clone(),
                ..SelfEvaluation::default()
            },
            Event::Filled { content } => SelfEvaluation { content: content.clone(), ..self },
            Event::Submitted => to(Stage::DepartmentCheck, self),
            Event::Approved => to(Stage::BureauReview, self),
            Event::Returned { .. } if self.stage == Stage::BureauConfirm => to(Stage::BureauReview, self),
            Event::Returned { .. } => to(Stage::Draft, self),
            Event::Reviewed { scores, .. } => {
                let reviewed = scores.iter().map(|of| (of.row.clone(), of.score)).collect();
                SelfEvaluation { stage: Stage::BureauConfirm, reviewed, ..self }
            }
            Event::Reported { on, result } => {
                SelfEvaluation { stage: Stage::Reported, reported: *result, reported_on: Some(*on), ..self }
            }
            Event::Accepted { .. } => to(Stage::Accepted, self),
            Event::NotAccepted { .. } => to(Stage::BureauReview, self),
        }
    }

    fn effects(&self, event: &Event, facts: &Facts) -> Vec<Effect> {
        match event {
            Event::Reported { result: Some(result), .. } => determined(&self.request, *result, facts),
            Event::Opened { .. }
            | Event::Filled { .. }
            | Event::Submitted
            | Event::Approved
            | Event::Returned { .. }
            | Event::Reviewed { .. }
            | Event::Reported { result: None, .. }
            | Event::Accepted { .. }
            | Event::NotAccepted { .. } => Vec::new(),
        }
    }
}
