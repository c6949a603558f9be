//! 会话与登录: a session is a random token, stored as its hash, with an idle and an absolute end. Failed sign-ins are counted
//! per account and network and lock it for a while.

mod factor_rows;
pub mod lookups;
pub mod own;
pub mod places;
mod rows;
pub mod second_factor;

use crate::context::{Context, Shared};
use crate::identity::accounts::{self, Account, posts};
use crate::identity::departments;
use crate::identity::sso::{self, NamedAccount};
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use places::TryPlace;
use shared::api::accounts::AccountState;
use shared::api::problem::{Problem, code};
use shared::api::session::{Me, ReadMe, SignIn, SignOut, SignedOut};
use shared::api::sso::FinishSso;
use shared::kernel::people::{Actor, Role};
use sqlx::AnyConnection;

/// Seconds between two records of a session's last use, so that reading requests do not write.
const TOUCH: i64 = 60;

/// Someone behind a token.
pub struct Found {
    pub actor: Actor,
    /// The password has expired.
    pub must_change: bool,
    /// The profile requires a second factor, and there is none.
    pub must_enrol: bool,
    /// Unix second of the sign-in; 0 for one by a service outside, whose own sign-in may be of any age: a weighty act then
    /// asks for the password.
    pub since: i64,
    /// Unix second of the session's last recorded use, and the one until which it holds without another.
    seen: i64,
    until: i64,
}

/// The person behind a token; counts as use of the session. `None` when it is over.
pub async fn actor(context: &Shared, token: &str) -> Result<Option<Found>, Failure> {
    let Some(found) = find(context, token).await? else { return Ok(None) };
    let now = context.clock().seconds();
    if now - found.seen >= TOUCH {
        let mut write = context.db.write("session").await?;
        rows::touch(write.connection(), token, now).await?;
        write.commit_unaudited().await?;
    }
    Ok(Some(found))
}

/// The person behind a token; does not count as use, so that an open stream keeps nobody signed in.
pub async fn peek(context: &Shared, token: &str) -> Result<Option<Actor>, Failure> {
    Ok(find(context, token).await?.map(|found| found.actor))
}

/// The person behind a token, and the Unix second until which the session holds without another use; a change of people
/// can end it before.
pub async fn peek_until(context: &Shared, token: &str) -> Result<Option<(Actor, i64)>, Failure> {
    Ok(find(context, token).await?.map(|found| (found.actor, found.until)))
}

async fn find(context: &Shared, token: &str) -> Result<Option<Found>, Failure> {
    // Role and state are read every time, so that a change takes effect at once in open sessions.
    let Some((session, account)) = lookups::find(context, token).await? else { return Ok(None) };
    let now = context.clock().seconds();
    let acting = match &session.post {
        Some(post) => {
            let mut connection = context.db.reader().acquire().await?;
            posts::current(context, &mut connection, &account.id, post).await?
        }
        None => None,
    };
    // A post that is over gives way to that of the account.
    let actor = match &acting {
        Some(post) => account.actor_in(context, post),
        None => account.actor(context),
    };
    let actor = actor.filter(|actor| is_open(context, actor.role, &session, now));
    let must_change = must_change(context, &account, now);
    let must_enrol = context.profile().requires_second_factor() && {
        let mut connection = context.db.reader().acquire().await?;
        second_factor::is_missing(context, &mut connection, &account.id).await?
    };
    Ok(actor.map(|actor| {
        let until = ends_at(context, actor.role, &session);
        let since = if session.sso.is_some() { 0 } else { session.created };
        Found { actor, must_change, must_enrol, since, seen: session.seen, until }
    }))
}

/// Whether a session of this role has not ended by time.
fn is_open(context: &Context, role: Role, session: &rows::SessionRow, now: i64) -> bool {
    now <= ends_at(context, role, session)
}

/// Unix second until which a session of this role holds without another use.
fn ends_at(context: &Context, role: Role, session: &rows::SessionRow) -> i64 {
    let idle = i64::from(context.profile().idle_minutes(role, context.settings.idle_minutes)) * 60;
    let absolute = i64::from(context.settings.session_hours) * 3600;
    (session.seen + idle).min(session.created + absolute)
}

