//! 单元格: what one cell of a workbook or of the clipboard says, as text to store, and whether it may mean something
//! else.

use super::counted::{self, Counted, Speaks};
use super::format::{NumberFormat, Shown, half_up};
use super::normal::{self, CellKind, RejectReason, fold};
use super::reading::{System, match_system};
use super::target::ImportColumn;
use super::units::{self, UnitWord, unit_name};
use super::workbook::{WorkbookCell, WorkbookCellKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A cell as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct CellReading {
    /// The text to store; empty when the cell says there is nothing.
    pub text: String,
    pub doubt: Option<CellDoubt>,
}

/// Why a reading may be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CellDoubt {
    /// The cell speaks of a unit that is not understood, or that another place contradicts.
    Unit(String),
    /// Read as shown, although what is stored differs.
    Rounded { stored: String },
    /// Read as stored, although what is shown is smaller by a power of ten and no unit is named.
    Scaled { shown: String },
    /// A bare fraction under a rate.
    Fraction { meant: String },
}

/// A cell with what its column and workbook say about it.
pub(super) struct Source<'a> {
    pub cell: &'a WorkbookCell,
    pub date_1904: bool,
    /// What is stated about the amounts of the column.
    pub unit: UnitWord,
    /// What a person has chosen instead.
    pub chosen: Option<i64>,
    /// The measure that the column's counts are stated in.
    pub measure: Option<&'static str>,
    /// The column holds shares of one, such as 0.85: a bare 1 among them may be 100 %.
    pub fractions: bool,
}

/// Half of 分, and half of the last digit of a rate.
const HALF_A_FEN: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

