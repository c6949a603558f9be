//! 案卷库: cases of every kind with what they froze. The only file that knows the tables `cases` and `matter_versions`.

use crate::audit::trail::AuditRecord;
use crate::cases::facts::{self, KindFacts};
use crate::cases::request_store::{self, from_i64, to_i64};
use crate::context::Context;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::matters::OpenMatter;
use shared::api::requests::VersionLine;
use shared::cases::kernel::CaseKind;
use shared::cases::{AnyCase, Kind};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::hash::hex;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Actor;
use shared::kernel::timestamp::Timestamp;
use shared::with_case;
use sm3::{Digest, Sm3};
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
    let Some(row) = row else { return Ok(None) };
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
    let read =
        |row: CaseRow| Ok(StoredCase { case: serde_json::from_str(&row.body)?, since: row.since.parse()? });
    rows.into_iter().map(read).collect()
}

/// Every case of a year, oldest first, in one query.
pub async fn all_of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<StoredCase<AnyCase>>, Failure> {
    let rows: Vec<CaseRow> = sqlx::query_as(
        "select kind, body, since from cases where tenant = $1 and fiscal_year = $2 order by opened, id",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .fetch_all(&mut *connection)
    .await?;
    let late = request_store::late_windows(context, connection, year).await?;
    let read = |row: CaseRow| {
        let mut stored = row.read()?;
        if let AnyCase::Request(request) = &mut stored.case {
            request.late_until = late.get(&request.department).copied();
        }
        Ok(stored)
    };
    rows.into_iter().map(read).collect()
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
    .bind(case.body()?)
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
    let done = sqlx::query(
        "update cases set stage = $1, revision = $2, since = $3, number = $4, body = $5 \
         where tenant = $6 and id = $7 and revision = $8",
    )
    .bind(head.stage.word())
    .bind(to_i64(head.revision))
    .bind(context.clock().stamp().to_string())
    .bind(head.number.as_deref())
    .bind(case.body()?)
    .bind(context.tenant())
    .bind(head.id.as_str())
    .bind(to_i64(seen))
    .execute(connection)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(Failure::stale(head.revision)) }
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

/// What a case froze: its canonical bytes and their SM3.
pub fn sealed(content: &impl Serialize) -> Result<(String, String), Failure> {
    let text = serde_json::to_string(content)?;
    let hash = hex(&Sm3::digest(text.as_bytes()));
    Ok((text, hash))
}

/// Freezes a version.
pub async fn freeze(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
    version: u32,
    content: &impl Serialize,
) -> Result<(), Failure> {
    let (text, hash) = sealed(content)?;
    sqlx::query(
        "insert into matter_versions (tenant, matter, version, at, by_account, by_name, hash, snapshot) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(i64::from(version))
    .bind(context.clock().stamp().to_string())
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(hash)
    .bind(text)
    .execute(connection)
    .await?;
    Ok(())
}

/// A frozen version with its line; its hash is made anew from the bytes, so that a changed row shows.
pub async fn frozen<T: DeserializeOwned>(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    version: u32,
) -> Result<Option<(VersionLine, T)>, Failure> {
    let row: Option<(String, String, String)> = sqlx::query_as(
        "select at, by_name, snapshot from matter_versions where tenant = $1 and matter = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    let Some((at, by, text)) = row else { return Ok(None) };
    let hash = hex(&Sm3::digest(text.as_bytes()));
    let line = VersionLine { version, at: at.parse()?, by, hash, total: None };
    Ok(Some((line, serde_json::from_str(&text)?)))
}

/// Hashes every frozen version anew; answers how many are intact and the first that is not.
pub async fn verify(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<(u64, Option<(CaseId, u64)>), Failure> {
    let rows: Vec<(String, i64, String, String)> = sqlx::query_as(
        "select matter, version, hash, snapshot from matter_versions where tenant = $1 order by matter, version",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let mut intact = 0;
    for (matter, version, hash, text) in rows {
        if hash != hex(&Sm3::digest(text.as_bytes())) {
            return Ok((intact, Some((CaseId::new(matter), from_i64(version)))));
        }
        intact += 1;
    }
    Ok((intact, None))
}

/// `POST /api/matters`: repeating it under the same id answers the same.
pub async fn open(context: Shared, actor: Actor, request: OpenMatter) -> Result<(), Failure> {
    let OpenMatter { matter: id, kind, fiscal_year: year } = request;
    let mut write = context.db.write(&format!("matters {} {}", context.tenant(), kind.word())).await?;
    if let Some(known) = find(&context, write.connection(), &id).await? {
        let head = known.case.head();
        let same = head.kind == kind && head.fiscal_year == year && known.case.visible_to(&actor);
        return if same { Ok(()) } else { Err(id_taken()) };
    }
    let case = facts::open(&context, write.connection(), &actor, kind, id.clone(), year).await?;
    if !insert(&context, write.connection(), &case).await? {
        return Err(id_taken());
    }
    let act = format!("{}.open", kind.word());
    let entry = AuditRecord::by(&actor, context.clock().stamp(), act, id.as_str());
    write.commit(entry.detail(format!("{} 年度", year.0))).await
}

fn id_taken() -> Failure {
    Failure::exists("案卷编号已被占用，请刷新页面后重试。")
}
