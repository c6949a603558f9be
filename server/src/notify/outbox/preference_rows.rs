//! 通知偏好: the table `notice_preferences`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::api::outward::Channel;
use shared::policy::notices::{Manner, Topic};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// Account, channel and topic, by their words, with the manner.
pub type Preferences = BTreeMap<(String, String, String), Manner>;

/// What people have chosen; what is not listed leaves at once.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Preferences, Failure> {
    let rows: Vec<(String, String, String, String)> =
        sqlx::query_as("select account, channel, topic, manner from notice_preferences where tenant = $1")
            .bind(context.tenant())
            .fetch_all(connection)
            .await?;
    let read = |(account, channel, topic, word): (String, String, String, String)| {
        let manner = Manner::ALL.into_iter().find(|manner| manner.word() == word)?;
        Some(((account, channel, topic), manner))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

pub fn manner(preferences: &Preferences, account: &str, channel: Channel, topic: Topic) -> Manner {
    let key = (account.to_string(), channel.word().to_string(), topic.word().to_string());
    preferences.get(&key).copied().unwrap_or(Manner::AtOnce)
}

pub async fn set(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    (channel, topic, manner): (Channel, Topic, Manner),
) -> Result<(), Failure> {
    sqlx::query(
        "insert into notice_preferences (tenant, account, channel, topic, manner) values ($1, $2, $3, $4, $5) \
         on conflict (tenant, account, channel, topic) do update set manner = excluded.manner",
    )
    .bind(context.tenant())
    .bind(account)
    .bind(channel.word())
    .bind(topic.word())
    .bind(manner.word())
    .execute(connection)
    .await?;
    Ok(())
}
