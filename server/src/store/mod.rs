//! 数据库: SQLite or PostgreSQL behind one SQL text. Only this folder knows which.
//!
//! A write begins with its lock and ends with its audit entry, so a write without one does not compile.
//!
//! SQL stands in this folder and in the query files beside their subject; tests/api/rooms.rs lists them with their tables.

pub mod append;
pub mod audit_key;
pub mod audit_trail;
pub mod change_bus;
pub mod covered;
pub mod logs;
mod nodes;
mod opening;
pub mod origin;
mod pools;
pub mod snapshot;
pub mod values;

mod database_file;

pub use shared::kernel::hash::digest;

use crate::kernel::failure::Failure;
use crate::store::append::TableColumns;
use crate::store::audit_key::Seal;
use crate::store::audit_trail::{self as audit, StatedAct};
use crate::store::change_bus::{ChangeSubject, Hub};
use crate::store::values::{Value, prepared, statement};
use nodes::Nodes;
use shared::api::problem::Problem;
use shared::kernel::hash::sm3;
use sqlx::any::AnyConnectOptions;
use sqlx::{Any, AnyConnection, AnyPool, Transaction};
use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::sync::Mutex;

/// Longest wait of a readiness check for its write.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);
/// Writes under way at once on PostgreSQL; one that waits for a lock leaves the others their turn.
const POSTGRES_WRITERS: usize = 4;
/// How long a readiness check's answer is good for, so that asking often costs nothing.
const PROBE_VALID: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn of(url: &str) -> anyhow::Result<Engine> {
        match url.split(':').next() {
            Some("sqlite") => Ok(Engine::Sqlite),
            Some("postgres" | "postgresql") => Ok(Engine::Postgres),
            _ => anyhow::bail!("数据库地址应以 sqlite: 或 postgres: 开头"),
        }
    }
}

/// Whose entries are sealed, by the key in which file.
#[derive(Clone, Copy, Debug)]
pub struct KeySource<'a> {
    pub tenant: &'a str,
    pub file: &'a Path,
}

pub struct Database {
    engine: Engine,
    seal: Arc<Seal>,
    readers: AnyPool,
    /// SQLite: a single connection, so writers queue here and not on a busy file.
    writer: AnyPool,
    hub: Arc<Hub>,
    /// Connection to the other servers on a PostgreSQL.
    nodes: Option<Nodes>,
    /// The last readiness check: when, and what was wrong.
    probed: Mutex<Option<(Instant, Option<Box<Problem>>)>>,
}

