//! 待发: what leaves of notices and reminders, as each person prefers it: at once, in the digest of the next working day,
//! or not at all. Written in the transaction of the event.

use super::rows::{self, Contact, NewOutboxRow};
use super::{OutwardItem, OutwardNotice, digest, preference_rows};
use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::api::outward::Channel;
use shared::cases::kernel::notification::NotificationKind;
use shared::kernel::calendar::Date;
use shared::policy::notices::{Manner, Topic, manner_of};
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A notice that was stored: of which account, by its number, about what.
pub struct StoredNotice<'n> {
    pub account: &'n str,
    pub number: i64,
    pub about: &'n str,
    pub case: &'n str,
    pub kind: &'n NotificationKind,
}

/// A reminder of the calendar: the same key, the same reminder.
pub struct OutwardReminder {
    pub account: String,
    pub key: String,
    pub about: String,
    /// The day it reminds of.
    pub due: Date,
}

/// A mail of the day to somebody whose office asks for it, whatever they prefer of notices: the same key, the same mail.
pub struct MailOfDay {
    pub account: String,
    pub key: String,
    pub title: String,
    /// The page it is read on.
    pub path: &'static str,
    pub items: Vec<String>,
}

/// Something that leaves by one channel, before its owner's preference is asked.
struct Outgoing<'a> {
    account: &'a str,
    /// Unique per account: `n12`, `window.2024.14`.
    id: String,
    number: i64,
    case: &'a str,
    topic: Topic,
    about: &'a str,
    due: Option<Date>,
}

