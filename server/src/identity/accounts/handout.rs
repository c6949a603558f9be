//! 激活清单: after an import the asker takes the links and whoever agreed the codes, each once. The secrets are made as the
//! sheet is taken, so that the database never holds one and a sheet that was taken twice cannot be.

use super::order_rows::{self, OrderRow};
use super::{Account, OneTimeToken, all, lock, renew_code, rows};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::Write;
use crate::store::audit_trail::AuditRecord;
use shared::api::account_imports::{SheetHalf, SheetLine};
use shared::api::accounts::AccountState;
use shared::cases::account_order::AccountOrderStage;
use shared::kernel::ids::OpId;
use shared::kernel::people::{Actor, Role};
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;

/// One account of a sheet.
pub struct HandoutLine {
    pub account: String,
    pub name: String,
    pub role: Option<Role>,
    pub department: Option<String>,
    /// The path of the link, or the code.
    pub secret: String,
}

/// A sheet that is being taken; dropped without [`Handout::commit`] it still waits.
pub struct Handout {
    write: Write,
    order: String,
    pub half: SheetHalf,
    pub lines: Vec<HandoutLine>,
}

/// The sheets this person has not taken.
pub async fn waiting(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
) -> Result<Vec<SheetLine>, Failure> {
    let now = context.clock().seconds();
    let rows = order_rows::with_sheets(context, connection, actor.account.as_str(), now).await?;
    let line = |row: OrderRow| {
        let half = half_of(&row, actor)?;
        Some(SheetLine {
            half,
            accounts: invited(&row).len(),
            until: row.sheets_until?,
            order: OpId::new(row.id),
        })
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

/// Which half this person may take.
fn half_of(row: &OrderRow, actor: &Actor) -> Option<SheetHalf> {
    let account = actor.account.as_str();
    if row.asked_by == account {
        return Some(SheetHalf::Links);
    }
    (row.decided_by.as_deref() == Some(account)).then_some(SheetHalf::Codes)
}

fn invited(row: &OrderRow) -> Vec<String> {
    row.invited.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// Makes the secrets of a sheet.
///
/// # Errors
/// ACT-02 when it was taken before or its time is over; unknown to everybody but the asker and whoever agreed.
pub async fn take(context: &Context, actor: &Actor, order: &OpId) -> Result<Handout, Failure> {
    let mut write = context.db.write(&lock(context)).await?;
    let row = order_rows::find(context, write.connection(), order.as_str()).await?;
    let row = row.filter(|row| row.stage == AccountOrderStage::Done.word() && row.invited.is_some());
    let row = row.ok_or_else(|| Failure::unknown("份激活清单"))?;
    let half = half_of(&row, actor).ok_or_else(|| Failure::unknown("份激活清单"))?;
    let taken = match half {
        SheetHalf::Links => row.links_taken,
        SheetHalf::Codes => row.codes_taken,
    };
    let until = row.sheets_until.unwrap_or_default();
    if taken.is_some() || until <= context.clock().seconds() {
        let message = "这份清单只能下载一次，72 小时内有效；遗失或过期的，请为有关账号逐个重新邀请。";
        return Err(Refusal::new("ACT-02", message).into());
    }
    let all = all(context, write.connection()).await?;
    let mut lines = Vec::new();
    for id in invited(&row) {
        let Some(known) = all.iter().find(|known| known.id == id && is_waiting(known)) else { continue };
        let secret = match half {
            SheetHalf::Links => {
                let secret = token::fresh()?;
                let link = OneTimeToken { secret: &secret, until };
                rows::set_link(context, write.connection(), &id, link).await?;
                format!("/invitation#{secret}")
            }
            SheetHalf::Codes => {
                let code = token::fresh_code()?;
                renew_code(context, write.connection(), &id, &code).await?;
                code
            }
        };
        lines.push(HandoutLine {
            account: id,
            name: known.name.clone(),
            role: known.role,
            department: known.department.clone(),
            secret,
        });
    }
    order_rows::take_sheet(context, write.connection(), &row.id, half).await?;
    Ok(Handout { write, order: row.id, half, lines })
}

/// Whether the owner has not activated the account and still needs both halves.
fn is_waiting(known: &Account) -> bool {
    known.state == AccountState::Invited
        && known.hash.is_none()
        && known.role.is_some()
        && known.code_hash.is_some()
}

impl Handout {
    /// The sheet is written: from now on its secrets are valid and it is gone.
    pub async fn commit(self, context: &Context, actor: &Actor) -> Result<(), Failure> {
        let entry = AuditRecord::by(actor, context.clock().stamp(), "account.handout", &self.order);
        self.write.commit(entry.detail(format!("{} {}", self.half.word(), self.lines.len()))).await
    }
}
