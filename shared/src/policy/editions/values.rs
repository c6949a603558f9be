//! The types of parameter values. JSON numbers are whole: a decimal is text, so that no reader makes a float of it.

use super::clock::ClockRule;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use crate::policy::grade::{self, Grade};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeMap;
use std::fmt;

/// A day of every year, written `MM-DD`; never 29 February.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MonthDay {
    month: u8,
    day: u8,
}

impl MonthDay {
    /// `None` when some year lacks the day.
    pub fn parse(text: &str) -> Option<MonthDay> {
        // 2001 has no leap day.
        let date = Date::parse(&format!("2001-{text}"))?;
        Some(MonthDay { month: date.month(), day: date.day() })
    }

    /// The day in a year; the year's last day outside the calendar.
    pub fn in_year(self, year: i32) -> Date {
        Date::new(year, self.month, self.day).unwrap_or(FiscalYear(year).last_day())
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl Serialize for MonthDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MonthDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        MonthDay::parse(&text).ok_or_else(|| de::Error::custom("a day of the year is written MM-DD"))
    }
}

/// Serde of money as 元 text with two decimals.
pub mod yuan {
    use super::*;

    pub fn serialize<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.2}", money.yuan()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let yuan = <Decimal as Deserialize>::deserialize(deserializer)?;
        Money::from_yuan(yuan).ok_or_else(|| de::Error::custom("money has two decimals"))
    }
}

/// Serde of a value that may be null but not absent.
pub fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}

/// 部门支出经济分类.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EconomicCode {
    pub code: String,
    pub name: String,
}

/// A question of the target review sheet and its most points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// 一级: 完整性 · 相关性 · 适当性 · 可行性.
    pub part: String,
    pub name: String,
    pub most: u32,
}

/// What a review grade leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GradeConsequence {
    Pass,
    /// 退回修改后重新审核.
    Return,
    /// 不得安排预算.
    Block,
}

/// A review grade, the fewest points for it and its consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewBand {
    #[serde(with = "grade::by_label")]
    pub grade: Grade,
    pub from: u32,
    pub then: GradeConsequence,
}

/// 监控期: months from January, the last day of the period and of reporting on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitoringPeriod {
    pub months: u32,
    pub end: MonthDay,
    pub due: MonthDay,
}

/// From so many points or percent on, this value. Tables of steps fall to 0.
pub type Step = (Decimal, Decimal);

/// From so many points on, this grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradeStep(pub Decimal, #[serde(with = "grade::by_label")] pub Grade);

/// 应公开事项 (Art. 15): it has its own trigger and clock, or goes `with` another item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureItem {
    pub label: String,
    pub office: Office,
    /// Provision that asks for it.
    pub basis: String,
    /// Event whose date starts the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

/// How finely the budget is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisclosureGranularity {
    Category,
    System,
    Line,
}

/// What formulas and clocks can ask of a parameter by name.
pub trait ParameterValue {
    /// `None` when the value is no number or null.
    fn number(&self) -> Option<Decimal> {
        None
    }

    /// `None` when the value is no whole number.
    fn count(&self) -> Option<u32> {
        None
    }

    /// Numbers by key, without those that are null; `None` when the value is no such table.
    fn table(&self) -> Option<BTreeMap<String, Decimal>> {
        None
    }
}

impl ParameterValue for Decimal {
    fn number(&self) -> Option<Decimal> {
        Some(*self)
    }
}

impl ParameterValue for Option<Decimal> {
    fn number(&self) -> Option<Decimal> {
        *self
    }
}

impl ParameterValue for u32 {
    fn number(&self) -> Option<Decimal> {
        Some(Decimal::from(*self))
    }

    fn count(&self) -> Option<u32> {
        Some(*self)
    }
}

impl ParameterValue for Money {
    fn number(&self) -> Option<Decimal> {
        Some(self.yuan())
    }
}

impl ParameterValue for BTreeMap<String, Decimal> {
    fn table(&self) -> Option<BTreeMap<String, Decimal>> {
        Some(self.clone())
    }
}

impl ParameterValue for BTreeMap<String, Option<Decimal>> {
    fn table(&self) -> Option<BTreeMap<String, Decimal>> {
        Some(self.iter().filter_map(|(key, number)| Some((key.clone(), (*number)?))).collect())
    }
}

impl ParameterValue for MonthDay {}
impl ParameterValue for DisclosureGranularity {}
impl<T> ParameterValue for Vec<T> {}
impl ParameterValue for BTreeMap<String, EconomicCode> {}
impl ParameterValue for BTreeMap<String, MonitoringPeriod> {}
impl ParameterValue for BTreeMap<String, Step> {}
impl ParameterValue for BTreeMap<String, DisclosureItem> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_year_is_one_of_every_year() {
        for wrong in ["02-30", "02-29", "13-01", "6-01", "06/01", "", "06-011"] {
            assert_eq!(MonthDay::parse(wrong), None, "{wrong}");
        }
        let day = MonthDay::parse("08-31").unwrap();
        assert_eq!((day.to_string(), day.in_year(2023).to_string()), ("08-31".into(), "2023-08-31".into()));
    }
}
