//! 字段校验 F-01 … F-05: reads what was typed into a field as a value, and says what is wrong with it.

use super::definition::{Field, FieldKind, Measure};
use super::scalar::Scalar;
use crate::kernel::calendar::Date;
use crate::kernel::characters::{half_width, is_unseen};
use crate::kernel::money::grouped;
use crate::kernel::phone::read_phone;
use rust_decimal::Decimal;
use std::sync::Arc;

/// Which field rules a typed text breaks, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults(pub u8);

impl Faults {
    /// F-01: required and empty.
    pub const EMPTY: Faults = Faults(1);
    /// F-02: number outside its range.
    pub const RANGE: Faults = Faults(2);
    /// F-03: text shorter or longer than allowed.
    pub const LENGTH: Faults = Faults(4);
    /// F-04: not in its list or not of its format.
    pub const FORMAT: Faults = Faults(8);
    /// F-05: more decimals than allowed.
    pub const DECIMALS: Faults = Faults(16);

    pub fn has(self, other: Faults) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Faults, broken: bool) -> Faults {
        Faults(if broken { self.0 | other.0 } else { self.0 })
    }

    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The single faults of the set with their rule codes.
    pub fn codes(self) -> impl Iterator<Item = (Faults, &'static str)> {
        [
            (Faults::EMPTY, "F-01"),
            (Faults::RANGE, "F-02"),
            (Faults::LENGTH, "F-03"),
            (Faults::FORMAT, "F-04"),
            (Faults::DECIMALS, "F-05"),
        ]
        .into_iter()
        .filter(move |(fault, _)| self.has(*fault))
    }
}

/// Integer digits a number may have: keeps every product of a form within 28 digits, so that no sum rounds.
const MOST_DIGITS: u32 = 12;
const MOST_COUNT_DIGITS: u32 = 9;
const MOST_DECIMALS: usize = 6;

/// The value of `text` in `field` and what is wrong with it. A value out of range still counts.
pub fn read(field: &Field, text: Option<&Arc<str>>) -> (Scalar, Faults) {
    let value = text.map_or(Scalar::Empty, |text| value(&field.kind, text));
    let faults = faults(field, text.map_or("", |text| text), &value);
    (value, faults)
}

/// The text without the spaces around it. Hardly any has some, and to see that two letters are enough.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// What a text means; empty also where it cannot be read.
fn value(kind: &FieldKind, typed: &Arc<str>) -> Scalar {
    let text = trimmed(typed);
    if text.is_empty() {
        return Scalar::Empty;
    }
    match kind {
        FieldKind::Number { measure, .. } => read_number(*measure, text).into(),
        FieldKind::Date => Date::parse(text).map_or(Scalar::Empty, Scalar::Date),
        FieldKind::Flag => match text {
            "true" => Scalar::Flag(true),
            "false" => Scalar::Flag(false),
            _ => Scalar::Empty,
        },
        // Kept once where it is what was typed.
        _ if text.len() == typed.len() => Scalar::Text(typed.clone()),
        _ => Scalar::Text(Arc::from(text)),
    }
}

/// What is wrong with a text whose value is `value`.
pub fn faults(field: &Field, text: &str, value: &Scalar) -> Faults {
    let text = trimmed(text);
    let none = Faults::default();
    if text.is_empty() {
        return none.with(Faults::EMPTY, field.required);
    }
    match &field.kind {
        FieldKind::Text { shortest, longest, .. } => {
            let length = text.chars().count();
            none.with(Faults::LENGTH, length < *shortest as usize || length > *longest as usize)
        }
        FieldKind::Number { measure, least, above, most } => match value.number() {
            None => Faults::FORMAT,
            Some(value) => {
                let low = least.is_some_and(|least| value < least || (*above && value == least));
                let high = most.is_some_and(|most| value > most);
                let decimals = measure.decimals();
                let fine = value.scale() > decimals && value.normalize().scale() > decimals;
                none.with(Faults::RANGE, low || high).with(Faults::DECIMALS, fine)
            }
        },
        FieldKind::Date | FieldKind::Flag => none.with(Faults::FORMAT, value.is_empty()),
        FieldKind::Choice { choices, .. } => {
            none.with(Faults::FORMAT, !choices.iter().any(|c| c.value == text))
        }
        FieldKind::RowOf { .. } => none,
        FieldKind::CreditCode => none.with(Faults::FORMAT, !is_credit_code(text)),
        FieldKind::Phone => none.with(Faults::FORMAT, !is_phone(text)),
    }
}

fn read_number(measure: Measure, text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let point = digits.bytes().position(|byte| byte == b'.');
    let (whole, fraction) = point.map_or((digits, ""), |at| (&digits[..at], &digits[at + 1..]));
    if whole.is_empty() || fraction.len() > MOST_DECIMALS || (point.is_some() && fraction.is_empty()) {
        return None;
    }
    let most = if measure == Measure::Count { MOST_COUNT_DIGITS } else { MOST_DIGITS };
    let mantissa = appended(0, whole, 10_i64.pow(most))?;
    let mantissa = appended(mantissa, fraction, i64::MAX)?;
    let sign = if digits.len() < text.len() { -1 } else { 1 };
    Some(Decimal::new(sign * mantissa, fraction.len() as u32))
}

