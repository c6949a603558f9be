//! 动态口令: setting it up, and the code that a sign-in needs besides the password. How a code is judged:
//! `shared::policy::accounts::totp`. The secret lies in the database sealed, under a key in a file outside it.

use super::factor_rows;
use super::own::{owner, require_password};
use crate::context::{Context, Shared};
use crate::identity::accounts::Account;
use crate::identity::secret_box;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::kernel::token;
use crate::store::audit_trail::AuditRecord;
use shared::api::escaped;
use shared::api::second_factor::{
    BeginSecondFactor, ConfirmSecondFactor, NewSecondFactor, ReadSecondFactor, RecoveryCodes,
    SecondFactorState,
};
use shared::kernel::hash::digest;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::policy::accounts::totp::{CodeFault, TotpSecret};
use sqlx::AnyConnection;

pub use factor_rows::{accounts_with, delete};

/// Bytes of a secret, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: 16 letters.
const RECOVERY_BYTES: usize = 10;

/// `GET /api/me/second-factor`.
pub async fn read(context: Shared, actor: Actor, _: ReadSecondFactor) -> Result<SecondFactorState, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let account = actor.account.as_str();
    let factor = factor_rows::find(&context, &mut connection, account).await?;
    let codes_left = factor_rows::codes_left(&context, &mut connection, account).await?;
    let is_required = context.profile().requires_second_factor();
    Ok(SecondFactorState { is_on: factor.is_some_and(|factor| factor.is_on()), codes_left, is_required })
}

/// Whether the profile requires a second factor that this account does not have.
pub async fn is_missing(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
) -> Result<bool, Failure> {
    if !context.profile().requires_second_factor() {
        return Ok(false);
    }
    let factor = factor_rows::find(context, connection, account).await?;
    Ok(!factor.is_some_and(|factor| factor.is_on()))
}

/// `POST /api/me/second-factor`: a wrong password counts as a failed sign-in.
pub async fn begin(
    context: Shared,
    visitor: Visitor,
    request: BeginSecondFactor,
) -> Result<(NewSecondFactor, SessionChange), Failure> {
    let (actor, _) = owner(&context, &visitor).await?;
    require_password(&context, &visitor, &actor, request.password).await?;
    let secret = token::random_base32(SECRET_BYTES)?;
    let mut write = context.db.write("session").await?;
    let sealed = secret_box::seal(&context.settings.secret_key()?, actor.account.as_str(), &secret)?;
    if !factor_rows::begin(&context, write.connection(), actor.account.as_str(), &sealed).await? {
        return Err(Failure::exists("动态口令已经启用；更换设备请联系管理员办理重置。"));
    }
    let entry =
        AuditRecord::by(&actor, context.clock().stamp(), "account.factor_begin", actor.account.as_str());
    write.commit(entry).await?;
    let issuer = escaped("运维资金管理系统");
    let account = escaped(actor.account.as_str());
    let address = format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}");
    Ok((NewSecondFactor { secret, address }, SessionChange::None))
}

/// `POST /api/me/second-factor/confirm`: from the next sign-in on a code is asked for.
pub async fn confirm(
    context: Shared,
    actor: Actor,
    request: ConfirmSecondFactor,
) -> Result<RecoveryCodes, Failure> {
    let account = actor.account.as_str();
    let mut write = context.db.write("session").await?;
    let factor = factor_rows::find(&context, write.connection(), account).await?;
    let factor = factor.filter(|factor| !factor.is_on());
    let factor = factor.ok_or_else(|| Failure::exists("没有待确认的动态口令，请刷新页面查看。"))?;
    use_totp(&context, write.connection(), account, &factor, &request.code).await?;
    let codes: Vec<String> =
        (0..RECOVERY_CODES).map(|_| token::random_base32(RECOVERY_BYTES)).collect::<Result<_, _>>()?;
    let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(&context, account, code)).collect();
    factor_rows::replace_codes(&context, write.connection(), account, &hashes).await?;
    let entry = AuditRecord::by(&actor, context.clock().stamp(), "account.factor_confirm", account);
    write.commit(entry).await?;
    Ok(RecoveryCodes { codes: codes.iter().map(|code| grouped(code)).collect() })
}

