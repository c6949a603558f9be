//! 执行案件库: execution cases as rows, and the keys they are found by. Owns the table `case_keys`.

use super::line_rows::LinesOfYear;
use crate::cases::store;
use crate::kernel::failure::Failure;
use crate::store::values::{
    MOST_PARAMETERS, MOST_ROWS, Value, for_each_key, from_i64, insert_many, placeholders, prepared, statement,
};
use shared::cases::allocation;
use shared::cases::execution::read_set::{CaseKey, Wanted};
use shared::cases::execution::registry::{AnyExecutionCase, ExecutionKindName};
use shared::cases::execution::world::CaseEntry;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::timestamp::Timestamp;
use shared::policy::accounts::succession::Succession;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeSet;

/// A case of an execution kind as it is stored.
pub struct ExecutionRow {
    pub id: CaseId,
    pub kind: ExecutionKindName,
    pub revision: u64,
    pub since: Timestamp,
    pub body: String,
    /// The department it was begun in.
    begun_in: Option<DepartmentId>,
}

impl ExecutionRow {
    /// The case with its signatures as it is read today: what it says of a department that was merged or split it says of
    /// the successor.
    ///
    /// # Errors
    /// The body is not the JSON of such a case.
    pub fn entry(&self, succession: &Succession) -> Result<CaseEntry, Failure> {
        let mut entry = CaseEntry::read(self.kind, &self.body)?;
        entry.case.follow(succession);
        Ok(entry)
    }

    /// The departments that read it once it is concluded, besides the one that carries it on.
    pub fn readers(&self, succession: &Succession) -> BTreeSet<DepartmentId> {
        self.begun_in.as_ref().map(|begun_in| succession.readers(begun_in)).unwrap_or_default()
    }
}

#[derive(FromRow)]
struct CaseRow {
    id: String,
    kind: String,
    revision: i64,
    since: String,
    body: String,
    department: Option<String>,
}

