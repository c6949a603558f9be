//! 规划的后续: who hears of what, and which version is kept (Art. 3).

use super::flow::{Event, MidTermPlan};
use crate::cases::kernel::notification::recipients::{FINANCE, LEADER, REVIEWER};
use crate::cases::kernel::notification::{CaseNotifications, Notification, NotificationKind, redo, to};
use crate::cases::kernel::{CaseKind, Effect};

/// What follows from the event; `plan` is the case after it.
pub fn effects(plan: &MidTermPlan, event: &Event) -> Vec<Effect> {
    let mut effects = vec![Effect::Notify(CaseNotifications {
        case: plan.id.clone(),
        department: None,
        title: plan.head().title,
        notifications: notifications(plan, event),
    })];
    if let Event::Planned { version, .. } = event {
        effects.push(Effect::Freeze { version: *version });
    }
    effects
}

fn notifications(plan: &MidTermPlan, event: &Event) -> Vec<Notification> {
    let version = plan.version;
    match event {
        Event::Planned { .. } => vec![to(LEADER, NotificationKind::Planned { version })],
        Event::Confirmed { .. } => {
            let kind = NotificationKind::PlanConfirmed { version };
            vec![to(REVIEWER, kind.clone()), to(FINANCE, kind)]
        }
        Event::SentBack { reasons, .. } => vec![redo(REVIEWER, reasons)],
    }
}
