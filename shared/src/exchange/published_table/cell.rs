//! How the cells of a published table are read: blanks, amounts, quantities with operator and unit, directions of names.

use crate::policy::scoring::Comparison;
use rust_decimal::Decimal;

const BLANKS: [&str; 11] = ["/", "\\", "-", "--", "—", "——", "–", "无", "N/A", "n/a", "不适用"];

/// Numbers stay below this and within so many decimals, so that no sum or product of cells overflows.
const LARGEST: Decimal = Decimal::from_parts(0xA4C6_8000, 0x0003_8D7E, 0, false, 0);
const DECIMALS: u32 = 10;

/// The trimmed text of a cell, unless it is blank.
pub fn content(cell: Option<&str>) -> Option<&str> {
    let text = cell?.trim();
    (!text.is_empty() && !BLANKS.contains(&text)).then_some(text)
}

/// Full width to half width, without spaces.
pub fn normal(text: &str) -> String {
    let half = |c: char| match c as u32 {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(half).filter(|c| !c.is_whitespace()).collect()
}

/// A cell that should hold an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountCell {
    Empty,
    /// A mixture of digits, commas and points that is no number.
    Broken,
    Number(Decimal),
}

impl AmountCell {
    pub fn read(cell: Option<&str>) -> AmountCell {
        let Some(text) = content(cell) else { return AmountCell::Empty };
        let text = normal(text);
        let text = text.strip_suffix('%').unwrap_or(&text);
        match plain_number(text) {
            Some(number) => AmountCell::Number(number),
            None if is_digits_and_marks(text) => AmountCell::Broken,
            None => AmountCell::Empty,
        }
    }
}

/// The amount of a cell; `None` when it is empty or broken.
pub fn amount(cell: Option<&str>) -> Option<Decimal> {
    match AmountCell::read(cell) {
        AmountCell::Number(number) => Some(number),
        AmountCell::Empty | AmountCell::Broken => None,
    }
}

fn is_digits_and_marks(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
}

/// Plain digits, or thousands in correct groups, with an optional sign and decimals.
fn plain_number(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = unsigned.split_once('.').map_or((unsigned, None), |(w, d)| (w, Some(d)));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !decimals.is_none_or(is_digits) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_grouped = whole.contains(',');
    let grouped = groups.all(|group| group.len() == 3 && is_digits(group));
    if !is_digits(first) || !grouped || (is_grouped && first.len() > 3) {
        return None;
    }
    let number: Decimal = text.replace(',', "").parse().ok()?;
    (number.abs() < LARGEST && number.scale() <= DECIMALS).then_some(number)
}

/// The last part of a 一级 or 二级 after `/`, without a final 指标.
pub fn level(cell: Option<&str>) -> String {
    let text = normal(content(cell).unwrap_or(""));
    let last = text.rsplit('/').next().unwrap_or("");
    last.strip_suffix("指标").unwrap_or(last).to_string()
}

/// A number with its comparison and unit, as a target or an actual writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    pub comparison: Option<Comparison>,
    pub number: Decimal,
    pub unit: Option<String>,
}

const OPERATORS: [(&str, Comparison); 34] = [
    ("大于或等于", Comparison::AtLeast),
    ("小于或等于", Comparison::AtMost),
    ("大于等于", Comparison::AtLeast),
    ("小于等于", Comparison::AtMost),
    ("不低于", Comparison::AtLeast),
    ("不少于", Comparison::AtLeast),
    ("不小于", Comparison::AtLeast),
    ("不超过", Comparison::AtMost),
    ("不高于", Comparison::AtMost),
    ("不多于", Comparison::AtMost),
    ("不大于", Comparison::AtMost),
    ("至少", Comparison::AtLeast),
    ("大于", Comparison::Above),
    ("高于", Comparison::Above),
    ("超过", Comparison::Above),
    ("多于", Comparison::Above),
    ("小于", Comparison::Below),
    ("低于", Comparison::Below),
    ("少于", Comparison::Below),
    ("等于", Comparison::Equal),
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
    ("=", Comparison::Equal),
    ("≥", Comparison::AtLeast),
    ("≧", Comparison::AtLeast),
    ("⩾", Comparison::AtLeast),
    ("≤", Comparison::AtMost),
    ("≦", Comparison::AtMost),
    ("⩽", Comparison::AtMost),
    ("═", Comparison::Equal),
    ("＞", Comparison::Above),
    ("＜", Comparison::Below),
];

