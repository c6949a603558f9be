//! 账务核验: holds the whole ledger of a database against its laws (`omfund ledger verify`). Reads only.

use crate::cases::money::rows;
use crate::cases::money::world::{self, StoredWorld};
use crate::kernel::failure::Failure;
use crate::store::Database;
use anyhow::Context;
use shared::cases::money::world::Setting;
use shared::kernel::ids::TenantId;
use shared::ledger::transfer::Transfer;

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
    let db = Database::open_for_reading(database).await.context("打不开数据库")?;
    let found = walk(&db, tenant.as_str(), setting).await.map_err(|failure| anyhow::anyhow!("{failure:?}"));
    db.close().await;
    found
}

async fn walk(db: &Database, tenant: &str, setting: Setting) -> Result<LedgerReport, Failure> {
    let mut snapshot = db.snapshot().await?;
    let connection = snapshot.connection();
    let StoredWorld { mut world, .. } = world::read(connection, tenant, setting).await?;
    world.closed = rows::closed_years(connection, tenant).await?;
    let stored = rows::balances(connection, tenant).await?;
    let movements = rows::movements(connection, tenant).await?;
    let mut log: Vec<Transfer> = Vec::new();
    loop {
        let after = log.last().map_or(0, |row| row.number);
        let page = rows::transfers_after(connection, tenant, after, PAGE).await?;
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
