//! 试算 (Art. 18): what a draft edition would change in a year that is already reported: who newly fails or passes, and by
//! how much settlements move. Judges the figures that the parameters decide about: rules B-05, B-08, B-10, T-01, T-02 and
//! the settlement coefficient.

use super::parameters::EditionParameters;
use super::values::Step;
use crate::kernel::money::{Money, half_up};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// 成本: the level whose presence chooses the table of shares.
const COST: &str = "成本";

/// The judged figures of a reported request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryRunRequest {
    pub case: String,
    /// Last year's settled amount; `None` for a first request.
    #[serde(with = "optional_yuan")]
    pub last_year: Option<Money>,
    /// Characters of the growth reason.
    pub growth_reason: u32,
    /// Weight of the targets by level.
    pub weights: BTreeMap<String, Decimal>,
    pub lines: Vec<DryRunLine>,
}

/// The judged figures of a line asked for by rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryRunLine {
    pub row: String,
    pub kind: String,
    /// Percent.
    pub rate: Decimal,
    #[serde(with = "super::values::yuan")]
    pub amount: Money,
    /// Characters of the basis.
    pub basis: u32,
    /// Whole years; 0 for what does not age.
    pub age: u32,
}

/// A settled line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DryRunSettlement {
    pub case: String,
    pub line: String,
    #[serde(with = "super::values::yuan")]
    pub base: Money,
    pub assessment: Decimal,
    pub user: Decimal,
    #[serde(with = "super::values::yuan")]
    pub penalties: Money,
}

/// One difference between the two editions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRunRow {
    pub case: String,
    pub rule: String,
    /// Row, level or line; empty for the whole case.
    pub about: String,
    #[serde(flatten)]
    pub change: DryRunChange,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum DryRunChange {
    /// An error only the draft finds.
    Appears,
    /// An error only the base finds.
    Goes,
    Amount {
        #[serde(with = "super::values::yuan")]
        from: Money,
        #[serde(with = "super::values::yuan")]
        to: Money,
        #[serde(with = "super::values::yuan")]
        by: Money,
    },
}

/// 试算结果.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRunReport {
    pub rows: Vec<DryRunRow>,
    pub requests: usize,
    /// Without error before, with one now.
    pub newly_failing: usize,
    pub newly_passing: usize,
    #[serde(with = "super::values::yuan")]
    pub requested: Money,
    #[serde(with = "super::values::yuan")]
    pub requested_newly_failing: Money,
    #[serde(with = "super::values::yuan")]
    pub settled_before: Money,
    #[serde(with = "super::values::yuan")]
    pub settled_after: Money,
    #[serde(with = "super::values::yuan")]
    pub settled_change: Money,
}

impl DryRunReport {
    /// Of no request and no settlement.
    pub fn empty() -> DryRunReport {
        DryRunReport {
            rows: Vec::new(),
            requests: 0,
            newly_failing: 0,
            newly_passing: 0,
            requested: Money::ZERO,
            requested_newly_failing: Money::ZERO,
            settled_before: Money::ZERO,
            settled_after: Money::ZERO,
            settled_change: Money::ZERO,
        }
    }
}

/// Judges every file under both editions; `None` when a sum is beyond what money holds. Requests and settlements come in
/// the order of their departments.
pub fn dry_run(
    base: &EditionParameters,
    draft: &EditionParameters,
    requests: &[DryRunRequest],
    settlements: &[DryRunSettlement],
) -> Option<DryRunReport> {
    let mut report = DryRunReport { requests: requests.len(), ..DryRunReport::empty() };
    for request in requests {
        let total = total(request)?;
        let (before, after) = (errors(base, request)?, errors(draft, request)?);
        report.requested = report.requested.checked_add(total)?;
        report.newly_passing += usize::from(!before.is_empty() && after.is_empty());
        if before.is_empty() && !after.is_empty() {
            report.newly_failing += 1;
            report.requested_newly_failing = report.requested_newly_failing.checked_add(total)?;
        }
        report.rows.extend(before.symmetric_difference(&after).map(|error| {
            let change = if after.contains(error) { DryRunChange::Appears } else { DryRunChange::Goes };
            let (rule, about) = error;
            DryRunRow { case: request.case.clone(), rule: (*rule).to_string(), about: about.clone(), change }
        }));
    }
    for settlement in settlements {
        let (from, to) = (settled(base, settlement)?, settled(draft, settlement)?);
        report.settled_before = report.settled_before.checked_add(from)?;
        report.settled_after = report.settled_after.checked_add(to)?;
        if from != to {
            report.rows.push(DryRunRow {
                case: settlement.case.clone(),
                rule: "settlement".to_string(),
                about: settlement.line.clone(),
                change: DryRunChange::Amount { from, to, by: to.checked_sub(from)? },
            });
        }
    }
    report.settled_change = report.settled_after.checked_sub(report.settled_before)?;
    Some(report)
}

fn total(request: &DryRunRequest) -> Option<Money> {
    Money::checked_sum(request.lines.iter().map(|line| line.amount))
}