const SUFFIXES: [(&str, Comparison); 5] = [
    ("及以上", Comparison::AtLeast),
    ("及以下", Comparison::AtMost),
    ("以上", Comparison::AtLeast),
    ("以下", Comparison::AtMost),
    ("以内", Comparison::AtMost),
];

/// Glyphs that stand for an operator and are counted.
pub fn has_glyph(cell: Option<&str>) -> bool {
    cell.is_some_and(|text| text.contains(['≧', '⩾', '≦', '⩽', '═', '＝', '＞', '＜']))
}

impl Quantity {
    /// `None` for words and blanks.
    pub fn read(cell: Option<&str>) -> Option<Quantity> {
        let text = normal(content(cell)?);
        let operator = OPERATORS.iter().find_map(|(word, op)| Some((text.strip_prefix(word)?, *op)));
        let (rest, mut comparison) = operator.map_or((text.as_str(), None), |(rest, op)| (rest, Some(op)));
        let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == ',' || c == '-';
        let sign = usize::from(rest.starts_with('-'));
        let end =
            rest.get(sign..)?.find(|c: char| !is_number(c) || c == '-').map_or(rest.len(), |at| at + sign);
        let (digits, mut unit) = rest.split_at(end);
        let number = plain_number(digits)?;
        if comparison.is_none()
            && let Some((shorter, op)) =
                SUFFIXES.iter().find_map(|(word, op)| Some((unit.strip_suffix(word)?, *op)))
        {
            (unit, comparison) = (shorter, Some(op));
        }
        Some(Quantity { comparison, number, unit: unit_of(unit)? })
    }

    /// Whether an actual repeats an inequality instead of a measured value.
    pub fn is_inequality(&self) -> bool {
        self.comparison.is_some_and(|comparison| comparison != Comparison::Equal)
    }
}

/// The unit, none when there is no text; `None` when the text is no unit.
fn unit_of(text: &str) -> Option<Option<String>> {
    let unit = match text {
        "" => return Some(None),
        "万" => "万元",
        "亿" => "亿元",
        "个百分点" => "%",
        other => other,
    };
    let forbidden = |c: char| c.is_ascii_digit() || "≥≤<>=,，;；/\\()（）.~～-".contains(c);
    if unit.chars().count() > 6 || unit.contains(forbidden) {
        return None;
    }
    Some(Some(if unit.starts_with('%') { "%" } else { unit }.to_string()))
}

/// How many 元 a unit of money is.
pub fn yuan_per(unit: &str) -> Option<Decimal> {
    match unit {
        "元" => Some(Decimal::ONE),
        "万元" => Some(Decimal::new(10_000, 0)),
        "亿元" => Some(Decimal::new(100_000_000, 0)),
        _ => None,
    }
}

/// `actual` in the unit of `target`; `None` when the units are not comparable.
pub fn in_unit_of(target: &Quantity, actual: &Quantity) -> Option<Decimal> {
    match (target.unit.as_deref(), actual.unit.as_deref()) {
        (Some(wanted), Some(given)) if wanted != given => {
            actual.number.checked_mul(yuan_per(given)?)?.checked_div(yuan_per(wanted)?)
        }
        _ => Some(actual.number),
    }
}

/// Which way the name of an indicator points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameDirection {
    Forward,
    Reverse,
}

const REVERSE_RATES: [&str; 12] = [
    "超支率",
    "复发率",
    "结余率",
    "差错率",
    "误差率",
    "故障率",
    "事故率",
    "投诉率",
    "中断率",
    "违规率",
    "延误率",
    "丢失率",
];

/// Whether the name is a rate that should be low.
pub fn is_reverse_rate(name: &str) -> bool {
    REVERSE_RATES.iter().any(|rate| name.contains(rate)) || name.contains("重复率")
}

/// The direction of a name, by its first match; `None` when it has none.
pub fn direction(name: &str) -> Option<NameDirection> {
    let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if is_reverse_rate(name) {
        return Some(NameDirection::Reverse);
    }
    if holds(&["率", "满意", "知晓", "及时"]) {
        return Some(NameDirection::Forward);
    }
    let reverse =
        ["投诉", "故障", "事故", "中断", "延误", "违规", "响应时间", "修复时间", "处理时间", "解决时间"];
    holds(&reverse).then_some(NameDirection::Reverse)
}
