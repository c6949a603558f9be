//! 绑定单点登录: the order that binds a subject of a service outside to an account, or ends the binding.

use super::Account;
use super::order_rows::OrderRow;
use crate::context::Context;
use crate::identity::sessions;
use crate::identity::sso::{self, SubjectRow};
use crate::kernel::failure::Failure;
use crate::store::Write;
use serde::{Deserialize, Serialize};
use shared::api::accounts::AskOrder;
use shared::api::sso::SsoSubject;
use shared::cases::account_order::OrderedAct;
use shared::kernel::refusal::Refusal;
use sqlx::AnyConnection;

/// What such an order asks, as it is stored.
#[derive(Serialize, Deserialize)]
struct Binding {
    issuer: String,
    /// Empty: ends the binding.
    subject: String,
}

/// The content of an order to bind; `None` for any other.
pub(super) fn content(context: &Context, request: &AskOrder) -> Result<Option<String>, Failure> {
    let asked = match (request.what, &request.subject) {
        (OrderedAct::LinkSubject, Some(asked)) => asked,
        (OrderedAct::LinkSubject, None) | (_, Some(_)) => {
            let detail = "`subject`：绑定单点登录须写明认证方式和认证标识，其他事项不写。";
            return Err(Failure::malformed(422, detail));
        }
        _ => return Ok(None),
    };
    let subject = asked.subject.trim();
    if subject.chars().any(char::is_control) {
        return Err(Failure::malformed(422, "`subject`：认证标识不含控制字符，请按认证服务显示的原样填写。"));
    }
    let issuer = context.sso.issuer(asked.protocol)?.to_string();
    let subject = sso::subject_key(asked.protocol, subject);
    Ok(Some(serde_json::to_string(&Binding { issuer, subject })?))
}

/// What an order to bind asks, in the words of its page; `None` for any other.
pub(super) fn described(row: &OrderRow) -> Option<String> {
    let Binding { issuer, subject } = binding(row).ok()?;
    Some(match subject.is_empty() {
        true => format!("解除与 {issuer} 的绑定"),
        false => format!("{issuer} 的“{subject}”"),
    })
}

fn binding(row: &OrderRow) -> Result<Binding, Failure> {
    Ok(serde_json::from_str(row.content.as_deref().unwrap_or_default())?)
}

/// ACT-42: a subject is one account's.
pub(super) async fn require_free(
    context: &Context,
    connection: &mut AnyConnection,
    row: &OrderRow,
) -> Result<(), Failure> {
    let Binding { issuer, subject } = binding(row)?;
    match sso::owner_of(context, connection, &issuer, &subject).await? {
        Some(owner) if owner != row.account => {
            let message = format!(
                "认证标识“{subject}”已绑定账号 {owner}，一个标识只能绑定一个账号；请先解除原来的绑定。"
            );
            Err(Refusal::new("ACT-42", message).into())
        }
        _ => Ok(()),
    }
}

/// Binds, or ends the binding: then the sessions of the account end as well.
pub(super) async fn carry_out(
    context: &Context,
    write: &mut Write,
    row: &OrderRow,
    known: &Account,
) -> Result<(), Failure> {
    require_free(context, write.connection(), row).await?;
    let Binding { issuer, subject } = binding(row)?;
    if sso::unlink(context, write.connection(), &issuer, &known.id).await? {
        sessions::end_all(context, write.connection(), &known.id).await?;
    }
    if !subject.is_empty() {
        let row = SubjectRow { issuer, subject, account: known.id.clone() };
        if !sso::link(context, write.connection(), &row).await? {
            return Err(sso::linked_elsewhere(&row.subject).into());
        }
    }
    Ok(())
}

/// What accounts are bound to at the services set up now: account and subject.
pub(super) async fn all(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<(String, SsoSubject)>, Failure> {
    let rows = sso::all(context, connection).await?;
    let read = |row: SubjectRow| {
        let protocol = context.sso.protocol(&row.issuer)?;
        Some((row.account, SsoSubject { protocol, subject: row.subject }))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