async fn select(
    connection: &mut AnyConnection,
    wanted: String,
    values: &[Value<'_>],
) -> Result<Vec<ExecutionRow>, Failure> {
    let sql = format!(
        "select c.id, c.kind, c.revision, c.since, c.body, c.department from cases c \
         where c.tenant = $1 and c.kind like 'money.%'{wanted}"
    );
    let read = |row: CaseRow| {
        let Some(ListedKind::Execution(kind)) = ListedKind::from_word(&row.kind) else {
            return Err(anyhow::anyhow!("a case of kind {:?}", row.kind).into());
        };
        let (revision, since) = (from_i64(row.revision), row.since.parse()?);
        let begun_in = row.department.map(DepartmentId::new);
        Ok(ExecutionRow { id: CaseId::new(row.id), kind, revision, since, body: row.body, begun_in })
    };
    let rows = statement(sql, values).persistent(values.len() < 8).fetch_all(connection).await?;
    rows.iter().map(|row| read(CaseRow::from_row(row)?)).collect()
}

/// Every case of the execution kinds.
pub async fn all(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<ExecutionRow>, Failure> {
    select(connection, String::new(), &[tenant.into()]).await
}

/// The cases of these ids and under these keys.
pub async fn wanted(
    connection: &mut AnyConnection,
    tenant: &str,
    wanted: &Wanted,
) -> Result<Vec<ExecutionRow>, Failure> {
    let mut found = Vec::new();
    let ids: Vec<&str> = wanted.cases.iter().map(CaseId::as_str).collect();
    for ids in ids.chunks(MOST_PARAMETERS / 2) {
        let rest = format!(" and c.id in ({})", placeholders(2, ids.len()));
        found.extend(select(&mut *connection, rest, &of_tenant(tenant, ids)).await?);
    }
    let keys: Vec<&str> = wanted.keys.iter().map(CaseKey::as_str).collect();
    for keys in keys.chunks(MOST_PARAMETERS / 2) {
        let rest = format!(
            " and c.id in (select case_id from case_keys where tenant = $1 and key in ({}))",
            placeholders(2, keys.len())
        );
        found.extend(select(&mut *connection, rest, &of_tenant(tenant, keys)).await?);
    }
    Ok(found)
}

/// The cases of these kinds that are of one of the years from the first to the last.
pub async fn of_years(
    connection: &mut AnyConnection,
    tenant: &str,
    kinds: &[ExecutionKindName],
    (first, last): (i32, i32),
) -> Result<Vec<ExecutionRow>, Failure> {
    let rest = format!(" and c.kind in ({}) and c.fiscal_year between $2 and $3", words_of(kinds));
    let values = [tenant.into(), i64::from(first).into(), i64::from(last).into()];
    select(connection, rest, &values).await
}

/// Years some request is approved for, newest first.
pub async fn approved_years(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<i32>, Failure> {
    let sql = "select distinct fiscal_year from cases where tenant = $1 and kind = $2 and stage = $3 \
               order by fiscal_year desc";
    let years: Vec<i64> = sqlx::query_scalar(sql)
        .bind(tenant)
        .bind(ListedKind::Execution(ExecutionKindName::Request).word())
        .bind(allocation::Stage::Approved.word())
        .fetch_all(connection)
        .await?;
    Ok(years.into_iter().filter_map(|year| i32::try_from(year).ok()).collect())
}

/// Every case of these kinds.
pub async fn of_kinds(
    connection: &mut AnyConnection,
    tenant: &str,
    kinds: &[ExecutionKindName],
) -> Result<Vec<ExecutionRow>, Failure> {
    select(connection, format!(" and c.kind in ({})", words_of(kinds)), &[tenant.into()]).await
}

/// The contracts that serve lines of a year and their settlements, by the keys of [`CaseKey::serving`] and
/// [`CaseKey::naming`].
pub async fn contracts_of_year(
    connection: &mut AnyConnection,
    tenant: &str,
    of: LinesOfYear<'_>,
) -> Result<Vec<ExecutionRow>, Failure> {
    let serving = format!(
        "select k.case_id from case_keys k where k.tenant = $1 and k.key in ({})",
        of.select("'serving/' || l.id")
    );
    let naming = format!(
        "select n.case_id from case_keys n where n.tenant = $1 and n.key in \
         (select 'naming/' || s.case_id from ({serving}) s)"
    );
    let values = of.values(tenant);
    let kind = |kind| words_of(&[kind]);
    let contracts = format!(" and c.kind = {} and c.id in ({serving})", kind(ExecutionKindName::Contract));
    let mut rows = select(&mut *connection, contracts, &values).await?;
    let settled = format!(" and c.kind = {} and c.id in ({naming})", kind(ExecutionKindName::Settlement));
    rows.extend(select(connection, settled, &values).await?);
    Ok(rows)
}

/// Kinds as a query lists them.
fn words_of(kinds: &[ExecutionKindName]) -> String {
    let words: Vec<String> =
        kinds.iter().map(|kind| format!("'{}'", ListedKind::Execution(*kind).word())).collect();
    words.join(", ")
}

/// A tenant and texts, as a query binds them.
pub fn of_tenant<'a>(tenant: &'a str, texts: &[&'a str]) -> Vec<Value<'a>> {
    [tenant].iter().chain(texts).map(|text| (*text).into()).collect()
}

/// Money cases of departments that passed to another, and those found by such a department, whose keys do not name the
/// successor.
const OF_PASSED: &str = " and c.id in (select o.id from departments m join cases o on o.tenant = m.tenant and \
     o.department = m.id where m.tenant = $1 and m.merged_into is not null and not exists (select 1 from case_keys k \
     where k.tenant = m.tenant and k.case_id = o.id and k.key = 'in/' || m.merged_into) \
     union select o.case_id from departments m join case_keys o on o.tenant = m.tenant and o.key = 'in/' || m.id \
     where m.tenant = $1 and m.merged_into is not null and not exists (select 1 from case_keys k \
     where k.tenant = m.tenant and k.case_id = o.case_id and k.key = 'in/' || m.merged_into))";

/// Cases whose keys are not written: an older server stored them, or the department they are of, or that a sanction is
/// against, was merged or split since.
pub async fn unkeyed(
    connection: &mut AnyConnection,
    tenant: &str,
    succession: &Succession,
) -> Result<Vec<ExecutionRow>, Failure> {
    let mut rows =
        select(&mut *connection, " and c.keyed <> c.revision".to_string(), &[tenant.into()]).await?;
    if !succession.is_empty() {
        rows.extend(select(connection, OF_PASSED.to_string(), &[tenant.into()]).await?);
    }
    Ok(rows)
}

/// Writes the keys of the cases that have none.
pub async fn write_missing_keys(
    connection: &mut AnyConnection,
    tenant: &str,
    succession: &Succession,
) -> Result<(), Failure> {
    let rows = unkeyed(&mut *connection, tenant, succession).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let entries = rows.into_iter().map(|row| Ok((row.entry(succession)?, row.id)));
    let entries = entries.collect::<Result<Vec<_>, Failure>>()?;
    put_keys(&mut *connection, tenant, entries.iter().map(|(entry, id)| (id, &entry.case))).await?;
    store::mark_keyed(connection, tenant).await
}

/// Adds the keys of cases. What they were found by before stays: a key that is too many costs a row that is read.
pub async fn put_keys(
    connection: &mut AnyConnection,
    tenant: &str,
    cases: impl Iterator<Item = (&CaseId, &AnyExecutionCase)>,
) -> Result<(), Failure> {
    let mut rows: Vec<Vec<Value<'_>>> = Vec::new();
    for (id, case) in cases {
        let keys = case.keys(id).into_iter().map(CaseKey::into_text);
        // By this a case is known that was keyed before its department passed to another.
        let of_department = case.department().map(|department| format!("in/{department}"));
        let row = |key: String| vec![tenant.into(), key.into(), id.as_str().into()];
        rows.extend(keys.chain(of_department).map(row));
    }
    insert_many(connection, "case_keys (tenant, key, case_id)", &rows, "on conflict do nothing").await?;
    Ok(())
}

/// Which of these ids belong to a case of another kind than those that move or judge money.
pub async fn of_office_kinds(
    connection: &mut AnyConnection,
    tenant: &str,
    ids: &[&str],
) -> Result<BTreeSet<CaseId>, Failure> {
    let mut found = BTreeSet::new();
    for ids in ids.chunks(MOST_ROWS) {
        let sql = for_each_key(prepared(ids.len()), 1, |id| {
            format!("select id from cases where tenant = $1 and id = ${id} and kind not like 'money.%'")
        });
        let mut values = of_tenant(tenant, ids);
        values.resize(1 + prepared(ids.len()), Value::from(""));
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let (id,) = <(String,)>::from_row(&row)?;
            found.insert(CaseId::new(id));
        }
    }
    Ok(found)
}
