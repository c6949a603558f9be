//! 账务核验: holds the whole ledger of a database against its laws (`omfund ledger verify`). Reads only.

use crate::cases::money::rows;
use crate::cases::money::world::{self, StoredWorld};
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::snapshot::DatabaseSnapshot;
use shared::cases::execution::world::Setting;
use shared::kernel::ids::TenantId;
use shared::ledger::replay::Replay;
use shared::ledger::transfer::Transfer;
use shared::ledger::verify::LawBreach;
use shared::policy::editions::register::Register;
use sqlx::AnyConnection;
use tokio::sync::mpsc::{self, Receiver, Sender};

/// What a verification of the ledger found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerReport {
    pub transfers: usize,
    pub accounts: usize,
    /// Broken laws with the first place that breaks each.
    pub breaches: Vec<String>,
}

/// Transfers read at once.
const PAGE: i64 = 10_000;

/// Pages that wait to be judged.
const PAGES: usize = 2;

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

/// Holds the whole ledger against its laws. A page of the log is judged on another core while the next is read.
pub async fn walk(connection: &mut AnyConnection, tenant: &str) -> Result<LedgerReport, Failure> {
    // The laws of the ledger know no parameter.
    let setting = Setting::of(Register::shipped(), None)?;
    let succession = departments::succession(&mut *connection, tenant).await?;
    let StoredWorld { mut world, .. } = world::read(&mut *connection, tenant, setting, &succession).await?;
    world.closed = rows::closed_years(&mut *connection, tenant).await?;
    let stored = rows::balances(&mut *connection, tenant).await?;
    let accounts = stored.len();
    let movements = rows::movements(&mut *connection, tenant).await?;
    let replay = Replay::new(world.books(stored, &movements));
    let (pages, read) = mpsc::channel(PAGES);
    let judging = tokio::task::spawn_blocking(move || judge(replay, read));
    let transfers = read_log(connection, tenant, pages).await?;
    let breaches = judging.await.map_err(|error| Failure::Internal(error.into()))?;
    let breaches = breaches.into_iter().map(|breach| format!("{}：{}", breach.law, breach.at)).collect();
    Ok(LedgerReport { transfers, accounts, breaches })
}

fn judge(mut replay: Replay, mut pages: Receiver<Vec<Transfer>>) -> Vec<LawBreach> {
    while let Some(page) = pages.blocking_recv() {
        replay.rows(&page);
    }
    replay.finish()
}

/// Hands the log over page by page; how many transfers there are.
async fn read_log(
    connection: &mut AnyConnection,
    tenant: &str,
    pages: Sender<Vec<Transfer>>,
) -> Result<usize, Failure> {
    let (mut transfers, mut last) = (0, 0);
    loop {
        let page = rows::transfers_after(connection, tenant, last, PAGE).await?;
        let Some(row) = page.last() else { return Ok(transfers) };
        last = row.number;
        transfers += page.len();
        pages.send(page).await.map_err(|error| Failure::Internal(error.into()))?;
    }
}
