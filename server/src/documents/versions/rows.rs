//! 版本: the table `case_versions`. A row is written once; only 上年度结算额 of old versions is added later.

use super::{FrozenSnapshot, Judged, Snapshot};
use crate::context::Context;
use crate::documents::editions;
use crate::documents::sums;
use crate::kernel::failure::Failure;
use crate::store::values::from_i64;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::requests::{FrozenVersion, VersionLine};
use shared::cases::kernel::CaseHead;
use shared::forms::parameters;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::hash::sm3_hex;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use shared::kernel::people::Actor;
use sqlx::{AnyConnection, AssertSqlSafe, FromRow};
use std::collections::BTreeMap;

/// Versions that [`rehash_all`] reads at once: a snapshot may have megabytes.
const PAGE: i64 = 20;

/// Freezes the latest version of a case with a form, with the sums of its lines.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseHead,
    judged: &Judged,
) -> Result<(), Failure> {
    let Judged { evaluation, frozen, definition, edition, .. } = judged;
    let form = FormColumns {
        definition: Some(definition),
        edition: Some(edition),
        total: evaluation.total.as_deref(),
        last_year: evaluation.sums.last_year,
    };
    insert_row(context, &mut *connection, actor, &case.id, case.version, frozen, form).await?;
    sums::insert(context, connection, &case.id, case.version, &evaluation.sums.sums).await
}

/// Freezes what a case of a kind without a form comes to.
pub async fn freeze(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
    version: u32,
    content: &impl Serialize,
) -> Result<(), Failure> {
    let snapshot = FrozenSnapshot::of(content)?;
    insert_row(context, connection, actor, case, version, &snapshot, FormColumns::default()).await
}

/// What the version of a form has besides its content.
#[derive(Default)]
struct FormColumns<'a> {
    definition: Option<&'a str>,
    edition: Option<&'a str>,
    total: Option<&'a str>,
    last_year: Option<Money>,
}

