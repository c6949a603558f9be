//! 小计: the table `version_sums`, the sums of each frozen version by category and system with the bureau's cuts.

use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::values::{MOST_PARAMETERS, Value, insert_many, statement, to_i64};
use shared::cases::consolidation::budget::Sum;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

/// What is stored of a version besides its content.
#[derive(Clone, Debug, Default)]
pub struct VersionSums {
    pub sums: Vec<Sum>,
    /// 上年度结算额, as the department entered it.
    pub last_year: Option<Money>,
}

/// By request, of each one's latest version.
pub type OfYear = BTreeMap<CaseId, VersionSums>;

/// Stores the sums of a version that is being frozen.
pub async fn insert(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
    sums: &[Sum],
) -> Result<(), Failure> {
    let mut rows = Vec::with_capacity(sums.len());
    for (position, sum) in sums.iter().enumerate() {
        rows.push(vec![
            Value::from(context.tenant()),
            request.as_str().into(),
            i64::from(version).into(),
            to_i64(position as u64).into(),
            sum.category.as_str().into(),
            sum.system.as_str().into(),
            sum.system_name.as_str().into(),
            sum.requested.fen().into(),
            sum.cut.fen().into(),
        ]);
    }
    let into =
        "version_sums (tenant, request, version, position, category, system, system_name, requested, cut)";
    insert_many(connection, into, &rows, "").await?;
    Ok(())
}

#[derive(FromRow)]
struct VersionRow {
    request: String,
    version: i64,
}

/// Versions without stored sums.
pub async fn lacking(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<(CaseId, u32)>, Failure> {
    let rows: Vec<VersionRow> = sqlx::query_as(
        "select v.case_id as request, v.version from case_versions v \
         join cases c on c.tenant = v.tenant and c.id = v.case_id and c.kind = 'request' \
         where v.tenant = $1 and not exists (select 1 from version_sums s \
         where s.tenant = v.tenant and s.request = v.case_id and s.version = v.version) \
         order by v.case_id, v.version",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    let read = |row: VersionRow| {
        let version = u32::try_from(row.version).map_err(anyhow::Error::from)?;
        Ok((CaseId::new(row.request), version))
    };
    rows.into_iter().map(read).collect()
}

/// Whether a version has stored sums.
pub async fn has(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
) -> Result<bool, Failure> {
    let stored: i64 = sqlx::query_scalar(
        "select count(*) from version_sums where tenant = $1 and request = $2 and version = $3",
    )
    .bind(context.tenant())
    .bind(request.as_str())
    .bind(i64::from(version))
    .fetch_one(connection)
    .await?;
    Ok(stored > 0)
}

/// Stores what the bureau cut of each sum.
pub async fn restate(
    context: &Context,
    connection: &mut AnyConnection,
    request: &CaseId,
    version: u32,
    sums: &[Sum],
) -> Result<(), Failure> {
    for chunk in sums.chunks((MOST_PARAMETERS - 3) / 3) {
        let mut values = vec![Value::from(context.tenant()), request.as_str().into()];
        values.push(i64::from(version).into());
        let mut cuts = Vec::with_capacity(chunk.len());
        for sum in chunk {
            let first = values.len() + 1;
            cuts.push(format!("(${first}, ${}, cast(${} as bigint))", first + 1, first + 2));
            values.extend([sum.category.as_str().into(), sum.system.as_str().into(), sum.cut.fen().into()]);
        }
        let sql = format!(
            "with cuts (category, system, cut) as (values {}) \
             update version_sums set cut = cuts.cut from cuts \
             where tenant = $1 and request = $2 and version = $3 \
             and version_sums.category = cuts.category and version_sums.system = cuts.system",
            cuts.join(", ")
        );
        statement(sql, &values).persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Category, system and what was requested in 分, of every sum of a version.
pub async fn requested_of(
    connection: &mut AnyConnection,
    tenant: &str,
    request: &CaseId,
    version: u32,
) -> Result<Vec<(String, String, i64)>, Failure> {
    let requested = sqlx::query_as(
        "select category, system, requested from version_sums \
         where tenant = $1 and request = $2 and version = $3 order by position",
    )
    .bind(tenant)
    .bind(request.as_str())
    .bind(i64::from(version))
    .fetch_all(connection)
    .await?;
    Ok(requested)
}

#[derive(FromRow)]
struct HeadRow {
    request: String,
    last_year: Option<i64>,
}

#[derive(FromRow)]
struct SumRow {
    request: String,
    category: String,
    system: String,
    system_name: String,
    requested: i64,
    cut: i64,
}

/// Of every request of a year, or of one.
async fn read(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
    request: &str,
) -> Result<OfYear, Failure> {
    let mut stored = OfYear::new();
    let heads: Vec<HeadRow> = sqlx::query_as(
        "select v.case_id as request, v.last_year from case_versions v \
         join cases r on r.tenant = v.tenant and r.id = v.case_id and r.kind = 'request' \
         where r.tenant = $1 and r.fiscal_year = $2 and ($3 = '' or r.id = $3) and v.version = \
         (select max(n.version) from case_versions n where n.tenant = v.tenant and n.case_id = v.case_id)",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .bind(request)
    .fetch_all(&mut *connection)
    .await?;
    for HeadRow { request, last_year } in heads {
        let last_year = last_year.map(Money::from_fen);
        stored.insert(CaseId::new(request), VersionSums { sums: Vec::new(), last_year });
    }
    let rows: Vec<SumRow> = sqlx::query_as(
        "select s.request, s.category, s.system, s.system_name, s.requested, s.cut from version_sums s \
         join cases r on r.tenant = s.tenant and r.id = s.request \
         where r.tenant = $1 and r.fiscal_year = $2 and ($3 = '' or r.id = $3) and s.version = \
         (select max(n.version) from case_versions n where n.tenant = s.tenant and n.case_id = s.request) \
         order by s.request, s.position",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .bind(request)
    .fetch_all(connection)
    .await?;
    for SumRow { request, category, system, system_name, requested, cut } in rows {
        let sum = Sum {
            category,
            system,
            system_name,
            requested: Money::from_fen(requested),
            cut: Money::from_fen(cut),
        };
        stored.entry(CaseId::new(request)).or_default().sums.push(sum);
    }
    Ok(stored)
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
