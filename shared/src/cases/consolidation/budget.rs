//! 整体预算 (Art. 4): what the departments' accepted requests come to, by department, category and system, with
//! growth against last year and shares. Sums of sums: lines are added up once, when a version is frozen.

use crate::cases::kernel::Stage;
use crate::cases::request::RequestCase;
use crate::forms::budget_request::CATEGORIES;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::{Money, half_up};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// 汇总内容: canonical once serialised; its hash is what a leader confirms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsolidatedBudget {
    pub fiscal_year: FiscalYear,
    /// 第几次汇总.
    pub number: u32,
    /// 政策版本文号.
    pub edition: String,
    /// By the departments' order.
    pub included: Vec<Included>,
    /// 未纳入: departments without an accepted request.
    pub missing: Vec<Missing>,
}

/// 一个部门的申请, as it was gathered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Included {
    pub request: CaseId,
    pub department: DepartmentId,
    /// 部门名称.
    pub name: String,
    /// The case's revision: another one means it changed since.
    pub revision: u64,
    pub version: u32,
    pub content_hash: String,
    /// 上年度结算额, as the department wrote it.
    pub last_year: Option<Money>,
    /// By category and system, in the form's order.
    pub sums: Vec<Sum>,
}

/// What the lines of one category and system come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Table key of the category.
    pub category: String,
    /// Row of the system; empty for 共用.
    pub system: String,
    pub system_name: String,
    /// 申报数.
    pub requested: Money,
    /// 省局核减数.
    pub cut: Money,
}

impl Sum {
    /// 审核数.
    pub fn reviewed(&self) -> Money {
        self.requested - self.cut
    }
}

/// 未纳入汇总的部门.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub department: DepartmentId,
    pub name: String,
    /// Where its request stands; `None`: 未申报.
    pub stage: Option<Stage>,
    pub late_until: Option<Date>,
}

/// 申报数 · 核减数 · 审核数 of any part of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Figures {
    pub requested: Money,
    pub cut: Money,
}

impl Figures {
    pub fn of<'a>(sums: impl IntoIterator<Item = &'a Sum>) -> Figures {
        sums.into_iter()
            .fold(Figures::default(), |f, sum| f.and(Figures { requested: sum.requested, cut: sum.cut }))
    }

    pub fn and(self, other: Figures) -> Figures {
        Figures { requested: self.requested + other.requested, cut: self.cut + other.cut }
    }

    pub fn reviewed(self) -> Money {
        self.requested - self.cut
    }
}

impl Included {
    pub fn figures(&self) -> Figures {
        Figures::of(&self.sums)
    }

    pub fn category(&self, category: &str) -> Figures {
        Figures::of(self.sums.iter().filter(|sum| sum.category == category))
    }
}

/// One system of one department, over all categories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemFigures {
    pub department: String,
    /// Empty for 共用.
    pub system: String,
    pub name: String,
    pub figures: Figures,
}

/// A request with the sums kept of its latest version.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub case: RequestCase,
    pub sums: Vec<Sum>,
    pub last_year: Option<Money>,
}

/// A year as it is being gathered.
#[derive(Clone, Debug)]
pub struct Gathering {
    pub fiscal_year: FiscalYear,
    /// 第几次汇总.
    pub number: u32,
    /// 政策版本文号.
    pub edition: String,
    /// Departments in their order.
    pub departments: Vec<(DepartmentId, String)>,
    pub requests: Vec<Gathered>,
}

impl Gathering {
    /// The requests whose stage counts, department by department, and who is missing.
    pub fn gather(self, counts: fn(Stage) -> bool) -> ConsolidatedBudget {
        let (mut included, mut missing) = (Vec::new(), Vec::new());
        for (department, name) in self.departments {
            let live = |g: &&Gathered| g.case.department == department && g.case.stage != Stage::Withdrawn;
            let own: Vec<&Gathered> = self.requests.iter().filter(live).collect();
            let counted = own.iter().filter(|gathered| counts(gathered.case.stage));
            included.extend(counted.map(|gathered| Included {
                request: gathered.case.id.clone(),
                department: department.clone(),
                name: name.clone(),
                revision: gathered.case.revision,
                version: gathered.case.version,
                content_hash: gathered.case.content_hash.clone().unwrap_or_default(),
                last_year: gathered.last_year,
                sums: gathered.sums.clone(),
            }));
            let is_in = |gathered: &&Gathered| {
                let stage = gathered.case.stage;
                matches!(stage, Stage::Accepted | Stage::FinanceReview | Stage::Approved | Stage::Rejected)
            };
            if !own.iter().any(is_in) {
                missing.push(Missing {
                    department,
                    name,
                    stage: own.first().map(|gathered| gathered.case.stage),
                    late_until: own.first().and_then(|gathered| gathered.case.late_until),
                });
            }
        }
        let (fiscal_year, number) = (self.fiscal_year, self.number);
        ConsolidatedBudget { fiscal_year, number, edition: self.edition, included, missing }
    }
}

