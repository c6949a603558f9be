//! 期限提醒 outward: once a day the reminders of the calendar also leave by mail and to the office system. Each has a key,
//! so that another run, another server or a restart repeats none.

use crate::context::{Context, Shared};
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::notify::outbox::enqueue::{self, OutwardReminder};
use crate::read_models::notices;
use shared::kernel::calendar::Date;
use tokio::task::JoinHandle;

/// Sends for as long as the server runs; `None` where no channel is set up.
pub fn start(context: Shared) -> Option<JoinHandle<()>> {
    let settings = &context.settings.outward;
    if settings.channels().is_empty() {
        return None;
    }
    let (interval, from) = (settings.interval, settings.reminders_from);
    Some(tokio::spawn(async move {
        let mut done: Option<Date> = None;
        loop {
            let now = context.clock().stamp();
            if done != Some(now.date()) && now.second_of_day() >= from {
                match run(&context).await {
                    Ok(()) => done = Some(now.date()),
                    Err(failure) => tracing::warn!(?failure, "sending reminders"),
                }
            }
            tokio::time::sleep(interval).await;
        }
    }))
}

/// Writes what the calendar reminds people of today.
async fn run(context: &Context) -> Result<(), Failure> {
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
