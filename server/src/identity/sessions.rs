//! 会话与登录: a session is a random token in a cookie, stored as its hash, with an idle and an absolute end. The
//! only file that knows the tables `sessions` and `sign_in_failures`.

use crate::audit::trail::AuditRecord;
use crate::cases::request_store;
use crate::context::Context;
use crate::http::caller::{SessionChange, Visitor};
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use crate::identity::accounts::{self, Account};
use crate::identity::token;
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
/// A session's last use is written at most this often, in seconds: a request is not a write.
const TOUCH: i64 = 60;

/// The person behind a token, counting this as use; `None` when the session is over.
pub async fn actor(context: &Context, token: &str) -> Result<Option<Actor>, Failure> {
    let Some((actor, seen)) = find(context, token).await? else { return Ok(None) };
    let now = context.clock().seconds();
    if now - seen >= TOUCH {
        let mut write = context.db.write("session").await?;
        sqlx::query("update sessions set seen = $1 where token_hash = $2 and seen < $1")
            .bind(now)
            .bind(token::hashed(token))
            .execute(write.connection())
            .await?;
        write.commit_unaudited().await?;
    }
    Ok(Some(actor))
}

/// The person behind a token, without counting this as use: an open stream keeps nobody signed in.
pub async fn peek(context: &Context, token: &str) -> Result<Option<Actor>, Failure> {
    Ok(find(context, token).await?.map(|(actor, _)| actor))
}

async fn find(context: &Context, token: &str) -> Result<Option<(Actor, i64)>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let row: Option<(String, i64, i64)> =
        sqlx::query_as("select account, created, seen from sessions where token_hash = $1 and tenant = $2")
            .bind(token::hashed(token))
            .bind(context.tenant())
            .fetch_optional(&mut *connection)
            .await?;
    let Some((account, created, seen)) = row else { return Ok(None) };
    let now = context.clock().seconds();
    let idle = i64::from(context.settings.idle_minutes) * 60;
    let absolute = i64::from(context.settings.session_hours) * 3600;
    if now - seen > idle || now - created > absolute {
        return Ok(None);
    }
    // Role and state are read every time: a change holds at once, in open sessions too.
    let known = accounts::find(context, &mut connection, &account).await?;
    Ok(known.and_then(|known| known.actor(context)).map(|actor| (actor, seen)))
}

/// `POST /api/session`. One answer for an unknown account, a wrong password and a lock, after the same work.
pub async fn sign_in(
    context: Shared,
    visitor: Visitor,
    request: SignIn,
) -> Result<(Me, SessionChange), Failure> {
    let account = request.account.trim();
    let subject = digest(&["sign-in", context.tenant(), account, &network(visitor.address)]);
    let mut connection = context.db.reader().acquire().await?;
    let known = accounts::find(&context, &mut connection, account).await?;
    let locked = locked(&context, &mut connection, &subject).await?;
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
    sqlx::query("delete from sign_in_failures where subject = $1")
        .bind(subject)
        .execute(write.connection())
        .await?;
    // A new id on every sign-in; the one brought along ends, and so do all that ran out.
    let oldest = now - i64::from(context.settings.session_hours) * 3600;
    sqlx::query("delete from sessions where token_hash = $1 or created < $2")
        .bind(token::hashed(visitor.token.as_deref().unwrap_or("")))
        .bind(oldest)
        .execute(write.connection())
        .await?;
    sqlx::query(
        "insert into sessions (token_hash, tenant, account, created, seen) values ($1, $2, $3, $4, $4)",
    )
    .bind(token::hashed(&token))
    .bind(context.tenant())
    .bind(actor.account.as_str())
    .bind(now)
    .execute(write.connection())
    .await?;
    let me = describe(context, write.connection(), actor.clone()).await?;
    write
        .commit(AuditRecord::by(&actor, context.clock().stamp(), "session.sign_in", actor.account.as_str()))
        .await?;
    Ok((me, SessionChange::Start(token)))
}

/// Counts the failure, and says so in the trail.
async fn refuse(context: &Context, subject: &str, account: &str, locked: bool) -> Result<(), Failure> {
    let now = context.clock().seconds();
    let mut write = context.db.write("session").await?;
    if !locked {
        // Names nobody has are counted too; forget what is over, or the table grows with every guess.
        sqlx::query("delete from sign_in_failures where since < $1 and locked_until < $2")
            .bind(now - LOCK)
            .bind(now)
            .execute(write.connection())
            .await?;
        sqlx::query(
            "insert into sign_in_failures (subject, failures, since, locked_until) values ($1, 1, $2, 0) \
             on conflict (subject) do update set \
             failures = case when sign_in_failures.since < $3 then 1 else sign_in_failures.failures + 1 end, \
             since = case when sign_in_failures.since < $3 then $2 else sign_in_failures.since end",
        )
        .bind(subject)
        .bind(now)
        .bind(now - LOCK)
        .execute(write.connection())
        .await?;
        sqlx::query(
            "update sign_in_failures set locked_until = $1, failures = 0 where subject = $2 and failures >= $3",
        )
        .bind(now + LOCK)
        .bind(subject)
        .bind(FAILURES)
        .execute(write.connection())
        .await?;
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

async fn locked(context: &Context, connection: &mut AnyConnection, subject: &str) -> Result<bool, Failure> {
    let until: Option<i64> =
        sqlx::query_scalar("select locked_until from sign_in_failures where subject = $1")
            .bind(subject)
            .fetch_optional(connection)
            .await?;
    Ok(until.is_some_and(|until| until > context.clock().seconds()))
}

/// An office's addresses count as one: /24 of IPv4, /64 of IPv6.
fn network(address: IpAddr) -> String {
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
    sqlx::query("delete from sessions where token_hash = $1")
        .bind(token::hashed(&token))
        .execute(write.connection())
        .await?;
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
        Some(department) => request_store::department_name(context, connection, department).await?,
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
    sqlx::query("delete from sessions where tenant = $1 and account = $2")
        .bind(context.tenant())
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
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
