//! 案卷库: cases of every kind. The only file that knows the table `cases`.

use crate::cases::facts::KindFacts;
use crate::cases::request_store::RequestYear;
use crate::cases::stored_row::{CaseRow, succession};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{
    MOST_ROWS, Value, pieces, placeholders, prepared, statement, to_i64, typed_groups,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::cases::execution::world::CaseEntry;
use shared::cases::kernel::{CaseKind, Stage};
use shared::cases::listed_kind::ListedKind;
use shared::cases::{AnyCase, Kind, stored};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use shared::with_case;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow, Row as _};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A case and when it came to its stage.
#[derive(Clone, Debug)]
pub struct StoredCase<T> {
    pub case: T,
    pub since: Timestamp,
}

/// The columns of [`CaseRow`], with the id.
const CASES: &str = "select c.id, c.kind, c.body, c.since, c.department, d.merged_into as successor from cases c \
     left join departments d on d.tenant = c.tenant and d.id = c.department where c.tenant = $1";

pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    id: &CaseId,
) -> Result<Option<StoredCase<AnyCase>>, Failure> {
    Ok(find_many(context, connection, &BTreeSet::from([id])).await?.remove(id))
}

/// Those of these cases that there are.
pub fn find_many<'a>(
    context: &'a Context,
    connection: &'a mut AnyConnection,
    ids: &'a BTreeSet<&'a CaseId>,
) -> BoxFuture<'a, Result<BTreeMap<CaseId, StoredCase<AnyCase>>, Failure>> {
    async move {
        let mut rows = Vec::new();
        for ids in ids.iter().collect::<Vec<_>>().chunks(MOST_ROWS) {
            let sql = format!("{CASES} and c.id in ({})", placeholders(2, prepared(ids.len())));
            let mut values = vec![Value::from(context.tenant())];
            values.extend(ids.iter().map(|id| Value::from(id.as_str())));
            values.resize(1 + prepared(ids.len()), Value::from(""));
            for row in statement(sql, &values).fetch_all(&mut *connection).await? {
                let id = CaseId::new(row.try_get::<String, _>("id")?);
                let row = CaseRow::from_row(&row)?;
                if !matches!(ListedKind::from_word(&row.kind), Some(ListedKind::Execution(_))) {
                    rows.push((id, row));
                }
            }
        }
        let has_passed = rows.iter().any(|(_, row): &(CaseId, CaseRow)| row.has_passed());
        let succession = succession(context, &mut *connection, has_passed).await?;
        let read = |(id, row): (CaseId, CaseRow)| Ok((id, row.read(&succession)?));
        let mut found = rows.into_iter().map(read).collect::<Result<BTreeMap<_, _>, Failure>>()?;
        complete(context, connection, found.values_mut()).await?;
        Ok(found)
    }
    .boxed()
}

/// Completes cases with what other tables say of them; what concerns all requests of a year is read once.
async fn complete(
    context: &Context,
    connection: &mut AnyConnection,
    cases: impl Iterator<Item = &mut StoredCase<AnyCase>>,
) -> Result<(), Failure> {
    let mut years = BTreeMap::new();
    for StoredCase { case, .. } in cases {
        let AnyCase::Request(request) = case else {
            with_case!(case, case => case.complete(context, &mut *connection).await)?;
            continue;
        };
        let year = match years.entry(request.fiscal_year) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => {
                unread.insert(RequestYear::read(context, &mut *connection, request.fiscal_year).await?)
            }
        };
        year.complete(request);
    }
    Ok(())
}

/// The case of this id and kind; `None` also for a case of another kind.
pub async fn load<K: CaseKind + TryFrom<AnyCase>>(
    context: &Context,
    connection: &mut AnyConnection,
    id: &CaseId,
) -> Result<Option<StoredCase<K>>, Failure> {
    let stored = find(context, connection, id).await?;
    Ok(stored
        .and_then(|stored| Some(StoredCase { case: K::try_from(stored.case).ok()?, since: stored.since })))
}

/// The case, if it exists for this person: a foreign one is as unknown as none.
pub async fn visible(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    id: &CaseId,
) -> Result<AnyCase, Failure> {
    match find(context, connection, id).await? {
        Some(stored) if stored.case.visible_to(actor) => Ok(stored.case),
        _ => Err(Failure::unknown("份案卷")),
    }
}