impl ConsolidatedBudget {
    pub fn figures(&self) -> Figures {
        Figures::of(self.included.iter().flat_map(|line| &line.sums))
    }

    /// Σ 上年度结算额 of those that have one, and the 审核数 that stands against it.
    pub fn against_last_year(&self) -> (Money, Money) {
        let known =
            self.included.iter().filter_map(|line| Some((line.last_year?, line.figures().reviewed())));
        known.fold((Money::ZERO, Money::ZERO), |(last, now), (l, n)| (last + l, now + n))
    }

    /// The five categories in their order.
    pub fn categories(&self) -> [(&'static str, Figures); 5] {
        CATEGORIES.map(|category| {
            (
                category,
                self.included.iter().fold(Figures::default(), |f, line| f.and(line.category(category))),
            )
        })
    }

    /// Every system of every department, largest first; what is shared counts as one of its own.
    pub fn systems(&self) -> Vec<SystemFigures> {
        let mut systems: Vec<SystemFigures> = Vec::new();
        for line in &self.included {
            let first = systems.len();
            for sum in &line.sums {
                let figures = Figures { requested: sum.requested, cut: sum.cut };
                match systems[first..].iter_mut().find(|known| known.system == sum.system) {
                    Some(known) => known.figures = known.figures.and(figures),
                    None => systems.push(SystemFigures {
                        department: line.name.clone(),
                        system: sum.system.clone(),
                        name: sum.system_name.clone(),
                        figures,
                    }),
                }
            }
        }
        systems.sort_by_key(|system| std::cmp::Reverse(system.figures.reviewed()));
        systems
    }
}

/// 增长率: `(now − last) × 100 ÷ last`, percent with two decimals; `None` without a last year.
pub fn growth(last: Money, now: Money) -> Option<Decimal> {
    percent(now - last, last)
}

/// 占比: percent with two decimals; `None` of nothing.
pub fn share(part: Money, whole: Money) -> Option<Decimal> {
    percent(part, whole)
}

fn percent(part: Money, whole: Money) -> Option<Decimal> {
    let hundredfold = part.yuan().checked_mul(Decimal::ONE_HUNDRED)?;
    hundredfold.checked_div(whole.yuan()).map(|percent| half_up(percent, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(category: &str, system: &str, requested: i64, cut: i64) -> Sum {
        Sum {
            category: category.into(),
            system: system.into(),
            system_name: system.to_uppercase(),
            requested: Money::from_fen(requested),
            cut: Money::from_fen(cut),
        }
    }

    fn line(name: &str, last_year: Option<i64>, sums: Vec<Sum>) -> Included {
        Included {
            request: CaseId::new(name),
            department: DepartmentId::new(name),
            name: name.into(),
            revision: 6,
            version: 1,
            content_hash: "h".into(),
            last_year: last_year.map(Money::from_fen),
            sums,
        }
    }

    fn whole() -> ConsolidatedBudget {
        ConsolidatedBudget {
            fiscal_year: FiscalYear(2024),
            number: 1,
            edition: "x".into(),
            included: vec![
                line(
                    "water",
                    Some(90_000),
                    vec![sum("hardware", "s1", 70_000, 10_000), sum("cloud", "s1", 30_000, 0)],
                ),
                line("forest", None, vec![sum("hardware", "s1", 50_000, 0), sum("other", "", 5001, 1)]),
            ],
            missing: vec![],
        }
    }

    #[test]
    fn every_way_of_adding_up_gives_the_same_whole() {
        let whole = whole();
        let all = Figures { requested: Money::from_fen(155_001), cut: Money::from_fen(10_001) };
        assert_eq!(whole.figures(), all);
        assert_eq!(whole.categories().into_iter().fold(Figures::default(), |f, (_, c)| f.and(c)), all);
        assert_eq!(whole.systems().into_iter().fold(Figures::default(), |f, s| f.and(s.figures)), all);
        assert_eq!(whole.included.iter().fold(Figures::default(), |f, l| f.and(l.figures())), all);
    }

    #[test]
    fn systems_of_two_departments_never_run_together() {
        let names: Vec<_> = whole().systems().into_iter().map(|s| (s.department, s.system)).collect();
        let pair = |d: &str, s: &str| (d.to_string(), s.to_string());
        assert_eq!(names, [pair("water", "s1"), pair("forest", "s1"), pair("forest", "")]);
    }

    #[test]
    fn growth_compares_only_departments_that_have_a_last_year() {
        let (last, now) = whole().against_last_year();
        assert_eq!((last, now), (Money::from_fen(90_000), Money::from_fen(90_000)));
        assert_eq!(growth(Money::from_fen(30_000), Money::from_fen(40_000)), Some(Decimal::new(3333, 2)));
        assert_eq!(growth(Money::ZERO, Money::from_fen(1)), None);
        assert_eq!(share(Money::from_fen(100), Money::from_fen(800)), Some(Decimal::new(1250, 2)));
    }
}
