//! 账号: the table `accounts`.

use super::Account;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use shared::api::accounts::{AccountState, AssignRole};
use shared::kernel::ids::{AccountId, CaseId, DepartmentId};
use shared::kernel::people::Role;
use sqlx::{AnyConnection, FromRow};

#[derive(FromRow)]
struct AccountRow {
    id: String,
    name: String,
    person: String,
    role: Option<String>,
    department: Option<String>,
    provider: Option<String>,
    state: String,
    password_hash: Option<String>,
    created_by: String,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Account {
        let state = match row.state.as_str() {
            "active" => AccountState::Active,
            "invited" => AccountState::Invited,
            _ => AccountState::Disabled,
        };
        Account {
            id: row.id,
            name: row.name,
            person: row.person,
            role: row.role.as_deref().and_then(Role::from_word),
            department: row.department,
            provider: row.provider,
            state,
            hash: row.password_hash,
            created_by: row.created_by,
        }
    }
}

fn state_word(state: AccountState) -> &'static str {
    match state {
        AccountState::Active => "active",
        AccountState::Invited => "invited",
        AccountState::Disabled => "disabled",
    }
}

pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<Option<Account>, Failure> {
    let row: Option<AccountRow> = sqlx::query_as(
        "select id, name, person, role, department, provider, state, password_hash, created_by from accounts \
         where tenant = $1 and id = $2",
    )
    .bind(context.tenant())
    .bind(account)
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Account::from))
}

/// All accounts by id.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<Account>, Failure> {
    let rows: Vec<AccountRow> = sqlx::query_as(
        "select id, name, person, role, department, provider, state, password_hash, created_by from accounts \
         where tenant = $1 order by id",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// A one-time token and the Unix second it expires at.
#[derive(Clone, Copy, Debug)]
pub struct OneTimeToken<'a> {
    pub secret: &'a str,
    pub until: i64,
}

/// Inserts an account; `false` when the id is taken.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    account: &Account,
    invitation: Option<OneTimeToken<'_>>,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into accounts (tenant, id, name, person, role, department, state, password_hash, \
         invitation_hash, invitation_until, created_by, provider) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(account.id.as_str())
    .bind(account.name.as_str())
    .bind(account.person.as_str())
    .bind(account.role.map(Role::word))
    .bind(account.department.as_deref())
    .bind(state_word(account.state))
    .bind(account.hash.as_deref())
    .bind(invitation.map(|token| token::hashed(token.secret)))
    .bind(invitation.map(|token| token.until))
    .bind(account.created_by.as_str())
    .bind(account.provider.as_deref())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces the invitation of an account that is still invited; `false` when it is not, or belongs to another person.
pub async fn renew_invitation(
    context: &Context,
    connection: &mut AnyConnection,
    account: &Account,
    invitation: OneTimeToken<'_>,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update accounts set invitation_hash = $1, invitation_until = $2 \
         where tenant = $3 and id = $4 and person = $5 and state = 'invited'",
    )
    .bind(token::hashed(invitation.secret))
    .bind(invitation.until)
    .bind(context.tenant())
    .bind(account.id.as_str())
    .bind(account.person.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(FromRow)]
pub struct InvitedRow {
    pub id: String,
    pub name: String,
}

/// The account that this token invites, while the invitation is valid.
pub async fn invited(
    context: &Context,
    connection: &mut AnyConnection,
    secret: &str,
) -> Result<Option<InvitedRow>, Failure> {
    let row = sqlx::query_as(
        "select id, name from accounts where tenant = $1 and invitation_hash = $2 and invitation_until > $3 \
         and state = 'invited'",
    )
    .bind(context.tenant())
    .bind(token::hashed(secret))
    .bind(context.clock().seconds())
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

/// The owner accepted the invitation and chose a password.
pub async fn activate(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    password_hash: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set state = 'active', password_hash = $1, invitation_hash = null, \
         invitation_until = null where tenant = $2 and id = $3",
    )
    .bind(password_hash)
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}

/// Disables an account; `false` when there is none of this id.
pub async fn disable(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "update accounts set state = 'disabled', invitation_hash = null where tenant = $1 and id = $2",
    )
    .bind(context.tenant())
    .bind(account.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether a provider is registered under this case.
pub async fn is_provider(
    context: &Context,
    connection: &mut AnyConnection,
    provider: &CaseId,
) -> Result<bool, Failure> {
    let found: i64 = sqlx::query_scalar(
        "select count(*) from cases where tenant = $1 and id = $2 and kind = 'money.provider'",
    )
    .bind(context.tenant())
    .bind(provider.as_str())
    .fetch_one(connection)
    .await?;
    Ok(found > 0)
}

/// Assigns the role and the department it is held in.
pub async fn assign(
    context: &Context,
    connection: &mut AnyConnection,
    request: &AssignRole,
    department: Option<&DepartmentId>,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set role = $1, department = $2, provider = $3 where tenant = $4 and id = $5",
    )
    .bind(request.role.word())
    .bind(department.map(DepartmentId::as_str))
    .bind(request.provider.as_ref().map(CaseId::as_str))
    .bind(context.tenant())
    .bind(request.account.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