/// Rule and what it is about, sorted.
fn errors(edition: &EditionParameters, request: &DryRunRequest) -> Option<BTreeSet<(&'static str, String)>> {
    let mut errors = BTreeSet::new();
    let mut broken = |rule, about: &str| errors.insert((rule, about.to_string()));
    for line in &request.lines {
        if rate_over_cap(edition, line)? {
            broken("B-05", &line.row);
        }
        if line.amount >= edition.basis_threshold && line.basis == 0 {
            broken("B-10", &line.row);
        }
    }
    if grows_too_much(edition, request)? {
        broken("B-08", "");
    }
    let sum = request.weights.values().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(*weight))?;
    if sum != edition.weight_base {
        broken("T-01", "");
    }
    let with_cost = request.weights.get(COST).is_some_and(|weight| !weight.is_zero());
    let shares = if with_cost { &edition.share_with_cost } else { &edition.share_without_cost };
    let levels: BTreeSet<&String> = shares.keys().chain(request.weights.keys()).collect();
    let of = |table: &BTreeMap<String, Decimal>, level| table.get(level).copied().unwrap_or_default();
    for level in levels {
        if of(shares, level) != of(&request.weights, level) {
            broken("T-02", level);
        }
    }
    Some(errors)
}

/// B-05: above the cap without a basis, or so far above it that none helps.
fn rate_over_cap(edition: &EditionParameters, line: &DryRunLine) -> Option<bool> {
    let Some(Some(cap)) = edition.rate_cap.get(&line.kind) else { return Some(false) };
    let factor = if line.age > edition.old_after_years { edition.old_factor } else { Decimal::ONE };
    let cap = cap.checked_mul(factor)?;
    let ceiling = cap.checked_mul(edition.cap_ceiling)?;
    Some(line.rate > ceiling || (line.rate > cap && line.basis < edition.basis_min))
}

/// B-08: growth over the limit without a reason.
fn grows_too_much(edition: &EditionParameters, request: &DryRunRequest) -> Option<bool> {
    let Some(last) = request.last_year.filter(|last| last.is_positive()) else { return Some(false) };
    let more = total(request)?.checked_sub(last)?.yuan().checked_mul(Decimal::ONE_HUNDRED)?;
    let growth = half_up(more.checked_div(last.yuan())?, 2);
    Some(growth > edition.growth_limit && request.growth_reason < edition.growth_reason_min)
}

/// 结算额: base × coefficient of the weighted score, less penalties.
fn settled(edition: &EditionParameters, settlement: &DryRunSettlement) -> Option<Money> {
    let assessment = settlement.assessment.checked_mul(edition.assessment_weight)?;
    let user = settlement.user.checked_mul(edition.user_weight)?;
    let score = half_up(assessment.checked_add(user)?.checked_div(Decimal::ONE_HUNDRED)?, 2);
    let coefficient = step(&edition.coefficient, score)?;
    let part = settlement.base.yuan().checked_mul(coefficient)?.checked_div(Decimal::ONE_HUNDRED)?;
    Money::from_yuan(half_up(part, 2))?.checked_sub(settlement.penalties)
}

/// Value of the first step the score reaches.
fn step(steps: &[Step], score: Decimal) -> Option<Decimal> {
    steps.iter().find(|(from, _)| score >= *from).map(|(_, value)| *value)
}

/// Serde of money that may be null.
mod optional_yuan {
    use super::Money;
    use crate::policy::editions::values::yuan;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Yuan(#[serde(with = "yuan")] Money);

    pub fn serialize<S: Serializer>(money: &Option<Money>, serializer: S) -> Result<S::Ok, S::Error> {
        money.map(Yuan).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Money>, D::Error> {
        Ok(Option::<Yuan>::deserialize(deserializer)?.map(|Yuan(money)| money))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::editions::Edition;
    use crate::policy::editions::register::{DEMONSTRATION_2027, MEASURES_2022_51};
    use proptest::prelude::*;

    fn parameters(text: &str) -> EditionParameters {
        Edition::read(text).unwrap().parameters
    }

    fn request() -> impl Strategy<Value = DryRunRequest> {
        let line = (0usize..3, 1i64..12, 1i64..20_000_000, 0u32..25, 0u32..9).prop_map(
            |(kind, rate, fen, basis, age)| {
                let kind = ["服务器", "网络", "线路"][kind].to_string();
                let amount = Money::from_fen(fen);
                DryRunLine { row: format!("r{fen}"), kind, rate: Decimal::from(rate), amount, basis, age }
            },
        );
        let parts = (
            proptest::collection::vec(line, 0..5),
            proptest::option::of(0i64..30_000_000),
            0u32..40,
            0i64..50,
        );
        parts.prop_map(|(lines, last, growth_reason, weight)| DryRunRequest {
            case: "c".to_string(),
            last_year: last.map(Money::from_fen),
            growth_reason,
            weights: [("产出".to_string(), Decimal::from(weight))].into_iter().collect(),
            lines,
        })
    }

    proptest! {
        #[test]
        fn an_edition_against_itself_changes_nothing_and_the_way_back_mirrors(requests in proptest::collection::vec(request(), 0..4)) {
            let (old, new) = (parameters(MEASURES_2022_51), parameters(DEMONSTRATION_2027));
            prop_assert_eq!(dry_run(&old, &old, &requests, &[]).unwrap().rows, Vec::new());
            let (there, back) = (dry_run(&old, &new, &requests, &[]).unwrap(), dry_run(&new, &old, &requests, &[]).unwrap());
            prop_assert_eq!((there.newly_failing, there.newly_passing), (back.newly_passing, back.newly_failing));
            let mirrored: Vec<_> = back.rows.into_iter().map(|row| DryRunRow {
                change: if row.change == DryRunChange::Goes { DryRunChange::Appears } else { DryRunChange::Goes }, ..row
            }).collect();
            prop_assert_eq!(there.rows, mirrored);
        }
    }
}
