//! 执行案件库: execution cases as rows, and the keys they are found by. Owns the table `case_keys`.

use super::line_rows::LinesOfYear;
use crate::cases::store;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, insert_many, key_lists, one_text, statement, texts_in};
use shared::cases::allocation;
use shared::cases::execution::read_set::{CaseKey, Wanted};
use shared::cases::execution::registry::{AnyExecutionCase, ExecutionKindName};
use shared::cases::execution::world::CaseEntry;
use shared::cases::listed_kind::ListedKind;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::timestamp::Timestamp;
use shared::policy::accounts::succession::Succession;
use sqlx::{AnyConnection, FromRow, Row};
use std::collections::BTreeSet;
use std::num::ParseIntError;

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

/// The columns of a row, see [`read`].
const COLUMNS: [&str; 6] = ["c.id", "c.kind", "c.revision", "c.since", "c.body", "c.department"];

fn read(row: &str) -> Result<ExecutionRow, Failure> {
    let [id, kind, revision, since, body, department] = texts_in(row)?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_string();
    let kind = kind.unwrap_or_default();
    let Some(ListedKind::Execution(kind)) = ListedKind::from_word(kind) else {
        return Err(anyhow::anyhow!("a case of kind {kind:?}").into());
    };
    let revision = text(revision).parse().map_err(|error: ParseIntError| Failure::Internal(error.into()))?;
    let since = text(since).parse()?;
    let begun_in = department.map(DepartmentId::new);
    Ok(ExecutionRow { id: CaseId::new(text(id)), kind, revision, since, body: text(body), begun_in })
}

async fn select(
    connection: &mut AnyConnection,
    wanted: String,
    values: &[Value<'_>],
) -> Result<Vec<ExecutionRow>, Failure> {
    let sql = format!(
        "select {} from cases c where c.tenant = $1 and c.kind like 'money.%'{wanted}",
        one_text(&COLUMNS)
    );
    let rows = statement(sql, values).fetch_all(connection).await?;
    rows.iter().map(|row| read(row.try_get(0)?)).collect()
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
    for (list, values) in key_lists(tenant, &ids) {
        found.extend(select(&mut *connection, format!(" and c.id in ({list})"), &values).await?);
    }
    let keys: Vec<&str> = wanted.keys.iter().map(CaseKey::as_str).collect();
    for (list, values) in key_lists(tenant, &keys) {
        let rest =
            format!(" and c.id in (select case_id from case_keys where tenant = $1 and key in ({list}))");
        found.extend(select(&mut *connection, rest, &values).await?);
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
    let keys = rows.into_iter().map(|row| Ok((keys_of(&row.id, &row.entry(succession)?.case), row.id)));
    let keys = keys.collect::<Result<Vec<_>, Failure>>()?;
    put_keys(&mut *connection, tenant, keys.iter().map(|(keys, id)| (id, keys.iter()))).await?;
    store::mark_keyed(connection, tenant).await
}

/// What a case is found by, as it is stored.
pub fn keys_of(id: &CaseId, case: &AnyExecutionCase) -> BTreeSet<String> {
    // By this a case is known that was keyed before its department passed to another.
    let of_department = case.department().map(|department| format!("in/{department}"));
    case.keys(id).into_iter().map(CaseKey::into_text).chain(of_department).collect()
}

/// Adds keys of cases. What they were found by before stays: a key that is too many costs a row that is read.
pub async fn put_keys<'k, K>(
    connection: &mut AnyConnection,
    tenant: &str,
    cases: impl Iterator<Item = (&'k CaseId, K)>,
) -> Result<(), Failure>
where
    K: Iterator<Item = &'k String>,
{
    let mut rows: Vec<Vec<Value<'_>>> = Vec::new();
    for (id, keys) in cases {
        rows.extend(keys.map(|key| vec![tenant.into(), key.as_str().into(), id.as_str().into()]));
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
    for (list, values) in key_lists(tenant, ids) {
        let sql =
            format!("select id from cases where tenant = $1 and id in ({list}) and kind not like 'money.%'");
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            let (id,) = <(String,)>::from_row(&row)?;
            found.insert(CaseId::new(id));
        }
    }
    Ok(found)
}
