//! 金额: money in 元, held exactly, and the ways an office writes it.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of money in 分, so that a sum can neither drift nor round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
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

impl fmt::Display for Money {
    /// 元 with 千分位, for example `3,671,330.87`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&format!("{:.2}", self.yuan())))
    }
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
        assert_eq!(Money(367_133_087).to_string(), "3,671,330.87");
        assert_eq!(Money(-5).to_string(), "-0.05");
        assert_eq!(Money::from_yuan(Decimal::new(1005, 3)), None);
        assert_eq!(in_ten_thousands(Decimal::new(367_133_087, 2)), "367.13");
        assert_eq!(grouped("abc"), "abc");
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
