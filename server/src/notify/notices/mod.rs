//! 通知: the notices of each account, stored in the transaction of the event they are about.

mod rows;

pub use rows::{NewNotice, after, latest, mark_read, newest, read_of, unread};

use crate::context::Context;
use crate::identity::accounts;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::notify::outbox::enqueue::{self, StoredNotice};
use crate::store::Write;
use crate::store::change_bus;
use shared::cases::kernel::notification::{CaseNotifications, Notification};
use shared::kernel::ids::AccountId;
use shared::kernel::people::Actor;
use std::collections::BTreeSet;

/// Stores notifications for everyone they concern except their author. The streams of these accounts wake once the write
/// is committed.
///
/// Called once per write, last before its audit entry.
pub async fn file(
    context: &Context,
    write: &mut Write,
    actor: &Actor,
    notifications: &[CaseNotifications],
) -> Result<(), Failure> {
    if notifications.iter().all(|of_case| of_case.notifications.is_empty()) {
        return Ok(());
    }
    let listed = departments::all(context, write.connection()).await?;
    let accounts = accounts::all(context, write.connection()).await?;
    let others = accounts.iter().filter(|account| account.id != actor.account.as_str());
    let others: Vec<_> = others.map(|account| (AccountId::new(account.id.clone()), account)).collect();
    let mut notices = Vec::new();
    for (id, account) in &others {
        for of_case in notifications {
            let of = of_case.department.as_ref();
            let named = of.and_then(|of| listed.iter().find(|known| known.id == *of));
            let name = named.map(|known| format!("{} ", known.name)).unwrap_or_default();
            let concerns = |notification: &&Notification| account.holds(notification.roles, of);
            notices.extend(of_case.notifications.iter().filter(concerns).map(|notification| NewNotice {
                account: id,
                by_name: &actor.name,
                case: &of_case.case,
                about: format!("{name}{}", of_case.title),
                kind: &notification.kind,
            }));
        }
    }
    file_all(context, write, &notices, &[notices.len()]).await?;
    Ok(())
}

/// Stores notices and whatever of them leaves by other channels; the number of each in its account. `steps` are how many
/// belong to each step that was taken: a step closes what those before it gave to do.
///
/// Called once per write. Accounts are locked in the order of their ids, so that no two writes wait for each other.
pub async fn file_all(
    context: &Context,
    write: &mut Write,
    notices: &[NewNotice<'_>],
    steps: &[usize],
) -> Result<Vec<i64>, Failure> {
    let accounts: BTreeSet<&AccountId> = notices.iter().map(|notice| notice.account).collect();
    for id in accounts {
        write.lock(&format!("notices {} {id}", context.tenant())).await?;
        write.changes(change_bus::account(context.tenant(), id));
    }
    let numbers = rows::insert(context, write.connection(), notices).await?;
    let stored = notices.iter().zip(&numbers).map(|(notice, number)| StoredNotice {
        account: notice.account.as_str(),
        number: *number,
        about: &notice.about,
        case: notice.case.as_str(),
        kind: notice.kind,
    });
    let stored: Vec<StoredNotice<'_>> = stored.collect();
    let mut rest = stored.as_slice();
    for step in steps {
        let (own, after) = rest.split_at((*step).min(rest.len()));
        enqueue::notices(context, write.connection(), own).await?;
        rest = after;
    }
    Ok(numbers)
}
