//! 账号: the table `accounts`.

use super::{Account, password_rows};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use shared::api::accounts::AccountState;
use shared::kernel::ids::{AccountId, CaseId, PersonId};
use shared::kernel::people::Role;
use shared::policy::accounts::posts::Post;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

#[derive(FromRow)]
pub struct AccountRow {
    id: String,
    name: String,
    person: String,
    role: Option<String>,
    department: Option<String>,
    provider: Option<String>,
    state: String,
    password_hash: Option<String>,
    password_changed: Option<i64>,
    code_hash: Option<String>,
    created_by: String,
    mail: Option<String>,
    phone: Option<String>,
}

/// Every column of [`AccountRow`].
pub const COLUMNS: &str = "id, name, person, role, department, provider, state, password_hash, password_changed, \
     code_hash, created_by, mail, phone";

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
            person: PersonId::new(row.person),
            role: row.role.as_deref().and_then(Role::from_word),
            department: row.department,
            provider: row.provider,
            state,
            hash: row.password_hash,
            password_changed: row.password_changed,
            code_hash: row.code_hash,
            created_by: PersonId::new(row.created_by),
            mail: row.mail,
            phone: row.phone,
            posts: Vec::new(),
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
    let sql = format!("select {COLUMNS} from accounts where tenant = $1 and id = $2");
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(context.tenant()).bind(account);
    let row: Option<AccountRow> = query.fetch_optional(connection).await?;
    Ok(row.map(Account::from))
}

/// All accounts by id, without their further posts.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<Account>, Failure> {
    let sql = format!("select {COLUMNS} from accounts where tenant = $1 order by id");
    let query = sqlx::query_as(AssertSqlSafe(sql)).bind(context.tenant());
    let rows: Vec<AccountRow> = query.fetch_all(connection).await?;
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
         invitation_hash, invitation_until, created_by, provider, code_hash, mail, phone) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing",
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
    .bind(account.code_hash.as_deref())
    .bind(account.mail.as_deref())
    .bind(account.phone.as_deref())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces the invitation of an account that nobody has activated. Its role, and the code that came with it, are void:
/// whoever has the new link must not have an older role with it.
pub async fn renew_invitation(
    context: &Context,
    connection: &mut AnyConnection,
    account: &Account,
    invitation: OneTimeToken<'_>,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set invitation_hash = $1, invitation_until = $2, role = $3, department = null, provider = null, \
         code_hash = null, wrong_codes = 0, created_by = $4 where tenant = $5 and id = $6",
    )
    .bind(token::hashed(invitation.secret))
    .bind(invitation.until)
    .bind(account.role.map(Role::word))
    .bind(account.created_by.as_str())
    .bind(context.tenant())
    .bind(account.id.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// The account that this token invites, while the invitation is valid.
pub async fn invited(
    context: &Context,
    connection: &mut AnyConnection,
    secret: &str,
) -> Result<Option<Account>, Failure> {
    let id: Option<String> = sqlx::query_scalar(
        "select id from accounts where tenant = $1 and invitation_hash = $2 and invitation_until > $3 \
         and state = 'invited'",
    )
    .bind(context.tenant())
    .bind(token::hashed(secret))
    .bind(context.clock().seconds())
    .fetch_optional(&mut *connection)
    .await?;
    match id {
        Some(id) => find(context, connection, &id).await,
        None => Ok(None),
    }
}

/// Counts a code that is tried at an invitation; `false` when it has been tried `most` times, which voids the invitation.
pub async fn count_code(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    most: i64,
) -> Result<bool, Failure> {
    let counted = sqlx::query(
        "update accounts set wrong_codes = wrong_codes + 1 where tenant = $1 and id = $2 and wrong_codes < $3",
    )
    .bind(context.tenant())
    .bind(account)
    .bind(most)
    .execute(&mut *connection)
    .await?;
    if counted.rows_affected() == 1 {
        return Ok(true);
    }
    sqlx::query("update accounts set invitation_hash = null, code_hash = null where tenant = $1 and id = $2")
        .bind(context.tenant())
        .bind(account)
        .execute(connection)
        .await?;
    Ok(false)
}

/// Sets the code an invitation needs.
pub async fn set_code(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    code_hash: &str,
) -> Result<(), Failure> {
    sqlx::query("update accounts set code_hash = $1, wrong_codes = 0 where tenant = $2 and id = $3")
        .bind(code_hash)
        .bind(context.tenant())
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
}

/// The owner chose a password: the account is active, the invitation is used, earlier passwords are remembered.
pub async fn set_password(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    password_hash: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set state = 'active', password_hash = $1, password_changed = $2, \
         invitation_hash = null, invitation_until = null, code_hash = null, wrong_codes = 0 \
         where tenant = $3 and id = $4",
    )
    .bind(password_hash)
    .bind(context.clock().seconds())
    .bind(context.tenant())
    .bind(account)
    .execute(&mut *connection)
    .await?;
    password_rows::append(context, connection, account, password_hash).await
}

/// Dates the password of an account from now where an earlier release did not record since when it is used.
pub async fn date_password(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set password_changed = $1 where tenant = $2 and id = $3 and password_changed is null",
    )
    .bind(context.clock().seconds())
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}

/// Invites the owner of an active account to choose a new password, with a link whose hash is known and a code.
pub async fn invite_again(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    link_hash: &str,
    until: i64,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set state = 'invited', invitation_hash = $1, invitation_until = $2 \
         where tenant = $3 and id = $4",
    )
    .bind(link_hash)
    .bind(until)
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}

/// An account that was disabled is active again.
pub async fn enable(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<(), Failure> {
    sqlx::query("update accounts set state = 'active' where tenant = $1 and id = $2")
        .bind(context.tenant())
        .bind(account.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Disables an account; an open invitation is void.
pub async fn disable(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set state = 'disabled', invitation_hash = null, code_hash = null \
         where tenant = $1 and id = $2",
    )
    .bind(context.tenant())
    .bind(account.as_str())
    .execute(connection)
    .await?;
    Ok(())
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

/// Gives an account the post, in the department it is held in or for the provider it acts for, or takes its post away.
pub async fn assign(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    post: Option<&Post>,
    provider: Option<&str>,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set role = $1, department = $2, provider = $3 where tenant = $4 and id = $5",
    )
    .bind(post.map(|post| post.role.word()))
    .bind(post.and_then(|post| post.department.as_deref()))
    .bind(provider)
    .bind(context.tenant())
    .bind(account.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Records where a person is reached.
pub async fn set_contact(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    mail: Option<&str>,
    phone: Option<&str>,
) -> Result<(), Failure> {
    sqlx::query("update accounts set mail = $1, phone = $2 where tenant = $3 and id = $4")
        .bind(mail)
        .bind(phone)
        .bind(context.tenant())
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
}

/// Voids the invitation of an account that nobody has activated. Until its sheets are taken nobody has its link, and the
/// code whose hash is given.
pub async fn void_invitation(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    code_hash: &str,
    created_by: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set invitation_hash = null, invitation_until = null, code_hash = $1, wrong_codes = 0, \
         created_by = $2 where tenant = $3 and id = $4",
    )
    .bind(code_hash)
    .bind(created_by)
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}

/// Sets the link an invited account is activated with.
pub async fn set_link(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    invitation: OneTimeToken<'_>,
) -> Result<(), Failure> {
    sqlx::query(
        "update accounts set invitation_hash = $1, invitation_until = $2 where tenant = $3 and id = $4",
    )
    .bind(token::hashed(invitation.secret))
    .bind(invitation.until)
    .bind(context.tenant())
    .bind(account)
    .execute(connection)
    .await?;
    Ok(())
}
