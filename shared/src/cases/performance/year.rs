//! 绩效年度: what a year's performance has come to, department by department, as its page shows it.

use super::judgement::{percentage, two_decimals};
use super::result::EvaluationResult;
use super::target::INDICATORS;
use crate::cases::allocation::Allocation;
use crate::cases::application::Application;
use crate::cases::correction::Correction;
use crate::cases::execution::registry::AnyExecutionCase;
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::key_evaluation::{self, KeyEvaluation};
use crate::cases::monitoring::Monitoring;
use crate::cases::self_evaluation::SelfEvaluation;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Years a trend goes back, the year itself included.
pub const TREND: i32 = 3;
/// Indicators the page lists as the weakest.
const WEAKEST: usize = 10;

/// A result as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownResult {
    pub source: String,
    pub score: String,
    pub grade: String,
}

/// One monitoring case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLamp {
    pub case: CaseId,
    pub period: String,
    pub side: String,
    pub stage_label: String,
    /// 总体灯; `None` while it is unknown.
    pub overall: Option<String>,
    pub execution: Option<String>,
    /// 执行率, what it is behind the months gone by, and 全年预计执行率, in percent.
    pub execution_rate: Option<String>,
    pub gap: Option<String>,
    pub forecast_rate: Option<String>,
    /// Indicators by lamp, `1/0/2/5`.
    pub red_yellow_blue_green: String,
}

/// A department's year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentYear {
    pub department: DepartmentId,
    pub approved: Money,
    pub lamps: Vec<ShownLamp>,
    /// 整改 of the year neither closed nor adjusted.
    pub open_corrections: Vec<CaseId>,
    pub overdue_corrections: usize,
    /// Results of the year and of those before it, newest first.
    pub trend: Vec<(i32, Option<ShownResult>)>,
    /// 重点评价 issued.
    pub key_evaluations: usize,
    /// 拟调减数 of the applications of this year's results that are not decided.
    pub proposed_cut: Money,
    pub decided_cut: Money,
}

/// An indicator that scored least of its weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeakIndicator {
    pub department_name: String,
    pub case: CaseId,
    pub name: String,
    pub score: String,
    pub weight: String,
    pub share: String,
}

impl From<EvaluationResult> for ShownResult {
    fn from(result: EvaluationResult) -> ShownResult {
        ShownResult {
            source: result.source.label().to_string(),
            score: super::judgement::printed(result.score),
            grade: result.grade.label().to_string(),
        }
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_string)
}

