//! 旁证: an amount that is read into nothing, as 总价（万元）, names its unit while the price does not. Whether the price
//! is counted in the same unit, only the numbers can say.

use super::grid::Grid;
use super::header::{Mapped, Proposal};
use super::normal;
use super::target::heading;
use super::units::{self, UnitWord};
use rust_decimal::Decimal;

/// Amounts that lines have besides their price.
const AMOUNTS: [&str; 11] = [
    "总价",
    "金额",
    "合计",
    "小计",
    "原值合计",
    "购置总价",
    "资产原值",
    "原值",
    "总金额",
    "运维金额",
    "运维费",
];

/// What an amount next to a silent price says, unless quantity and price show that the price is counted in 元.
pub(super) fn unit(
    grid: &Grid<'_>,
    lines: &[u32],
    proposal: &Proposal,
    price: u32,
) -> Option<(UnitWord, (u32, u32))> {
    let (left, right) = proposal.columns;
    let mut amounts = proposal.mapping.iter().filter(|mapped| {
        (left..=right).contains(&mapped.column)
            && mapped.field.is_none()
            && !mapped.hidden
            && AMOUNTS.contains(&heading(&mapped.header).as_str())
    });
    let (amount, word) = amounts.find_map(|mapped| {
        let word = units::in_heading(&mapped.header);
        (!matches!(word, UnitWord::Silent | UnitWord::Power(0))).then_some((mapped, word))
    })?;
    if let UnitWord::Power(power) = word
        && counted_in_yuan(grid, lines, proposal, price, (amount, power))
    {
        return None;
    }
    Some((UnitWord::Unclear(word.words()), (proposal.header_row, amount.column)))
}

/// Whether quantity × price is the amount × 10^power in every line that has all three.
fn counted_in_yuan(
    grid: &Grid<'_>,
    lines: &[u32],
    proposal: &Proposal,
    price: u32,
    (amount, power): (&Mapped, i64),
) -> bool {
    let quantity = proposal.mapping.iter().find(|mapped| mapped.field.as_deref() == Some("quantity"));
    let number = |row: u32, column: u32| -> Option<Decimal> {
        normal::stored_decimal(&grid.at(row, column)?.text).ok()
    };
    let mut checked = lines.iter().filter_map(|row| {
        let product = number(*row, price)?.checked_mul(number(*row, quantity?.column)?)?;
        let amount = normal::scaled(number(*row, amount.column)?, power)?;
        // A total in 万元 is rounded to a few places.
        Some((product - amount).abs() * Decimal::ONE_HUNDRED <= amount.abs())
    });
    checked.next() == Some(true) && checked.all(|agrees| agrees)
}
