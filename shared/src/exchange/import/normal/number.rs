//! Numbers, money, percentages and counts, exactly: decimals all the way, never binary fractions.

use super::RejectReason;
use crate::exchange::import::format::half_up;
use crate::exchange::import::units;
use rust_decimal::Decimal;

/// Digits a spreadsheet keeps of a number; what it stores beyond them is binary noise.
const SPREADSHEET_DIGITS: u32 = 15;
/// Longest number stored, in whole digits and in decimals: what the form engine reads.
const LONGEST_WHOLE: i64 = 12;
const LONGEST_FRACTION: u32 = 6;
/// Longest fraction read: a quotient is rounded, a longer text is no number anybody meant.
const LONGEST_QUOTIENT: i64 = 20;
/// 量词 after a count: `4台`, `3 台/套`, `1200台（套）`; of two that end alike the longer comes first.
///
/// Years and days are none: they count time in another measure than months.
const MEASURES: [&str; 43] = [
    "台/套", "套/台", "台套", "套台", "台件", "台", "套", "个月", "人月", "月", "个", "块", "条", "只", "部",
    "件", "项", "人次", "人", "次", "路", "组", "批", "张", "支", "根", "辆", "座", "间", "处", "节点", "点",
    "用户", "户", "核", "片", "份", "颗", "节", "对", "副", "架", "面",
];

/// What may stand behind the digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    /// 千, 万 and their like: `1.2万` people.
    Multiple,
    /// A unit of money: `12.5万元`, `5角`.
    Money,
}

/// A plain number: trailing zeros dropped, no exponent.
///
/// # Errors
/// Not a number, commas in the wrong places, or too long.
pub fn number(raw: &str) -> Result<String, RejectReason> {
    let bare = without_measure(&units::unbracketed(&units::plain(raw)));
    // 10分 is a weight, 2.5人月 is work; neither is an amount.
    let digits = bare.strip_suffix('分').unwrap_or(&bare);
    decimal(digits, 0, Behind::Nothing).and_then(|value| storable(value, LONGEST_FRACTION)).map(plain)
}

/// The digits of a text with nothing behind them.
///
/// # Errors
/// As [`number`].
pub(in crate::exchange::import) fn decimal_number(raw: &str) -> Result<Decimal, RejectReason> {
    decimal(raw, 0, Behind::Nothing)
}

/// A number as a spreadsheet stores it: `203243.12000000001` was typed as 203243.12, since a spreadsheet keeps
/// 15 digits and writes 17.
///
/// # Errors
/// As [`number`].
pub fn stored_number(raw: &str) -> Result<String, RejectReason> {
    stored_decimal(raw).and_then(|value| storable(value, LONGEST_FRACTION)).map(plain)
}

/// As [`stored_number`], with all the decimals the spreadsheet keeps.
///
/// # Errors
/// As [`number`].
pub fn stored_decimal(raw: &str) -> Result<Decimal, RejectReason> {
    let (mantissa, exponent) = raw.split_once(['e', 'E']).unwrap_or((raw, "0"));
    let exact: Decimal = mantissa.parse().map_err(|_| RejectReason::NotANumber)?;
    let rounded = exact.round_sf(SPREADSHEET_DIGITS).ok_or(RejectReason::NumberTooLong)?;
    decimal(&format!("{rounded}e{exponent}"), 0, Behind::Nothing)
}

/// 元 with at least two decimals; more than two are kept for the form's rules to judge, a quotient's endless
/// decimals are rounded to 分.
///
/// # Errors
/// As [`number`].
pub fn money(raw: &str) -> Result<String, RejectReason> {
    scaled_money(raw, 0)
}

/// As [`money`], counted in `10^power` 元 where the value does not say its own unit.
///
/// # Errors
/// As [`number`].
pub fn scaled_money(raw: &str, power: i64) -> Result<String, RejectReason> {
    decimal(raw, power, Behind::Money).and_then(|value| storable(value, 2)).map(amount)
}

/// An amount as a document stores it.
pub fn amount(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() <= 2 { format!("{value:.2}") } else { plain(value) }
}

