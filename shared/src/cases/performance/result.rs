//! 评价结果: which evaluation of a request counts, and what a new one causes: a grade, an application.

use super::judgement::printed;
use crate::cases::application::{self, Application};
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::key_evaluation::{self, KeyEvaluation};
use crate::cases::self_evaluation::SelfEvaluation;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use crate::kernel::words::words;
use crate::policy::editions::values::GradeStep;
use crate::policy::grade::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

words! {
    /// 结果来源, the one that counts least first.
    ResultSource {
        SelfEvaluation "自评" "自评",
        Bureau "部门重点评价" "部门重点评价",
        Finance "财政重点评价" "财政重点评价",
    }
}

/// 评价结果 of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationResult {
    pub source: ResultSource,
    pub score: Decimal,
    pub grade: Grade,
}

/// 评审参考: the last evaluated year before the one asked for, what is still to be corrected, what was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewReference {
    pub year: Option<i32>,
    pub source: Option<String>,
    pub score: Option<String>,
    pub grade: Option<String>,
    pub open_corrections: usize,
    pub overdue_corrections: usize,
    pub cut: String,
}

/// Years back a review looks for an evaluated one.
const YEARS_BACK: i32 = 9;

/// 等次 of a score: the first step it reaches.
pub fn grade_of(score: Decimal, grades: &[GradeStep]) -> Option<Grade> {
    grades.iter().find(|step| score >= step.0).map(|step| step.1)
}

impl ResultSource {
    pub fn of_office(office: Office) -> ResultSource {
        match office {
            Office::Finance => ResultSource::Finance,
            Office::Department
            | Office::Bureau
            | Office::Outside
            | Office::Audit
            | Office::Administration => ResultSource::Bureau,
        }
    }
}

impl ExecutionWorld {
    /// Finance's issued key evaluation, else the bureau's, else the reported self-evaluation.
    pub fn result(&self, request: &CaseId) -> Option<EvaluationResult> {
        let keys = self.of_kind::<KeyEvaluation>().filter(|(_, key)| key.request == *request);
        let issued = keys.filter(|(_, key)| key.stage == key_evaluation::Stage::Issued);
        let keys = issued.filter_map(|(id, key)| key.result(id, self));
        let selves = self.of_kind::<SelfEvaluation>().filter(|(_, of)| of.request == *request);
        let all = selves.filter_map(|(_, of)| of.reported_result()).chain(keys);
        all.max_by_key(|result| result.source)
    }

    /// 评审参考 (Art. 14): what a review of the department's request for `year` sees of earlier years.
    pub fn review_reference(&self, department: &DepartmentId, year: i32, today: Date) -> ReviewReference {
        let own = self.of_kind::<crate::cases::allocation::Allocation>().filter_map(|(id, allocation)| {
            let form = allocation.form.as_ref().filter(|form| form.department == *department)?;
            Some((form.year, id))
        });
        let earlier: Vec<(i32, &CaseId)> = own.filter(|(of, _)| *of < year).collect();
        let recent = earlier.iter().filter(|(of, _)| *of >= year - YEARS_BACK);
        let results = recent.filter_map(|(of, id)| Some((*of, self.result(id)?)));
        let last = results.max_by_key(|(of, result)| (*of, result.source));
        let open = || earlier.iter().flat_map(|(_, id)| self.open_corrections(id));
        ReviewReference {
            year: last.map(|(of, _)| of),
            source: last.map(|(_, result)| result.source.word().to_string()),
            score: last.map(|(_, result)| printed(result.score)),
            grade: last.map(|(_, result)| result.grade.label().to_string()),
            open_corrections: open().count(),
            overdue_corrections: open().filter(|(_, correction)| today > correction.deadline).count(),
            cut: printed(self.decided_cuts(department, year).yuan()),
        }
    }

    /// Σ cuts proposed for the department's year that finance has not decided.
    pub fn undecided_cuts(&self, department: &DepartmentId, year: i32) -> Money {
        let undecided = self.applications_to(department, year).filter(|(_, of)| of.cut.is_none());
        undecided.map(|(_, application)| application.proposed_cut(self)).sum()
    }

    /// Σ decided cuts that apply to the department's year.
    pub fn decided_cuts(&self, department: &DepartmentId, year: i32) -> Money {
        self.applications_to(department, year).filter_map(|(_, application)| application.cut).sum()
    }

    /// Applications of results to the department's year.
    pub fn applications_to<'a>(
        &'a self,
        department: &'a DepartmentId,
        year: i32,
    ) -> impl Iterator<Item = (&'a CaseId, &'a Application)> {
        self.of_kind::<Application>().filter(move |(_, application)| {
            application.department.as_ref() == Some(department) && application.apply_year == year
        })
    }
}

/// What a determined result causes: its grade, and an application opened or refreshed.
pub fn determined(request: &CaseId, result: EvaluationResult, facts: &Facts) -> Vec<Effect> {
    let mut effects = vec![Effect::GradeResult { request: request.clone(), grade: result.grade }];
    let before = facts.world.result(request);
    let counts = before.filter(|before| before.source > result.source).unwrap_or(result);
    let Some(form) = facts.world.approved_request(request) else { return effects };
    let content = application::copied_in(request, form, counts, facts.world);
    let own = facts.world.of_kind::<Application>().filter(|(_, application)| application.request == *request);
    let own: Vec<(&CaseId, &Application)> = own.collect();
    if let Some((id, _)) = own.iter().find(|(_, of)| of.stage == application::Stage::Draft) {
        effects.push(Effect::MoveApplication((*id).clone(), application::Event::Refreshed { content }));
    } else if own.iter().all(|(_, of)| of.stage == application::Stage::Decided) {
        let id = facts.world.free_name(&format!("app-{request}"), &[]);
        effects.push(Effect::OpenCase(id, Box::new(Application::new(request, form, content).into())));
    }
    effects
}
