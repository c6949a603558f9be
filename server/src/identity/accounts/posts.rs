//! 岗位与代理: the posts a person has besides that of their account, and delegating one to a colleague for some days.
//! Which posts go together and how long a delegation lasts: `shared::policy::accounts::posts`.

use super::post_rows::{self, HeldPost};
use super::{Account, all, lock};
use crate::context::{Context, Shared};
use crate::identity::departments::{self, Department};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::accounts::AccountState;
use shared::api::posts::{
    Colleague, DelegatePost, DelegationLine, Delegations, EndHeldPost, PostLine, ReadDelegations,
};
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, DepartmentId, OpId, PersonId};
use shared::kernel::people::{Actor, Role};
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::posts::{MOST_DELEGATED_DAYS, Post, PostFault, delegate as may_delegate};
use sqlx::AnyConnection;

impl Account {
    /// The person a session of this account acts for in one of its further posts.
    pub fn actor_in(&self, context: &Context, post: &HeldPost) -> Option<Actor> {
        let actor = self.actor(context)?;
        let (person, name) = match (&post.deputy_person, &post.deputy_name) {
            (Some(person), Some(name)) => (
                PersonId::deputy(&actor.person, &PersonId::new(person.clone())),
                format!("{}（代 {name}）", actor.name),
            ),
            _ => (actor.person, actor.name),
        };
        let department = post.department.clone().map(DepartmentId::new);
        Some(Actor { person, name, role: post.role()?, department, provider: None, ..actor })
    }
}

/// The post of this id, if the account holds it today.
pub async fn current(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    post: &str,
) -> Result<Option<HeldPost>, Failure> {
    let found = post_rows::find(context, connection, post).await?;
    let today = context.clock().today();
    Ok(found.filter(|post| post.account == account && post.is_held_on(today)))
}

/// The posts an account has today, that of the account itself first; the one this actor acts in is marked.
pub async fn lines_of(
    context: &Context,
    connection: &mut AnyConnection,
    account: &Account,
    actor: &Actor,
) -> Result<Vec<PostLine>, Failure> {
    let held = post_rows::of_account(context, connection, &account.id).await?;
    let named = departments::all(context, connection).await?;
    let is_it = |post: &&HeldPost| account.actor_in(context, post).as_ref() == Some(actor);
    let acting = held.iter().find(is_it).map(|post| post.id.as_str());
    let main = account.role.map(|role| PostLine {
        post: None,
        role,
        department: account.department.clone().map(DepartmentId::new),
        department_name: name_of(&named, account.department.as_deref()),
        deputy_of: None,
        until: None,
        is_current: acting.is_none(),
    });
    let further = held.iter().filter_map(|post| line(post, &named, acting));
    Ok(main.into_iter().chain(further).collect())
}

/// A further post as it is shown.
pub(super) fn line(post: &HeldPost, named: &[Department], acting: Option<&str>) -> Option<PostLine> {
    Some(PostLine {
        post: Some(OpId::new(post.id.clone())),
        role: post.role()?,
        department: post.department.clone().map(DepartmentId::new),
        department_name: name_of(named, post.department.as_deref()),
        deputy_of: post.deputy_name.clone(),
        until: post.last(),
        is_current: acting == Some(post.id.as_str()),
    })
}

fn name_of(named: &[Department], department: Option<&str>) -> Option<String> {
    let of = named.iter().find(|known| Some(known.id.as_str()) == department);
    of.map(|known| known.name.clone())
}