fn must_change(context: &Context, account: &Account, now: i64) -> bool {
    const DAY: i64 = 24 * 3600;
    account.password_changed.is_some_and(|changed| context.profile().is_expired((now - changed) / DAY))
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
        (Some(known), Some(place)) if right => {
            let proof = Proof { code: request.code.as_deref(), named: None };
            enter(&context, &visitor, &place, known, &proof).await
        }
        (known, place) => {
            // What was typed as the account of nobody is often a password, and is not stored.
            let subject = known.map(|known| known.id).unwrap_or_default();
            refuse(&context, &visitor, &subject, place.is_none()).await?;
            let detail = "请核对后重试；连续输错多次将暂时锁定，15 分钟后自动解除。";
            Err(Problem::new(401, code::WRONG_PASSWORD, "账号或密码不正确", detail).into())
        }
    }
}

/// Signs in whom a service outside has named; from here on as after the right password.
pub async fn sign_in_by_sso(
    context: &Context,
    visitor: &Visitor,
    named: &NamedAccount,
    request: FinishSso,
) -> Result<(Me, SessionChange), Failure> {
    let place = places::take(context, visitor, &named.account).await?;
    let mut connection = context.db.reader().acquire().await?;
    let known = accounts::find(context, &mut connection, &named.account).await?;
    drop(connection);
    let known = known.filter(|known| known.state == AccountState::Active);
    let is_locked = place.is_none();
    let (Some(known), Some(place)) = (known, place) else {
        refuse(context, visitor, &named.account, is_locked).await?;
        let detail = "绑定的账号已停用，或因多次输错暂时锁定（15 分钟后自动解除）；请联系系统管理员。";
        return Err(Problem::new(401, code::WRONG_PASSWORD, "暂不能登录", detail).into());
    };
    if named.needs_password {
        confirm_password(context, visitor, &place, &known, request.password).await?;
    }
    enter(context, visitor, &place, known, &Proof { code: request.code.as_deref(), named: Some(named) }).await
}

/// Only the local password shows that an account named for the first time is the person's own.
async fn confirm_password(
    context: &Context,
    visitor: &Visitor,
    place: &TryPlace,
    known: &Account,
    password: Option<String>,
) -> Result<(), Failure> {
    let Some(password) = password.filter(|password| !password.is_empty()) else {
        place.give_back(context).await?;
        let detail =
            format!("单点登录首次对应到账号 {}，请输入该账号在本系统的密码；以后不再询问。", known.id);
        return Err(Problem::new(401, code::CONFIRM_PASSWORD, "请确认账号是本人的", detail).into());
    };
    if verify(context, Some(place), password, known.hash.clone()).await? {
        return Ok(());
    }
    refuse(context, visitor, &known.id, false).await?;
    let detail = "请输入该账号在本系统的密码；连续输错多次将暂时锁定，15 分钟后自动解除。";
    Err(Problem::new(401, code::WRONG_PASSWORD, "密码不正确", detail).into())
}

/// What a sign-in shows besides the account.
struct Proof<'a> {
    /// 动态口令 or 恢复码.
    code: Option<&'a str>,
    /// Whom a service outside has named; `None` after a password.
    named: Option<&'a NamedAccount>,
}

async fn enter(
    context: &Context,
    visitor: &Visitor,
    place: &TryPlace,
    known: Account,
    proof: &Proof<'_>,
) -> Result<(Me, SessionChange), Failure> {
    let welcomed = welcome(context, visitor, place, known.clone(), proof).await;
    if let Err(failure) = &welcomed {
        missed_code(context, visitor, place, &known, failure).await?;
    }
    welcomed
}