/// The value itself where the engine reads all its decimals, else rounded half-up to `decimals`.
pub(super) fn storable(value: Decimal, decimals: u32) -> Result<Decimal, RejectReason> {
    if value.normalize().scale() <= LONGEST_FRACTION {
        return Ok(value);
    }
    let rounded = half_up(value, decimals);
    if rounded.is_zero() { Err(RejectReason::NumberTooLong) } else { Ok(rounded) }
}

/// `5.5` for `5.5%`, for `5.5 ％`, for `55‰`, for a bare `5.5`, and for `0.055` in a cell formatted as a percentage; `85`
/// for `8.5折` and `85折`.
///
/// # Errors
/// As [`number`].
pub fn percent(raw: &str, percent_format: bool) -> Result<String, RejectReason> {
    let narrow = units::plain(raw);
    let (digits, shift) = match narrow.char_indices().next_back() {
        Some((at, '%')) => (&narrow[..at], 0),
        Some((at, '‰')) => (&narrow[..at], -1),
        Some((at, '折')) => {
            let tenths = decimal(&narrow[..at], 0, Behind::Nothing)? <= Decimal::TEN;
            (&narrow[..at], i64::from(tenths))
        }
        _ => (narrow.as_str(), if percent_format { 2 } else { 0 }),
    };
    decimal(digits, shift, Behind::Nothing).and_then(|value| storable(value, 2)).map(plain)
}

/// A count, with or without its measure word.
///
/// # Errors
/// As [`number`].
pub fn count(raw: &str) -> Result<String, RejectReason> {
    scaled_count(raw, 0)
}

/// As [`count`], in tens of `power` where the value does not say so itself.
///
/// # Errors
/// As [`number`].
pub fn scaled_count(raw: &str, power: i64) -> Result<String, RejectReason> {
    let written = units::unbracketed(&units::plain(raw));
    let bare = without_measure(&written);
    // 300人 says its own unit under 用户规模（万人）.
    let power = if bare.len() < written.len() { 0 } else { power };
    decimal(&bare, power, Behind::Multiple).and_then(|value| storable(value, LONGEST_FRACTION)).map(plain)
}

/// A count without its measure word.
fn without_measure(text: &str) -> String {
    MEASURES.iter().find_map(|measure| text.strip_suffix(measure)).unwrap_or(text).to_string()
}

/// `value × 10^power`, by moving its point.
pub(in crate::exchange::import) fn scaled(value: Decimal, power: i64) -> Option<Decimal> {
    let scale = i64::from(value.scale()) - power;
    let zeros = u32::try_from((-scale).max(0)).ok()?;
    let mantissa = value.mantissa().checked_mul(10_i128.checked_pow(zeros)?)?;
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale.max(0)).ok()?).ok()
}

pub(in crate::exchange::import) fn plain(value: Decimal) -> String {
    value.normalize().to_string()
}

/// Reads a number as people and spreadsheets write it, times `10^shift` unless it says its own unit. Units and shifts
/// move the point, so nothing is multiplied and nothing rounds.
fn decimal(raw: &str, shift: i64, behind: Behind) -> Result<Decimal, RejectReason> {
    let compact = units::unbracketed(&units::plain(raw));
    let compact = compact.trim_end_matches(['。', ';', '、']);
    let (body, negative) = match compact.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) if !inner.starts_with(['-', '+']) => (inner, true),
        _ => (compact, false),
    };
    let (body, unit) = match behind {
        Behind::Nothing => (body, shift),
        Behind::Multiple => units::trailing_multiple(body).unwrap_or((body, shift)),
        Behind::Money => units::trailing(without_divisor(body)).unwrap_or((without_divisor(body), shift)),
    };
    let (body, minus) = match body.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (body.strip_prefix('+').unwrap_or(body), false),
    };
    // ¥-5 and -¥5 are both written.
    let body = without_currency(body);
    let (body, inner_minus) = match body.strip_prefix('-') {
        Some(rest) if !minus => (rest, true),
        _ => (body, false),
    };
    let value = unsigned(body, unit)?;
    Ok(if (negative || minus || inner_minus) && !value.is_zero() { -value } else { value })
}