/// A transaction that writes; dropped without [`Write::commit`] it is rolled back.
pub struct Write {
    transaction: Transaction<'static, Any>,
    engine: Engine,
    seal: Arc<Seal>,
    hub: Arc<Hub>,
    changed: Vec<ChangeSubject>,
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…`, creating the file, and brings its tables up to date.
    ///
    /// # Errors
    /// [`audit_key::AuditKeyMissing`] where entries carry codes and the key is not the one they were made with.
    pub async fn open(url: &str, key: KeySource<'_>) -> anyhow::Result<Database> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let options = AnyConnectOptions::from_str(&with_mode(engine, url))?;
        if engine == Engine::Sqlite {
            database_file::keep_private(url, true)?;
        }
        let seal = Arc::new(opening::prepare(&options, engine, key).await?);
        let hub = Arc::new(Hub::default());
        let probed = Mutex::default();
        Ok(match engine {
            Engine::Sqlite => Database {
                engine,
                seal,
                hub,
                probed,
                nodes: None,
                writer: pools::sqlite(1, covered::SQLITE_NOTES.as_str())
                    .connect_with(options.clone())
                    .await?,
                readers: pools::sqlite(4, "pragma query_only = on;").connect_with(options).await?,
            },
            Engine::Postgres => {
                let pool = pools::postgres().connect_with(options).await?;
                let nodes = Some(Nodes::join(url, hub.clone()).await?);
                Database { engine, seal, hub, probed, nodes, writer: pool.clone(), readers: pool }
            }
        })
    }

    /// Makes the codes of entries.
    pub fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The tables there are, with their columns.
    pub async fn columns(&self, connection: &mut AnyConnection) -> Result<TableColumns, Failure> {
        snapshot::columns(connection, self.engine).await
    }

    pub fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// Wakes whoever waits for a change.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Whether the database takes writes: a full disk or a locked file still answers a read.
    pub async fn ready(&self) -> Result<(), Failure> {
        let mut probed = self.probed.lock().await;
        let fresh = probed.as_ref().filter(|(at, _)| at.elapsed() < PROBE_VALID);
        let trouble = match fresh {
            Some((_, trouble)) => trouble.clone(),
            None => {
                let outcome = tokio::time::timeout(PROBE_PATIENCE, self.probe()).await;
                let trouble = match outcome.unwrap_or_else(|_| Err(Failure::try_later(5))) {
                    Ok(()) => None,
                    Err(Failure::Problem(problem)) => Some(problem),
                    Err(internal) => return Err(internal),
                };
                *probed = Some((Instant::now(), trouble.clone()));
                trouble
            }
        };
        trouble.map_or(Ok(()), |problem| Err(problem.into()))
    }

    async fn probe(&self) -> Result<(), Failure> {
        let mut write = self.write("health").await?;
        let at = OffsetDateTime::now_utc().unix_timestamp().to_string();
        sqlx::query(
            "insert into health_probe (id, at) values (1, $1) on conflict (id) do update set at = excluded.at",
        )
        .bind(at)
        .execute(write.connection())
        .await?;
        write.commit_unaudited().await
    }

    /// Begins a write. Other writes with the same lock wait until it ends.
    pub async fn write(&self, lock: &str) -> Result<Write, Failure> {
        self.write_many(&[lock.to_string()]).await
    }

    /// Begins a write that holds several locks.
    pub async fn write_many(&self, locks: &[String]) -> Result<Write, Failure> {
        let transaction = match self.engine {
            Engine::Sqlite => self.writer.begin_with("begin immediate").await?,
            Engine::Postgres => self.writer.begin().await?,
        };
        let (hub, seal) = (self.hub.clone(), self.seal.clone());
        let mut write = Write { transaction, engine: self.engine, seal, hub, changed: Vec::new() };
        write.lock_many(locks).await?;
        Ok(write)
    }

    /// How many writes can be under way at once without waiting for each other: SQLite has a single writer.
    pub fn writers(&self) -> usize {
        match self.engine {
            Engine::Sqlite => 1,
            Engine::Postgres => POSTGRES_WRITERS,
        }
    }

    pub async fn close(&self) {
        if let Some(nodes) = &self.nodes {
            nodes.leave();
        }
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Write {
    /// The connection inside the transaction.
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// Listeners of `subject` wake once this is committed.
    pub fn changes(&mut self, subject: ChangeSubject) {
        self.changed.push(subject);
    }

    /// Other writes with the same lock wait until this write ends.
    pub async fn lock(&mut self, what: &str) -> Result<(), Failure> {
        self.lock_many(&[what.to_string()]).await
    }

    /// Takes the locks one after the other in the order of their keys, so that two who want the same ones cannot wait for
    /// each other.
    async fn lock_many(&mut self, locks: &[String]) -> Result<(), Failure> {
        // SQLite has a single writer.
        if self.engine == Engine::Postgres {
            let keys: BTreeSet<i64> = locks.iter().map(|what| lock_key(what)).collect();
            let mut keys: Vec<Value<'_>> = keys.into_iter().map(Value::from).collect();
            // A lock that is held is taken again at once.
            if let Some(last) = keys.last().cloned() {
                keys.resize(keys.len().max(prepared(keys.len())), last);
            }
            let wanted: Vec<String> = (1..=keys.len()).map(|at| format!("(cast(${at} as bigint))")).collect();
            let sql = format!(
                "select 1 from (select pg_advisory_xact_lock(key) from (values {}) as wanted (key)) as locked",
                wanted.join(", ")
            );
            statement(sql, &keys).execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Ends the write with its entry in the audit trail, which names what else was written.
    pub async fn commit(self, entry: audit::AuditRecord<'_>) -> Result<(), Failure> {
        self.commit_as(entry, None).await
    }

    /// Ends the write with an entry about an act that was refused by the rule of this code.
    pub async fn commit_refused(self, entry: audit::AuditRecord<'_>, code: &str) -> Result<(), Failure> {
        self.commit_as(entry, Some(code)).await
    }

    async fn commit_as(
        mut self,
        entry: audit::AuditRecord<'_>,
        refused: Option<&str>,
    ) -> Result<(), Failure> {
        if ["account.", "session."].iter().any(|acts| entry.act.starts_with(acts)) {
            self.changes(change_bus::people(entry.tenant));
        }
        let written = self.written(entry.tenant).await?;
        self.commit_acts(&[StatedAct::new(entry, refused, written)]).await
    }

    /// What was written so far and is not stated by an act yet.
    pub async fn written(&mut self, tenant: &str) -> Result<covered::Written, Failure> {
        let notes = self.take_notes().await?;
        covered::written(self.connection(), tenant, &notes).await
    }

    /// Ends a write of several acts, which are all done or none and together state all that was written.
    pub async fn commit_acts(mut self, acts: &[StatedAct<'_>]) -> Result<(), Failure> {
        let Some(tenant) = acts.first().map(StatedAct::tenant) else { return self.commit_unaudited().await };
        // Every write takes this lock last, so it cannot deadlock with the others.
        self.lock(&format!("audit {tenant}")).await?;
        let seal = self.seal.clone();
        audit::append(self.connection(), &seal, acts).await?;
        self.end().await
    }

    /// Appends an entry that makes statements of its own, for the adoption of a key. The caller holds the trail's lock.
    pub async fn append_stated(
        &mut self,
        entry: audit::AuditRecord<'_>,
        stated: covered::Written,
    ) -> Result<(), Failure> {
        let seal = self.seal.clone();
        audit::append(self.connection(), &seal, &[StatedAct::new(entry, None, stated)]).await
    }

    /// Makes the codes of this write's further entries with another key.
    pub fn seal_with(&mut self, seal: Seal) {
        self.seal = Arc::new(seal);
    }

    /// Ends a write without an audit entry: the operation log is a trail of its own, and session bookkeeping is no business.
    ///
    /// # Errors
    /// The write changed rows that the trail answers for; such a write needs an entry.
    pub async fn commit_unaudited(mut self) -> Result<(), Failure> {
        match self.take_notes().await?.first() {
            Some(note) => Err(anyhow::anyhow!("a write without an audit entry changed {note}").into()),
            None => self.end().await,
        }
    }

    async fn end(self) -> Result<(), Failure> {
        self.transaction.commit().await?;
        self.changed.iter().for_each(|subject| self.hub.changed(subject));
        Ok(())
    }

    /// What the database noted of this write, see [`covered`].
    async fn take_notes(&mut self) -> Result<Vec<String>, Failure> {
        let notes = match self.engine {
            Engine::Sqlite => {
                // No line has a line break: it is JSON.
                let (notes,): (Option<String>,) =
                    sqlx::query_as("select group_concat(line, char(10)) from changed_rows")
                        .fetch_one(self.connection())
                        .await?;
                if notes.is_some() {
                    sqlx::query("delete from changed_rows").execute(self.connection()).await?;
                }
                notes
            }
            Engine::Postgres => {
                let (notes, _): (Option<String>, String) = sqlx::query_as(
                    "with noted as materialized (select current_setting('omfund.changed', true) as lines) \
                     select lines, set_config('omfund.changed', '', true) from noted",
                )
                .fetch_one(self.connection())
                .await?;
                notes
            }
        };
        Ok(notes.unwrap_or_default().lines().map(str::to_string).collect())
    }
}

/// The key of a lock by its name.
fn lock_key(what: &str) -> i64 {
    let mut key = [0; 8];
    key.copy_from_slice(&sm3(what.as_bytes())[..8]);
    i64::from_be_bytes(key)
}

/// The address with the mode SQLite opens its file in; an address with parameters is left as it is.
fn with_mode(engine: Engine, url: &str) -> String {
    match engine {
        Engine::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
        _ => url.to_string(),
    }
}

#[cfg(test)]
mod tests;
