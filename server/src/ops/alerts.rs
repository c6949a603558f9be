//! 告警: derived from the trail and the file of heads whenever the audit page is read; nothing of it is stored.

use crate::audit;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::ops::{heads, nightly};
use crate::store::audit_trail;
use crate::store::logs;
use shared::api::audit::{
    ActGroup, AlertKind, AuditAlert, AuditEntry, AuditOutcome, AuditTrail, ReadAuditTrail,
};
use shared::kernel::calendar::Date;
use shared::kernel::people::{Actor, Role};
use shared::policy::art16_trail::alerts::{RefusedSignIn, guessing};
use sqlx::AnyConnection;

/// Days an alert about an act stands.
const STANDS_DAYS: i64 = 30;
/// Days over which refused sign-ins are looked at.
const GUESSES_DAYS: i64 = 7;
/// Most entries that are looked at for one kind of alert.
const MOST_ENTRIES: u64 = 20_000;

/// Acts of the system that nobody does in the course of business.
const KEY_ACTS: [&str; 2] = ["account.setup_code", "audit.key"];

/// `GET /api/audit-trail`, with what has to be looked at.
pub async fn read_with_trail(
    context: Shared,
    actor: Actor,
    request: ReadAuditTrail,
) -> Result<AuditTrail, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let alerts = of(&context, &mut connection).await?;
    drop(connection);
    let trail = audit::trail::read(context, actor, request).await?;
    Ok(AuditTrail { alerts, ..trail })
}

/// All that has to be looked at now.
pub async fn of(context: &Context, connection: &mut AnyConnection) -> Result<Vec<AuditAlert>, Failure> {
    let mut alerts = guessed(context, &mut *connection).await?;
    alerts.extend(acts(context, &mut *connection).await?);
    alerts.extend(without_head(context, &mut *connection).await?);
    alerts.extend(verification(context, connection).await?);
    Ok(alerts)
}

/// The filter of the last `days`.
fn since(context: &Context, days: i64) -> ReadAuditTrail {
    ReadAuditTrail { from: context.clock().today().plus_days(-days), ..ReadAuditTrail::default() }
}

async fn guessed(context: &Context, connection: &mut AnyConnection) -> Result<Vec<AuditAlert>, Failure> {
    let filter = ReadAuditTrail {
        group: Some(ActGroup::SignIn),
        outcome: Some(AuditOutcome::Refused),
        ..since(context, GUESSES_DAYS)
    };
    let entries = audit_trail::find(connection, context.tenant(), &filter, MOST_ENTRIES).await?;
    let refused = entries.into_iter().filter(|entry| entry.act == "session.refused").filter_map(|entry| {
        Some(RefusedSignIn { at: entry.at.parse().ok()?, account: entry.subject, network: entry.network })
    });
    let alert = |found: shared::policy::art16_trail::alerts::Guessing| {
        let (kind, what) = match found.is_network {
            true => (AlertKind::GuessedNetwork, "网段"),
            false => (AlertKind::GuessedAccount, "账号"),
        };
        let of = Some(found.of.clone());
        let filter = match found.is_network {
            true => ReadAuditTrail { network: of, ..filter.clone() },
            false => ReadAuditTrail { subject: of, ..filter.clone() },
        };
        let text =
            format!("{what} {} 在一小时内登录未成功 {} 次，最后一次在 {}", found.of, found.most, found.last);
        AuditAlert { kind, text, filter: Some(filter) }
    };
    Ok(guessing(&refused.collect::<Vec<_>>()).into_iter().map(alert).collect())
}

/// Posts of the three administrators that were given, and what was done about keys.
async fn acts(context: &Context, connection: &mut AnyConnection) -> Result<Vec<AuditAlert>, Failure> {
    let of_accounts = ReadAuditTrail { group: Some(ActGroup::Accounts), ..since(context, STANDS_DAYS) };
    let of_system = ReadAuditTrail { group: Some(ActGroup::System), ..since(context, STANDS_DAYS) };
    let tenant = context.tenant();
    let mut entries = audit_trail::find(&mut *connection, tenant, &of_accounts, MOST_ENTRIES).await?;
    entries.extend(audit_trail::find(connection, tenant, &of_system, MOST_ENTRIES).await?);
    Ok(entries.iter().filter_map(alert_of_act).collect())
}

fn alert_of_act(entry: &AuditEntry) -> Option<AuditAlert> {
    let given = || {
        let words: Vec<&str> = entry.detail.split(' ').collect();
        let gives = entry.act == "account.assign"
            || (entry.act == "account.agree"
                && words.iter().any(|word| matches!(*word, "grant_post" | "change_post")));
        let role = Role::ALL.into_iter().filter(|role| role.is_administrator());
        role.filter(|_| gives).find(|role| words.contains(&role.word()))
    };
    let (kind, text) = match given() {
        Some(role) => {
            let text = format!("{} {} 向账号 {} 授予{}", entry.at, entry.name, entry.subject, role.label());
            (AlertKind::AdministratorPost, text)
        }
        None if KEY_ACTS.contains(&entry.act.as_str()) => {
            (AlertKind::Key, format!("{} {}", entry.at, entry.label))
        }
        None => return None,
    };
    let day = entry.at.get(..10).and_then(Date::parse);
    let filter = ReadAuditTrail { from: day, until: day, ..ReadAuditTrail::default() };
    let filter = ReadAuditTrail { text: Some(entry.act.clone()), ..filter };
    Some(AuditAlert { kind, text, filter: Some(filter) })
}

/// The trail grew for more than a day without a head outside.
async fn without_head(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Option<AuditAlert>, Failure> {
    let alert = |text: String| Some(AuditAlert { kind: AlertKind::Heads, text, filter: None });
    let Some(file) = context.settings.heads.as_deref() else {
        return Ok(alert(
            "没有设置链头文件：日志末尾被截去时无从发现，请系统管理员以 --heads 设置".to_string(),
        ));
    };
    let last = match heads::read(file) {
        Ok(heads) => heads.into_iter().rfind(|head| head.log == logs::AUDIT.log),
        Err(error) => return Ok(alert(format!("链头文件读不了：{error}"))),
    };
    let end = logs::AUDIT.end(connection, context.tenant(), "").await?.number();
    let yesterday = context.clock().today().plus_days(-1);
    let day = last.as_ref().and_then(|head| Date::parse(head.at.get(..10)?));
    let is_old = last.as_ref().is_none_or(|head| head.seq < end) && day < yesterday;
    Ok(match day {
        _ if !is_old => None,
        Some(day) => alert(format!("自 {day} 起没有新的链头，请检查链头文件所在的设备")),
        None => alert("链头文件中还没有审计日志的链头，请检查链头文件所在的设备".to_string()),
    })
}

/// The last verification of the night found something.
async fn verification(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Option<AuditAlert>, Failure> {
    let filter = ReadAuditTrail {
        group: Some(ActGroup::System),
        text: Some(nightly::ACT.to_string()),
        ..ReadAuditTrail::default()
    };
    let last = audit_trail::find(connection, context.tenant(), &filter, 1).await?;
    let found = last.first().filter(|entry| !entry.detail.starts_with('0'));
    Ok(found.map(|entry| {
        let (exit, faults) = entry.detail.split_once(' ').unwrap_or((entry.detail.as_str(), "0"));
        let text = match exit {
            "1" => format!("{} 的核验发现 {faults} 处与写入时不符，请用 omfund verify 查看", entry.at),
            _ => format!("{} 的核验无法判定，请用 omfund verify 查看原因", entry.at),
        };
        AuditAlert { kind: AlertKind::Verification, text, filter: Some(filter) }
    }))
}