impl Source<'_> {
    pub(super) fn read(
        &self,
        column: &ImportColumn,
        systems: &[System],
    ) -> Result<CellReading, RejectReason> {
        let raw = self.cell.text.as_str();
        match self.cell.kind {
            WorkbookCellKind::Error => Err(RejectReason::ErrorValue),
            WorkbookCellKind::Uncomputed => Err(RejectReason::FormulaWithoutResult),
            WorkbookCellKind::Date if column.adds_up() || column.kind == CellKind::Percent => {
                Err(RejectReason::DateForNumber)
            }
            WorkbookCellKind::Date => {
                sure(written(&normal::serial_date(raw, self.date_1904)?, column, systems, 0)?)
            }
            WorkbookCellKind::Number => self.number(column, systems),
            WorkbookCellKind::Text | WorkbookCellKind::Bool if says_nothing(raw, &column.kind) => {
                Ok(CellReading::default())
            }
            WorkbookCellKind::Text | WorkbookCellKind::Bool => self.text(column, systems),
        }
    }

    fn text(&self, column: &ImportColumn, systems: &[System]) -> Result<CellReading, RejectReason> {
        let raw = self.cell.text.as_str();
        if let Some(stated) = counted::other_period(column, raw, Speaks::OfThePrice) {
            return Err(RejectReason::OtherMeasure { stated });
        }
        if let Some(counted) = Counted::of(column) {
            let own = counted::trailing(raw);
            let of_column = self.measure.filter(|measure| *measure != "%");
            let measure = own.as_ref().map(|(_, measure)| *measure).or(of_column);
            if let Some(measure) = measure {
                let digits = own.as_ref().map_or(raw, |(digits, _)| digits);
                let value = normal::decimal_number(digits)?;
                let text = normal::number(&normal::plain(counted.converted(value, measure)?))?;
                let bare = is_doubtful_tenth(measure, value);
                return Ok(CellReading { doubt: self.share_doubt(column, &text, bare), text });
            }
        }
        let bare = if is_weight(column) { raw.trim_end().trim_end_matches(['%', '％', '﹪']) } else { raw };
        let text = written(bare, column, systems, self.power())?;
        let doubt = self.share_doubt(column, &text, !raw.contains(['%', '％', '﹪', '‰', '折']));
        Ok(CellReading { text, doubt })
    }

    /// A bare 0.055 under 费率 may be 0.055 % or 5.5 % that lost its format; a bare 1 among shares as 0.85, or under 折扣, may be
    /// the whole price, and 8.5 a discount in tenths.
    fn share_doubt(&self, column: &ImportColumn, read_as: &str, bare: bool) -> Option<CellDoubt> {
        if column.kind != CellKind::Percent || !bare {
            return None;
        }
        let value: Decimal = read_as.parse().ok()?;
        let discount = column.label.contains("折扣");
        let meant = match value {
            value if value.is_zero() || value.is_sign_negative() => None,
            value if value < Decimal::ONE => normal::scaled(value, 2),
            value if value == Decimal::ONE && (discount || self.fractions) => normal::scaled(value, 2),
            value if value <= Decimal::TEN && discount => normal::scaled(value, 1),
            _ => None,
        };
        Some(CellDoubt::Fraction { meant: normal::plain(meant?) })
    }

    fn power(&self) -> i64 {
        match &self.unit {
            UnitWord::Power(power) => self.chosen.unwrap_or(*power),
            _ => self.chosen.unwrap_or(0),
        }
    }

    fn number(&self, column: &ImportColumn, systems: &[System]) -> Result<CellReading, RejectReason> {
        let raw = self.cell.text.as_str();
        let stored = normal::stored_decimal(raw);
        let format = NumberFormat::parse(&self.cell.format);
        match &column.kind {
            CellKind::Date => sure(numeric_date(&normal::plain(stored?), self.date_1904)?),
            CellKind::Percent => self.percentage(column, stored?, &format),
            CellKind::Money => self.amount(column, stored?, &format),
            CellKind::Count | CellKind::Number => self.quantity(column, stored?, &format),
            // A long number, such as a serial number, is text here and stays as it is.
            _ => {
                let plain = || normal::stored_number(raw).unwrap_or_else(|_| raw.to_string());
                let seen = stored.ok().and_then(|stored| as_seen(stored, &format)).unwrap_or_else(plain);
                sure(written(&seen, column, systems, 0)?)
            }
        }
    }

    /// An amount is what a person sees times the unit that is named; without decimals in the format it is exact.
    fn amount(
        &self,
        column: &ImportColumn,
        stored: Decimal,
        format: &NumberFormat,
    ) -> Result<CellReading, RejectReason> {
        let shown = format.shown(stored).unwrap_or(Shown {
            number: stored,
            words: String::new(),
            between: String::new(),
            percent: false,
            scaled_down: 0,
            rounded: false,
        });
        if shown.percent {
            return Err(RejectReason::PercentForNumber);
        }
        if let Some(stated) = counted::other_period(column, &shown.words, Speaks::OfThePrice) {
            return Err(RejectReason::OtherMeasure { stated });
        }
        // 12万5000元 is written by literals between the digits: no one unit stands for it.
        let own = match units::in_format(&shown.between) {
            UnitWord::Silent => units::in_format(&shown.words),
            _ => UnitWord::Unclear(format!("{}{}", shown.between, shown.words)),
        };
        let contradicted = match (&own, &self.unit) {
            (UnitWord::Unclear(words), _) => Some(words.clone()),
            (UnitWord::Power(one), UnitWord::Power(other)) if one != other => {
                Some(format!("{}、{}", unit_name(*one), unit_name(*other)))
            }
            _ => None,
        };
        let named = match (&own, self.chosen, &self.unit) {
            (_, Some(power), _) if contradicted.is_some() => Some(power),
            (UnitWord::Power(power), _, _) | (_, None, UnitWord::Power(power)) => Some(*power),
            (_, chosen, _) => chosen,
        };
        let contradicted = contradicted.filter(|_| self.chosen.is_none());
        let scaled = i64::from(shown.scaled_down);
        if shown.scaled_down > 0 && (named.is_none() || named == Some(0)) {
            let text = stored_amount(stored)?;
            let doubt = CellDoubt::Scaled { shown: normal::plain(shown.number) };
            let doubt = contradicted.map_or(doubt, CellDoubt::Unit);
            return Ok(CellReading { text, doubt: Some(doubt).filter(|_| self.chosen.is_none()) });
        }
        let power = named.unwrap_or(0);
        let read = shifted(shown.number, power)?;
        let exact = shifted(stored, power - scaled)?;
        let text = stored_amount(read)?;
        let rounded = (read - exact).abs() > HALF_A_FEN && shown.rounded;
        let rounded = rounded.then(|| stored_amount(exact)).transpose()?;
        let rounded = rounded.map(|stored| CellDoubt::Rounded { stored });
        Ok(CellReading { text, doubt: contradicted.map(CellDoubt::Unit).or(rounded) })
    }

    /// A count: its exact value, whatever the format shows of it, times the multiple or measure that is named.
    fn quantity(
        &self,
        column: &ImportColumn,
        stored: Decimal,
        format: &NumberFormat,
    ) -> Result<CellReading, RejectReason> {
        let shown = format.shown(stored);
        let percent = shown.as_ref().is_some_and(|shown| shown.percent);
        if percent && !is_weight(column) {
            return Err(RejectReason::PercentForNumber);
        }
        let words = shown.as_ref().map_or("", |shown| shown.words.as_str());
        let measure = counted::stated(words).or(self.measure);
        let value = match (Counted::of(column), measure) {
            (Some(counted), Some(measure)) => counted.converted(stored, measure)?,
            _ => {
                let scaled = shown.as_ref().map_or(0, |shown| i64::from(shown.scaled_down));
                let power = match units::multiple_in_heading(&format!("({words})")) {
                    UnitWord::Power(power) => power - scaled,
                    // Scaled digits without a word show the stored number, not the column's multiple.
                    _ if scaled > 0 => 0,
                    _ => self.power(),
                };
                shifted(stored, if percent { 2 } else { power })?
            }
        };
        sure(normal::number(&normal::plain(value))?)
    }

    fn percentage(
        &self,
        column: &ImportColumn,
        stored: Decimal,
        format: &NumberFormat,
    ) -> Result<CellReading, RejectReason> {
        let shown = format.shown(stored);
        let signed = shown.as_ref().is_some_and(|shown| shown.percent);
        let words = shown.as_ref().map_or("", |shown| shown.words.as_str());
        let measure = counted::stated(words).or(self.measure).filter(|_| !signed);
        let exact = if signed { shifted(stored, 2)? } else { stored };
        let seen =
            shown.filter(|shown| shown.rounded && shown.scaled_down == 0).map_or(exact, |shown| shown.number);
        // Endless decimals of a quotient without a format.
        let seen = if seen.normalize().scale() > 4 { half_up(seen, 2) } else { seen };
        let differs = (seen - exact).abs() > HALF_A_FEN;
        let rounded = differs.then(|| CellDoubt::Rounded { stored: normal::plain(half_up(exact, 4)) });
        let read = measure.map_or(Ok(seen), |measure| Counted::Percent.converted(seen, measure))?;
        let text = normal::number(&normal::plain(read))?;
        let bare =
            !signed && measure.is_none_or(|measure| measure == "%" || is_doubtful_tenth(measure, seen));
        let doubt = rounded.or_else(|| self.share_doubt(column, &text, bare));
        Ok(CellReading { text, doubt })
    }
}

