//! 政策版本变更的后续: what a proposal freezes, what a confirmation records, and who hears of it (Art. 18).

use super::case::{EditionCase, Event};
use super::flow::RegisterChange;
use crate::cases::kernel::notification::recipients::{
    FINANCE_LEADER, FINANCE_LEADER_AND_BUREAU_LEADER, OFFICES, SECURITY,
};
use crate::cases::kernel::notification::{CaseNotifications, Notification, NotificationKind, redo, to};
use crate::cases::kernel::{CaseKind, Effect, Reason};

/// What follows from the event; `case` is the case after it.
pub fn effects(case: &EditionCase, event: &Event) -> Vec<Effect> {
    let mut effects = vec![Effect::Notify(CaseNotifications {
        case: case.id.clone(),
        department: None,
        title: case.head().title,
        notifications: notifications(case, event),
    })];
    match event {
        Event::Proposed { .. } => effects.push(Effect::Freeze { version: case.version }),
        Event::Confirmed { .. } => {
            effects.extend(case.proposed.clone().map(|change| Effect::RecordChange(Box::new(change))));
        }
        Event::DryRun { .. } | Event::Returned { .. } | Event::Dropped { .. } => {}
    }
    effects
}

fn notifications(case: &EditionCase, event: &Event) -> Vec<Notification> {
    match event {
        Event::Proposed { .. } => {
            let confirmers = match case.change {
                RegisterChange::Calendar => FINANCE_LEADER_AND_BUREAU_LEADER,
                RegisterChange::New | RegisterChange::Revision | RegisterChange::Extension => FINANCE_LEADER,
            };
            vec![to(confirmers, NotificationKind::EditionProposed {})]
        }
        Event::Returned { reason, .. } => vec![redo(SECURITY, &[Reason::of(reason)])],
        Event::Confirmed { .. } => {
            let in_force = NotificationKind::EditionInForce {};
            vec![to(OFFICES, in_force.clone()), to(SECURITY, in_force)]
        }
        Event::DryRun { .. } | Event::Dropped { .. } => Vec::new(),
    }
}
