//! 激活账号: the owner opens the one-time link, enters the code and chooses a password.

use super::{Account, find, lock, rows};
use crate::context::{Context, Shared};
use crate::identity::choice;
use crate::identity::sessions::places;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::accounts::{AcceptInvitation, Accepted};
use shared::kernel::hash::digest;
use shared::kernel::ids::AccountId;
use shared::kernel::refusal::Refusal;

/// Wrong codes that void an invitation.
const MOST_CODES: i64 = 5;

/// The hash under which the code of an account's invitation is stored.
pub fn code_hash(context: &Context, account: &str, code: &str) -> String {
    digest(&["activation code", context.tenant(), account, code])
}

/// `POST /api/invitations`: an invitation is valid once, for 72 hours.
pub async fn accept(
    context: Shared,
    visitor: Visitor,
    request: AcceptInvitation,
) -> Result<(Accepted, SessionChange), Failure> {
    // Hashing is dear: only whom somebody invited makes the server hash.
    places::count_visit(&context, &visitor).await?;
    let mut connection = context.db.reader().acquire().await?;
    let invited = rows::invited(&context, &mut connection, &request.token).await?;
    drop(connection);
    let account = invited.ok_or_else(unknown_invitation)?;
    if account.role.is_none() {
        let message = "账号尚未授予岗位；授予岗位的管理员会交给您 8 位激活码，届时再激活。";
        return Err(Refusal::new("account.no_role", message).into());
    }
    let code = request.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    if account.code_hash.is_some() && code.is_none() {
        let message = "请输入授予岗位或同意重置的管理员交给您的 8 位激活码。";
        return Err(Refusal::new("ACT-02", message).into());
    }
    choice::require_fit(&context, &account, &request.password).await?;
    require_code(&context, &account, code).await?;
    let hash = context.passwords.hash(request.password).await?;
    let mut write = context.db.write(&lock(&context)).await?;
    // Renewed or used meanwhile, it is another invitation or none.
    let still = rows::invited(&context, write.connection(), &request.token).await?;
    if still.is_none_or(|still| still.id != account.id || still.code_hash != account.code_hash) {
        return Err(unknown_invitation());
    }
    rows::set_password(&context, write.connection(), &account.id, &hash).await?;
    let entry = AuditRecord {
        tenant: context.tenant(),
        at: context.clock().stamp(),
        account: &account.id,
        name: &account.name,
        role: "",
        act: "account.accept".into(),
        subject: &account.id,
        detail: visitor.client.address.to_string(),
    };
    write.commit(entry).await?;
    Ok((Accepted { account: AccountId::new(account.id) }, SessionChange::None))
}

/// Counts the code before it is compared, so that codes that arrive together are counted like codes one after the other.
async fn require_code(context: &Context, account: &Account, code: Option<&str>) -> Result<(), Failure> {
    let (Some(wanted), Some(code)) = (account.code_hash.as_deref(), code) else { return Ok(()) };
    let mut write = context.db.write(&lock(context)).await?;
    let counted = rows::count_code(context, write.connection(), &account.id, MOST_CODES).await?;
    let known = find(context, write.connection(), &account.id).await?;
    let right = counted
        && known.is_some_and(|known| known.code_hash.as_deref() == Some(wanted))
        && code_hash(context, &account.id, code) == wanted;
    let act = if right { "account.code" } else { "account.wrong_code" };
    let entry = AuditRecord::of_system(context.tenant(), context.clock().stamp(), act);
    let detail = if counted { String::new() } else { "void".into() };
    write.commit(AuditRecord { subject: &account.id, detail, ..entry }).await?;
    if right {
        return Ok(());
    }
    let message = match counted {
        true => "激活码不正确，请核对；输错 5 次后链接作废。",
        false => "激活码输错次数过多，链接已作废，请联系管理员重新办理。",
    };
    Err(Refusal::new("ACT-02", message).into())
}

fn unknown_invitation() -> Failure {
    Failure::unknown("份邀请，或它已用过、已过期")
}