/// All of a kind and year, oldest first; what other tables say of a case is not looked up.
pub async fn of_year<K: CaseKind>(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<StoredCase<K>>, Failure> {
    let rows: Vec<CaseRow> = sqlx::query_as(AssertSqlSafe(format!(
        "{CASES} and c.kind = $2 and c.fiscal_year = $3 order by c.opened, c.id"
    )))
    .bind(context.tenant())
    .bind(K::KIND.word())
    .bind(i64::from(year.0))
    .fetch_all(&mut *connection)
    .await?;
    let succession = succession(context, connection, rows.iter().any(CaseRow::has_passed)).await?;
    let read = |row: CaseRow| {
        Ok(StoredCase { case: stored::read(&row.today(&succession)?)?, since: row.since.parse()? })
    };
    rows.into_iter().map(read).collect()
}

/// Every case of a year, oldest first, in one query.
pub async fn all_of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<StoredCase<AnyCase>>, Failure> {
    let rows: Vec<CaseRow> = sqlx::query_as(AssertSqlSafe(format!(
        "{CASES} and c.fiscal_year = $2 and c.kind not like 'money.%' order by c.opened, c.id"
    )))
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .fetch_all(&mut *connection)
    .await?;
    let has_passed = rows.iter().any(CaseRow::has_passed);
    let succession = succession(context, &mut *connection, has_passed).await?;
    let of_requests = RequestYear::read(context, connection, year).await?;
    let read = |row: CaseRow| {
        let mut stored = row.read(&succession)?;
        if let AnyCase::Request(request) = &mut stored.case {
            of_requests.complete(request);
        }
        Ok(stored)
    };
    rows.into_iter().map(read).collect()
}

/// A case as it is listed.
pub struct ListedCase {
    pub case: AnyCase,
    pub since: Timestamp,
    pub department_name: Option<String>,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    case: CaseRow,
    department_name: Option<String>,
}

/// The cases of one kind or of all, oldest first; what other tables say of a case is not looked up.
pub async fn listed(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Option<Kind>,
) -> Result<Vec<ListedCase>, Failure> {
    let rows: Vec<ListedRow> = sqlx::query_as(
        "select c.kind, c.body, c.since, c.department, d.merged_into as successor, d.name as department_name from cases c \
         left join departments d on d.tenant = c.tenant and d.id = c.department where c.tenant = $1 and (c.kind = $2 or $2 = '') \
         and c.kind not like 'money.%' order by c.opened, c.id",
    )
    .bind(context.tenant())
    .bind(kind.map(Kind::word).unwrap_or_default())
    .fetch_all(&mut *connection)
    .await?;
    let succession = succession(context, connection, rows.iter().any(|row| row.case.has_passed())).await?;
    let read = |ListedRow { case, department_name }: ListedRow| {
        let StoredCase { case, since } = case.read(&succession)?;
        Ok(ListedCase { case, since, department_name })
    };
    rows.into_iter().map(read).collect()
}

/// Kind and year of a case; `None` when there is no such case.
pub async fn kind_and_year(
    connection: &mut AnyConnection,
    tenant: &str,
    case: &CaseId,
) -> Result<Option<(Kind, FiscalYear)>, Failure> {
    let row: Option<(String, i64)> =
        sqlx::query_as("select kind, fiscal_year from cases where tenant = $1 and id = $2")
            .bind(tenant)
            .bind(case.as_str())
            .fetch_optional(connection)
            .await?;
    let Some((word, year)) = row else { return Ok(None) };
    let kind = Kind::from_word(&word).ok_or_else(|| anyhow::anyhow!("a case of kind {word:?}"))?;
    Ok(Some((kind, FiscalYear(i32::try_from(year).map_err(anyhow::Error::from)?))))
}

/// Stores a new case; `false` when the id is taken, or the department has a request of that year already.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
) -> Result<bool, Failure> {
    let head = case.head();
    let done = sqlx::query(
        "insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, number, \
         body) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(head.id.as_str())
    .bind(head.kind.word())
    .bind(i64::from(head.fiscal_year.0))
    .bind(head.department.as_ref().map(DepartmentId::as_str))
    .bind(head.stage.word())
    .bind(to_i64(head.revision))
    .bind(context.clock().stamp().to_string())
    .bind(head.number.as_deref())
    .bind(case.body(None)?)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores a case over the revision it was made from; another revision there is a stale answer.
pub async fn update(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
    seen: u64,
) -> Result<(), Failure> {
    let head = case.head();
    let before: Option<String> =
        sqlx::query_scalar("select body from cases where tenant = $1 and id = $2 and revision = $3")
            .bind(context.tenant())
            .bind(head.id.as_str())
            .bind(to_i64(seen))
            .fetch_optional(&mut *connection)
            .await?;
    let Some(before) = before else { return Err(Failure::stale(head.revision)) };
    let done = sqlx::query(
        "update cases set stage = $1, revision = $2, since = $3, number = $4, body = $5 \
         where tenant = $6 and id = $7 and revision = $8",
    )
    .bind(head.stage.word())
    .bind(to_i64(head.revision))
    .bind(context.clock().stamp().to_string())
    .bind(head.number.as_deref())
    .bind(case.body(Some(&before))?)
    .bind(context.tenant())
    .bind(head.id.as_str())
    .bind(to_i64(seen))
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Failure::stale(head.revision)) }
}

