//! 案卷库: cases of every kind. The only file that knows the table `cases`.

use crate::cases::facts::{self, KindFacts};
use crate::cases::request_store;
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use crate::store::values::to_i64;
use shared::api::cases::OpenCase;
use shared::cases::authority::may;
use shared::cases::execution::world::CaseEntry;
use shared::cases::kernel::{CaseKind, Stage};
use shared::cases::listed_kind::ListedKind;
use shared::cases::{AnyCase, Kind, stored};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use shared::policy::art04_calendar::window;
use shared::with_case;
use sqlx::AnyConnection;

/// A case and when it came to its stage.
#[derive(Clone, Debug)]
pub struct StoredCase<T> {
    pub case: T,
    pub since: Timestamp,
}

#[derive(sqlx::FromRow)]
struct CaseRow {
    kind: String,
    body: String,
    since: String,
}

impl CaseRow {
    fn read(self) -> Result<StoredCase<AnyCase>, Failure> {
        let CaseRow { kind, body, since } = self;
        let kind = Kind::from_word(&kind).ok_or_else(|| anyhow::anyhow!("a case of kind {kind:?}"))?;
        Ok(StoredCase { case: AnyCase::read(kind, &body)?, since: since.parse()? })
    }
}

pub async fn find(
    context: &Context,
    connection: &mut AnyConnection,
    id: &CaseId,
) -> Result<Option<StoredCase<AnyCase>>, Failure> {
    let row: Option<CaseRow> =
        sqlx::query_as("select kind, body, since from cases where tenant = $1 and id = $2")
            .bind(context.tenant())
            .bind(id.as_str())
            .fetch_optional(&mut *connection)
            .await?;
    let of_office =
        |row: &CaseRow| !matches!(ListedKind::from_word(&row.kind), Some(ListedKind::Execution(_)));
    let Some(row) = row.filter(of_office) else { return Ok(None) };
    let mut stored = row.read()?;
    with_case!(&mut stored.case, case => case.complete(context, &mut *connection).await)?;
    Ok(Some(stored))
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
    let rows: Vec<CaseRow> = sqlx::query_as(
        "select kind, body, since from cases where tenant = $1 and kind = $2 and fiscal_year = $3 \
         order by opened, id",
    )
    .bind(context.tenant())
    .bind(K::KIND.word())
    .bind(i64::from(year.0))
    .fetch_all(connection)
    .await?;
    let read = |row: CaseRow| Ok(StoredCase { case: stored::read(&row.body)?, since: row.since.parse()? });
    rows.into_iter().map(read).collect()
}

/// Every case of a year, oldest first, in one query.
pub async fn all_of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<StoredCase<AnyCase>>, Failure> {
    let rows: Vec<CaseRow> = sqlx::query_as(
        "select kind, body, since from cases where tenant = $1 and fiscal_year = $2 \
         and kind not like 'money.%' order by opened, id",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .fetch_all(&mut *connection)
    .await?;
    let late = request_store::late_windows(context, &mut *connection, year).await?;
    let register = editions::register(context, connection).await?;
    let edition = register.edition_for(year).ok();
    let read = |row: CaseRow| {
        let mut stored = row.read()?;
        if let AnyCase::Request(request) = &mut stored.case {
            request.late_until = late.get(&request.department).copied();
            request.window = edition.map(|edition| window(edition, year));
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

#[derive(sqlx::FromRow)]
struct ListedRow {
    kind: String,
    body: String,
    since: String,
    department_name: Option<String>,
}

/// The cases of one kind or of all, oldest first; what other tables say of a case is not looked up.
pub async fn listed(
    context: &Context,
    connection: &mut AnyConnection,
    kind: Option<Kind>,
) -> Result<Vec<ListedCase>, Failure> {
    let rows: Vec<ListedRow> = sqlx::query_as(
        "select c.kind, c.body, c.since, d.name as department_name from cases c left join departments d \
         on d.tenant = c.tenant and d.id = c.department where c.tenant = $1 and (c.kind = $2 or $2 = '') \
         and c.kind not like 'money.%' order by c.opened, c.id",
    )
    .bind(context.tenant())
    .bind(kind.map(Kind::word).unwrap_or_default())
    .fetch_all(connection)
    .await?;
    let read = |ListedRow { kind, body, since, department_name }: ListedRow| {
        let StoredCase { case, since } = CaseRow { kind, body, since }.read()?;
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

/// Stores an execution case over the revision it was read at, 0 for a new one; a provider belongs to no year. Its keys are
/// written with it.
pub async fn put_money(
    context: &Context,
    connection: &mut AnyConnection,
    id: &CaseId,
    year: Option<FiscalYear>,
    entry: &CaseEntry,
    seen: u64,
) -> Result<(), Failure> {
    let case = &entry.case;
    let done = sqlx::query(
        "insert into cases (tenant, id, kind, fiscal_year, department, stage, revision, opened, since, body, \
         keyed) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $7) on conflict (tenant, id) do update set \
         stage = excluded.stage, revision = excluded.revision, since = excluded.since, body = excluded.body, \
         fiscal_year = excluded.fiscal_year, department = excluded.department, keyed = excluded.keyed \
         where cases.revision = $10 and cases.kind = excluded.kind",
    )
    .bind(context.tenant())
    .bind(id.as_str())
    .bind(ListedKind::from(case.kind()).word())
    .bind(i64::from(year.map_or(0, |year| year.0)))
    .bind(case.subject().department.map(DepartmentId::as_str))
    .bind(case.stage())
    .bind(to_i64(seen + 1))
    .bind(context.clock().stamp().to_string())
    .bind(entry.body()?)
    .bind(to_i64(seen))
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Failure::stale(seen)) }
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

/// `POST /api/cases`: repeating it under the same id answers the same.
pub async fn open(context: Shared, actor: Actor, request: OpenCase) -> Result<(), Failure> {
    let OpenCase { case: id, kind, fiscal_year: year } = request;
    // Leave first: whoever may not begin such a case learns nothing of the one that is there.
    kind.opened_by().map_or(Ok(()), |right| may(&actor, right))?;
    let mut write = context.db.write(&format!("cases {} {}", context.tenant(), kind.word())).await?;
    if let Some(known) = find(&context, write.connection(), &id).await? {
        let head = known.case.head();
        let same = head.kind == kind && head.fiscal_year == year && known.case.visible_to(&actor);
        return if same { Ok(()) } else { Err(id_taken()) };
    }
    let case = facts::open(&context, write.connection(), &actor, kind, id.clone(), year).await?;
    if !insert(&context, write.connection(), &case).await? {
        return Err(id_taken());
    }
    write.changes(change_bus::desks(context.tenant()));
    let act = format!("{}.open", kind.word());
    let entry = AuditRecord::by(&actor, context.clock().stamp(), act, id.as_str());
    write.commit(entry.detail(format!("{} 年度", year.0))).await
}

fn id_taken() -> Failure {
    Failure::exists("案卷编号已被占用，请刷新页面后重试。")
}
