//! 汇总的后续: who hears of what, and how the included requests go to finance (Art. 4).

use super::flow::{Consolidation, Event, Facts, request_events};
use crate::cases::kernel::notification::recipients::{FINANCE, LEADER, REVIEWER};
use crate::cases::kernel::notification::{CaseNotifications, Notification, NotificationKind, redo, to};
use crate::cases::kernel::{CaseKind, Effect};

/// What follows from the event; `compilation` is the case after it.
pub fn effects(compilation: &Consolidation, event: &Event, facts: &Facts) -> Vec<Effect> {
    let mut effects = vec![Effect::Notify(CaseNotifications {
        case: compilation.id.clone(),
        department: None,
        title: compilation.head().title,
        notifications: notifications(event),
    })];
    match event {
        Event::Compiled { version, .. } => effects.push(Effect::Freeze { version: *version }),
        Event::Reported { by, .. } => {
            let events = request_events(compilation, by);
            let included = facts.whole.included.iter();
            let cases =
                included.filter_map(|line| facts.requests.iter().find(|case| case.id == line.request));
            effects.extend(
                cases.map(|case| Effect::AdvanceRequest {
                    case: Box::new(case.clone()),
                    events: events.clone(),
                }),
            );
        }
        Event::Confirmed { .. } | Event::SentBack { .. } => {}
    }
    effects
}

fn notifications(event: &Event) -> Vec<Notification> {
    match event {
        Event::Compiled { .. } => vec![to(LEADER, NotificationKind::Compiled {})],
        Event::Confirmed { .. } => vec![to(REVIEWER, NotificationKind::WholeConfirmed {})],
        Event::SentBack { reasons, .. } => vec![redo(REVIEWER, reasons)],
        Event::Reported { late_reason, .. } => {
            let kind = NotificationKind::WholeReported { late: late_reason.is_some() };
            vec![to(FINANCE, kind.clone()), to(REVIEWER, kind)]
        }
    }
}
