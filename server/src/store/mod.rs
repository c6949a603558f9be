//! 数据库: SQLite or PostgreSQL behind one SQL text. This file is the only one that knows which.
//!
//! A write is begun with what it locks and ends by naming its audit entry, so a write without one does not
//! compile.

pub mod backfill;
mod nodes;

use crate::audit::trail as audit;
use crate::http::failure::Failure;
use crate::notify::change_bus::{Hub, Subject};
use nodes::Nodes;
use shared::kernel::hash::hex;
use sm3::{Digest, Sm3};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The migrations tree, oldest first.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "start", include_str!("../../../migrations/0001_start.sql")),
    (2, "review", include_str!("../../../migrations/0002_review.sql")),
    (3, "consolidation", include_str!("../../../migrations/0003_consolidation.sql")),
    (5, "notifications", include_str!("../../../migrations/0005_notifications.sql")),
    (6, "cases", include_str!("../../../migrations/0006_cases.sql")),
    (7, "attachments", include_str!("../../../migrations/0007_attachments.sql")),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

pub struct Database {
    engine: Engine,
    readers: AnyPool,
    /// SQLite: a single connection, so writers queue here and not on a busy file.
    writer: AnyPool,
    hub: Arc<Hub>,
    /// The other servers on a database several can share.
    nodes: Option<Nodes>,
}

/// A transaction that writes; dropped without [`Write::commit`] it leaves nothing.
pub struct Write {
    transaction: Transaction<'static, Any>,
    engine: Engine,
    hub: Arc<Hub>,
    changed: Vec<Subject>,
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…`, creating the file, and brings its tables up to date.
    pub async fn open(url: &str) -> anyhow::Result<Database> {
        Database::open_in_mode(url, "rwc").await
    }

    /// Opens one that is there already.
    pub async fn open_existing(url: &str) -> anyhow::Result<Database> {
        Database::open_in_mode(url, "rw").await
    }

    async fn open_in_mode(url: &str, mode: &str) -> anyhow::Result<Database> {
        sqlx::any::install_default_drivers();
        let engine = match url.split(':').next() {
            Some("sqlite") => Engine::Sqlite,
            Some("postgres" | "postgresql") => Engine::Postgres,
            _ => anyhow::bail!("数据库地址应以 sqlite: 或 postgres: 开头"),
        };
        let options = AnyConnectOptions::from_str(&with_mode(engine, url, mode))?;
        let hub = Arc::new(Hub::default());
        let database = match engine {
            Engine::Sqlite => Database {
                engine,
                hub,
                nodes: None,
                writer: sqlite(1, "").connect_with(options.clone()).await?,
                readers: sqlite(4, "pragma query_only = on;").connect_with(options).await?,
            },
            Engine::Postgres => {
                let pool = AnyPoolOptions::new()
                    .max_connections(16)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect_with(options)
                    .await?;
                let nodes = Some(Nodes::join(url, hub.clone()).await?);
                Database { engine, hub, nodes, writer: pool.clone(), readers: pool }
            }
        };
        let migrations = MIGRATIONS.iter().map(|(version, name, sql)| {
            let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        });
        Migrator::with_migrations(migrations.collect()).run(&database.writer).await?;
        Ok(database)
    }

    pub fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// Who waits to hear of what is committed here.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Begins a write; others that lock the same thing wait for its end.
    pub async fn write(&self, lock: &str) -> Result<Write, Failure> {
        let transaction = match self.engine {
            Engine::Sqlite => self.writer.begin_with("begin immediate").await?,
            Engine::Postgres => self.writer.begin().await?,
        };
        let hub = self.hub.clone();
        let mut write = Write { transaction, engine: self.engine, hub, changed: Vec::new() };
        write.lock(lock).await?;
        Ok(write)
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

    /// Whoever listens to `subject` wakes once this is committed.
    pub fn changes(&mut self, subject: Subject) {
        self.changed.push(subject);
    }

    /// Others that lock the same thing wait until this write has ended.
    pub async fn lock(&mut self, what: &str) -> Result<(), Failure> {
        // SQLite has one writer at a time already.
        if self.engine == Engine::Postgres {
            let digest = Sm3::digest(what.as_bytes());
            let mut key = [0; 8];
            key.copy_from_slice(&digest[..8]);
            sqlx::query("select 1 from (select pg_advisory_xact_lock($1)) as locked")
                .bind(i64::from_be_bytes(key))
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(())
    }

    /// Ends the write with its entry in the audit trail.
    pub async fn commit(mut self, entry: audit::AuditRecord<'_>) -> Result<(), Failure> {
        // Taken last by everyone, so it cannot deadlock with what was locked first.
        self.lock(&format!("audit {}", entry.tenant)).await?;
        audit::append(self.connection(), &entry).await?;
        self.commit_unaudited().await
    }

    /// Ends a write that is a trail of its own (the operation log) or no business (session bookkeeping).
    pub async fn commit_unaudited(self) -> Result<(), Failure> {
        self.transaction.commit().await?;
        for subject in &self.changed {
            self.hub.changed(subject);
        }
        Ok(())
    }
}

fn sqlite(connections: u32, more: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection
                    .execute(
                        "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 10000; \
                         pragma cache_size = -8000;",
                    )
                    .await?;
                connection.execute(more).await?;
                Ok(())
            })
        })
}

/// Whether SQLite may create its file; an address that says so itself is left alone.
fn with_mode(engine: Engine, url: &str, mode: &str) -> String {
    match engine {
        Engine::Sqlite if !url.contains('?') => format!("{url}?mode={mode}"),
        _ => url.to_string(),
    }
}

/// SM3 in hex of several parts, each ended so that no two lists of parts run together alike.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = Sm3::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was answered as stored must survive a power cut: WAL with a sync on every commit.
    #[tokio::test]
    async fn a_commit_is_on_the_disk_before_it_is_answered() {
        let file = std::env::temp_dir().join(format!("omfund-durable-{}.sqlite", std::process::id()));
        let database = Database::open(&format!("sqlite:{}", file.display())).await.unwrap();
        let full: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&database.writer).await.unwrap();
        let mode: String =
            sqlx::query_scalar("pragma journal_mode").fetch_one(&database.writer).await.unwrap();
        assert_eq!((full, mode.as_str()), (2, "wal"));
        let refused = sqlx::query("delete from cases").execute(database.reader()).await;
        assert!(refused.is_err(), "a reader cannot write");
        database.close().await;
        std::fs::remove_file(file).unwrap();
    }
}