/// The people an account acts for in its other posts.
pub async fn other_actors(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Vec<(PostLine, Actor)>, Failure> {
    let account = super::find(context, connection, actor.account.as_str()).await?;
    let Some(account) = account else { return Ok(Vec::new()) };
    let held = post_rows::of_account(context, connection, &account.id).await?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let mut others = Vec::new();
    for line in lines_of(context, connection, &account, actor).await? {
        let held = line.post.as_ref().and_then(|id| held.iter().find(|post| post.id == id.as_str()));
        let other = match held {
            Some(post) => account.actor_in(context, post),
            None => account.actor(context),
        };
        if !line.is_current {
            others.extend(other.map(|other| (line, other)));
        }
    }
    Ok(others)
}

/// The post a session acts in, as a delegation is judged.
fn acted_in(actor: &Actor, own: &Account) -> Post {
    let deputy_of = (actor.person != own.person).then(|| actor.person.to_string());
    Post { role: actor.role, department: actor.department.as_ref().map(ToString::to_string), deputy_of }
}

/// The posts of a person's own on all their accounts.
fn posts_of(all: &[Account], person: &PersonId) -> Vec<Post> {
    let accounts = all.iter().filter(|known| known.person == *person && known.state == AccountState::Active);
    accounts.flat_map(Account::own_posts).collect()
}

fn require_delegable(
    all: &[Account],
    post: &Post,
    to: &Account,
    days: (Date, Date),
    today: Date,
) -> Result<(), Refusal> {
    let (first, last) = days;
    may_delegate(post, &posts_of(all, &to.person), first, last, today).map_err(|fault| match fault {
        PostFault::NotDelegable => {
            let message = format!(
                "委托从今天或以后起，最长 {MOST_DELEGATED_DAYS} 天；三员、审计纪检的岗位和代理的岗位不能再委托。"
            );
            Refusal::new("ACT-15", message)
        }
        PostFault::Incompatible => Refusal::new(
            "ACT-08",
            "只能委托给同一部门或处室、岗位相容的同事，请另行选择。",
        ),
    })
}

/// `GET /api/me/delegations`.
pub async fn read(context: Shared, actor: Actor, _: ReadDelegations) -> Result<Delegations, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let all = all(&context, &mut connection).await?;
    let held = post_rows::all(&context, &mut connection).await?;
    let today = context.clock().today();
    let own = own(&all, &actor)?;
    let post = acted_in(&actor, own);
    let may = |known: &&Account| {
        known.person != own.person
            && known.state == AccountState::Active
            && require_delegable(&all, &post, known, (today, today), today).is_ok()
    };
    let colleague =
        |known: &Account| Colleague { account: AccountId::new(known.id.clone()), name: known.name.clone() };
    let line = |post: &HeldPost| {
        let of_own = post.account == own.id || post.deputy_of.as_deref() == Some(own.id.as_str());
        let last = post.last().filter(|last| of_own && *last >= today)?;
        let deputy = all.iter().find(|known| known.id == post.account)?;
        Some(DelegationLine {
            post: OpId::new(post.id.clone()),
            principal: post.deputy_name.clone()?,
            deputy: deputy.name.clone(),
            role: post.role()?,
            first: post.first()?,
            last,
        })
    };
    Ok(Delegations {
        delegations: held.iter().filter_map(line).collect(),
        colleagues: all.iter().filter(may).map(colleague).collect(),
        most_days: MOST_DELEGATED_DAYS,
    })
}

fn own<'a>(all: &'a [Account], actor: &Actor) -> Result<&'a Account, Failure> {
    all.iter().find(|known| known.id == actor.account.as_str()).ok_or_else(Failure::sign_in)
}

/// `POST /api/me/delegations`.
pub async fn delegate(context: Shared, actor: Actor, request: DelegatePost) -> Result<(), Failure> {
    let mut write = context.db.write(&lock(&context)).await?;
    let all = all(&context, write.connection()).await?;
    let own = own(&all, &actor)?;
    let to = all.iter().find(|known| known.id == request.to.as_str());
    let to = to.filter(|to| to.state == AccountState::Active && to.person != own.person);
    let to = to.ok_or_else(|| Failure::unknown("位可以委托的同事"))?;
    let post = acted_in(&actor, own);
    let (first, last) = (request.first, request.last);
    require_delegable(&all, &post, to, (first, last), context.clock().today())?;
    let held = post_rows::all(&context, write.connection()).await?;
    let overlaps = |other: &HeldPost| {
        other.deputy_of.as_deref() == Some(own.id.as_str())
            && other.account == to.id
            && other.role() == Some(post.role)
            && other.department == post.department
            && other.first().is_some_and(|other_first| other_first <= last)
            && other.last().is_some_and(|other_last| first <= other_last)
    };
    if held.iter().any(overlaps) {
        return Err(Failure::exists("这段时间已委托给这位同事；如要更改，请先结束原委托。"));
    }
    let row = HeldPost::new(request.delegation.as_str(), &to.id, &post, first, Some(last));
    let row = row.delegated_by(&own.id, &own.person, &own.name);
    if !post_rows::insert(&context, write.connection(), &row, &actor).await? {
        return Err(Failure::operation_reused());
    }
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.delegate", &to.id);
    write.commit(entry.detail(format!("{} {first} {last}", post.role.word()))).await
}

/// `POST /api/posts/{post}/end`.
pub async fn end(context: Shared, actor: Actor, request: EndHeldPost) -> Result<(), Failure> {
    let mut write = context.db.write(&lock(&context)).await?;
    let held = post_rows::find(&context, write.connection(), request.post.as_str()).await?;
    let own = actor.account.as_str();
    let administers = matches!(actor.role, Role::SystemAdministrator | Role::SecurityAdministrator);
    // Of a delegation either side; of any post the administrators.
    let may = |post: &HeldPost| {
        administers || post.deputy_of.as_deref().is_some_and(|of| of == own || post.account == own)
    };
    let held = held.filter(may).ok_or_else(|| Failure::unknown("个岗位，它可能已经终止"))?;
    post_rows::end(&context, write.connection(), &held.id, own).await?;
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.end_post", &held.account);
    write.commit(entry.detail(held.role().map_or("", Role::word))).await
}
