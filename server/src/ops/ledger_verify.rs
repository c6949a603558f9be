//! 账务核验: holds the whole ledger of a database against its laws (`omfund ledger verify`). Reads only.

use crate::cases::money::rows;
use crate::cases::money::world::{self, StoredWorld};
use crate::kernel::failure::Failure;
use crate::store::snapshot::DatabaseSnapshot;
use shared::cases::money::world::Setting;
use shared::kernel::ids::TenantId;
use shared::ledger::transfer::Transfer;
use sqlx::AnyConnection;

/// What a verification of the ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerReport {
    pub transfers: usize,
    pub accounts: usize,
    /// Broken laws with the first place that breaks each.
    pub breaches: Vec<String>,
}

/// Transfers read at once.
const PAGE: i64 = 20_000;

/// Verifies the ledger of a tenant; the database is opened for reading and stays as it is.
///
/// # Errors
/// The database cannot be read, or has no ledger.
pub async fn verify_ledger(database: &str, tenant: &TenantId) -> anyhow::Result<LedgerReport> {
    let setting = Setting::shipped()?;
    let mut snapshot = DatabaseSnapshot::open(database).await?;
    let found = walk(snapshot.connection(), tenant.as_str(), setting).await;
    snapshot.close().await?;
    found.map_err(|failure| anyhow::anyhow!("{failure:?}"))
}

/// Holds the whole ledger against its laws.
pub async fn walk(
    connection: &mut AnyConnection,
    tenant: &str,
    setting: Setting,
) -> Result<LedgerReport, Failure> {
    let StoredWorld { mut world, .. } = world::read(&mut *connection, tenant, setting).await?;
    world.closed = rows::closed_years(&mut *connection, tenant).await?;
    let stored = rows::balances(&mut *connection, tenant).await?;
    let movements = rows::movements(&mut *connection, tenant).await?;
    let mut log: Vec<Transfer> = Vec::new();
    loop {
        let after = log.last().map_or(0, |row| row.number);
        let page = rows::transfers_after(&mut *connection, tenant, after, PAGE).await?;
        if page.is_empty() {
            break;
        }
        log.extend(page);
    }
    let (transfers, accounts) = (log.len(), stored.len());
    let breaches = shared::ledger::verify::verify(&world.books_of(&log, stored, &movements));
    let breaches = breaches.into_iter().map(|breach| format!("{}：{}", breach.law, breach.at)).collect();
    Ok(LedgerReport { transfers, accounts, breaches })
}
