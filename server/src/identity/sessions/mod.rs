//! 会话与登录: a session is a random token, stored as its hash, with an idle and an absolute end. Failed sign-ins are counted
//! per account and network and lock it for a while.

mod rows;

use crate::context::{Context, Shared};
use crate::identity::accounts::{self, Account};
use crate::identity::departments;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use shared::api::accounts::AccountState;
use shared::api::problem::{Problem, code};
use shared::api::session::{Me, ReadMe, SignIn, SignOut};
use shared::kernel::hash::digest;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;
use std::net::IpAddr;

/// Wrong passwords in a row before a lock, and how long the count and the lock last, in seconds.
const FAILURES: i64 = 5;
const LOCK: i64 = 15 * 60;
/// Seconds between two records of a session's last use, so that reading requests do not write.
const TOUCH: i64 = 60;

/// The person behind a token; counts as use of the session. `None` when it is over.
pub async fn actor(context: &Context, token: &str) -> Result<Option<Actor>, Failure> {
    let Some((actor, seen)) = find(context, token).await? else { return Ok(None) };
    let now = context.clock().seconds();
    if now - seen >= TOUCH {
        let mut write = context.db.write("session").await?;
        rows::touch(write.connection(), token, now).await?;
        write.commit_unaudited().await?;
    }
    Ok(Some(actor))
}

/// The person behind a token; does not count as use, so that an open stream keeps nobody signed in.
pub async fn peek(context: &Context, token: &str) -> Result<Option<Actor>, Failure> {
    Ok(find(context, token).await?.map(|(actor, _)| actor))
}

async fn find(context: &Context, token: &str) -> Result<Option<(Actor, i64)>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let Some(session) = rows::find(context, &mut connection, token).await? else { return Ok(None) };
    let now = context.clock().seconds();
    let idle = i64::from(context.settings.idle_minutes) * 60;
    let absolute = i64::from(context.settings.session_hours) * 3600;
    if now - session.seen > idle || now - session.created > absolute {
        return Ok(None);
    }
    // Role and state are read every time, so that a change takes effect at once in open sessions.
    let account = accounts::find(context, &mut connection, &session.account).await?;
    Ok(account.and_then(|account| account.actor(context)).map(|actor| (actor, session.seen)))
}

/// `POST /api/session`. An unknown account, a wrong password and a lock get the same reply after the same work.
pub async fn sign_in(
    context: Shared,
    visitor: Visitor,
    request: SignIn,
) -> Result<(Me, SessionChange), Failure> {
    let account = request.account.trim();
    let subject = digest(&["sign-in", context.tenant(), account, &network(visitor.address)]);
    let mut connection = context.db.reader().acquire().await?;
    let known = accounts::find(&context, &mut connection, account).await?;
    let locked_until = rows::locked_until(&mut connection, &subject).await?;
    let locked = locked_until.is_some_and(|until| until > context.clock().seconds());
    drop(connection);
    let hash =
        known.as_ref().filter(|k| k.state == AccountState::Active && !locked).and_then(|k| k.hash.clone());
    let right = context.passwords.verify(request.password, hash).await?;
    match known.filter(|_| right) {
        Some(known) => welcome(&context, &visitor, &subject, known).await,
        None => {
            refuse(&context, &subject, account, locked).await?;
            let detail = "请核对后重试；连续输错多次将暂时锁定，15 分钟后自动解除。";
            Err(Problem::new(401, code::WRONG_PASSWORD, "账号或密码不正确", detail).into())
        }
    }
}

async fn welcome(
    context: &Context,
    visitor: &Visitor,
    subject: &str,
    known: Account,
) -> Result<(Me, SessionChange), Failure> {
    let Some(actor) = known.actor(context) else {
        let detail = "账号尚未授予岗位，请联系安全管理员。";
        return Err(Problem::new(403, code::REFUSED, "暂不能登录", detail).into());
    };
    let token = token::fresh()?;
    let now = context.clock().seconds();
    let mut write = context.db.write("session").await?;
    rows::clear_failures(write.connection(), subject).await?;
    // Every sign-in makes a new token and ends the session that the visitor brought along.
    if let Some(old) = &visitor.token {
        rows::delete(write.connection(), old).await?;
    }
    let oldest = now - i64::from(context.settings.session_hours) * 3600;
    rows::delete_expired(write.connection(), oldest).await?;
    rows::insert(context, write.connection(), &token, actor.account.as_str(), now).await?;
    let me = describe(context, write.connection(), actor.clone()).await?;
    write
        .commit(AuditRecord::by(&actor, context.clock().stamp(), "session.sign_in", actor.account.as_str()))
        .await?;
    Ok((me, SessionChange::Start(token)))
}

/// Counts a failed sign-in and records it in the audit trail.
async fn refuse(context: &Context, subject: &str, account: &str, locked: bool) -> Result<(), Failure> {
    let now = context.clock().seconds();
    let mut write = context.db.write("session").await?;
    if !locked {
        rows::count_failure(write.connection(), subject, now, now - LOCK).await?;
        rows::lock_after(write.connection(), subject, FAILURES, now + LOCK).await?;
    }
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: "",
        name: "",
        role: "",
        act: "session.refused".into(),
        subject: account,
        detail: if locked { "locked".into() } else { String::new() },
    };
    write.commit(entry).await
}

/// The network of an address, because an office has many: /24 of IPv4, /64 of IPv6.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[..3].iter().map(u8::to_string).collect::<Vec<_>>().join("."),
        IpAddr::V6(v6) => v6.segments()[..4].iter().map(|s| format!("{s:x}")).collect::<Vec<_>>().join(":"),
    }
}

/// `POST /api/session/end`.
pub async fn sign_out(context: Shared, visitor: Visitor, _: SignOut) -> Result<((), SessionChange), Failure> {
    let Some(token) = visitor.token else { return Ok(((), SessionChange::End)) };
    let Some(actor) = peek(&context, &token).await? else { return Ok(((), SessionChange::End)) };
    let mut write = context.db.write("session").await?;
    rows::delete(write.connection(), &token).await?;
    write
        .commit(AuditRecord::by(&actor, context.clock().stamp(), "session.sign_out", actor.account.as_str()))
        .await?;
    Ok(((), SessionChange::End))
}

/// `GET /api/me`.
pub async fn me(context: Shared, actor: Actor, _: ReadMe) -> Result<Me, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    describe(&context, &mut connection, actor).await
}

async fn describe(context: &Context, connection: &mut AnyConnection, actor: Actor) -> Result<Me, Failure> {
    let department_name = match &actor.department {
        Some(department) => departments::name(context, connection, department).await?,
        None => None,
    };
    Ok(Me {
        actor,
        department_name,
        today: context.clock().today(),
        demo: context.settings.demo,
        idle_minutes: context.settings.idle_minutes,
    })
}

/// Ends every session of an account.
pub async fn end_all(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<(), Failure> {
    rows::delete_all(context, connection, account).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_counts_as_one_address() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("10.1.2.3"), of("10.1.2.250"));
        assert_eq!(of("::ffff:10.1.2.3"), of("10.1.2.3"));
        assert_ne!(of("10.1.3.3"), of("10.1.2.3"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
    }
}
