//! 申请的后续: what follows from an event of a request, and the notifications of both sides of a review.

use super::state::{Event, RequestCase};
use crate::cases::kernel::notification::recipients::{
    APPROVER, BUREAU, DEPARTMENT, FINANCE_LEADER, FINANCE_REVIEWER, LEADER, REVIEWER,
};
use crate::cases::kernel::notification::{
    CaseNotifications, Notification, NotificationKind, excerpt, returned, to,
};
use crate::cases::kernel::{Effect, Stage};
use crate::kernel::people::Office;

/// What follows from the event; `case` is the request after all events of the command.
pub fn effects(case: &RequestCase, event: &Event) -> Vec<Effect> {
    let mut effects = vec![Effect::Notify(about(case, tell(case, event)))];
    match event {
        Event::Frozen { version, .. } => effects.push(Effect::Freeze { version: *version }),
        Event::Confirmed { .. } => effects.push(Effect::RestateSums),
        Event::Reported { .. }
        | Event::Taken { .. }
        | Event::Passed { .. }
        | Event::SentBack { .. }
        | Event::Withdrawn { .. }
        | Event::Consolidated { .. }
        | Event::SentToFinance { .. }
        | Event::FinanceOpined { .. }
        | Event::Rejected { .. }
        | Event::Approved { .. } => {}
    }
    effects
}

fn about(case: &RequestCase, notifications: Vec<Notification>) -> CaseNotifications {
    CaseNotifications {
        case: case.id.clone(),
        department: Some(case.department.clone()),
        title: format!("{} 年度运维服务申请", case.fiscal_year.0),
        notifications,
    }
}

/// Who hears of the event: whoever acts next, and whoever waits for the outcome.
fn tell(case: &RequestCase, event: &Event) -> Vec<Notification> {
    match event {
        Event::Frozen { .. } => vec![to(APPROVER, NotificationKind::Submitted {})],
        Event::Reported { .. } => vec![to(REVIEWER, NotificationKind::Reported {})],
        Event::Passed { .. } => vec![to(LEADER, NotificationKind::Passed {})],
        Event::SentBack { to: stage, reasons, .. } => {
            let roles = match stage {
                Stage::FinanceReturned => BUREAU,
                stage if stage.with_department() => DEPARTMENT,
                _ => REVIEWER,
            };
            vec![returned(roles, *stage, reasons)]
        }
        Event::Confirmed { .. } => vec![to(DEPARTMENT, NotificationKind::Accepted {})],
        Event::SentToFinance { .. } => vec![to(DEPARTMENT, NotificationKind::SentToFinance {})],
        Event::FinanceOpined { opinion } if !opinion.arrange => {
            vec![to(FINANCE_LEADER, NotificationKind::Objected { reason: excerpt(&opinion.reason) })]
        }
        Event::Approved { approval, .. } => {
            let (number, amount) = (approval.number.clone(), approval.amount);
            vec![to(DEPARTMENT, NotificationKind::Approved { number, amount })]
        }
        Event::Rejected { reason, .. } => {
            let kind = NotificationKind::Rejected { reason: excerpt(reason) };
            vec![to(DEPARTMENT, kind.clone()), to(BUREAU, kind)]
        }
        Event::Withdrawn { reason, .. } => {
            let kind = NotificationKind::Withdrawn { reason: excerpt(reason) };
            let mut notifications = vec![to(DEPARTMENT, kind.clone())];
            // What never reached the bureau does not exist there.
            if case.reported_version > 0 {
                notifications.push(to(REVIEWER, kind));
            }
            notifications
        }
        // What finance passes waits for a batch; whoever took it is its reviewer; the whole is notified as a whole.
        Event::FinanceOpined { .. } | Event::Taken { .. } | Event::Consolidated { .. } => Vec::new(),
    }
}

/// Tells of a published batch of a review: remarks to the department, answers to the office that has the request.
pub fn review_notifications(
    case: &RequestCase,
    by: Office,
    raised: usize,
    answered: usize,
) -> CaseNotifications {
    let mut notifications = Vec::new();
    if raised > 0 {
        notifications.push(to(DEPARTMENT, NotificationKind::Remarked { remarks: raised, by }));
    }
    if answered > 0 && by == Office::Department {
        let roles = match case.stage {
            Stage::FinanceReview => Some(FINANCE_REVIEWER),
            Stage::BureauReview | Stage::BureauConfirm => Some(REVIEWER),
            // While it is with the department, the report that follows says that all is answered.
            _ => None,
        };
        notifications.extend(roles.map(|roles| to(roles, NotificationKind::Answered { answers: answered })));
    }
    about(case, notifications)
}

#[cfg(test)]
mod tests;
