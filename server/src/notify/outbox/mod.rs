//! 对外发送: notices that also leave by mail or to an office system. A row per notice and channel is written in the
//! transaction of the event; senders lease rows, send and confirm. After a crash between sending and confirming the same
//! key may arrive again, by which the receiver knows it.

mod mail;
mod rows;
pub mod sender;
mod webhook;

pub use mail::MailSettings;
pub use webhook::{WebhookSettings, WebhookTemplate};

use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use rows::NewOutboxRow;
use serde::{Deserialize, Serialize};
use shared::api::outward::{
    Channel, ChannelLine, Channels, ReadChannels, ReadUndelivered, SendAgain, SetChannel, Undelivered,
    UndeliveredLine,
};
use shared::kernel::people::Actor;
use sqlx::AnyConnection;
use std::time::Duration;

/// Rows of the list of what could not be delivered.
const MOST_DEAD: i64 = 200;

/// By which channels notices leave.
#[derive(Clone, Debug)]
pub struct OutwardSettings {
    pub mail: Option<MailSettings>,
    pub webhook: Option<WebhookSettings>,
    /// How often the senders look for rows.
    pub interval: Duration,
}

impl Default for OutwardSettings {
    fn default() -> OutwardSettings {
        OutwardSettings { mail: None, webhook: None, interval: Duration::from_secs(2) }
    }
}

impl OutwardSettings {
    fn channels(&self) -> Vec<Channel> {
        let mail = self.mail.as_ref().map(|_| Channel::Mail);
        mail.into_iter().chain(self.webhook.as_ref().map(|_| Channel::Webhook)).collect()
    }
}

/// What leaves of a notice: whose it is, what it is about, where it is read. No amounts and nothing that was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct OutwardNotice {
    title: String,
    link: String,
    /// 人员编号 and 姓名 of the receiver.
    person: String,
    name: String,
    mail: Option<String>,
}

/// A notice that was stored: of which account, by its number, about what.
pub struct StoredNotice<'n> {
    pub account: &'n str,
    pub number: i64,
    pub about: &'n str,
    pub case: &'n str,
}

/// Writes what is to leave of these notices, in the transaction that stored them.
pub async fn enqueue(
    context: &Context,
    connection: &mut AnyConnection,
    notices: &[StoredNotice<'_>],
) -> Result<(), Failure> {
    let channels = context.settings.outward.channels();
    if channels.is_empty() || notices.is_empty() || context.is_staging() {
        return Ok(());
    }
    let contacts = rows::contacts(context, &mut *connection).await?;
    let muted = rows::muted(context, &mut *connection).await?;
    let site = context.settings.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
    let mut new = Vec::new();
    for notice in notices {
        let Some((person, name, mail)) = contacts.get(notice.account) else { continue };
        for channel in &channels {
            let is_muted = muted.contains(&(notice.account.to_string(), channel.word().to_string()));
            if is_muted || (*channel == Channel::Mail && mail.is_none()) {
                continue;
            }
            let payload = OutwardNotice {
                title: notice.about.to_string(),
                link: format!("{site}/cases/{}", shared::api::escaped(notice.case)),
                person: person.clone(),
                name: name.clone(),
                mail: mail.clone(),
            };
            new.push(NewOutboxRow {
                key: format!("{}:{}:n{}", channel.word(), notice.account, notice.number),
                channel: *channel,
                account: notice.account.to_string(),
                notice: notice.number,
                payload: serde_json::to_string(&payload)?,
            });
        }
    }
    rows::insert(context, connection, &new).await
}

/// `GET /api/me/channels`.
pub async fn channels(context: Shared, actor: Actor, _: ReadChannels) -> Result<Channels, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let muted = rows::muted(&context, &mut connection).await?;
    let contacts = rows::contacts(&context, &mut connection).await?;
    let line = |channel: Channel| ChannelLine {
        channel,
        is_on: !muted.contains(&(actor.account.to_string(), channel.word().to_string())),
    };
    let channels = context.settings.outward.channels().into_iter().map(line).collect();
    let mail = contacts.get(actor.account.as_str()).and_then(|(_, _, mail)| mail.clone());
    Ok(Channels { channels, mail })
}

/// `POST /api/me/channels`.
pub async fn set_channel(context: Shared, actor: Actor, request: SetChannel) -> Result<(), Failure> {
    let account = actor.account.as_str();
    let mut write = context.db.write(&format!("channels {} {account}", context.tenant())).await?;
    rows::mute(&context, write.connection(), account, request.channel, request.is_on).await?;
    write.commit_unaudited().await
}

/// `GET /api/outbox`.
pub async fn undelivered(context: Shared, _: Actor, _: ReadUndelivered) -> Result<Undelivered, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let dead = rows::dead(&context, &mut connection, MOST_DEAD).await?;
    let waiting = rows::waiting(&context, &mut connection).await?;
    let line = |(key, channel, account, attempts, answer): (String, String, String, i64, String)| {
        let channel = Channel::ALL.into_iter().find(|known| known.word() == channel)?;
        let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
        Some(UndeliveredLine { key, channel, account, attempts, answer })
    };
    Ok(Undelivered {
        rows: dead.into_iter().filter_map(line).collect(),
        waiting: u64::try_from(waiting).unwrap_or(0),
    })
}

/// `POST /api/outbox`.
pub async fn send_again(context: Shared, actor: Actor, request: SendAgain) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("outbox {}", context.tenant())).await?;
    if !rows::revive(&context, write.connection(), &request.key).await? {
        return Err(Failure::unknown("条未送达的通知，它可能已经重发"));
    }
    write.commit(AuditRecord::by(&actor, context.clock().stamp(), "notice.send_again", &request.key)).await
}
