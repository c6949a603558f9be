//! 通知: the tables `notices`, numbered per account so that a stream goes on where it broke off, and `notices_read`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{
    MOST_ROWS, Value, for_each_key, from_i64, insert_many, placeholders, prepared, statement, to_i64,
};
use shared::api::notices::{MOST, Notice, NotifiedCase};
use shared::cases::Kind;
use shared::cases::kernel::notification::NotificationKind;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId, NoticeId};
use sqlx::{AnyConnection, AssertSqlSafe, FromRow, Row};
use std::collections::{BTreeMap, BTreeSet};

/// A notice for one account.
pub struct NewNotice<'a> {
    pub account: &'a AccountId,
    /// Who did what it is about.
    pub by_name: &'a str,
    pub case: &'a CaseId,
    /// The case as it is called now.
    pub about: String,
    pub kind: &'a NotificationKind,
}

/// Appends notices, numbered per account in their order; the number of each. The caller holds the lock of every account.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    notices: &[NewNotice<'_>],
) -> Result<Vec<i64>, Failure> {
    let accounts: BTreeSet<&AccountId> = notices.iter().map(|notice| notice.account).collect();
    let mut numbers = latest_of(context, &mut *connection, &accounts).await?;
    let at = context.clock().stamp().to_string();
    let mut rows = Vec::with_capacity(notices.len());
    let mut given = Vec::with_capacity(notices.len());
    for notice in notices {
        let number = numbers.entry(notice.account.to_string()).or_default();
        *number += 1;
        given.push(*number);
        rows.push(vec![
            Value::from(context.tenant()),
            notice.account.as_str().into(),
            (*number).into(),
            at.as_str().into(),
            notice.by_name.into(),
            notice.case.as_str().into(),
            notice.about.as_str().into(),
            serde_json::to_string(notice.kind)?.into(),
        ]);
    }
    let into = "notices (tenant, account, seq, at, by_name, request, about, matter)";
    insert_many(connection, into, &rows, "").await?;
    Ok(given)
}

/// Number of the latest notice of each account that has one.
async fn latest_of(
    context: &Context,
    connection: &mut AnyConnection,
    accounts: &BTreeSet<&AccountId>,
) -> Result<BTreeMap<String, i64>, Failure> {
    let mut latest = BTreeMap::new();
    let accounts: Vec<&AccountId> = accounts.iter().copied().collect();
    for chunk in accounts.chunks(MOST_ROWS) {
        let sql = for_each_key(prepared(chunk.len()), 1, |account| {
            format!(
                "select account, latest from (select account, seq as latest from notices where tenant = $1 and \
                 account = ${account} order by seq desc limit 1) as last"
            )
        });
        let mut values = vec![Value::from(context.tenant())];
        values.extend(chunk.iter().map(|account| Value::from(account.as_str())));
        values.resize(1 + prepared(chunk.len()), Value::from(""));
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            latest.insert(row.try_get("account")?, row.try_get("latest")?);
        }
    }
    Ok(latest)
}

/// Number of the latest notice of an account, 0 when there is none.
pub async fn latest(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<u64, Failure> {
    let seq: Option<i64> =
        sqlx::query_scalar("select max(seq) from notices where tenant = $1 and account = $2")
            .bind(context.tenant())
            .bind(account.as_str())
            .fetch_one(connection)
            .await?;
    Ok(from_i64(seq.unwrap_or(0)))
}

/// The notices after a number, oldest first, at most [`MOST`].
pub async fn after(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    number: u64,
) -> Result<Vec<(u64, Notice)>, Failure> {
    select(context, connection, account, "n.seq > $3 order by n.seq", number).await
}

/// The latest [`MOST`] notices, newest first.
pub async fn newest(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<Vec<Notice>, Failure> {
    let notices = select(context, connection, account, "n.seq > $3 order by n.seq desc", 0).await?;
    Ok(notices.into_iter().map(|(_, notice)| notice).collect())
}

#[derive(FromRow)]
struct NoticeRow {
    seq: i64,
    at: String,
    by_name: String,
    case_id: String,
    kind: String,
    fiscal_year: i64,
    about: String,
    matter: String,
}

impl NoticeRow {
    fn notice(self) -> Result<(u64, Notice), Failure> {
        let content: NotificationKind = serde_json::from_str(&self.matter)?;
        let kind = Kind::from_word(&self.kind);
        let fiscal_year = FiscalYear(i32::try_from(self.fiscal_year).map_err(anyhow::Error::from)?);
        let notice = Notice {
            id: NoticeId::new(format!("n{}", self.seq)),
            at: Some(self.at.parse()?),
            case: Some(NotifiedCase { id: CaseId::new(self.case_id), kind, fiscal_year }),
            about: self.about,
            by: self.by_name,
            text: content.words(),
            read: false,
        };
        Ok((from_i64(self.seq), notice))
    }
}

async fn select(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    which: &'static str,
    number: u64,
) -> Result<Vec<(u64, Notice)>, Failure> {
    // Only the fixed condition of the two callers varies; every value is bound.
    let sql = format!(
        "select n.seq, n.at, n.by_name, n.request as case_id, c.kind, c.fiscal_year, n.about, n.matter \
         from notices n join cases c on c.tenant = n.tenant and c.id = n.request \
         where n.tenant = $1 and n.account = $2 and {which} limit $4"
    );
    let rows: Vec<NoticeRow> = sqlx::query_as(AssertSqlSafe(sql))
        .bind(context.tenant())
        .bind(account.as_str())
        .bind(to_i64(number))
        .bind(to_i64(MOST as u64))
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(NoticeRow::notice).collect()
}

/// How many notices of an account are unread; reminders are not among them.
pub async fn unread(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<usize, Failure> {
    let unread: i64 = sqlx::query_scalar(
        "select count(*) from notices n where n.tenant = $1 and n.account = $2 and not exists (select 1 from \
         notices_read r where r.tenant = n.tenant and r.account = n.account and r.notice = 'n' || n.seq)",
    )
    .bind(context.tenant())
    .bind(account.as_str())
    .fetch_one(connection)
    .await?;
    Ok(usize::try_from(unread).unwrap_or(0))
}

/// Which of these notices and reminders this account has read; at most [`MOST`] and one are asked for.
pub async fn read_of(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    notices: &[&str],
) -> Result<BTreeSet<String>, Failure> {
    if notices.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql = format!(
        "select notice from notices_read where tenant = $1 and account = $2 and notice in ({})",
        placeholders(3, notices.len())
    );
    let keys = [context.tenant(), account.as_str()].into_iter();
    let values: Vec<Value<'_>> = keys.chain(notices.iter().copied()).map(Value::from).collect();
    let rows = statement(sql, &values).persistent(false).fetch_all(connection).await?;
    Ok(rows.iter().map(|row| row.try_get("notice")).collect::<Result<_, _>>()?)
}

/// Marks notices and reminders as read; those that are already stay as they are.
pub async fn mark_read(
    context: &Context,
    connection: &mut AnyConnection,
    account: &AccountId,
    notices: &[NoticeId],
) -> Result<(), Failure> {
    let at = context.clock().stamp().to_string();
    let mut rows = Vec::with_capacity(notices.len());
    for notice in notices {
        let values = [context.tenant(), account.as_str(), notice.as_str(), &at];
        rows.push(values.map(Value::from).into());
    }
    let into = "notices_read (tenant, account, notice, at)";
    insert_many(connection, into, &rows, "on conflict do nothing").await?;
    Ok(())
}
