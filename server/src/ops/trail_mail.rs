//! 审计日报: once a day the audit administrators get the head of the trail and what has to be looked at by mail, so that both
//! are also where whoever changes the database cannot reach them.

use crate::context::{Context, Shared};
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::notify::outbox::each_day;
use crate::notify::outbox::enqueue::{self, MailOfDay};
use crate::ops::alerts;
use crate::store::logs;
use shared::kernel::people::Role;
use shared::policy::art16_trail::ChainHead;
use tokio::task::JoinHandle;

/// Sends for as long as the server runs; `None` where no mail is set up.
pub fn start(context: Shared) -> Option<JoinHandle<()>> {
    context.settings.outward.mail.as_ref()?;
    Some(tokio::spawn(each_day(context, "the mail of the trail", run)))
}

async fn run(context: Shared) -> Result<(), Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let mut readers = Vec::new();
    for account in accounts::all(&context, &mut connection).await? {
        let further = account.posts.iter().filter_map(|post| account.actor_in(&context, post));
        let mut posts = account.actor(&context).into_iter().chain(further);
        if posts.any(|actor| actor.role == Role::AuditAdministrator) {
            readers.push(account.id.clone());
        }
    }
    let (head, alerts) =
        (head(&context, &mut connection).await?, alerts::of(&context, &mut connection).await?);
    drop(connection);
    let day = context.clock().today();
    let title = match alerts.len() {
        0 => format!("{day} 审计日报，没有告警"),
        some => format!("{day} 审计日报，告警 {some} 项"),
    };
    let head =
        format!("链头 {} 第 {} 条 {}，{}，校验码 {}", head.log, head.seq, head.link, head.at, head.mac);
    let items: Vec<String> = [head].into_iter().chain(alerts.into_iter().map(|alert| alert.text)).collect();
    let mail = |account: String| MailOfDay {
        account,
        key: format!("trail.{day}"),
        title: title.clone(),
        path: "/audit",
        items: items.clone(),
    };
    let mails: Vec<MailOfDay> = readers.into_iter().map(mail).collect();
    let mut write = context.db.write(&format!("trail mail {}", context.tenant())).await?;
    enqueue::mails_of_day(&context, write.connection(), &mails).await?;
    write.commit_unaudited().await
}

async fn head(context: &Context, connection: &mut sqlx::AnyConnection) -> Result<ChainHead, Failure> {
    let end = logs::AUDIT.end(connection, context.tenant(), "").await?;
    let at = context.clock().stamp().to_string();
    Ok(ChainHead::of(context.db.seal().key(), logs::AUDIT.log, end.number(), end.link(), &at))
}