impl ExecutionWorld {
    /// Requests approved for a year, of one department or of all.
    fn requests_of<'a>(
        &'a self,
        year: i32,
        department: Option<&'a DepartmentId>,
    ) -> impl Iterator<Item = (&'a CaseId, &'a DepartmentId)> {
        self.of_kind::<Allocation>().filter_map(move |(id, allocation)| {
            let form = allocation.form.as_ref().filter(|form| form.year == year)?;
            let wanted = department.is_none_or(|department| *department == form.department);
            wanted.then_some((id, &form.department))
        })
    }

    /// Years some request is approved for, newest first.
    pub fn approved_years(&self) -> Vec<i32> {
        let years = self.of_kind::<Allocation>().filter_map(|(_, of)| of.form.as_ref()).map(|form| form.year);
        years.collect::<BTreeSet<i32>>().into_iter().rev().collect()
    }

    /// Year of the request a case is about, else its own.
    pub fn performance_year_of(&self, case: &AnyExecutionCase) -> Option<i32> {
        let of_request = case.request().and_then(|request| self.approved_request(request));
        of_request.map(|form| form.year).or(case.subject().year)
    }

    /// The year of every department with an approved request, or of one, as far as the person may see.
    pub fn performance_year(
        &self,
        by: &Party,
        year: i32,
        department: Option<&DepartmentId>,
        today: Date,
    ) -> Vec<DepartmentYear> {
        let departments: BTreeSet<&DepartmentId> =
            self.requests_of(year, department).map(|(_, department)| department).collect();
        departments.into_iter().map(|department| self.department_year(by, year, department, today)).collect()
    }

    fn department_year(
        &self,
        by: &Party,
        year: i32,
        department: &DepartmentId,
        today: Date,
    ) -> DepartmentYear {
        let requests: Vec<&CaseId> = self.requests_of(year, Some(department)).map(|(id, _)| id).collect();
        let is_own = |request: &CaseId| requests.contains(&request);
        let open: Vec<(&CaseId, &Correction)> = self
            .of_kind::<Correction>()
            .filter(|(id, of)| is_own(&of.request) && of.is_open() && self.sees(by, id))
            .collect();
        let issued = self.of_kind::<KeyEvaluation>();
        let issued =
            issued.filter(|(_, of)| is_own(&of.request) && of.stage == key_evaluation::Stage::Issued);
        let applications: Vec<&Application> = self
            .of_kind::<Application>()
            .filter(|(id, of)| is_own(&of.request) && self.sees(by, id))
            .map(|(_, of)| of)
            .collect();
        let undecided = applications.iter().filter(|of| of.cut.is_none());
        DepartmentYear {
            department: department.clone(),
            approved: requests.iter().map(|request| self.approved(request)).sum(),
            lamps: self.lamps(by, &requests),
            overdue_corrections: open.iter().filter(|(_, of)| today > of.deadline).count(),
            open_corrections: open.into_iter().map(|(id, _)| id.clone()).collect(),
            trend: (year - TREND + 1..=year).rev().map(|of| (of, self.result_of(of, department))).collect(),
            key_evaluations: issued.count(),
            proposed_cut: undecided.map(|of| of.proposed_cut(self)).sum(),
            decided_cut: applications.iter().filter_map(|of| of.cut).sum(),
        }
    }

    fn sees(&self, by: &Party, id: &CaseId) -> bool {
        self.visible(by, id).is_some()
    }

    fn lamps(&self, by: &Party, requests: &[&CaseId]) -> Vec<ShownLamp> {
        let own = self.of_kind::<Monitoring>();
        let own = own.filter(|(id, of)| requests.contains(&&of.request) && self.sees(by, id));
        let shown = |(id, of): (&CaseId, &Monitoring)| {
            let lamps = of.lamps(self);
            ShownLamp {
                case: id.clone(),
                period: of.period.clone(),
                side: of.side.label().to_string(),
                stage_label: of.stage.label().to_string(),
                overall: text(lamps.header.get("overall_lamp")),
                execution: text(lamps.header.get("execution_lamp")),
                execution_rate: text(lamps.header.get("execution_rate")),
                gap: text(lamps.header.get("gap")),
                forecast_rate: text(lamps.header.get("forecast_rate")),
                red_yellow_blue_green: of.lamp_counts(self),
            }
        };
        let mut lamps: Vec<ShownLamp> = own.map(shown).collect();
        lamps.sort_by(|a, b| (&a.period, &a.side, &a.case).cmp(&(&b.period, &b.side, &b.case)));
        lamps
    }

    /// The result of a department's year: that of the request that counts most.
    fn result_of(&self, year: i32, department: &DepartmentId) -> Option<ShownResult> {
        let results = self.requests_of(year, Some(department)).filter_map(|(id, _)| self.result(id));
        results.max_by_key(|result| result.source).map(ShownResult::from)
    }

    /// The indicators of a year that scored least of their weight in what was reported, of one department or of all, the
    /// weakest first.
    pub fn weakest_indicators(
        &self,
        by: &Party,
        year: i32,
        department: Option<&DepartmentId>,
    ) -> Vec<WeakIndicator> {
        let wanted = |of: &SelfEvaluation| {
            of.year == year
                && of.reported_result().is_some()
                && department.is_none_or(|department| of.department.as_ref() == Some(department))
        };
        let reported = self.of_kind::<SelfEvaluation>().filter(|(id, of)| wanted(of) && self.sees(by, id));
        let mut weak: Vec<(Decimal, WeakIndicator)> =
            reported.flat_map(|(id, of)| self.scored_indicators(id, of)).collect();
        weak.sort_by(|(a, one), (b, other)| (a, &one.case, &one.name).cmp(&(b, &other.case, &other.name)));
        weak.truncate(WEAKEST);
        weak.into_iter().map(|(_, weak)| weak).collect()
    }

    fn scored_indicators(&self, id: &CaseId, of: &SelfEvaluation) -> Vec<(Decimal, WeakIndicator)> {
        let (rows, scores) = (of.content.rows(INDICATORS).iter(), of.final_scores(self));
        let scored = rows.filter_map(|row| {
            let (score, weight) = (*scores.get(&row.id)?, row.cells.number("weight")?);
            let share = percentage(score, weight)?;
            let printed = |number: Decimal| super::judgement::printed(number);
            let weak = WeakIndicator {
                department_name: self.department_name(of.department.as_ref()?),
                case: id.clone(),
                name: row.cells.text("name").to_string(),
                score: printed(score),
                weight: printed(weight),
                share: printed(share),
            };
            (share < Decimal::ONE_HUNDRED).then_some((share, weak))
        });
        scored.collect()
    }
}

/// What a list says of a case besides its stage, of its summary: its lamp, its score, its deadline.
pub fn note(form: &str, summary: &Value) -> String {
    let text = |key: &str| match &summary[key] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    };
    let labelled: &[(&str, &str)] = match form {
        "ex_ante" => &[("得分", "score"), ("结论", "conclusion"), ("支持额", "supported")],
        "monitoring" => &[("总体", "overall"), ("执行", "execution"), ("迟报天数", "late_days")],
        "correction" => &[("期限", "deadline"), ("未通过", "fails")],
        "self_evaluation" => {
            &[("自评分", "total"), ("复核分", "final"), ("等次", "final_grade"), ("迟报天数", "late_days")]
        }
        "key_evaluation" => &[("得分", "total"), ("等次", "grade"), ("机构", "institution")],
        "site_visit" => &[("现行定稿", "current")],
        "application" => &[("等次", "grade"), ("拟调减", "proposed"), ("决定", "cut")],
        _ => &[],
    };
    let parts = labelled.iter().filter_map(|(label, key)| Some(format!("{label} {}", text(key)?)));
    parts.collect::<Vec<_>>().join(" · ")
}

/// 重点评价覆盖率: approved money of departments with an issued evaluation against all, in percent.
pub fn coverage(departments: &[DepartmentYear]) -> Option<String> {
    let sum = |of: &dyn Fn(&&DepartmentYear) -> bool| -> Money {
        departments.iter().filter(of).map(|department| department.approved).sum()
    };
    let (evaluated, all) = (sum(&|of| of.key_evaluations > 0), sum(&|_| true));
    two_decimals(percentage(evaluated.yuan(), all.yuan())).as_str().map(str::to_string)
}
