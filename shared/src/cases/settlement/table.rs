//! 结算评审表: 审定, 核减, 结算, 应付 per row; multiplied first, divided once, rounded once, each printed figure to 分.

use super::flow::{Claim, Settlement, VerifiedRow};
use crate::cases::assessment;
use crate::cases::contract::{Contract, ContractRow};
use crate::cases::execution::parameters::{percent_of, quotient};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::user_evaluation;
use crate::kernel::ids::{CaseId, PackageRowId};
use crate::kernel::money::{Money, half_up};
use crate::ledger::account::AccountCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// 得分与结算系数 of a contract; `None` where nothing is final yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scores {
    pub assessment: Option<Decimal>,
    pub user: Option<Decimal>,
    pub score: Option<Decimal>,
    pub coefficient: Option<Decimal>,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledLine {
    pub row: PackageRowId,
    pub claimed: Money,
    pub quantity: Decimal,
    pub verified: Money,
    pub penalty: Money,
    pub settled: Money,
    pub paid: Money,
}

impl SettledLine {
    /// 核减(增), signed.
    pub fn cut(&self) -> Money {
        self.claimed - self.verified
    }

    /// 应补(+)、应退(−).
    pub fn due(&self) -> Money {
        self.settled - self.paid
    }

    /// 核减率 %; `None` where nothing was claimed.
    pub fn cut_rate(&self) -> Option<Decimal> {
        quotient(self.cut().yuan() * Decimal::ONE_HUNDRED, self.claimed.yuan())
    }

    /// 应结 before the penalty.
    pub fn before_penalty(&self) -> Money {
        self.settled + self.penalty
    }
}

/// Sums of the rows, under the name of none.
pub fn total(lines: &[SettledLine]) -> Option<SettledLine> {
    let sum = |of: fn(&SettledLine) -> Money| lines.iter().map(of).sum();
    (!lines.is_empty()).then(|| SettledLine {
        row: PackageRowId::new(""),
        claimed: sum(|line| line.claimed),
        quantity: Decimal::ZERO,
        verified: sum(|line| line.verified),
        penalty: sum(|line| line.penalty),
        settled: sum(|line| line.settled),
        paid: sum(|line| line.paid),
    })
}

fn mean(scores: &[Decimal]) -> Option<Decimal> {
    quotient(scores.iter().sum(), Decimal::from(scores.len()))
}

/// Means of the final assessments and confirmed evaluations of a contract, weighted, and the coefficient they reach.
pub fn scores(world: &ExecutionWorld, contract: &CaseId) -> Scores {
    let parameters = world.parameters();
    let assessments = world.assessments_of(contract);
    let assessed: Vec<Decimal> = assessments
        .filter(|(_, of)| of.stage == assessment::Stage::Final)
        .map(|(_, of)| half_up(of.score(parameters), 2))
        .collect();
    let evaluations = world.evaluations_of(contract);
    let evaluated: Vec<Decimal> = evaluations
        .filter(|(_, of)| of.stage == user_evaluation::Stage::Confirmed)
        .filter_map(|(_, of)| of.score(parameters))
        .collect();
    let (assessment, user) = (mean(&assessed), mean(&evaluated));
    let weights = (parameters.assessment_weight, parameters.user_weight);
    let score = assessment.zip(user).and_then(|(assessment, user)| {
        quotient(assessment * weights.0 + user * weights.1, weights.0 + weights.1)
    });
    let coefficient = score.and_then(|score| parameters.coefficient_of(score));
    Scores { assessment, user, score, coefficient }
}

/// Required materials not in hand, in the order of the list.
pub fn missing_materials(world: &ExecutionWorld, contract: &Contract, in_hand: &[String]) -> Vec<String> {
    let mut lines = contract.rows.iter().filter_map(|row| world.line(&row.line));
    let serves_cloud = lines.any(|line| line.category == "cloud");
    let required = world.parameters().required_materials(serves_cloud);
    let missing = required.into_iter().filter(|code| !in_hand.iter().any(|held| held == code));
    missing.map(str::to_string).collect()
}

/// The table for what finance verified, rows sorted as text.
pub fn table(
    world: &ExecutionWorld,
    contract: &Contract,
    settlement: &Settlement,
    verified: &[VerifiedRow],
    coefficient: Decimal,
) -> Vec<SettledLine> {
    let line = |row: &ContractRow| {
        let claim = settlement.claims.iter().find(|claim| claim.row == row.id);
        let verified = verified.iter().find(|verified| verified.row == row.id)?;
        Some(settled_line(world, row, claim, verified, coefficient))
    };
    let mut lines: Vec<SettledLine> = contract.rows.iter().filter_map(line).collect();
    lines.sort_by(|a, b| a.row.cmp(&b.row));
    lines
}

fn settled_line(
    world: &ExecutionWorld,
    row: &ContractRow,
    claim: Option<&Claim>,
    verified: &VerifiedRow,
    coefficient: Decimal,
) -> SettledLine {
    let paid = world.row_posted(AccountCode::Paid, &row.row);
    // The contract's amount as it stands: signed and supplemented, less what was taken back.
    let cap = world.row_posted(AccountCode::Payable, &row.row) + paid;
    let amount = row.amount_of(verified.quantity).min(cap);
    let penalty = verified.penalty.unwrap_or_default();
    SettledLine {
        row: row.row.clone(),
        claimed: claim.map_or(Money::ZERO, |claim| claim.claimed),
        quantity: verified.quantity,
        verified: amount,
        penalty,
        settled: percent_of(amount, coefficient) - penalty,
        paid,
    }
}