/// Writes what is to leave of these notices, in the transaction that stored them.
pub async fn notices(
    context: &Context,
    connection: &mut AnyConnection,
    notices: &[StoredNotice<'_>],
) -> Result<(), Failure> {
    if notices.is_empty() || !leaves(context) {
        return Ok(());
    }
    let moved = notices.iter().filter(|notice| notice.kind.is_a_step()).map(|notice| notice.case);
    let moved: BTreeSet<&str> = moved.collect();
    if context.settings.outward.closes_tasks() {
        close_tasks(context, &mut *connection, &moved).await?;
    }
    let outgoing = notices.iter().map(|notice| Outgoing {
        account: notice.account,
        id: format!("n{}", notice.number),
        number: notice.number,
        case: notice.case,
        topic: notice.kind.topic(),
        about: notice.about,
        due: None,
    });
    let outgoing: Vec<Outgoing<'_>> = outgoing.collect();
    enqueue(context, connection, &outgoing).await
}

/// Writes what is to leave of the day's reminders; those that were written before stay as they are.
pub async fn reminders(
    context: &Context,
    connection: &mut AnyConnection,
    reminders: &[OutwardReminder],
) -> Result<(), Failure> {
    if reminders.is_empty() || !leaves(context) {
        return Ok(());
    }
    let outgoing = reminders.iter().map(|reminder| Outgoing {
        account: &reminder.account,
        id: reminder.key.clone(),
        number: 0,
        case: "",
        topic: Topic::Deadline,
        about: &reminder.about,
        due: Some(reminder.due),
    });
    let outgoing: Vec<Outgoing<'_>> = outgoing.collect();
    enqueue(context, connection, &outgoing).await
}

/// Writes the mails of the day to those who have an address; those that were written before stay as they are.
pub async fn mails_of_day(
    context: &Context,
    connection: &mut AnyConnection,
    mails: &[MailOfDay],
) -> Result<(), Failure> {
    let contacts = rows::contacts(context, &mut *connection).await?;
    let mut new = Vec::new();
    for mail in mails {
        let contact = contacts.get(&mail.account).filter(|contact| contact.mail.is_some());
        let Some(contact) = contact.filter(|_| leaves(context)) else { continue };
        let link = format!("{}{}", super::site(context), mail.path);
        let item = |title: &String| OutwardItem { title: title.clone(), link: link.clone() };
        let notice = OutwardNotice {
            title: mail.title.clone(),
            items: mail.items.iter().map(item).collect(),
            total: mail.items.len(),
            link: link.clone(),
            ..OutwardNotice::to(contact)
        };
        new.push(NewOutboxRow {
            key: format!("{}:{}:{}", Channel::Mail.word(), mail.account, mail.key),
            channel: Channel::Mail,
            account: mail.account.clone(),
            notice: 0,
            case: String::new(),
            topic: "",
            payload: serde_json::to_string(&notice)?,
            state: "pending",
            next_at: 0,
        });
    }
    rows::insert(context, connection, &new).await.map(drop)
}

/// Whether anything leaves at all.
fn leaves(context: &Context) -> bool {
    !context.settings.outward.channels().is_empty() && !context.is_staging()
}

async fn enqueue(
    context: &Context,
    connection: &mut AnyConnection,
    outgoing: &[Outgoing<'_>],
) -> Result<(), Failure> {
    let contacts = rows::contacts(context, &mut *connection).await?;
    let preferences = preference_rows::all(context, &mut *connection).await?;
    let today = context.clock().today();
    let mut at_once = Vec::new();
    let mut digested: BTreeMap<(Channel, &str), Vec<NewOutboxRow>> = BTreeMap::new();
    for one in outgoing {
        let Some(contact) = contacts.get(one.account) else { continue };
        for channel in context.settings.outward.channels() {
            if channel == Channel::Mail && contact.mail.is_none() {
                continue;
            }
            // A task that nothing closes would stay in the office system for ever.
            let is_for_tasks = channel == Channel::Webhook && context.settings.outward.closes_tasks();
            if is_for_tasks && !one.topic.is_to_be_done() {
                continue;
            }
            let preferred = preference_rows::manner(&preferences, one.account, channel, one.topic);
            let row = row(context, one, channel, contact)?;
            match manner_of(preferred, one.topic, one.due == Some(today)) {
                Manner::AtOnce => at_once.push(row),
                Manner::Digest => digested.entry((channel, one.account)).or_default().push(row),
                Manner::Off => {}
            }
        }
    }
    rows::insert(context, &mut *connection, &at_once).await?;
    for ((channel, account), rows) in digested {
        let Some(contact) = contacts.get(account) else { continue };
        digest::add(context, &mut *connection, channel, contact, rows).await?;
    }
    Ok(())
}

fn row(
    context: &Context,
    one: &Outgoing<'_>,
    channel: Channel,
    contact: &Contact,
) -> Result<NewOutboxRow, Failure> {
    let site = super::site(context);
    let link = match one.case {
        "" => format!("{site}/"),
        case => format!("{site}/cases/{}", shared::api::escaped(case)),
    };
    let notice = OutwardNotice {
        title: format!("{}：{}", one.topic.label(), one.about),
        link,
        deadline: one.due.map(|due| due.to_string()),
        ..OutwardNotice::to(contact)
    };
    Ok(NewOutboxRow {
        key: format!("{}:{}:{}", channel.word(), one.account, one.id),
        channel,
        account: one.account.to_string(),
        notice: one.number,
        case: one.case.to_string(),
        topic: one.topic.word(),
        payload: serde_json::to_string(&notice)?,
        state: "pending",
        next_at: 0,
    })
}

/// 办结: the tasks of these cases that the office system holds are closed under the keys they were created under.
async fn close_tasks(
    context: &Context,
    connection: &mut AnyConnection,
    cases: &BTreeSet<&str>,
) -> Result<(), Failure> {
    let mut closing = Vec::new();
    for case in cases {
        for open in rows::open_tasks(context, &mut *connection, case).await? {
            let created: OutwardNotice = serde_json::from_str(&open.payload)?;
            closing.push(NewOutboxRow {
                key: format!("{}:done", open.key),
                channel: Channel::Webhook,
                account: open.account,
                notice: open.notice,
                case: (*case).to_string(),
                topic: "",
                payload: serde_json::to_string(&OutwardNotice { closes: Some(open.key), ..created })?,
                state: "pending",
                next_at: 0,
            });
        }
    }
    rows::insert(context, connection, &closing).await.map(drop)
}
