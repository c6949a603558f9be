//! 账务核验: holds the whole ledger of a database against its laws (`omfund ledger verify`). Reads only.

use crate::cases::money::rows;
use crate::cases::money::world::{self, StoredWorld};
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::snapshot::DatabaseSnapshot;
use shared::cases::execution::world::Setting;
use shared::kernel::ids::TenantId;
use shared::ledger::log::ChainEnd;
use shared::ledger::transfer::Transfer;
use shared::ledger::verify::{LawBreach, chain_breach, verify_chained};
use shared::policy::editions::register::Register;
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
    let mut snapshot = DatabaseSnapshot::open(database).await?;
    let found = walk(snapshot.connection(), tenant.as_str()).await;
    snapshot.close().await?;
    found.map_err(|failure| anyhow::anyhow!("{failure:?}"))
}

/// Holds the whole ledger against its laws.
pub async fn walk(connection: &mut AnyConnection, tenant: &str) -> Result<LedgerReport, Failure> {
    // The laws of the ledger know no parameter.
    let setting = Setting::of(Register::shipped(), None)?;
    let succession = departments::succession(&mut *connection, tenant).await?;
    let StoredWorld { mut world, .. } = world::read(&mut *connection, tenant, setting, &succession).await?;
    world.closed = rows::closed_years(&mut *connection, tenant).await?;
    let stored = rows::balances(&mut *connection, tenant).await?;
    let movements = rows::movements(&mut *connection, tenant).await?;
    let (log, chain) = read_log(&mut *connection, tenant).await?;
    let (transfers, accounts) = (log.len(), stored.len());
    let breaches = verify_chained(&world.books_of(&log, stored, &movements), chain);
    let breaches = breaches.into_iter().map(|breach| format!("{}：{}", breach.law, breach.at)).collect();
    Ok(LedgerReport { transfers, accounts, breaches })
}

/// The whole log, and where its chain breaks. Pages are hashed on another core while the next is read.
async fn read_log(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<(Vec<Transfer>, Option<LawBreach>), Failure> {
    let mut hashing = Vec::new();
    let mut end = ChainEnd::default();
    loop {
        let page = rows::transfers_after(connection, tenant, end.number, PAGE).await?;
        let Some(last) = page.last() else { break };
        let next = ChainEnd { number: last.number, hash: last.hash.clone() };
        let before = std::mem::replace(&mut end, next);
        hashing.push(tokio::task::spawn_blocking(move || {
            let breach = chain_breach(&page, &before);
            (page, breach)
        }));
    }
    let (mut log, mut chain) = (Vec::new(), None);
    for page in hashing {
        let (rows, breach) = page.await.map_err(|error| Failure::Internal(error.into()))?;
        log.extend(rows);
        chain = chain.or(breach);
    }
    Ok((log, chain))
}
