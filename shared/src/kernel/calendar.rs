//! 日期: civil dates and fiscal years. There is no clock here; today is always an argument.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use time::{Duration, Month, Weekday};

/// A civil date, written `YYYY-MM-DD` (GB/T 7408) everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(time::Date);

impl Date {
    /// `None` when there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Date> {
        let month = Month::try_from(month).ok()?;
        if !(1900..=2999).contains(&year) {
            return None;
        }
        time::Date::from_calendar_date(year, month, day).ok().map(Date)
    }

    /// Reads exactly `YYYY-MM-DD`, nothing else.
    pub fn parse(text: &str) -> Option<Date> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i32>().ok())?
        };
        Date::new(digits(0..4)?, u8::try_from(digits(5..7)?).ok()?, u8::try_from(digits(8..10)?).ok()?)
    }

    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// 1–12.
    pub fn month(self) -> u8 {
        u8::from(self.0.month())
    }

    pub fn day(self) -> u8 {
        self.0.day()
    }

    /// Saturday or Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    /// Whole days from `self` to `other`; negative when `other` is earlier.
    pub fn days_until(self, other: Date) -> i64 {
        (other.0 - self.0).whole_days()
    }

    /// `None` past the calendar's end.
    pub fn plus_days(self, days: i64) -> Option<Date> {
        self.0.checked_add(Duration::days(days)).map(Date)
    }

    /// Whole years (周年) from `self` to `other`; negative when `other` is earlier.
    pub fn whole_years_until(self, other: Date) -> i64 {
        let years = i64::from(other.year() - self.year());
        let before_anniversary = (other.month(), other.day()) < (self.month(), self.day());
        years - i64::from(before_anniversary)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Date::parse(&text).ok_or_else(|| de::Error::custom("a date is written YYYY-MM-DD"))
    }
}

/// 运维年度: the fiscal year money is asked for (spec § 2); the calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(pub i32);

impl FiscalYear {
    /// Years a date can be made of.
    pub fn well_formed(self) -> bool {
        (1901..=2998).contains(&self.0)
    }

    /// 1 January of the year.
    pub fn first_day(self) -> Date {
        Date(time::Date::from_ordinal_date(self.0, 1).unwrap_or(time::Date::MIN))
    }

    /// 31 December of the year.
    pub fn last_day(self) -> Date {
        Date(time::Date::from_calendar_date(self.0, Month::December, 31).unwrap_or(time::Date::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn only_real_iso_days_are_dates() {
        for wrong in ["2023-02-29", "2023-2-03", "20230203", "2023-13-01", "２０２３-01-01", "", "2023-01-1x"]
        {
            assert_eq!(Date::parse(wrong), None, "{wrong}");
        }
        assert_eq!(date("2024-02-29").to_string(), "2024-02-29");
    }

    #[test]
    fn a_year_is_whole_on_its_anniversary() {
        assert_eq!(date("2019-01-01").whole_years_until(date("2024-01-01")), 5);
        assert_eq!(date("2019-01-02").whole_years_until(date("2024-01-01")), 4);
        assert_eq!(date("2025-01-05").whole_years_until(date("2024-01-01")), -2);
    }
}
