//! 账号事项: the table `account_orders`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::kernel::people::Actor;
use sqlx::{AnyConnection, FromRow};

/// An order as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct OrderRow {
    pub id: String,
    pub what: String,
    pub account: String,
    pub role: Option<String>,
    pub department: Option<String>,
    /// The provider the post acts for.
    pub provider: Option<String>,
    pub link_hash: Option<String>,
    pub asked_by: String,
    pub asked_person: String,
    pub asked_name: String,
    pub asked_as: String,
    pub asked_on: String,
    pub stage: String,
}

const ASKED: &str = "asked";

/// Inserts an order; `false` when the id is taken.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    order: &OrderRow,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into account_orders (tenant, id, what, account, role, department, link_hash, asked_by, \
         asked_person, asked_name, asked_as, asked_on, stage, provider) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(order.id.as_str())
    .bind(order.what.as_str())
    .bind(order.account.as_str())
    .bind(order.role.as_deref())
    .bind(order.department.as_deref())
    .bind(order.link_hash.as_deref())
    .bind(order.asked_by.as_str())
    .bind(order.asked_person.as_str())
    .bind(order.asked_name.as_str())
    .bind(order.asked_as.as_str())
    .bind(order.asked_on.as_str())
    .bind(order.stage.as_str())
    .bind(order.provider.as_deref())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Orders that nobody has decided on, oldest first.
pub async fn undecided(context: &Context, connection: &mut AnyConnection) -> Result<Vec<OrderRow>, Failure> {
    let rows = sqlx::query_as(
        "select id, what, account, role, department, provider, link_hash, asked_by, asked_person, asked_name, asked_as, \
         asked_on, stage from account_orders where tenant = $1 and stage = $2 order by asked_on, id",
    )
    .bind(context.tenant())
    .bind(ASKED)
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// The order of an id.
pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    order: &str,
) -> Result<Option<OrderRow>, Failure> {
    let row = sqlx::query_as(
        "select id, what, account, role, department, provider, link_hash, asked_by, asked_person, asked_name, asked_as, \
         asked_on, stage from account_orders where tenant = $1 and id = $2",
    )
    .bind(context.tenant())
    .bind(order)
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

/// Records what somebody decided.
pub async fn decide(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    order: &str,
    stage: &str,
    reason: Option<&str>,
) -> Result<(), Failure> {
    sqlx::query(
        "update account_orders set stage = $1, decided_by = $2, decided_name = $3, decided_on = $4, \
         reason = $5 where tenant = $6 and id = $7",
    )
    .bind(stage)
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(context.clock().today().to_string())
    .bind(reason)
    .bind(context.tenant())
    .bind(order)
    .execute(connection)
    .await?;
    Ok(())
}
