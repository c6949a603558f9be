//! 对外发送: notices that also leave by mail or to an office system. A row per notice and channel is written in the
//! transaction of the event; senders lease rows, send and confirm. After a crash between sending and confirming the same
//! key may arrive again, by which the receiver knows it.

mod daily;
mod digest;
pub mod enqueue;
mod mail;
mod preference_rows;
mod rows;
pub mod sender;
mod webhook;

pub use daily::each_day;
pub use mail::MailSettings;
pub use webhook::{WebhookSettings, WebhookTemplate};

use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use rows::Contact;
use serde::{Deserialize, Serialize};
use shared::api::outward::{
    Channel, ChannelLine, Channels, ReadChannels, ReadUndelivered, SendAgain, SetManner, TopicManner,
    Undelivered, UndeliveredLine,
};
use shared::kernel::people::Actor;
use shared::policy::notices::{Topic, may_prefer};
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
    /// Longest wait for the answer of the office system; shorter than a lease.
    pub timeout: Duration,
    /// Second of the day from which the day's reminders leave.
    pub reminders_from: u32,
}

impl Default for OutwardSettings {
    fn default() -> OutwardSettings {
        OutwardSettings {
            mail: None,
            webhook: None,
            interval: Duration::from_secs(2),
            timeout: Duration::from_secs(30),
            reminders_from: 8 * 60 * 60,
        }
    }
}

impl OutwardSettings {
    /// By what notices leave; empty where nothing is set up.
    pub fn channels(&self) -> Vec<Channel> {
        let mail = self.mail.as_ref().map(|_| Channel::Mail);
        mail.into_iter().chain(self.webhook.as_ref().map(|_| Channel::Webhook)).collect()
    }

    /// Whether the office system holds tasks that are closed once they are done.
    fn closes_tasks(&self) -> bool {
        self.webhook.as_ref().is_some_and(|webhook| webhook.template.closes_tasks())
    }
}

/// What leaves of a notice: whose it is, what it is about, where it is read. No amounts and nothing that was written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct OutwardNotice {
    title: String,
    link: String,
    /// 人员编号 and 姓名 of the receiver.
    person: String,
    name: String,
    mail: Option<String>,
    /// 期限, of a reminder.
    deadline: Option<String>,
    /// The key of the task it closes.
    closes: Option<String>,
    /// What a digest lists, and how many it is of.
    items: Vec<OutwardItem>,
    total: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct OutwardItem {
    title: String,
    link: String,
}

impl OutwardNotice {
    fn to(contact: &Contact) -> OutwardNotice {
        OutwardNotice {
            person: contact.person.clone(),
            name: contact.name.clone(),
            mail: contact.mail.clone(),
            ..OutwardNotice::default()
        }
    }
}

/// The address of the site, without a slash at its end.
fn site(context: &Context) -> &str {
    context.settings.public_url.as_deref().unwrap_or_default().trim_end_matches('/')
}

/// `GET /api/me/channels`.
pub async fn channels(context: Shared, actor: Actor, _: ReadChannels) -> Result<Channels, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let preferences = preference_rows::all(&context, &mut connection).await?;
    let contacts = rows::contacts(&context, &mut connection).await?;
    let account = actor.account.as_str();
    let line = |channel: Channel| ChannelLine {
        channel,
        manners: Topic::ALL
            .map(|topic| TopicManner {
                topic,
                manner: preference_rows::manner(&preferences, account, channel, topic),
            })
            .into(),
    };
    let channels = context.settings.outward.channels().into_iter().map(line).collect();
    let mail = contacts.get(account).and_then(|contact| contact.mail.clone());
    Ok(Channels { channels, mail })
}

/// `POST /api/me/channels`.
pub async fn set_manner(context: Shared, actor: Actor, request: SetManner) -> Result<(), Failure> {
    may_prefer(request.topic, request.manner)?;
    let account = actor.account.as_str();
    let mut write = context.db.write(&format!("channels {} {account}", context.tenant())).await?;
    let chosen = (request.channel, request.topic, request.manner);
    preference_rows::set(&context, write.connection(), account, chosen).await?;
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