/// The years in which a case of the kind came to this stage.
pub async fn years_at(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Kind,
    stage: Stage,
) -> Result<Vec<i32>, Failure> {
    let years: Vec<i64> = sqlx::query_scalar(
        "select distinct fiscal_year from cases where tenant = $1 and kind = $2 and stage = $3",
    )
    .bind(context.tenant())
    .bind(kind.word())
    .bind(stage.word())
    .fetch_all(connection)
    .await?;
    Ok(years.into_iter().filter_map(|year| i32::try_from(year).ok()).collect())
}

/// Records that the keys of every execution case are written.
pub async fn mark_keyed(connection: &mut AnyConnection, tenant: &str) -> Result<(), Failure> {
    let sql =
        "update cases set keyed = revision where tenant = $1 and kind like 'money.%' and keyed <> revision";
    sqlx::query(sql).bind(tenant).execute(connection).await?;
    Ok(())
}

/// An execution case that is to be stored over the revision it was read at, 0 for a new one; a provider belongs to no year.
pub struct MoneyRow<'a> {
    pub id: &'a CaseId,
    pub year: Option<FiscalYear>,
    pub entry: &'a CaseEntry,
    pub seen: u64,
    pub revision: u64,
}

/// Types of the columns that [`put_money`] hands over: id, kind, year, department or an empty text, stage, revision, body
/// and the revision that was seen.
const MONEY_ROW: [&str; 8] = ["text", "text", "bigint", "text", "text", "bigint", "text", "bigint"];

/// Stores execution cases; their keys are written with them.
///
/// # Errors
/// Problem 409 when one is no longer as it was read.
pub async fn put_money(
    context: &Context,
    connection: &mut AnyConnection,
    rows: &[MoneyRow<'_>],
) -> Result<(), Failure> {
    let insert = "insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, body, keyed) \
         select $1, id, kind, fiscal_year, nullif(department, ''), stage, revision, $2, $2, body, revision from put \
         where seen = 0 on conflict do nothing";
    let update = "update cases set stage = put.stage, revision = put.revision, since = $2, body = put.body, \
         fiscal_year = put.fiscal_year, department = coalesce(cases.department, nullif(put.department, '')), \
         keyed = put.revision from put where cases.tenant = $1 and cases.id = put.id and cases.revision = put.seen \
         and cases.kind = put.kind";
    let (new, known): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.seen == 0);
    let now = context.clock().stamp().to_string();
    for (rows, write) in [(new, insert), (known, update)] {
        for piece in pieces(&rows, MONEY_ROW.len()) {
            let sql = format!(
                "with put (id, kind, fiscal_year, department, stage, revision, body, seen) as (values {}) {write}",
                typed_groups(3, &MONEY_ROW, piece.len())
            );
            let mut values = vec![Value::from(context.tenant()), now.as_str().into()];
            for row in piece {
                let MoneyRow { id, year, entry, .. } = row;
                let department = entry.case.subject().department.map_or("", DepartmentId::as_str);
                values.extend([
                    id.as_str().into(),
                    ListedKind::from(entry.case.kind()).word().into(),
                    i64::from(year.map_or(0, |year| year.0)).into(),
                    department.into(),
                    entry.case.stage().into(),
                    to_i64(row.revision).into(),
                    entry.body()?.into(),
                    to_i64(row.seen).into(),
                ]);
            }
            let done = statement(sql, &values).execute(&mut *connection).await?;
            if done.rows_affected() != piece.len() as u64 {
                return Err(Failure::stale(piece.first().map_or(0, |row| row.seen)));
            }
        }
    }
    Ok(())
}

/// Whether another case of this kind carries the number.
pub async fn number_taken(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Kind,
    number: &str,
    by_other_than: &CaseId,
) -> Result<bool, Failure> {
    let taken: i64 = sqlx::query_scalar(
        "select count(*) from cases where tenant = $1 and kind = $2 and number = $3 and id <> $4",
    )
    .bind(context.tenant())
    .bind(kind.word())
    .bind(number)
    .bind(by_other_than.as_str())
    .fetch_one(connection)
    .await?;
    Ok(taken > 0)
}
