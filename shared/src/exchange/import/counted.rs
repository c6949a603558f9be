//! 计法: what a count, a share or a price of a period is counted in, where that is not what the field wants: years for
//! months, 折 and ‰ for percent, 元/年 for 元/月.

use super::normal::{CellKind, RejectReason, fold, scaled};
use super::target::ImportColumn;
use super::units;
use rust_decimal::Decimal;

/// What a field is counted in besides pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Months,
    PersonMonths,
    Percent,
}

/// Words of such measures, longer ones first where two end alike.
const MEASURES: [&str; 24] = [
    "个季度",
    "季度",
    "季",
    "个月",
    "人月",
    "月",
    "人年",
    "整年",
    "年",
    "周",
    "人天",
    "工作日",
    "人日",
    "工日",
    "天",
    "日",
    "人时",
    "小时",
    "个百分点",
    "‰",
    "折",
    "成",
    "％",
    "%",
];

impl Counted {
    /// By the field's own label.
    pub(super) fn of(column: &ImportColumn) -> Option<Counted> {
        match column.kind {
            CellKind::Percent => Some(Counted::Percent),
            CellKind::Count | CellKind::Number => match column.label.as_str() {
                label if label.contains("人月") => Some(Counted::PersonMonths),
                label if label.contains("月数") && !label.contains("次数") => Some(Counted::Months),
                _ => None,
            },
            _ => None,
        }
    }

    /// A value stated in another measure, in this one.
    ///
    /// # Errors
    /// [`RejectReason::OtherMeasure`] where no fixed rule turns one into the other.
    pub(super) fn converted(self, value: Decimal, measure: &str) -> Result<Decimal, RejectReason> {
        let times = |factor: i64| value.checked_mul(Decimal::from(factor)).ok_or(RejectReason::NumberTooLong);
        let shifted = |power: i64| scaled(value, power).ok_or(RejectReason::NumberTooLong);
        match (self, measure) {
            (Counted::Months, "月" | "个月")
            | (Counted::PersonMonths, "人月" | "月" | "个月")
            | (Counted::Percent, "%" | "％") => Ok(value),
            (Counted::Months, "年" | "整年") | (Counted::PersonMonths, "人年") => times(12),
            (Counted::Months, "季" | "季度" | "个季度") => times(3),
            (Counted::Percent, "‰") => shifted(-1),
            (Counted::Percent, "成") => shifted(1),
            // 8.5折 and 85折 both mean 85 %.
            (Counted::Percent, "折") => shifted(i64::from(value <= Decimal::TEN)),
            _ => Err(RejectReason::OtherMeasure { stated: measure.to_string() }),
        }
    }
}

/// The measure at the end of a cell's text, with what stands before it: `3年`, `20（人天）`.
pub(super) fn trailing(text: &str) -> Option<(String, &'static str)> {
    let plain = units::unbracketed(&units::plain(text));
    let measure = MEASURES.iter().find(|measure| plain.ends_with(**measure))?;
    let number = plain.strip_suffix(measure)?.to_string();
    number.ends_with(|c: char| c.is_ascii_digit() || c == '.').then_some((number, *measure))
}

/// The measure that the words of a format or a cell of a row of units state.
pub(super) fn stated(words: &str) -> Option<&'static str> {
    let plain = units::plain(words);
    let bare = plain.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | '。' | '.'));
    let bare = bare.strip_prefix("单位").unwrap_or(bare).trim_start_matches(':');
    MEASURES.iter().find(|measure| **measure == bare).copied()
}

/// The measure a heading states: `时长（年）`, `工作量-人天`.
pub(super) fn in_heading(text: &str) -> Option<&'static str> {
    let (outside, brackets) = units::split_brackets(&units::plain(text));
    let bracketed = brackets.iter().flat_map(|inner| inner.split([',', '、', ';'])).find_map(stated);
    let behind = || outside.rsplit_once(['-', '_', '/', ':', ',']).and_then(|(_, last)| stated(last));
    let ends = || {
        let compound = MEASURES.iter().filter(|measure| measure.chars().count() > 1 || **measure == "‰");
        compound
            .copied()
            .find(|measure| *measure != "人月" && *measure != "个月" && outside.ends_with(measure))
    };
    bracketed.or_else(behind).or_else(ends)
}

/// Whether a field of amounts is a price for a month.
fn is_monthly(column: &ImportColumn) -> bool {
    column.kind == CellKind::Money && ["/月", "月单价", "人月"].iter().any(|word| column.label.contains(word))
}

/// What a text says about the period of a price.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// A heading, a row of units, a cell or its format: any word of a period counts.
    OfThePrice,
    /// A note around the table: only 元/年 and its like.
    OfTheTable,
}

/// The words by which a text counts a monthly price by another period.
pub(super) fn other_period(column: &ImportColumn, text: &str, speaks: Speaks) -> Option<String> {
    const PERIODS: [&str; 14] = [
        "年",
        "半年",
        "季",
        "季度",
        "周",
        "天",
        "日",
        "小时",
        "人天",
        "人日",
        "人年",
        "工日",
        "工作日",
        "人时",
    ];
    const WORDS: [&str; 12] = [
        "年单价",
        "日单价",
        "天单价",
        "季单价",
        "周单价",
        "人天单价",
        "人日单价",
        "年费",
        "年度费用",
        "包年",
        "按年计",
        "按天计",
    ];
    if !is_monthly(column) {
        return None;
    }
    let text = fold(text).replace(['·', '•', '*', '每', '\\'], "/");
    let divided = PERIODS.iter().any(|period| {
        text.match_indices(&format!("/{period}")).any(|(at, _)| match speaks {
            Speaks::OfThePrice => true,
            Speaks::OfTheTable => ["元", "万", "块"].iter().any(|unit| text[..at].ends_with(unit)),
        })
    });
    // 2025年度费用 names a year, not a period.
    let worded = speaks == Speaks::OfThePrice
        && WORDS.iter().any(|word| {
            text.match_indices(word).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_digit()))
        });
    (divided || worded).then(|| text.clone())
}

#[cfg(test)]
mod tests;
