//! 金额: money in 元, held exactly, and the ways an office writes it.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// An amount of money in 分 (1/100 元), exact. On the wire and in rows it is the whole number of 分.
///
/// The operators never wrap: they check in every profile, so a sum beyond `i64` stops the command instead of giving a
/// wrong amount. Test an amount a person sends with `fits_field` before adding it, or
/// add it with `checked_add`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    pub const ZERO: Money = Money(0);

    /// The largest amount one field may hold, 9 999 999 999.99 元; nine million of them add up without overflow.
    pub const LARGEST_FIELD: Money = Money(999_999_999_999);

    pub const fn from_fen(fen: i64) -> Money {
        Money(fen)
    }

    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Whether one field may hold this amount: from 0 to [`Money::LARGEST_FIELD`].
    pub fn fits_field(self) -> bool {
        (Money::ZERO..=Money::LARGEST_FIELD).contains(&self)
    }

    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub const fn checked_add(self, other: Money) -> Option<Money> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Money(fen)),
            None => None,
        }
    }

    pub const fn checked_sub(self, other: Money) -> Option<Money> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Money(fen)),
            None => None,
        }
    }

    pub const fn checked_mul(self, times: i64) -> Option<Money> {
        match self.0.checked_mul(times) {
            Some(fen) => Some(Money(fen)),
            None => None,
        }
    }

    /// The sum of amounts a person may have sent; `None` when it is too large.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Money>) -> Option<Money> {
        amounts.into_iter().try_fold(Money::ZERO, Money::checked_add)
    }

    /// From 元 with at most two decimals; `None` when it is finer than 分 or too large.
    pub fn from_yuan(yuan: Decimal) -> Option<Money> {
        let fen = yuan.checked_mul(Decimal::ONE_HUNDRED)?;
        if fen != fen.trunc() {
            return None;
        }
        i64::try_from(fen).ok().map(Money)
    }

    pub fn yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0.strict_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 = self.0.strict_add(other.0);
    }
}

impl Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0.strict_sub(other.0))
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        self.0 = self.0.strict_sub(other.0);
    }
}

impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money(self.0.strict_neg())
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    /// 元 with 千分位, for example `3,671,330.87`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&format!("{:.2}", self.yuan())))
    }
}

/// A number without trailing zeros.
pub fn shortest(number: Decimal) -> String {
    number.normalize().to_string()
}

/// Rounds half-up (四舍五入) to `scale` decimals.
pub fn half_up(value: Decimal, scale: u32) -> Decimal {
    let finer = value.scale().saturating_sub(scale);
    if finer == 0 {
        return value;
    }
    // Nearly every amount fits 64 bits, which a 32-bit machine divides many times faster than 96.
    if let Ok(mantissa) = i64::try_from(value.mantissa())
        && let Some(unit) = 10_i64.checked_pow(finer)
        && let Some(raised) = mantissa.unsigned_abs().checked_add(unit.unsigned_abs() / 2)
    {
        let whole = (raised / unit.unsigned_abs()) as i64;
        return Decimal::new(if mantissa < 0 { -whole } else { whole }, scale);
    }
    far_half_up(value, scale)
}

/// The same beyond 64 bits. Kept out of line: tier-up recompiles the whole enclosing function, which blocked the main
/// thread for 50 ms (decision 0030).
#[cold]
#[inline(never)]
fn far_half_up(value: Decimal, scale: u32) -> Decimal {
    value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero)
}

/// Puts 千分位 commas into plain decimal text; text that is no number comes back as it was.
pub fn grouped(text: &str) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len() + whole.len() / 3 + 1);
    out.push_str(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// 万元 with two decimals, half-up, 千分位: `3671330.87` → `367.13`.
pub fn in_ten_thousands(yuan: Decimal) -> String {
    grouped(&format!("{:.2}", half_up(yuan / Decimal::from(10_000), 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_grouped_and_kept_to_the_fen() {
        assert_eq!(Money::from_fen(367_133_087).to_string(), "3,671,330.87");
        assert_eq!(Money::from_fen(-5).to_string(), "-0.05");
        assert_eq!(Money::from_yuan(Decimal::new(1005, 3)), None);
        assert_eq!(Money::LARGEST_FIELD.to_string(), "9,999,999,999.99");
        let limits = [-1, 0, 999_999_999_999, 1_000_000_000_000].map(|fen| Money::from_fen(fen).fits_field());
        assert_eq!(limits, [false, true, true, false]);
        assert_eq!(in_ten_thousands(Decimal::new(367_133_087, 2)), "367.13");
        assert_eq!(grouped("abc"), "abc");
    }

    #[test]
    fn sums_and_differences_are_exact() {
        let lines = [12_345, 5, -350].map(Money::from_fen);
        assert_eq!(lines.into_iter().sum::<Money>(), Money::from_fen(12_000));
        assert_eq!(Money::checked_sum(lines), Some(Money::from_fen(12_000)));
        let mut left = lines[0] - lines[1];
        left += -lines[2];
        left -= Money::from_fen(690);
        assert_eq!(left, Money::from_fen(12_000));
        assert_eq!(Money::from_fen(25).checked_mul(4), Some(Money::from_fen(100)));
        assert_eq!(serde_json::to_string(&left).unwrap(), "12000");
        assert_eq!(serde_json::from_str::<Money>("12000").unwrap(), left);
    }

    #[test]
    fn a_sum_too_large_is_refused_and_never_wraps() {
        let (most, fen) = (Money::from_fen(i64::MAX), Money::from_fen(1));
        assert_eq!(most.checked_add(fen), None);
        assert_eq!((-most).checked_sub(most), None);
        assert_eq!(most.checked_mul(2), None);
        assert_eq!(Money::checked_sum([most, fen, -fen]), None);
        assert_eq!(Money::from_yuan(Decimal::new(i64::MAX, 2) + Decimal::ONE), None);
        for overflow in [
            |a: Money, b: Money| a + b,
            |a: Money, b: Money| -a - b - b,
            |a: Money, b: Money| [a, b].into_iter().sum(),
        ] {
            assert!(std::panic::catch_unwind(|| overflow(most, fen)).is_err());
        }
    }

    #[test]
    fn halves_go_away_from_zero_however_large() {
        for (text, scale, rounded) in [
            ("1.005", 2, "1.01"),
            ("-1.005", 2, "-1.01"),
            ("1.0049999", 2, "1.00"),
            ("0.5", 0, "1"),
            ("12", 2, "12"),
            ("79228162514264337.5935", 2, "79228162514264337.59"),
            ("92233720368547758.075", 2, "92233720368547758.08"),
            ("0.0000000000000000000000000005", 2, "0.00"),
        ] {
            let value: Decimal = text.parse().unwrap();
            let exact = value.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
            assert_eq!(half_up(value, scale), rounded.parse().unwrap(), "{text}");
            assert_eq!(half_up(value, scale), exact, "{text}");
        }
    }
}