fn without_currency(text: &str) -> &str {
    let bare = ["人民币", "rmb", "cny"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    bare.trim_start_matches([':', '¥'])
}

/// The text before `/台`, `/月` and the like.
fn without_divisor(text: &str) -> &str {
    match text.split_once('/') {
        Some((amount, per)) if !per.is_empty() && !per.contains(|c: char| c.is_ascii_digit()) => amount,
        _ => text,
    }
}

/// Digits with optional grouping commas, fraction and exponent, times `10^shift`.
fn unsigned(text: &str, shift: i64) -> Result<Decimal, RejectReason> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            (mantissa, exponent.parse::<i32>().map_err(|_| RejectReason::NotANumber)?)
        }
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = ungrouped(whole)?;
    if whole.is_empty() && fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(RejectReason::NotANumber);
    }
    let decimals = length(fraction) - i64::from(exponent) - shift;
    from_digits(&format!("{whole}{fraction}"), decimals)
}

/// Drops commas only where they group by three: `12,34` may be a decimal comma and is not guessed at.
fn ungrouped(whole: &str) -> Result<String, RejectReason> {
    if !whole.bytes().all(|b| b.is_ascii_digit() || b == b',') {
        return Err(RejectReason::NotANumber);
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let grouped = whole.contains(',');
    if grouped && (first.is_empty() || first.len() > 3 || groups.any(|g| g.len() != 3)) {
        return Err(RejectReason::MisgroupedNumber);
    }
    Ok(whole.replace(',', ""))
}

/// The number `digits × 10^-decimals`, exactly.
fn from_digits(digits: &str, decimals: i64) -> Result<Decimal, RejectReason> {
    let significant = digits.trim_start_matches('0');
    let short = significant.trim_end_matches('0');
    if short.is_empty() {
        return Ok(Decimal::ZERO);
    }
    let decimals = decimals - (length(significant) - length(short));
    if length(short) - decimals > LONGEST_WHOLE || decimals > LONGEST_QUOTIENT {
        return Err(RejectReason::NumberTooLong);
    }
    let zeros = "0".repeat(usize::try_from(-decimals).unwrap_or(0));
    let mantissa: i128 = format!("{short}{zeros}").parse().map_err(|_| RejectReason::NumberTooLong)?;
    let scale = u32::try_from(decimals.max(0)).map_err(|_| RejectReason::NumberTooLong)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| RejectReason::NumberTooLong)
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_as_offices_write_it() {
        for (written, stored) in [
            ("203,243.12", "203243.12"),
            ("９５２２３．５７", "95223.57"),
            ("￥46,035.85", "46035.85"),
            ("¥ 46，035.85元", "46035.85"),
            ("人民币 12.5 万元", "125000.00"),
            ("3.86567万", "38656.70"),
            ("0.123456789万元", "1234.56789"),
            ("123456789012.345", "123456789012.345"),
            ("1.2亿元", "120000000.00"),
            ("(1,234.50)", "-1234.50"),
            ("（1,234.50）", "-1234.50"),
            ("-￥5", "-5.00"),
            ("￥-5", "-5.00"),
            ("91396", "91396.00"),
            ("+7", "7.00"),
            (".5", "0.50"),
            ("5.", "5.00"),
            ("-0", "0.00"),
            ("1.005", "1.005"),
            ("12.5（万元）", "125000.00"),
            ("12.5万元。", "125000.00"),
            ("007", "7.00"),
        ] {
            assert_eq!(money(written).as_deref(), Ok(stored), "{written}");
        }
        for (written, power, stored) in [
            ("38.65", 4, "386500.00"),
            ("38.65元", 4, "38.65"),
            ("38.65", 3, "38650.00"),
            ("1.2百万", 0, "1200000.00"),
            ("3千元", 4, "3000.00"),
            ("12.5萬元/台", 0, "125000.00"),
            ("50", -2, "0.50"),
            ("33333.33333333334", 0, "33333.33"),
            ("3.333333333333333", 4, "33333.33"),
        ] {
            assert_eq!(scaled_money(written, power).as_deref(), Ok(stored), "{written}");
        }
    }

    #[test]
    fn what_a_spreadsheet_stores_is_what_was_typed_into_it() {
        for (stored_in_file, meant) in [
            ("203243.12000000001", "203243.12"),
            ("7.0000000000000007E-2", "0.07"),
            ("5.5E-2", "0.055"),
            ("1.2E+05", "120000"),
            ("0.30000000000000004", "0.3"),
            ("123456789012.34501", "123456789012.345"),
            ("-316870.23", "-316870.23"),
        ] {
            assert_eq!(stored_number(stored_in_file).as_deref(), Ok(meant), "{stored_in_file}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (written, reason) in [
            ("约3万", RejectReason::NotANumber),
            ("", RejectReason::NotANumber),
            (".", RejectReason::NotANumber),
            ("--5", RejectReason::NotANumber),
            ("(-5)", RejectReason::NotANumber),
            ("1.2.3", RejectReason::NotANumber),
            ("12,34", RejectReason::MisgroupedNumber),
            ("1,2345.00", RejectReason::MisgroupedNumber),
            (",123", RejectReason::MisgroupedNumber),
            ("1234567890123", RejectReason::NumberTooLong),
            ("123456789万元", RejectReason::NotANumber),
            ("0.5万", RejectReason::NotANumber),
            ("5角", RejectReason::NotANumber),
            ("3年", RejectReason::NotANumber),
            ("1E400", RejectReason::NumberTooLong),
            ("1E-400", RejectReason::NumberTooLong),
            ("1E99999999999", RejectReason::NotANumber),
            ("0.0000001", RejectReason::NumberTooLong),
            ("٣", RejectReason::NotANumber),
        ] {
            assert_eq!(number(written), Err(reason), "{written}");
        }
    }

    #[test]
    fn percentages_with_sign_with_format_and_bare() {
        assert_eq!(percent("4.98%", false).as_deref(), Ok("4.98"));
        assert_eq!(percent("5.5 ％", false).as_deref(), Ok("5.5"));
        assert_eq!(percent("8.0%", false).as_deref(), Ok("8"));
        assert_eq!(percent("0.055", true).as_deref(), Ok("5.5"));
        assert_eq!(percent("5.5%", true).as_deref(), Ok("5.5"));
        assert_eq!(percent("5.5", false).as_deref(), Ok("5.5"));
        assert_eq!(percent("5.5﹪", false).as_deref(), Ok("5.5"));
        assert_eq!(percent("55‰", false).as_deref(), Ok("5.5"));
        assert_eq!(percent("8.5折", false).as_deref(), Ok("85"));
        assert_eq!(percent("85折", false).as_deref(), Ok("85"));
        for other in ["0.5万", "5分", "5元", "5个百分点"] {
            assert_eq!(percent(other, false), Err(RejectReason::NotANumber), "{other}");
        }
    }

    #[test]
    fn counts_with_their_measure_words() {
        for written in ["４", "4台", "4 台/套", "4.0", "４套", "4个月", "4台（套）", "4 批", "4节点", "4人月"]
        {
            assert_eq!(count(written).as_deref(), Ok("4"), "{written}");
        }
        assert_eq!(count("3.5").as_deref(), Ok("3.5"));
        for (written, stored) in
            [("2（台）", "2"), ("1.2万人", "12000"), ("3千", "3000"), ("1.2亿", "120000000")]
        {
            assert_eq!(count(written).as_deref(), Ok(stored), "{written}");
        }
        assert_eq!(scaled_count("300人", 4).as_deref(), Ok("300"));
        assert_eq!(scaled_count("1.2", 4).as_deref(), Ok("12000"));
        assert_eq!(number("10分").as_deref(), Ok("10"));
        assert_eq!(number("2.5人月").as_deref(), Ok("2.5"));
        for other in ["若干", "2分", "5角", "2万元", "3年", "30天", "2人天", "12(3)"] {
            assert_eq!(count(other), Err(RejectReason::NotANumber), "{other}");
        }
    }
}
