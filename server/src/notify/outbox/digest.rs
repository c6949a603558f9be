//! 每日汇总: one message per person, channel and working day, with what was put off for it. Its key is the day. It grows
//! until a sender has taken it; what comes later goes into that of the next working day.

use super::rows::{self, Contact, NewOutboxRow};
use super::{OutwardItem, OutwardNotice};
use crate::context::Context;
use crate::kernel::failure::Failure;
use anyhow::Context as _;
use shared::api::outward::Channel;
use shared::policy::notices::{DIGEST_SECOND, next_digest};
use sqlx::AnyConnection;

/// Most notices a digest lists; of the others it says how many.
const MOST_ITEMS: usize = 50;
/// Digests of so many days are looked at for one that has not left.
const MOST_DAYS: usize = 10;

/// Puts these rows into the next digest of their owner. Each leaves a row of its own, so that none is digested twice. The
/// caller holds the lock of the account's notices.
pub async fn add(
    context: &Context,
    connection: &mut AnyConnection,
    channel: Channel,
    contact: &Contact,
    rows: Vec<NewOutboxRow>,
) -> Result<(), Failure> {
    let mut items = Vec::new();
    for row in rows {
        let notice: OutwardNotice = serde_json::from_str(&row.payload)?;
        let digested = NewOutboxRow { state: "digested", ..row };
        if rows::insert(context, &mut *connection, &[digested]).await? == 1 {
            items.push(OutwardItem { title: notice.title, link: notice.link });
        }
    }
    if items.is_empty() {
        return Ok(());
    }
    let stamp = context.clock().stamp();
    let (mut day, mut second, mut wait) = (stamp.date(), stamp.second_of_day(), 0);
    let register = context.editions.current();
    for _ in 0..MOST_DAYS {
        let next = next_digest(register.calendar(), day, second).context("no working day is near")?;
        (day, second, wait) = (next.0, DIGEST_SECOND, wait + next.1);
        let key = format!("{}:{}:d{day}", channel.word(), contact.account);
        let found = rows::growing(context, &mut *connection, &key).await?;
        let mut digest = match &found {
            Some(payload) => serde_json::from_str(payload)?,
            None => {
                OutwardNotice { link: format!("{}/", super::site(context)), ..OutwardNotice::to(contact) }
            }
        };
        digest.total += items.len();
        digest.title = format!("{day} 通知汇总，共 {} 条", digest.total);
        let room = MOST_ITEMS.saturating_sub(digest.items.len());
        digest.items.extend(items.iter().take(room).cloned());
        let payload = serde_json::to_string(&digest)?;
        let done = match found {
            Some(_) => rows::grow(context, &mut *connection, &key, &payload).await?,
            None => {
                let row = NewOutboxRow {
                    key,
                    channel,
                    account: contact.account.clone(),
                    notice: 0,
                    case: String::new(),
                    topic: "",
                    payload,
                    state: "pending",
                    next_at: context.clock().seconds() + wait,
                };
                rows::insert(context, &mut *connection, &[row]).await? == 1
            }
        };
        if done {
            return Ok(());
        }
    }
    Err(anyhow::anyhow!("the digests of {MOST_DAYS} days have left").into())
}
