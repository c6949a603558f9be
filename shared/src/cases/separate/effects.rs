//! 单独申请的后续: who hears of what, and what a signature freezes (Art. 5).

use super::state::{Event, SeparateApplication};
use crate::cases::kernel::notification::recipients::{
    APPROVER, BUREAU, DEPARTMENT, FINANCE, FINANCE_LEADER, FINANCE_REVIEWER, LEADER, REVIEWER,
};
use crate::cases::kernel::notification::{
    CaseNotifications, Notification, NotificationKind, excerpt, returned, to,
};
use crate::cases::kernel::{CaseKind, Effect, Stage};

/// What follows from the event; `separate` is the case after it.
pub fn effects(separate: &SeparateApplication, event: &Event) -> Vec<Effect> {
    let mut effects = vec![Effect::Notify(CaseNotifications {
        case: separate.id.clone(),
        department: Some(separate.department.clone()),
        title: separate.head().title,
        notifications: notifications(separate, event),
    })];
    match event {
        Event::Submitted { .. } => effects.push(Effect::Freeze { version: separate.form_version }),
        Event::OpinionSigned { .. } | Event::DecisionSigned { .. } => {
            effects.push(Effect::Freeze { version: separate.frozen_version });
        }
        Event::Filled { .. }
        | Event::Reported { .. }
        | Event::OpinionDrafted { .. }
        | Event::DecisionDrafted { .. }
        | Event::SentBack { .. }
        | Event::Withdrawn { .. } => {}
    }
    effects
}

fn notifications(separate: &SeparateApplication, event: &Event) -> Vec<Notification> {
    let number = separate.number().unwrap_or_default().to_string();
    match event {
        Event::Filled { .. } => Vec::new(),
        Event::Submitted { .. } => vec![to(APPROVER, NotificationKind::Submitted {})],
        Event::Reported { .. } => vec![to(REVIEWER, NotificationKind::Reported {})],
        Event::OpinionDrafted { .. } => vec![to(LEADER, NotificationKind::OpinionDrafted { number })],
        Event::OpinionSigned { .. } if separate.stage == Stage::FinanceDecision => {
            let kind = NotificationKind::Outside { number };
            vec![to(DEPARTMENT, kind.clone()), to(FINANCE, kind)]
        }
        Event::OpinionSigned { .. } => vec![to(DEPARTMENT, NotificationKind::WithinScope { number })],
        Event::DecisionDrafted { .. } => vec![to(FINANCE_LEADER, NotificationKind::DecisionDrafted {})],
        Event::DecisionSigned { .. } => {
            let decision = separate.decision.as_ref();
            let kind = match decision.and_then(|decision| decision.amount) {
                Some(amount) => NotificationKind::Arranged { amount },
                None => NotificationKind::NotArranged {
                    reason: decision.map(|decision| excerpt(&decision.text)).unwrap_or_default(),
                },
            };
            vec![to(DEPARTMENT, kind.clone()), to(BUREAU, kind)]
        }
        Event::SentBack { to: stage, reasons, .. } => {
            let roles = match stage {
                Stage::FinanceDecision => FINANCE_REVIEWER,
                Stage::BureauOpinion => REVIEWER,
                _ => DEPARTMENT,
            };
            vec![returned(roles, *stage, reasons)]
        }
        Event::Withdrawn { reason, .. } => {
            let kind = NotificationKind::Withdrawn { reason: excerpt(reason) };
            let mut notifications = vec![to(DEPARTMENT, kind.clone())];
            if separate.approved_by.is_some() {
                notifications.push(to(REVIEWER, kind));
            }
            notifications
        }
    }
}
