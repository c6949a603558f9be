//! 岗位: the table `posts`, of posts besides the one of the account itself.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::kernel::calendar::Date;
use shared::kernel::ids::PersonId;
use shared::kernel::people::{Actor, Role};
use shared::policy::accounts::posts::Post;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

/// A further post, or one held as a deputy.
#[derive(Clone, Debug, Default, FromRow)]
pub struct HeldPost {
    pub id: String,
    pub account: String,
    role: String,
    pub department: Option<String>,
    from_day: String,
    until_day: Option<String>,
    /// Account, 人员编号 and 姓名 of the one whose post it is.
    pub deputy_of: Option<String>,
    pub deputy_person: Option<String>,
    pub deputy_name: Option<String>,
}

impl HeldPost {
    pub fn new(id: &str, account: &str, post: &Post, first: Date, last: Option<Date>) -> HeldPost {
        HeldPost {
            id: id.to_string(),
            account: account.to_string(),
            role: post.role.word().to_string(),
            department: post.department.clone(),
            from_day: first.to_string(),
            until_day: last.map(|day| day.to_string()),
            ..HeldPost::default()
        }
    }

    /// The same, held as a deputy.
    pub fn delegated_by(self, account: &str, person: &PersonId, name: &str) -> HeldPost {
        HeldPost {
            deputy_of: Some(account.to_string()),
            deputy_person: Some(person.to_string()),
            deputy_name: Some(name.to_string()),
            ..self
        }
    }

    pub fn role(&self) -> Option<Role> {
        Role::from_word(&self.role)
    }

    pub fn post(&self) -> Option<Post> {
        let (department, deputy_of) = (self.department.clone(), self.deputy_person.clone());
        Some(Post { role: self.role()?, department, deputy_of })
    }

    pub fn first(&self) -> Option<Date> {
        Date::parse(&self.from_day)
    }

    pub fn last(&self) -> Option<Date> {
        self.until_day.as_deref().and_then(Date::parse)
    }

    /// Whether it is held on this day.
    pub fn is_held_on(&self, day: Date) -> bool {
        self.first().is_some_and(|first| first <= day) && self.last().is_none_or(|last| day <= last)
    }
}

/// Not ended; of a deputy only while the other is active in the very post.
const LIVE: &str = "select p.id, p.account, p.role, p.department, p.from_day, p.until_day, p.deputy_of, \
     p.deputy_person, p.deputy_name from posts p where p.tenant = $1 and p.ended_at is null and \
     (p.deputy_of is null or exists (select 1 from accounts a where a.tenant = p.tenant and a.id = p.deputy_of \
     and a.state = 'active' and ((a.role = p.role and coalesce(a.department, '') = coalesce(p.department, '')) \
     or exists (select 1 from posts q where q.tenant = p.tenant and q.account = a.id and q.deputy_of is null \
     and q.ended_at is null and q.role = p.role and coalesce(q.department, '') = coalesce(p.department, '')))))";

/// All that are not ended, also those that have not begun or are over.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<HeldPost>, Failure> {
    let sql = format!("{LIVE} order by p.id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(context.tenant()).fetch_all(connection).await?)
}

/// Those an account holds today.
pub async fn of_account(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<Vec<HeldPost>, Failure> {
    let sql = format!("{LIVE} and p.account = $2 order by p.id");
    let rows: Vec<HeldPost> =
        sqlx::query_as(AssertSqlSafe(sql)).bind(context.tenant()).bind(account).fetch_all(connection).await?;
    let today = context.clock().today();
    Ok(rows.into_iter().filter(|post| post.is_held_on(today)).collect())
}

/// One that is not ended, on whatever day.
pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    post: &str,
) -> Result<Option<HeldPost>, Failure> {
    let sql = format!("{LIVE} and p.id = $2");
    let row = sqlx::query_as(AssertSqlSafe(sql))
        .bind(context.tenant())
        .bind(post)
        .fetch_optional(connection)
        .await?;
    Ok(row)
}

/// Inserts a post; `false` when the id is taken.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    post: &HeldPost,
    by: &Actor,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into posts (tenant, id, account, role, department, from_day, until_day, deputy_of, deputy_person, \
         deputy_name, granted_by, granted_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(post.id.as_str())
    .bind(post.account.as_str())
    .bind(post.role.as_str())
    .bind(post.department.as_deref())
    .bind(post.from_day.as_str())
    .bind(post.until_day.as_deref())
    .bind(post.deputy_of.as_deref())
    .bind(post.deputy_person.as_deref())
    .bind(post.deputy_name.as_deref())
    .bind(by.account.as_str())
    .bind(context.clock().stamp().to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a post.
pub async fn end(
    context: &Context,
    connection: &mut AnyConnection,
    post: &str,
    by: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "update posts set ended_by = $1, ended_at = $2 where tenant = $3 and id = $4 and ended_at is null",
    )
    .bind(by)
    .bind(context.clock().stamp().to_string())
    .bind(context.tenant())
    .bind(post)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends every further post of an account.
pub async fn end_all(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    by: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "update posts set ended_by = $1, ended_at = $2 where tenant = $3 and account = $4 and ended_at is null",
    )
    .bind(by)
    .bind(context.clock().stamp().to_string())
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}