/// The number with more digits behind it, as long as it stays below `limit`; 18 digits at most never overflow.
fn appended(number: i64, digits: &str, limit: i64) -> Option<i64> {
    digits.bytes().try_fold(number, |number, digit| {
        let next = number * 10 + i64::from(digit.is_ascii_digit().then(|| digit - b'0')?);
        (next < limit).then_some(next)
    })
}

/// The number of a trimmed text, `-?digits[.1–6 digits]` below 10¹²; as number fields read it.
pub fn number_of(text: &str) -> Option<Decimal> {
    read_number(Measure::Plain, text)
}

/// A text as a number where it is written as one (指标值), full-width digits included.
pub fn as_number(text: &str) -> Option<Decimal> {
    let plain = text.trim();
    read_number(Measure::Plain, plain).or_else(|| {
        let narrow: String = plain.chars().filter(|c| !is_unseen(*c)).map(half_width).collect();
        read_number(Measure::Plain, narrow.trim())
    })
}

/// 统一社会信用代码: 18 characters whose last is the mod-31 check of the others (GB 32100-2015).
pub fn is_credit_code(text: &str) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let digits: Option<Vec<usize>> = text.bytes().map(|b| ALPHABET.iter().position(|a| *a == b)).collect();
    let Some(digits) = digits.filter(|d| d.len() == 18) else { return false };
    let sum: usize = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    digits[17] == (31 - sum % 31) % 31
}

/// A mobile number, a landline with its area code or a service number, in any of the ways they are written.
pub fn is_phone(text: &str) -> bool {
    read_phone(text).is_ok()
}

/// What is wrong and what to do, in Chinese.
pub fn message(field: &Field, fault: Faults) -> String {
    let label = &field.label;
    match (fault, &field.kind) {
        (Faults::EMPTY, _) => format!("请填写{label}"),
        (Faults::LENGTH, FieldKind::Text { shortest, longest, .. }) => {
            format!("“{label}”应为 {shortest}–{longest} 个字")
        }
        (Faults::DECIMALS, FieldKind::Number { measure, .. }) => match measure.decimals() {
            0 => format!("“{label}”应为整数"),
            n => format!("“{label}”最多 {n} 位小数"),
        },
        (Faults::RANGE, FieldKind::Number { least, above, most, .. }) => {
            let low = least.map(|n| {
                let word = if *above { "大于" } else { "不小于" };
                format!("{word} {}", grouped(&n.normalize().to_string()))
            });
            let high = most.map(|n| format!("不大于 {}", grouped(&n.normalize().to_string())));
            let range: Vec<String> = low.into_iter().chain(high).collect();
            format!("“{label}”应{}", range.join("、"))
        }
        (_, kind) => format!("“{label}”{}", format_wanted(kind)),
    }
}

fn format_wanted(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Number { measure: Measure::Count, .. } => "应为整数，最多 9 位".to_string(),
        FieldKind::Number { .. } => "应为数字，整数部分最多 12 位".to_string(),
        FieldKind::Date => "应为真实日期，写作 2023-07-15".to_string(),
        FieldKind::Choice { choices, .. } => {
            let names: Vec<&str> = choices.iter().map(|c| c.value.as_str()).collect();
            format!("应从清单中选择：{}", names.join("、"))
        }
        FieldKind::Flag => "应为“是”或“否”".to_string(),
        FieldKind::CreditCode => "校验不符（应为 18 位，末位为校验码），请对照证书核对".to_string(),
        FieldKind::Phone => {
            "应为一个手机号（1 开头 11 位）或一个带区号的座机，如 0351-1234567；有两个号码时只填一个"
                .to_string()
        }
        FieldKind::RowOf { .. } | FieldKind::Text { .. } => "格式不对".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_are_checked_by_their_last_character() {
        assert!(is_credit_code("91350100M000100Y43"));
        assert!(!is_credit_code("91350100M000100Y44"));
        assert!(!is_credit_code("11140000000000000X"));
        assert!(!is_credit_code("91350100m000100y43"));
    }

    #[test]
    fn phones_are_mobiles_or_landlines_with_area_code() {
        for right in
            ["13800138000", "0351-1234567", "010-12345678", "0351-1234567-801", "03511234567", "400-810-0080"]
        {
            assert!(is_phone(right), "{right}");
        }
        for wrong in
            ["12345", "12800138000", "351-1234567", "0351-123456", "1380013800a", "0351-1234567/1234568"]
        {
            assert!(!is_phone(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_number_is_plain_digits() {
        let money = Field::new(
            "m",
            "金额",
            FieldKind::Number {
                measure: Measure::Money,
                least: Some(Decimal::ZERO),
                above: false,
                most: None,
            },
        );
        let read = |text: &str| read(&money, Some(&Arc::from(text)));
        assert_eq!(read("8.0"), (Scalar::Number(Decimal::new(80, 1)), Faults::default()));
        assert_eq!(read("-0012.50").0, Scalar::Number(Decimal::new(-1250, 2)));
        assert_eq!(read("999999999999.999999").0, Scalar::Number(Decimal::new(999_999_999_999_999_999, 6)));
        assert_eq!(read("-1.005").1, Faults(Faults::RANGE.0 | Faults::DECIMALS.0));
        for wrong in ["1,000", "1e3", "+1", "１", ".5", "5.", "1234567890123", "1.1234567", "-", "NaN", "0x1"]
        {
            assert_eq!(read(wrong), (Scalar::Empty, Faults::FORMAT), "{wrong}");
        }
    }
}
