//! 每日一次: what leaves once a day, from the hour the reminders leave at.

use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::kernel::calendar::Date;

/// Runs once a day for as long as the server runs, and again until it has succeeded. Another server or a restart runs it
/// again on the same day, so what it writes has a key of the day.
pub async fn each_day<F>(context: Shared, what: &'static str, run: impl Fn(Shared) -> F)
where
    F: Future<Output = Result<(), Failure>>,
{
    let (interval, from) = (context.settings.outward.interval, context.settings.outward.reminders_from);
    let mut done: Option<Date> = None;
    loop {
        let now = context.clock().stamp();
        if done != Some(now.date()) && now.second_of_day() >= from {
            match run(context.clone()).await {
                Ok(()) => done = Some(now.date()),
                Err(failure) => tracing::warn!(?failure, "sending {what}"),
            }
        }
        tokio::time::sleep(interval).await;
    }
}