/// 0.95折 is meant for 95 % as often as for 9.5 %.
fn is_doubtful_tenth(measure: &str, value: Decimal) -> bool {
    measure == "折" && value < Decimal::ONE
}

/// A weight out of 100, which a share of it may stand for.
fn is_weight(column: &ImportColumn) -> bool {
    column.kind == CellKind::Number && column.label.contains("分值")
}

fn sure(text: String) -> Result<CellReading, RejectReason> {
    Ok(CellReading { text, doubt: None })
}

/// The text a person sees of a number; a number without a format keeps its digits.
fn as_seen(stored: Decimal, format: &NumberFormat) -> Option<String> {
    let text = format.text(stored)?;
    Some(text).filter(|text| !text.is_empty())
}

/// `value × 10^power`.
fn shifted(value: Decimal, power: i64) -> Result<Decimal, RejectReason> {
    normal::scaled(value, power).ok_or(RejectReason::NumberTooLong)
}

/// 元 with two decimals: nobody sees or pays less than 分.
fn stored_amount(value: Decimal) -> Result<String, RejectReason> {
    let rounded = half_up(value, 2);
    if rounded.is_zero() && !value.is_zero()
        || rounded.trunc().to_i64().is_none_or(|n| n.abs() >= 1_000_000_000_000)
    {
        return Err(RejectReason::NumberTooLong);
    }
    Ok(normal::amount(rounded))
}

fn written(
    text: &str,
    column: &ImportColumn,
    systems: &[System],
    power: i64,
) -> Result<String, RejectReason> {
    match column.kind {
        CellKind::System if !column.required && shared_by_all(text) => Ok(String::new()),
        CellKind::System => match_system(text, systems).map(|row| row.as_str().to_string()),
        CellKind::Money => normal::scaled_money(text, power),
        CellKind::Count | CellKind::Number if power != 0 => normal::scaled_count(text, power),
        _ => normal::read(&column.kind, text),
    }
}

/// A number under a date heading: `20190603`, or a serial that lost its date format.
fn numeric_date(plain: &str, date_1904: bool) -> Result<String, RejectReason> {
    /// Serials from 1954 to 2119: a bare 2019 is a year, not a day of 1905.
    const LIKELY: std::ops::RangeInclusive<u32> = 20_000..=80_000;
    let whole = plain.split('.').next().unwrap_or(plain);
    match whole.parse::<u32>() {
        Ok(serial) if LIKELY.contains(&serial) => normal::serial_date(plain, date_1904),
        _ => normal::date(plain),
    }
}

/// `-` and `/` stand for an empty cell; 无 does where no text is asked for.
fn says_nothing(raw: &str, kind: &CellKind) -> bool {
    match fold(raw).as_str() {
        "-" | "--" | "—" | "——" | "/" | "\\" => true,
        "无" | "暂无" | "n/a" => !matches!(kind, CellKind::Text | CellKind::Choice(_) | CellKind::YesNo),
        _ => false,
    }
}

fn shared_by_all(text: &str) -> bool {
    matches!(fold(text).as_str(), "共用" | "公用" | "共享" | "通用" | "全部系统")
}

/// What a person sees in a cell, for showing and keeping what could not be read.
pub fn seen(cell: &WorkbookCell, date_1904: bool) -> String {
    let text = match cell.kind {
        WorkbookCellKind::Date => normal::serial_date(&cell.text, date_1904).ok(),
        WorkbookCellKind::Number => {
            let stored = normal::stored_decimal(&cell.text).ok();
            stored.and_then(|stored| as_seen(stored, &NumberFormat::parse(&cell.format)))
        }
        _ => None,
    };
    text.unwrap_or_else(|| normal::text(&cell.text))
}
