//! 小计: the sums kept with each frozen version, and how its bureau cuts stand in them. The only file that knows the
//! table `version_sums`.

use crate::cases::request_store::to_i64;
use crate::context::Context;
use crate::http::failure::Failure;
use shared::cases::consolidation::budget::Sum;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// What is kept of a version beside its content.
#[derive(Clone, Debug, Default)]
pub struct VersionSums {
    pub sums: Vec<Sum>,
    /// 上年度结算额, as the department wrote it.
    pub last_year: Option<Money>,
}

/// By request, of each one's latest version.
pub type OfYear = BTreeMap<CaseId, VersionSums>;

/// Keeps the sums of a version being frozen.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
    sums: &[Sum],
) -> Result<(), Failure> {
    for (position, sum) in sums.iter().enumerate() {
        sqlx::query(
            "insert into version_sums (tenant, request, version, position, category, system, system_name, \
             requested, cut) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(context.tenant())
        .bind(request.as_str())
        .bind(i64::from(version))
        .bind(to_i64(position as u64))
        .bind(sum.category.as_str())
        .bind(sum.system.as_str())
        .bind(sum.system_name.as_str())
        .bind(sum.requested.fen())
        .bind(sum.cut.fen())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Versions of which no sums are kept.
pub async fn lacking(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<(CaseId, u32)>, Failure> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select v.request, v.version from versions v where v.tenant = $1 and not exists (select 1 from version_sums s \
         where s.tenant = v.tenant and s.request = v.request and s.version = v.version) \
         order by v.request, v.version",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    let read = |(request, version): (String, i64)| {
        let version = u32::try_from(version).map_err(anyhow::Error::from)?;
        Ok((CaseId::new(request), version))
    };
    rows.into_iter().map(read).collect()
}

/// Whether sums of a version are kept.
pub async fn has(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<bool, Failure> {
    let kept: i64 = sqlx::query_scalar(
        "select count(*) from version_sums where tenant = $1 and request = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(version))
    .fetch_one(connection)
    .await?;
    Ok(kept > 0)
}

/// States anew what the bureau cut of each sum.
pub async fn restate(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
    sums: &[Sum],
) -> Result<(), Failure> {
    for sum in sums {
        sqlx::query(
            "update version_sums set cut = $1 where tenant = $2 and request = $3 and version = $4 \
             and category = $5 and system = $6 and cut <> $1",
        )
        .bind(sum.cut.fen())
        .bind(context.tenant())
        .bind(request.as_str())
        .bind(i64::from(version))
        .bind(sum.category.as_str())
        .bind(sum.system.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

type Stored = (String, String, String, String, i64, i64);

/// Of every request of a year, or of one.
async fn read(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
    request: &str,
) -> Result<OfYear, Failure> {
    let mut kept = OfYear::new();
    let heads: Vec<(String, Option<i64>)> = sqlx::query_as(
        "select v.request, v.last_year from versions v join cases r on r.tenant = v.tenant and r.id = v.request \
         where r.tenant = $1 and r.fiscal_year = $2 and ($3 = '' or r.id = $3) and v.version = \
         (select max(n.version) from versions n where n.tenant = v.tenant and n.request = v.request)",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .bind(request)
    .fetch_all(&mut *connection)
    .await?;
    for (request, last_year) in heads {
        let last_year = last_year.map(Money::from_fen);
        kept.insert(CaseId::new(request), VersionSums { sums: Vec::new(), last_year });
    }
    let rows: Vec<Stored> = sqlx::query_as(
        "select s.request, s.category, s.system, s.system_name, s.requested, s.cut from version_sums s \
         join cases r on r.tenant = s.tenant and r.id = s.request \
         where r.tenant = $1 and r.fiscal_year = $2 and ($3 = '' or r.id = $3) and s.version = \
         (select max(n.version) from versions n where n.tenant = s.tenant and n.request = s.request) \
         order by s.request, s.position",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .bind(request)
    .fetch_all(connection)
    .await?;
    for (request, category, system, system_name, requested, cut) in rows {
        let sum = Sum {
            category,
            system,
            system_name,
            requested: Money::from_fen(requested),
            cut: Money::from_fen(cut),
        };
        kept.entry(CaseId::new(request)).or_default().sums.push(sum);
    }
    Ok(kept)
}

pub async fn of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<OfYear, Failure> {
    read(context, connection, year, "").await
}

/// Of one request's latest version.
pub async fn of(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
    request: &CaseId,
) -> Result<VersionSums, Failure> {
    Ok(read(context, connection, year, request.as_str()).await?.remove(request).unwrap_or_default())
}
