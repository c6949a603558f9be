//! Article 15, 信息公开: the day by which an item must be public. Items, triggers and clocks are the edition's.

use super::editions::clock::{ClockRule, DayCount, ReachedDay, WorkingCalendar};
use super::editions::parameters::EditionParameters;
use super::editions::values::DisclosureItem;
use crate::kernel::calendar::Date;
use crate::kernel::people::Office;
use serde::Serialize;
use std::collections::BTreeMap;

/// 公开期限 of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisclosureDue {
    /// Office that publishes.
    pub office: Office,
    /// The item it is published with.
    pub with: Option<String>,
    pub state: DueState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// Last day.
    Due(ReachedDay),
    /// The trigger that has no date yet.
    WaitsFor(String),
}

/// When an item must be public, given the dates of what has happened; `None` for an item the edition does not know or
/// cannot date.
pub fn due(
    parameters: &EditionParameters,
    calendar: &WorkingCalendar,
    item: &str,
    triggers: &BTreeMap<String, Date>,
) -> Option<DisclosureDue> {
    let own = parameters.disclosure_items.get(item)?;
    let (trigger, clock) = timing(parameters, own)?;
    let state = match triggers.get(trigger) {
        Some(start) => DueState::Due(last_day(parameters, calendar, clock, *start)?),
        None => DueState::WaitsFor(trigger.to_string()),
    };
    Some(DisclosureDue { office: own.office, with: own.with.clone(), state })
}

/// The day a clock of the edition ends on.
pub fn last_day(
    parameters: &EditionParameters,
    calendar: &WorkingCalendar,
    clock: &ClockRule,
    start: Date,
) -> Option<ReachedDay> {
    let n = match &clock.n {
        DayCount::Days(days) => *days,
        DayCount::Parameter(name) => parameters.count(name)?,
    };
    calendar.clock(start, n, clock.unit, clock.sense)
}

/// Trigger and clock of the item, or of the one it goes with.
fn timing<'a>(
    parameters: &'a EditionParameters,
    item: &'a DisclosureItem,
) -> Option<(&'a str, &'a ClockRule)> {
    let mut item = item;
    // A circle of items that go with each other ends after as many steps as there are items.
    for _ in &parameters.disclosure_items {
        match &item.with {
            Some(with) => item = parameters.disclosure_items.get(with)?,
            None => return Some((item.trigger.as_deref()?, item.clock.as_ref()?)),
        }
    }
    None
}
