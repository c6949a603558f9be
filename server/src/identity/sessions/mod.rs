//! 会话与登录: a session is a random token, stored as its hash, with an idle and an absolute end. Failed sign-ins are counted
//! per account and network and lock it for a while.

pub mod places;
mod rows;

use crate::context::{Context, Shared};
use crate::identity::accounts::{self, Account};
use crate::identity::departments;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use places::Place;
use shared::api::accounts::AccountState;
use shared::api::problem::{Problem, code};
use shared::api::session::{Me, ReadMe, SignIn, SignOut};
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

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

/// The person behind a token, and the Unix second until which the session holds without another use; a change of people
/// can end it before.
pub async fn peek_until(context: &Context, token: &str) -> Result<Option<(Actor, i64)>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let Some(session) = rows::find(context, &mut connection, token).await? else { return Ok(None) };
    let idle = i64::from(context.settings.idle_minutes) * 60;
    let absolute = i64::from(context.settings.session_hours) * 3600;
    let until = (session.seen + idle).min(session.created + absolute);
    drop(connection);
    Ok(peek(context, token).await?.map(|actor| (actor, until)))
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
    let place = places::take(&context, &visitor, account).await?;
    let mut connection = context.db.reader().acquire().await?;
    let known = accounts::find(&context, &mut connection, account).await?;
    drop(connection);
    let known = known.filter(|known| known.state == AccountState::Active);
    let hash = known.as_ref().filter(|_| place.is_some()).and_then(|known| known.hash.clone());
    let right = verify(&context, place.as_ref(), request.password, hash).await?;
    match (known, place) {
        (Some(known), Some(place)) if right => welcome(&context, &visitor, &place, known).await,
        (known, place) => {
            // What was typed as the account of nobody is often a password, and is not kept.
            let subject = known.map(|known| known.id).unwrap_or_default();
            refuse(&context, &visitor, &subject, place.is_none()).await?;
            let detail = "请核对后重试；连续输错多次将暂时锁定，15 分钟后自动解除。";
            Err(Problem::new(401, code::WRONG_PASSWORD, "账号或密码不正确", detail).into())
        }
    }
}

/// Looks at the password of a try; one that cannot be looked at gives its place back.
async fn verify(
    context: &Context,
    place: Option<&Place>,
    password: String,
    hash: Option<String>,
) -> Result<bool, Failure> {
    let outcome = context.passwords.verify(password, hash).await;
    if let (Err(_), Some(place)) = (&outcome, place) {
        place.give_back(context).await?;
    }
    outcome
}

async fn welcome(
    context: &Context,
    visitor: &Visitor,
    place: &Place,
    known: Account,
) -> Result<(Me, SessionChange), Failure> {
    let Some(actor) = known.actor(context) else {
        let detail = "账号尚未授予岗位，请联系安全管理员。";
        return Err(Problem::new(403, code::REFUSED, "暂不能登录", detail).into());
    };
    let token = token::fresh()?;
    let now = context.clock().seconds();
    let mut write = context.db.write("session").await?;
    place.clear(write.connection()).await?;
    // Every sign-in makes a new token and ends the session that the visitor brought along.
    if let Some(old) = &visitor.token {
        rows::delete(write.connection(), old).await?;
    }
    let oldest = now - i64::from(context.settings.session_hours) * 3600;
    rows::delete_expired(write.connection(), oldest).await?;
    rows::insert(context, write.connection(), &token, actor.account.as_str(), visitor).await?;
    let me = describe(context, write.connection(), actor.clone()).await?;
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "session.sign_in", actor.account.as_str());
    write.commit(entry.detail(visitor.client.address.to_string())).await?;
    Ok((me, SessionChange::Start(token)))
}

/// Records a failed sign-in in the audit trail.
async fn refuse(context: &Context, visitor: &Visitor, subject: &str, locked: bool) -> Result<(), Failure> {
    let write = context.db.write("session").await?;
    let address = visitor.client.address;
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: "",
        name: "",
        role: "",
        act: "session.refused".into(),
        subject,
        detail: if locked { format!("{address} locked") } else { address.to_string() },
    };
    write.commit(entry).await
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
