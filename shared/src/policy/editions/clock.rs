//! 工作日与期限: the working calendar and the clocks that run over it. The day a period begins is not counted (民法典
//! 201); an obligation in days whose last day is a day off ends on the next working day (民法典 203).

use crate::kernel::calendar::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    Day,
    /// 工作日.
    Workday,
}

/// Which way a clock runs and whether its last day moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockSense {
    /// An obligation: the last day to meet it.
    Within,
    /// A shortest period: the earliest day it may end, never moved.
    AtLeast,
    /// Counted back from the start, never moved.
    Before,
}

/// A number of days, or the name of the count parameter that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DayCount {
    Days(u32),
    Parameter(String),
}

/// 时限 as an edition writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    pub n: DayCount,
    pub unit: DayUnit,
    pub sense: ClockSense,
}

/// A day a clock ends on. It is provisional (暂定) when it was reached through a year whose holidays are not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachedDay {
    pub day: Date,
    pub provisional: bool,
}

/// Days and working days from today to a due day; negative when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaysLeft {
    pub days: i64,
    pub workdays: i64,
    pub overdue: bool,
}

/// Days off and weekend days worked as one notice of the State Council (国务院办公厅) sets them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarYear {
    pub document: String,
    pub holidays: Vec<Date>,
    pub workdays: Vec<Date>,
}

/// 工作日历: common to all editions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingCalendar {
    years: BTreeSet<i32>,
    holidays: BTreeSet<Date>,
    workdays: BTreeSet<Date>,
}

impl WorkingCalendar {
    pub fn new(years: &BTreeMap<i32, CalendarYear>) -> WorkingCalendar {
        WorkingCalendar {
            years: years.keys().copied().collect(),
            holidays: years.values().flat_map(|year| &year.holidays).copied().collect(),
            workdays: years.values().flat_map(|year| &year.workdays).copied().collect(),
        }
    }

    /// Whether the year's notice is recorded.
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    pub fn is_workday(&self, day: Date) -> bool {
        self.workdays.contains(&day) || !(day.is_weekend() || self.holidays.contains(&day))
    }

    /// The day `n` units from `start`; `None` beyond the calendar's ends.
    pub fn clock(&self, start: Date, n: u32, unit: DayUnit, sense: ClockSense) -> Option<ReachedDay> {
        let step = if sense == ClockSense::Before { -1 } else { 1 };
        let mut day = start;
        let mut provisional = false;
        let mut advance = |days: i64| {
            day = day.plus_days(days).filter(|day| (1900..=2999).contains(&day.year()))?;
            provisional |= !self.knows(day.year());
            Some(day)
        };
        match unit {
            DayUnit::Workday => {
                let mut left = n;
                while left > 0 {
                    left -= u32::from(self.is_workday(advance(step)?));
                }
            }
            DayUnit::Day => {
                let mut last = advance(step * i64::from(n))?;
                while sense == ClockSense::Within && !self.is_workday(last) {
                    last = advance(step)?;
                }
            }
        }
        Some(ReachedDay { day, provisional })
    }

    /// What is left of a period whose last day is `due`; the last day is still in time.
    pub fn left(&self, today: Date, due: Date) -> DaysLeft {
        let days = today.days_until(due);
        let earlier = today.min(due);
        let passed = (1..=days.abs()).filter_map(|n| earlier.plus_days(n));
        let workdays = passed.filter(|day| self.is_workday(*day)).map(|_| days.signum()).sum();
        DaysLeft { days, workdays, overdue: days < 0 }
    }
}
