//! 期限提醒 outward: once a day the reminders of the calendar also leave by mail and to the office system. Each has a key,
//! so that another run, another server or a restart repeats none.

use crate::context::Shared;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::notify::outbox::each_day;
use crate::notify::outbox::enqueue::{self, OutwardReminder};
use crate::read_models::notices;
use tokio::task::JoinHandle;

/// Sends for as long as the server runs; `None` where no channel is set up.
pub fn start(context: Shared) -> Option<JoinHandle<()>> {
    if context.settings.outward.channels().is_empty() {
        return None;
    }
    Some(tokio::spawn(each_day(context, "reminders", run)))
}

/// Writes what the calendar reminds people of today.
async fn run(context: Shared) -> Result<(), Failure> {
    let context = &context;
    let mut connection = context.db.reader().acquire().await?;
    let mut reminders = Vec::new();
    for account in accounts::all(context, &mut connection).await? {
        let further = account.posts.iter().filter_map(|post| account.actor_in(context, post));
        for actor in account.actor(context).into_iter().chain(further) {
            let reminder = notices::remind(context, &mut connection, &actor).await?;
            reminders.extend(reminder.map(|reminder| OutwardReminder {
                account: account.id.clone(),
                key: reminder.key,
                about: reminder.about,
                due: reminder.due,
            }));
        }
    }
    drop(connection);
    if reminders.is_empty() {
        return Ok(());
    }
    reminders.sort_by(|a, b| (&a.account, &a.key).cmp(&(&b.account, &b.key)));
    reminders.dedup_by(|a, b| (&a.account, &a.key) == (&b.account, &b.key));
    let mut write = context.db.write(&format!("reminders {}", context.tenant())).await?;
    // As the notices of these accounts are: a digest grows under this lock.
    for reminder in &reminders {
        write.lock(&format!("notices {} {}", context.tenant(), reminder.account)).await?;
    }
    enqueue::reminders(context, write.connection(), &reminders).await?;
    write.commit_unaudited().await
}
