//! 批复的后续: who hears of what, and what issuing does to each request (Art. 4, 11).

use super::flow::{ApprovalBatch, Event, Facts, request_event};
use crate::cases::kernel::notification::recipients::{
    BUREAU_AND_TREASURER, FINANCE_LEADER, FINANCE_REVIEWER,
};
use crate::cases::kernel::notification::{CaseNotifications, Notification, NotificationKind, redo, to};
use crate::cases::kernel::{CaseKind, Effect};

/// What follows from the event; `batch` is the case after it.
pub fn effects(batch: &ApprovalBatch, event: &Event, facts: &Facts) -> Vec<Effect> {
    let mut effects = vec![Effect::Notify(CaseNotifications {
        case: batch.id.clone(),
        department: None,
        title: batch.head().title,
        notifications: notifications(batch, event),
    })];
    match event {
        Event::Drafted { version, .. } => effects.push(Effect::Freeze { version: *version }),
        Event::Issued { by, .. } => {
            let lines = facts.notice.lines.iter().zip(&facts.candidates);
            effects.extend(lines.flat_map(|(line, candidate)| {
                let case = Box::new(candidate.case.clone());
                let events = vec![request_event(batch, &facts.notice, line, by)];
                let number = facts.notice.number.clone();
                [Effect::AdvanceRequest { case: case.clone(), events }, Effect::OpenMoney { case, number }]
            }));
        }
        Event::SentBack { .. } | Event::Dropped { .. } => {}
    }
    effects
}

fn notifications(batch: &ApprovalBatch, event: &Event) -> Vec<Notification> {
    let number = batch.number.clone().unwrap_or_default();
    match event {
        Event::Drafted { .. } => vec![to(FINANCE_LEADER, NotificationKind::BatchDrafted { number })],
        Event::Issued { .. } => {
            let kind = NotificationKind::Issued { number };
            vec![to(BUREAU_AND_TREASURER, kind.clone()), to(FINANCE_REVIEWER, kind)]
        }
        Event::SentBack { reasons, .. } => vec![redo(FINANCE_REVIEWER, reasons)],
        // Nobody was waiting for a draft that its own author drops.
        Event::Dropped { .. } => Vec::new(),
    }
}
