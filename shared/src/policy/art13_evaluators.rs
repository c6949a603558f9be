//! Art. 13: which offices organise evaluations and so register third parties, and who evaluates for one.

use crate::kernel::ids::AccountId;
use crate::kernel::people::{Actor, Role};
use crate::kernel::refusal::Refusal;

/// The offices that organise evaluations keep the register of third parties and of their devices.
///
/// # Errors
/// The actor is of another role.
pub fn require_organizer(actor: &Actor) -> Result<(), Refusal> {
    match actor.role {
        Role::BureauReviewer | Role::BureauLeader | Role::FinanceReviewer | Role::FinanceLeader => Ok(()),
        _ => {
            let says = format!("这项工作不由{}办理，请由省局或省财政厅办理。", actor.role.label());
            Err(Refusal::new("authority.role", says))
        }
    }
}

/// Only accounts of the role evaluator evaluate for a third party.
///
/// # Errors
/// There is no such account, or it has another role.
pub fn require_evaluator(account: &AccountId, role: Option<Role>) -> Result<(), Refusal> {
    match role {
        Some(Role::Evaluator) => Ok(()),
        Some(_) | None => {
            let says = format!("“{account}”不是第三方机构评价人员的账号，请核对");
            Err(Refusal::under(13, "F-04", says))
        }
    }
}

/// Days a task package of a site visit opens without network. The measures set no term: the two weeks of the design, longer than any
/// window, so that an old package is not begun with.
pub const SITE_BUNDLE_DAYS: i64 = 14;

/// Who is sent to a site visit works on a tablet: evaluators of third parties and reviewers of both offices (SIT-02).
///
/// # Errors
/// The actor is of another role.
pub fn require_site_evaluator(actor: &Actor) -> Result<(), Refusal> {
    match actor.role {
        Role::Evaluator | Role::BureauReviewer | Role::FinanceReviewer => Ok(()),
        _ => {
            let says = format!("{}不参加现场评价，请用评价人员的账号登记设备。", actor.role.label());
            Err(Refusal::new("authority.role", says))
        }
    }
}
