//! 版本: what a submit froze, as canonical JSON with its SM3. Written once, never changed; the only file that
//! knows the table `versions`.

use crate::cases::request_store::{self, from_i64};
use crate::context::Context;
use crate::documents::forms::Evaluation;
use crate::documents::sums;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use serde::{Deserialize, Serialize};
use shared::api::requests::{FrozenVersion, ReadVersion, VersionLine};
use shared::cases::authority::permit;
use shared::cases::kernel::Verb;
use shared::cases::request::RequestCase;
use shared::engine::document::Document;
use shared::kernel::hash::hex;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::money::Money;
use shared::kernel::people::Actor;
use sm3::{Digest, Sm3};
use sqlx::AnyConnection;

/// Everything a confirmation binds to: the content and the definition and edition it was judged by.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    pub request: CaseId,
    pub department: DepartmentId,
    /// Hash of the form definition.
    pub definition: String,
    /// 政策版本文号.
    pub edition: String,
    pub document: Document,
}

/// A snapshot as it is stored: its bytes and their SM3.
#[derive(Clone, Debug)]
pub struct FrozenSnapshot {
    pub text: String,
    pub hash: String,
}

impl Snapshot {
    /// Fields in their order, tables by key, rows by rank, cells by key: the same content gives the same bytes.
    pub fn sealed(&self) -> Result<FrozenSnapshot, Failure> {
        let text = serde_json::to_string(self)?;
        let hash = sm3_of(&text);
        Ok(FrozenSnapshot { text, hash })
    }
}

fn sm3_of(text: &str) -> String {
    hex(&Sm3::digest(text.as_bytes()))
}

/// Freezes a version, with the sums of its lines.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &RequestCase,
    sealed: &FrozenSnapshot,
    judged: &Evaluation,
    edition: &str,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into versions (tenant, request, version, at, by_account, by_name, hash, total, definition, \
         edition, snapshot, last_year) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(context.tenant())
    .bind(case.id.as_str())
    .bind(i64::from(case.version))
    .bind(context.clock().stamp().to_string())
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(sealed.hash.as_str())
    .bind(judged.total.as_deref())
    .bind(context.forms.hash.as_str())
    .bind(edition)
    .bind(sealed.text.as_str())
    .bind(judged.kept.last_year.map(Money::fen))
    .execute(&mut *connection)
    .await?;
    sums::insert(context, connection, &case.id, case.version, &judged.kept.sums).await
}

/// Keeps 上年度结算额 beside a version frozen before it was kept; what the version holds stays as it is.
pub async fn keep_last_year(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
    last_year: Option<Money>,
) -> Result<(), Failure> {
    sqlx::query("update versions set last_year = $1 where tenant = $2 and request = $3 and version = $4")
        .bind(last_year.map(Money::fen))
        .bind(context.tenant())
        .bind(request.as_str())
        .bind(i64::from(version))
        .execute(connection)
        .await?;
    Ok(())
}

/// The stored bytes of a version hashed anew: a tampered row no longer equals what was signed.
pub async fn rehashed(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<String, Failure> {
    let text: Option<String> = sqlx::query_scalar(
        "select snapshot from versions where tenant = $1 and request = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    Ok(text.map(|text| sm3_of(&text)).unwrap_or_default())
}

/// The versions of a request, oldest first, as far as `newest`.
pub async fn lines(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    newest: u32,
) -> Result<Vec<VersionLine>, Failure> {
    let rows: Vec<(i64, String, String, String, Option<String>)> = sqlx::query_as(
        "select version, at, by_name, hash, total from versions \
         where tenant = $1 and request = $2 and version <= $3 order by version",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(newest))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(version, at, by, hash, total)| {
            Ok(VersionLine { version: number(version), at: at.parse()?, by, hash, total })
        })
        .collect()
}

/// A frozen version, `None` when there is no such.
pub async fn load(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<Option<FrozenVersion>, Failure> {
    let lines = lines(context, &mut *connection, request, version).await?;
    let Some(line) = lines.into_iter().find(|line| line.version == version) else { return Ok(None) };
    let text: String = sqlx::query_scalar(
        "select snapshot from versions where tenant = $1 and request = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(version))
    .fetch_one(connection)
    .await?;
    let Snapshot { definition, edition, document, .. } = serde_json::from_str(&text)?;
    Ok(Some(FrozenVersion { line, definition, edition, document }))
}

/// The newest version this person may open: outside the department only what was reported.
pub fn newest_for(actor: &Actor, case: &RequestCase) -> u32 {
    if shared::cases::request::sees_live(actor, case) { case.version } else { case.reported_version }
}

/// `GET …/versions/{version}`.
pub async fn read(context: Shared, actor: Actor, request: ReadVersion) -> Result<FrozenVersion, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let filed = request_store::visible(&context, &mut connection, &actor, request.request.as_str()).await?;
    permit(&actor, &filed.case, Verb::Read, context.clock().today())?;
    if request.version > newest_for(&actor, &filed.case) {
        return Err(Failure::unknown("个版本"));
    }
    let frozen = load(&context, &mut connection, &request.request, request.version).await?;
    frozen.ok_or_else(|| Failure::unknown("个版本"))
}

fn number(version: i64) -> u32 {
    u32::try_from(from_i64(version)).unwrap_or(u32::MAX)
}

/// Hashes every version anew; answers how many still carry their hash and the first that does not.
pub async fn verify(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<(u64, Option<(CaseId, u32)>), Failure> {
    let keys: Vec<(String, i64)> =
        sqlx::query_as("select request, version from versions where tenant = $1 order by request, version")
            .bind(tenant)
            .fetch_all(&mut *connection)
            .await?;
    let mut intact = 0;
    for (request, version) in keys {
        let (hash, text): (String, String) = sqlx::query_as(
            "select hash, snapshot from versions where tenant = $1 and request = $2 and version = $3",
        )
        .bind(tenant)
        .bind(request.as_str())
        .bind(version)
        .fetch_one(&mut *connection)
        .await?;
        if hash != sm3_of(&text) {
            return Ok((intact, Some((CaseId::new(request), number(version)))));
        }
        intact += 1;
    }
    Ok((intact, None))
}