async fn insert_row(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
    version: u32,
    snapshot: &FrozenSnapshot,
    form: FormColumns<'_>,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into case_versions (tenant, case_id, version, at, by_account, by_name, hash, snapshot, \
         definition, edition, total, last_year) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(i64::from(version))
    .bind(context.clock().stamp().to_string())
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(snapshot.hash.as_str())
    .bind(snapshot.text.as_str())
    .bind(form.definition)
    .bind(form.edition)
    .bind(form.total)
    .bind(form.last_year.map(Money::fen))
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct PaperRow {
    at: String,
    by_name: String,
    snapshot: String,
}

/// What a case of a kind without a form froze, with its line. Its hash is made anew from the bytes, so that a changed row
/// shows.
pub async fn frozen<T: DeserializeOwned>(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    version: u32,
) -> Result<Option<(VersionLine, T)>, Failure> {
    let row: Option<PaperRow> = sqlx::query_as(
        "select at, by_name, snapshot from case_versions where tenant = $1 and case_id = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    let Some(PaperRow { at, by_name, snapshot }) = row else { return Ok(None) };
    let hash = sm3_hex(snapshot.as_bytes());
    let line = VersionLine { version, at: at.parse()?, by: by_name, hash, total: None };
    Ok(Some((line, serde_json::from_str(&snapshot)?)))
}

/// Adds 上年度结算额 to a version that was frozen before the column existed; its content stays as it is.
pub async fn keep_last_year(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
    last_year: Option<Money>,
) -> Result<(), Failure> {
    sqlx::query(
        "update case_versions set last_year = $1 where tenant = $2 and case_id = $3 and version = $4 \
         and last_year is null",
    )
    .bind(last_year.map(Money::fen))
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(version))
    .execute(connection)
    .await?;
    Ok(())
}

/// A version as it is stored.
#[derive(FromRow)]
pub struct StoredVersion {
    /// Kind of its case.
    pub kind: String,
    pub snapshot: String,
    pub total: Option<String>,
}

pub async fn stored(
    connection: &mut AnyConnection,
    tenant: &str,
    case: &CaseId,
    version: u32,
) -> Result<Option<StoredVersion>, Failure> {
    let stored = sqlx::query_as(
        "select c.kind, v.snapshot, v.total from case_versions v join cases c on c.tenant = v.tenant and c.id = v.case_id \
         where v.tenant = $1 and v.case_id = $2 and v.version = $3",
    )
    .bind(tenant)
    .bind(case.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    Ok(stored)
}

/// The SM3 of a version's stored bytes, computed anew: a tampered row no longer equals what was signed. Empty when there
/// is no such version.
pub async fn rehashed(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<String, Failure> {
    let text = snapshot(context, connection, request, version).await?;
    Ok(text.map(|text| sm3_hex(text.as_bytes())).unwrap_or_default())
}

async fn snapshot(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<Option<String>, Failure> {
    let text = sqlx::query_scalar(
        "select snapshot from case_versions where tenant = $1 and case_id = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    Ok(text)
}

/// Name of the edition a version was frozen with; `None` without such a version or for a kind without a form.
pub async fn edition_of(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    version: u32,
) -> Result<Option<String>, Failure> {
    let name: Option<Option<String>> = sqlx::query_scalar(
        "select edition from case_versions where tenant = $1 and case_id = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .bind(i64::from(version))
    .fetch_optional(connection)
    .await?;
    Ok(name.flatten())
}

/// The years of which a request was frozen.
pub async fn frozen_years(context: &Context, connection: &mut AnyConnection) -> Result<Vec<i32>, Failure> {
    let years: Vec<i64> = sqlx::query_scalar(
        "select distinct r.fiscal_year from case_versions v join cases r on r.tenant = v.tenant \
         and r.id = v.case_id and r.kind = 'request' where v.tenant = $1",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    Ok(years.into_iter().filter_map(|year| i32::try_from(year).ok()).collect())
}

#[derive(FromRow)]
struct LineRow {
    version: i64,
    at: String,
    by_name: String,
    hash: String,
    total: Option<String>,
}

impl LineRow {
    fn line(self) -> Result<VersionLine, Failure> {
        let LineRow { version, at, by_name, hash, total } = self;
        Ok(VersionLine { version: number(version), at: at.parse()?, by: by_name, hash, total })
    }
}

/// The versions of a form up to `newest`, oldest first; signed papers of the case are not among them.
pub async fn lines(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    newest: u32,
) -> Result<Vec<VersionLine>, Failure> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "select version, at, by_name, hash, total from case_versions \
         where tenant = $1 and case_id = $2 and version <= $3 \
         and definition is not null order by version",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(newest))
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(LineRow::line).collect()
}

#[derive(FromRow)]
struct TotalRow {
    request: String,
    version: i64,
    total: Option<String>,
}

/// 申报总额 of every version of a year's requests, in 元, by request and version.
pub async fn totals_of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<BTreeMap<(CaseId, u32), Option<String>>, Failure> {
    let rows: Vec<TotalRow> = sqlx::query_as(
        "select v.case_id as request, v.version, v.total from case_versions v \
         join cases r on r.tenant = v.tenant and r.id = v.case_id and r.kind = 'request' \
         where r.tenant = $1 and r.fiscal_year = $2",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .fetch_all(connection)
    .await?;
    let total = |row: TotalRow| ((CaseId::new(row.request), number(row.version)), row.total);
    Ok(rows.into_iter().map(total).collect())
}

/// A frozen version, `None` when there is no such version.
pub async fn load(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<Option<FrozenVersion>, Failure> {
    let lines = lines(context, &mut *connection, request, version).await?;
    let Some(line) = lines.into_iter().find(|line| line.version == version) else { return Ok(None) };
    let text = snapshot(context, &mut *connection, request, version).await?;
    let Some(text) = text else { return Ok(None) };
    let Snapshot { definition, edition, document, attachments, .. } = serde_json::from_str(&text)?;
    let judging = editions::named(context, &mut *connection, &edition).await?;
    let parameters = parameters(&judging);
    Ok(Some(FrozenVersion { line, definition, edition, parameters, document, attachments }))
}

fn number(version: i64) -> u32 {
    u32::try_from(from_i64(version)).unwrap_or(u32::MAX)
}

/// The tables of frozen versions with the column of the case: today's, and those of earlier schemas.
pub const TABLES: [(&str, &str); 3] =
    [("case_versions", "case_id"), ("versions", "request"), ("matter_versions", "matter")];

#[derive(Default, FromRow)]
struct HashRow {
    case_id: String,
    version: i64,
    hash: String,
    snapshot: String,
}

/// Hashes every version of a table of [`TABLES`] anew; answers how many there are and which no longer have their hash.
pub async fn rehash_all(
    connection: &mut AnyConnection,
    tenant: &str,
    (table, owner): (&str, &str),
) -> Result<(u64, Vec<(String, u32)>), Failure> {
    let (mut count, mut changed, mut last) = (0, Vec::new(), HashRow::default());
    let sql = format!(
        "select {owner} as case_id, version, hash, snapshot from {table} \
         where tenant = $1 and ({owner} > $2 or ({owner} = $2 and version > $3)) order by {owner}, version limit $4"
    );
    loop {
        let page: Vec<HashRow> = sqlx::query_as(AssertSqlSafe(sql.clone()))
            .bind(tenant)
            .bind(last.case_id.as_str())
            .bind(last.version)
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await?;
        if page.is_empty() {
            return Ok((count, changed));
        }
        for row in page {
            count += 1;
            if row.hash != sm3_hex(row.snapshot.as_bytes()) {
                changed.push((row.case_id.clone(), number(row.version)));
            }
            last = row;
        }
    }
}