/// Seals the secrets that a release before the seal stored as they are; how many there were.
pub async fn seal_plain(context: &Context) -> Result<usize, Failure> {
    let mut write = context.db.write("session").await?;
    let mut plain = factor_rows::secrets(context, write.connection()).await?;
    plain.retain(|(_, secret)| !secret_box::is_sealed(secret));
    if plain.is_empty() {
        return Ok(0);
    }
    let key = context.settings.secret_key()?;
    for (account, secret) in &plain {
        let sealed = secret_box::seal(&key, account, secret)?;
        factor_rows::set_secret(context, write.connection(), account, &sealed).await?;
    }
    let entry = AuditRecord::of_system(context.tenant(), context.clock().stamp(), "account.factor_sealed");
    write.commit(entry.detail(plain.len().to_string())).await?;
    Ok(plain.len())
}

/// The code of a sign-in whose password was right: `Ok` where the account needs none. What it uses up is part of the
/// write the connection belongs to.
///
/// # Errors
/// ACT-30 when it is missing, ACT-31 … ACT-33 when it does not serve.
pub async fn require_code(
    context: &Context,
    connection: &mut AnyConnection,
    known: &Account,
    code: Option<&str>,
) -> Result<(), Failure> {
    let factor = factor_rows::find(context, &mut *connection, &known.id).await?;
    let Some(factor) = factor.filter(|factor| factor.is_on()) else { return Ok(()) };
    let code = code.map(plain).filter(|code| !code.is_empty());
    let Some(code) = code else {
        return Err(Refusal::new("ACT-30", "请输入动态口令应用显示的 6 位数字，或一个恢复码。").into());
    };
    if code.len() == 6 {
        return use_totp(context, connection, &known.id, &factor, &code).await;
    }
    let hash = recovery_hash(context, &known.id, &code);
    match factor_rows::use_code(context, connection, &known.id, &hash).await? {
        true => Ok(()),
        false => Err(Refusal::new("ACT-33", "恢复码不正确或已经用过，请换一个。").into()),
    }
}

async fn use_totp(
    context: &Context,
    connection: &mut AnyConnection,
    account: &str,
    factor: &factor_rows::FactorRow,
    code: &str,
) -> Result<(), Failure> {
    let opened = secret_box::open(&context.settings.secret_key()?, account, &factor.secret)?;
    let secret = TotpSecret::from_base32(&opened);
    let secret = secret.ok_or_else(|| anyhow::anyhow!("the second factor of {account} cannot be read"))?;
    let now = u64::try_from(context.clock().seconds()).map_err(anyhow::Error::from)?;
    let used = u64::try_from(factor.last_step).ok().filter(|step| *step > 0);
    let checked = secret.check(now, &plain(code), used);
    let step = checked.and_then(|step| i64::try_from(step).map_err(|_| CodeFault::Wrong));
    let step = step.map_err(refused)?;
    match factor_rows::use_step(context, connection, account, step).await? {
        true => Ok(()),
        false => Err(refused(CodeFault::StepUsed)),
    }
}

fn refused(fault: CodeFault) -> Failure {
    let refusal = match fault {
        CodeFault::Wrong => Refusal::new("ACT-31", "动态口令不正确，请核对手机时间后输入新的 6 位数字。"),
        CodeFault::StepUsed => Refusal::new("ACT-32", "这个动态口令已经用过，请等下一个（30 秒内）。"),
    };
    refusal.into()
}

/// A code as it is typed, without blanks and dashes.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect()
}

/// `ABCD-EFGH-…`, as it is written down.
fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

fn recovery_hash(context: &Context, account: &str, code: &str) -> String {
    digest(&["recovery code", context.tenant(), account, code])
}
