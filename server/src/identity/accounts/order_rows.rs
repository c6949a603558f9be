//! 账号事项: the table `account_orders`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::api::account_imports::SheetHalf;
use shared::cases::account_order::{AccountOrderStage, OrderedAct};
use shared::kernel::calendar::Date;
use shared::kernel::ids::OpId;
use shared::kernel::people::Actor;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};

/// An order as it is stored.
#[derive(Clone, Debug, Default, FromRow)]
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
    /// 批量导入: the rows, as JSON, and whether namesakes were confirmed.
    pub content: Option<String>,
    pub namesakes: i64,
    /// The accounts that were invited, as JSON.
    pub invited: Option<String>,
    /// Unix second until which the sheets are handed out, and the ones when each was.
    pub sheets_until: Option<i64>,
    pub links_taken: Option<i64>,
    pub codes_taken: Option<i64>,
    pub decided_by: Option<String>,
}

impl OrderRow {
    /// An order as a person asks for it.
    pub fn asked(id: &OpId, what: OrderedAct, by: &Actor, today: Date) -> OrderRow {
        OrderRow {
            id: id.to_string(),
            what: what.word().into(),
            asked_by: by.account.to_string(),
            asked_person: by.person.to_string(),
            asked_name: by.name.clone(),
            asked_as: by.role.word().into(),
            asked_on: today.to_string(),
            stage: AccountOrderStage::Asked.word().into(),
            ..OrderRow::default()
        }
    }
}

/// Every column of [`OrderRow`].
const COLUMNS: &str = "id, what, account, role, department, provider, link_hash, asked_by, asked_person, asked_name, \
     asked_as, asked_on, stage, content, namesakes, invited, sheets_until, links_taken, codes_taken, decided_by";

const ASKED: &str = "asked";

/// Inserts an order; `false` when the id is taken.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    order: &OrderRow,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into account_orders (tenant, id, what, account, role, department, link_hash, asked_by, \
         asked_person, asked_name, asked_as, asked_on, stage, provider, content, namesakes) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing",
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
    .bind(order.content.as_deref())
    .bind(order.namesakes)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Orders that nobody has decided on, oldest first.
pub async fn undecided(context: &Context, connection: &mut AnyConnection) -> Result<Vec<OrderRow>, Failure> {
    let sql = format!(
        "select {COLUMNS} from account_orders where tenant = $1 and stage = $2 order by asked_on, id"
    );
    let rows =
        sqlx::query_as(AssertSqlSafe(sql)).bind(context.tenant()).bind(ASKED).fetch_all(connection).await?;
    Ok(rows)
}

/// The order of an id.
pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    order: &str,
) -> Result<Option<OrderRow>, Failure> {
    let sql = format!("select {COLUMNS} from account_orders where tenant = $1 and id = $2");
    let row = sqlx::query_as(AssertSqlSafe(sql))
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

/// Imports whose sheets of this account may still be taken at `now`.
pub async fn with_sheets(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    now: i64,
) -> Result<Vec<OrderRow>, Failure> {
    let sql = format!(
        "select {COLUMNS} from account_orders where tenant = $1 and sheets_until > $2 and \
         ((asked_by = $3 and links_taken is null) or (decided_by = $3 and codes_taken is null)) order by id"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql))
        .bind(context.tenant())
        .bind(now)
        .bind(account)
        .fetch_all(connection)
        .await?;
    Ok(rows)
}

/// Records which accounts an import invited and until when their sheets are handed out.
pub async fn offer_sheets(
    context: &Context,
    connection: &mut AnyConnection,
    order: &str,
    invited: &str,
    until: i64,
) -> Result<(), Failure> {
    sqlx::query("update account_orders set invited = $1, sheets_until = $2 where tenant = $3 and id = $4")
        .bind(invited)
        .bind(until)
        .bind(context.tenant())
        .bind(order)
        .execute(connection)
        .await?;
    Ok(())
}

/// Records that a sheet is taken.
pub async fn take_sheet(
    context: &Context,
    connection: &mut AnyConnection,
    order: &str,
    half: SheetHalf,
) -> Result<(), Failure> {
    let sql = match half {
        SheetHalf::Links => "update account_orders set links_taken = $1 where tenant = $2 and id = $3",
        SheetHalf::Codes => "update account_orders set codes_taken = $1 where tenant = $2 and id = $3",
    };
    sqlx::query(sql)
        .bind(context.clock().seconds())
        .bind(context.tenant())
        .bind(order)
        .execute(connection)
        .await?;
    Ok(())
}
