//! 发送: looks for rows that are due, leases each, sends it and records what became of it.

use super::OutwardNotice;
use super::mail::Mailer;
use super::rows::{self, OutboxRow, Tried};
use super::webhook::Poster;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use shared::api::outward::Channel;
use shared::policy::outbox::backoff_minutes;
use tokio::task::JoinHandle;

/// Seconds a row belongs to the sender that leased it.
const LEASE_SECONDS: i64 = 60;
/// Longest stored answer, in characters.
const LONGEST_ANSWER: usize = 200;

/// What the other side did with a message.
pub enum Delivery {
    Accepted(String),
    /// Tried again later; not before so many seconds, where it says.
    Later(String, Option<i64>),
    /// Never to be accepted as it is.
    Refused(String),
}

struct Senders {
    mail: Option<Mailer>,
    webhook: Option<Poster>,
}

/// Sends for as long as the server runs; `None` where no channel is set up.
///
/// # Errors
/// A channel whose settings cannot be used.
pub fn start(context: Shared) -> anyhow::Result<Option<JoinHandle<()>>> {
    let settings = &context.settings.outward;
    let senders = Senders {
        mail: settings.mail.as_ref().map(Mailer::new).transpose()?,
        webhook: settings
            .webhook
            .as_ref()
            .map(|webhook| Poster::new(webhook, settings.timeout))
            .transpose()?,
    };
    if senders.mail.is_none() && senders.webhook.is_none() {
        return Ok(None);
    }
    let interval = settings.interval;
    Ok(Some(tokio::spawn(async move {
        loop {
            match round(&context, &senders).await {
                // What is left waits for its turn behind what was sent.
                Ok(sent) if sent > 0 => {}
                Ok(_) => tokio::time::sleep(interval).await,
                Err(failure) => {
                    tracing::warn!(?failure, "sending notices");
                    tokio::time::sleep(interval).await;
                }
            }
        }
    })))
}

/// Sends what is due; how many rows were tried.
async fn round(context: &Context, senders: &Senders) -> Result<usize, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let due = rows::due(context, &mut connection, context.clock().seconds()).await?;
    drop(connection);
    let mut tried = 0;
    for row in due {
        let until = context.clock().seconds() + LEASE_SECONDS;
        let mut write = context.db.write(&lock(context)).await?;
        let payload = rows::lease(context, write.connection(), &row, until).await?;
        write.commit_unaudited().await?;
        if let Some(payload) = payload {
            let delivery = deliver(senders, &row, &payload).await;
            record(context, &row, &delivery).await?;
            tried += 1;
        }
    }
    Ok(tried)
}

fn lock(context: &Context) -> String {
    format!("outbox {}", context.tenant())
}

async fn deliver(senders: &Senders, row: &OutboxRow, payload: &str) -> Delivery {
    let notice: OutwardNotice = match serde_json::from_str(payload) {
        Ok(notice) => notice,
        Err(error) => return Delivery::Refused(error.to_string()),
    };
    let channel = Channel::ALL.into_iter().find(|known| known.word() == row.channel);
    match (channel, &senders.mail, &senders.webhook) {
        (Some(Channel::Mail), Some(mailer), _) => mailer.send(&row.key, &notice).await,
        (Some(Channel::Webhook), _, Some(poster)) => poster.send(&row.key, &notice).await,
        _ => Delivery::Later("这个渠道没有启用".to_string(), None),
    }
}

async fn record(context: &Context, row: &OutboxRow, delivery: &Delivery) -> Result<(), Failure> {
    let now = context.clock().seconds();
    let attempts = row.attempts + 1;
    let failed = usize::try_from(attempts).unwrap_or(usize::MAX);
    let backoff = backoff_minutes(failed).map(|minutes| i64::from(minutes) * 60);
    let (state, next_at, sent_at, answer) = match (delivery, backoff) {
        (Delivery::Accepted(answer), _) => ("sent", now, Some(now), answer),
        (Delivery::Later(answer, wait), Some(backoff)) => {
            ("pending", now + wait.unwrap_or(0).max(backoff), None, answer)
        }
        (Delivery::Later(answer, _), None) | (Delivery::Refused(answer), _) => ("dead", now, None, answer),
    };
    let answer: String = answer.chars().filter(|c| !c.is_control()).take(LONGEST_ANSWER).collect();
    let tried = Tried { state, attempts, next_at, sent_at, answer: &answer };
    let mut write = context.db.write(&lock(context)).await?;
    rows::record(context, write.connection(), &row.key, &tried).await?;
    write.commit_unaudited().await
}
