//! 核验: recomputes everything that is chained, coded, hashed or derived and names the first entry that differs from what was
//! written. Reads only.

mod frozen;
mod replayed;
mod words;

use crate::kernel::failure::Failure;
use crate::ops::heads;
use crate::ops::ledger_verify;
use crate::store::append::TableColumns;
use crate::store::audit_key;
use crate::store::covered;
use crate::store::logs;
use crate::store::snapshot::DatabaseSnapshot;
use serde::Serialize;
use shared::api::audit::Retention;
use shared::kernel::calendar::Date;
use shared::kernel::ids::TenantId;
use shared::policy::art16_trail::{AUDIT_LOG, TrailExit, TrailFinding, TrailKey, TrailReport, TrailWalk};
use sqlx::AnyConnection;
use std::path::PathBuf;

/// What to verify, and by what.
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    pub database: String,
    pub tenant: TenantId,
    /// File of heads.
    pub heads: Option<PathBuf>,
    /// Files of every key there was. None: the one next to the database, if it is there.
    pub audit_keys: Vec<PathBuf>,
}

/// What a verification found.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyReport {
    pub exit: TrailExit,
    /// By code, log and number.
    #[serde(rename = "lines")]
    pub faults: Vec<TrailFinding>,
    pub logs: Vec<LogCount>,
    /// Frozen versions and definitions that were hashed anew.
    pub frozen: u64,
    /// Tables this version knows nothing of.
    pub unknown_tables: Vec<String>,
    pub retention: Retention,
}

/// How much of a kind of log holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogCount {
    /// `audit`, `case`, `review`, `operations`, `editions`.
    pub log: &'static str,
    pub intact: u64,
}

impl VerifyReport {
    /// Nothing is changed or missing as far as can be judged.
    pub fn is_intact(&self) -> bool {
        self.exit == TrailExit::Intact
    }

    /// The report line by line in Chinese.
    pub fn lines(&self) -> Vec<String> {
        words::lines(self)
    }
}

/// Verifies the logs, rows, versions and drafts of a database.
///
/// # Errors
/// The database, a key or the heads cannot be read.
pub async fn verify(request: &VerifyRequest) -> anyhow::Result<VerifyReport> {
    let keys = keys(request)?;
    let heads = request.heads.as_deref().map(heads::read).transpose()?;
    let mut snapshot = DatabaseSnapshot::open(&request.database).await?;
    let walk = TrailWalk::new(keys, heads);
    let found = walk_all(&mut snapshot, request.tenant.as_str(), walk).await;
    snapshot.close().await?;
    found.map_err(|failure| anyhow::anyhow!("{failure:?}"))
}

fn keys(request: &VerifyRequest) -> anyhow::Result<Vec<TrailKey>> {
    if request.audit_keys.is_empty() {
        return Ok(audit_key::read(&audit_key::default_file(&request.database))?.into_iter().collect());
    }
    let key = |file: &PathBuf| {
        audit_key::read(file)?.ok_or_else(|| anyhow::anyhow!("没有审计密钥文件 {}", file.display()))
    };
    request.audit_keys.iter().map(key).collect()
}

async fn walk_all(
    snapshot: &mut DatabaseSnapshot,
    tenant: &str,
    mut walk: TrailWalk,
) -> Result<VerifyReport, Failure> {
    let columns = snapshot.columns().await?;
    let connection = snapshot.connection();
    for log in logs::ALL {
        log.walk(connection, tenant, &columns, &mut walk).await?;
    }
    covered::walk(connection, tenant, &columns, &mut walk).await?;
    let frozen = frozen::walk(connection, tenant, &columns, &mut walk).await?;
    replayed::walk(connection, tenant, &columns, &mut walk).await?;
    replayed::walk_cases(connection, tenant, &columns, &mut walk).await?;
    if columns.contains_key("transfers") {
        let breaches = match ledger_verify::walk(connection, tenant).await {
            Ok(report) => report.breaches,
            // The row is named by the trail already; its laws cannot be judged.
            Err(failure) if failure.is_unreadable() => vec![UNREADABLE.to_string()],
            Err(failure) => return Err(failure),
        };
        for breach in breaches {
            walk.thing_changed(&format!("law/{breach}"), ("ledger".to_string(), 0));
        }
    }
    let retention = retention(connection, tenant, &columns).await?;
    let count = |log: &'static str| {
        let of = |name: &str| name == log || name.strip_prefix(log).is_some_and(|rest| rest.starts_with('/'));
        let intact = walk.intact().iter().filter(|(name, _)| of(name)).map(|(_, intact)| *intact);
        LogCount { log, intact: intact.sum() }
    };
    let logs = logs::ALL.iter().map(|log| count(log.log)).collect();
    let TrailReport { exit, lines: faults } = walk.finish_with(covered::is_transient);
    let faults = replayed::without_consequences(faults);
    let unknown_tables = covered::unknown_tables(&columns);
    Ok(VerifyReport { exit, faults, logs, frozen, unknown_tables, retention })
}

/// Since when the trail is there, up to its last entry.
async fn retention(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
) -> Result<Retention, Failure> {
    if !columns.contains_key(logs::AUDIT.table) {
        return Ok(Retention::default());
    }
    let first = logs::AUDIT.entries(&mut *connection, tenant, columns, 0).await?;
    let end = logs::AUDIT.end(&mut *connection, tenant, "").await?.number();
    let last = logs::AUDIT.entries(connection, tenant, columns, end.saturating_sub(1)).await?;
    let Some((first, last)) = first.first().zip(last.first()) else { return Ok(Retention::default()) };
    let day = last.at.get(..10).and_then(Date::parse);
    Ok(day.map_or_else(Retention::default, |day| Retention::between(&first.at, day)))
}

/// Stands for the laws of a ledger that cannot be read.
const UNREADABLE: &str = "有读不出的值，未能逐条核对";

/// Whether a finding is about the trail of acts itself.
fn is_gap(finding: &TrailFinding) -> bool {
    finding.log == AUDIT_LOG && matches!(finding.code, "AUD-03" | "AUD-05")
}