/// Looks at the password of a try; one that cannot be looked at gives its place back.
async fn verify(
    context: &Context,
    place: Option<&TryPlace>,
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
    place: &TryPlace,
    known: Account,
    proof: &Proof<'_>,
) -> Result<(Me, SessionChange), Failure> {
    if known.actor(context).is_none() {
        let detail = "账号尚未授予岗位，请联系安全管理员。";
        return Err(Problem::new(403, code::REFUSED, "暂不能登录", detail).into());
    }
    let token = token::fresh()?;
    let now = context.clock().seconds();
    let mut write = context.db.write("session").await?;
    second_factor::require_code(context, write.connection(), &known, proof.code).await?;
    let is_linked = match proof.named {
        Some(named) => named.use_up(context, write.connection()).await?,
        None => false,
    };
    place.clear(write.connection()).await?;
    let (post, actor) = acting(context, write.connection(), visitor, &known).await?;
    let network = visitor.client.network.as_str();
    rows::remember_network(context, write.connection(), actor.account.as_str(), network).await?;
    // Every sign-in makes a new token and ends the session that the visitor brought along.
    if let Some(old) = &visitor.token {
        rows::delete(write.connection(), old).await?;
    }
    let oldest = now - i64::from(context.settings.session_hours) * 3600;
    rows::delete_expired(write.connection(), oldest).await?;
    if context.profile().has_one_session() {
        rows::delete_all(context, write.connection(), actor.account.as_str()).await?;
    }
    accounts::date_password(context, write.connection(), actor.account.as_str()).await?;
    let sso = proof.named.map(|named| named.protocol.word());
    rows::insert(context, write.connection(), &token, actor.account.as_str(), visitor, sso).await?;
    if post.is_some() {
        rows::switch(write.connection(), &token::hashed(&token), post.as_deref()).await?;
    }
    let me = describe(context, write.connection(), actor.clone()).await?;
    let act = match sso {
        Some(_) if is_linked => "session.sso_link",
        Some(_) => "session.sso",
        None => "session.sign_in",
    };
    let entry = AuditRecord::by(&actor, context.clock().stamp(), act, actor.account.as_str());
    write.commit(entry.detail(visitor.client.address.to_string())).await?;
    Ok((me, SessionChange::Start(token)))
}

/// Whom a session acts for that begins now: whoever renews their own goes on in the post they were in.
async fn acting(
    context: &Context,
    connection: &mut AnyConnection,
    visitor: &Visitor,
    known: &Account,
) -> Result<(Option<String>, Actor), Failure> {
    let before = match &visitor.token {
        Some(token) => rows::find(context, &mut *connection, token).await?,
        None => None,
    };
    let post = before.filter(|session| session.account == known.id).and_then(|session| session.post);
    if let Some(post) = post
        && let Some(held) = posts::current(context, connection, &known.id, &post).await?
        && let Some(actor) = known.actor_in(context, &held)
    {
        return Ok((Some(post), actor));
    }
    Ok((None, known.actor(context).ok_or_else(Failure::sign_in)?))
}

/// A wrong code is a wrong try like a wrong password; one that was only not given yet is none.
async fn missed_code(
    context: &Context,
    visitor: &Visitor,
    place: &TryPlace,
    known: &Account,
    failure: &Failure,
) -> Result<(), Failure> {
    match failure.refusal_code() {
        Some("ACT-30") => place.give_back(context).await,
        Some("ACT-31" | "ACT-32" | "ACT-33") => refuse(context, visitor, &known.id, false).await,
        _ => Ok(()),
    }
}

/// Records a failed sign-in in the audit trail.
pub async fn refuse(
    context: &Context,
    visitor: &Visitor,
    subject: &str,
    locked: bool,
) -> Result<(), Failure> {
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

/// `POST /api/session/end`: ends the session here, and says where that of a service outside ends.
pub async fn sign_out(
    context: Shared,
    visitor: Visitor,
    _: SignOut,
) -> Result<(SignedOut, SessionChange), Failure> {
    let ended = (SignedOut::default(), SessionChange::End);
    let Some(token) = visitor.token else { return Ok(ended) };
    let Some(actor) = peek(&context, &token).await? else { return Ok(ended) };
    let mut write = context.db.write("session").await?;
    let session = rows::find(&context, write.connection(), &token).await?;
    rows::delete(write.connection(), &token).await?;
    write
        .commit(AuditRecord::by(&actor, context.clock().stamp(), "session.sign_out", actor.account.as_str()))
        .await?;
    let next = match session.and_then(|session| session.sso) {
        Some(protocol) => sso::leave_address(&context, &protocol).await,
        None => None,
    };
    Ok((SignedOut { next }, SessionChange::End))
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
    let account = accounts::find(context, connection, actor.account.as_str()).await?;
    let now = context.clock().seconds();
    let posts = match &account {
        Some(account) => posts::lines_of(context, connection, account, &actor).await?,
        None => Vec::new(),
    };
    let must_enrol = second_factor::is_missing(context, &mut *connection, actor.account.as_str()).await?;
    Ok(Me {
        posts,
        idle_minutes: context.profile().idle_minutes(actor.role, context.settings.idle_minutes),
        must_change: must_enrol || account.is_some_and(|account| must_change(context, &account, now)),
        actor,
        department_name,
        today: context.clock().today(),
        demo: context.settings.demo,
        profile: context.profile(),
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
