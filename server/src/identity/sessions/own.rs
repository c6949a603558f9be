//! 账号设置: what everybody does with their own account: change the password, see and end one's sessions.

use super::{places, rows, verify};
use crate::context::{Context, Shared};
use crate::identity::accounts::{self, Account, posts};
use crate::identity::choice;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use shared::api::posts::SwitchPost;
use shared::api::session::{ChangePassword, EndSessions, ListSessions, Me, SessionLine, Sessions};
use shared::kernel::ids::OpId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;

/// `POST /api/me/password`: a wrong current password counts as a failed sign-in; the new one ends every other session.
pub async fn change_password(
    context: Shared,
    visitor: Visitor,
    request: ChangePassword,
) -> Result<((), SessionChange), Failure> {
    let (actor, own) = owner(&context, &visitor).await?;
    let known = require_password(&context, &visitor, &actor, request.current).await?;
    choice::require_fit(&context, &known, &request.password).await?;
    let hash = context.passwords.hash(request.password).await?;
    let token = token::fresh()?;
    let mut write = context.db.write(&accounts::lock(&context)).await?;
    // Changed or reset meanwhile, the password that was right is right no more.
    let still = accounts::find(&context, write.connection(), &known.id).await?;
    if still.is_none_or(|still| still.hash != known.hash || still.state != known.state) {
        return Err(Failure::sign_in());
    }
    accounts::set_password(&context, write.connection(), &known.id, &hash).await?;
    let open = rows::of_account(&context, write.connection(), &known.id).await?;
    let before = open.into_iter().find(|session| session.token_hash == own);
    let (post, sso) = before.map_or((None, None), |session| (session.post, session.sso));
    rows::delete_all(&context, write.connection(), &known.id).await?;
    rows::insert(&context, write.connection(), &token, &known.id, &visitor, sso.as_deref()).await?;
    if post.is_some() {
        rows::switch(write.connection(), &token::hashed(&token), post.as_deref()).await?;
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.password", &known.id);
    write.commit(entry.detail(visitor.client.address.to_string())).await?;
    Ok(((), SessionChange::Start(token)))
}

/// The account, once its owner has given its password; a wrong one counts as a failed sign-in.
pub(super) async fn require_password(
    context: &Context,
    visitor: &Visitor,
    actor: &Actor,
    password: String,
) -> Result<Account, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let known = accounts::find(context, &mut connection, actor.account.as_str()).await?;
    drop(connection);
    let known: Account = known.ok_or_else(Failure::sign_in)?;
    let place = places::take(context, visitor, &known.id).await?;
    let hash = known.hash.clone().filter(|_| place.is_some());
    let right = verify(context, place.as_ref(), password, hash).await?;
    let Some(place) = place.filter(|_| right) else {
        let message = "现在的密码不正确，请核对；连续输错多次将暂时锁定，15 分钟后自动解除。";
        return Err(Refusal::new("ACT-24", message).into());
    };
    // What comes after it is refused for other reasons and is no wrong try.
    let mut write = context.db.write("session").await?;
    place.clear(write.connection()).await?;
    write.commit_unaudited().await?;
    Ok(known)
}

/// `GET /api/me/sessions`.
pub async fn list(
    context: Shared,
    visitor: Visitor,
    _: ListSessions,
) -> Result<(Sessions, SessionChange), Failure> {
    let (actor, own) = owner(&context, &visitor).await?;
    let mut connection = context.db.reader().acquire().await?;
    let rows = rows::of_account(&context, &mut connection, actor.account.as_str()).await?;
    let now = context.clock().seconds();
    let line = |row: rows::SessionRow| SessionLine {
        is_this: row.token_hash == own,
        session: row.public_id(),
        browser: row.browser,
        network: row.network,
        since: row.created,
        last_use: row.seen,
    };
    let open = rows.into_iter().filter(|row| super::is_open(&context, actor.role, row, now));
    Ok((Sessions { sessions: open.map(line).collect() }, SessionChange::None))
}

/// `POST /api/me/sessions/end`.
pub async fn end(
    context: Shared,
    visitor: Visitor,
    request: EndSessions,
) -> Result<((), SessionChange), Failure> {
    let (actor, own) = owner(&context, &visitor).await?;
    let mut write = context.db.write("session").await?;
    let rows = rows::of_account(&context, write.connection(), actor.account.as_str()).await?;
    let ended = |row: &rows::SessionRow| match &request.session {
        Some(session) => row.public_id() == *session,
        None => row.token_hash != own,
    };
    let ended: Vec<rows::SessionRow> = rows.into_iter().filter(ended).collect();
    if ended.is_empty() && request.session.is_some() {
        return Err(Failure::unknown("个登录，它可能已经结束"));
    }
    for row in &ended {
        rows::delete_hashed(write.connection(), &row.token_hash).await?;
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "session.end", actor.account.as_str());
    write.commit(entry.detail(ended.len().to_string())).await?;
    Ok(((), SessionChange::None))
}

/// `POST /api/me/post`: no new sign-in; what is typed and not delivered stays on the device.
pub async fn switch(
    context: Shared,
    visitor: Visitor,
    request: SwitchPost,
) -> Result<(Me, SessionChange), Failure> {
    let (actor, own) = owner(&context, &visitor).await?;
    let mut write = context.db.write("session").await?;
    let known = accounts::find(&context, write.connection(), actor.account.as_str()).await?;
    let known: Account = known.ok_or_else(Failure::sign_in)?;
    let acting = match &request.post {
        Some(post) => {
            let held = posts::current(&context, write.connection(), &known.id, post.as_str()).await?;
            let over = || Refusal::new("ACT-14", "这个岗位不是您的，或已经终止；请刷新页面查看现有岗位。");
            known.actor_in(&context, &held.ok_or_else(over)?)
        }
        None => known.actor(&context),
    };
    let acting = acting.ok_or_else(Failure::sign_in)?;
    rows::switch(write.connection(), &own, request.post.as_ref().map(OpId::as_str)).await?;
    let me = super::describe(&context, write.connection(), acting.clone()).await?;
    let entry = AuditRecord::by(&acting, context.clock().stamp(), "session.switch", &known.id);
    let from = format!("{} → {}", actor.role.word(), acting.role.word());
    write.commit(entry.detail(from)).await?;
    Ok((me, SessionChange::None))
}

/// Whose session the visitor has, and the hash of its token.
pub(super) async fn owner(context: &Shared, visitor: &Visitor) -> Result<(Actor, String), Failure> {
    let token = visitor.token.as_deref().ok_or_else(Failure::sign_in)?;
    let actor = super::peek(context, token).await?.ok_or_else(Failure::sign_in)?;
    Ok((actor, token::hashed(token)))
}
