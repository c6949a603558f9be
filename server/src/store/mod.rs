//! 数据库: SQLite or PostgreSQL behind one SQL text. Only this file knows which.
//!
//! A write begins with its lock and ends with its audit entry, so a write without one does not compile.
//!
//! SQL stands in this folder and in the query files beside their subject; tests/api/rooms.rs lists them with their tables.

pub mod append;
pub mod audit_trail;
pub mod change_bus;
mod nodes;
pub mod values;

pub use shared::kernel::hash::digest;

use crate::kernel::failure::Failure;
use crate::store::audit_trail as audit;
use crate::store::change_bus::{ChangeSubject, Hub};
use nodes::Nodes;
use shared::kernel::hash::sm3;
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
    (8, "case_versions", include_str!("../../../migrations/0008_case_versions.sql")),
    (9, "money", include_str!("../../../migrations/0009_money.sql")),
    (11, "editions", include_str!("../../../migrations/0011_editions.sql")),
    (12, "identity", include_str!("../../../migrations/0012_identity.sql")),
    (15, "attachments_of_versions", include_str!("../../../migrations/0015_attachments_of_versions.sql")),
];

/// The guards of the logs, which each engine words in its own way.
const APPEND_ONLY: i64 = 10;
const APPEND_ONLY_SQLITE: &str = include_str!("../../../migrations/0010_append_only.sqlite.sql");
const APPEND_ONLY_POSTGRES: &str = include_str!("../../../migrations/0010_append_only.postgres.sql");

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
    /// Connection to the other servers on a PostgreSQL.
    nodes: Option<Nodes>,
}

/// A transaction that writes; dropped without [`Write::commit`] it is rolled back.
pub struct Write {
    transaction: Transaction<'static, Any>,
    engine: Engine,
    hub: Arc<Hub>,
    changed: Vec<ChangeSubject>,
}

/// One state of the database, to be read from.
pub struct Snapshot {
    transaction: Transaction<'static, Any>,
}

impl Snapshot {
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl Database {
    /// Opens `sqlite:PATH` or `postgres://…`, creating the file, and brings its tables up to date.
    pub async fn open(url: &str) -> anyhow::Result<Database> {
        Database::open_in_mode(url, "rwc").await
    }

    /// Opens an existing database.
    pub async fn open_existing(url: &str) -> anyhow::Result<Database> {
        Database::open_in_mode(url, "rw").await
    }

    /// Opens an existing database to read it as it is: its tables are not brought up to date.
    pub async fn open_for_reading(url: &str) -> anyhow::Result<Database> {
        Database::connect(url, "rw").await
    }

    async fn open_in_mode(url: &str, mode: &str) -> anyhow::Result<Database> {
        let database = Database::connect(url, mode).await?;
        let guards = match database.engine {
            Engine::Sqlite => APPEND_ONLY_SQLITE,
            Engine::Postgres => APPEND_ONLY_POSTGRES,
        };
        let append_only = (APPEND_ONLY, "append_only", guards);
        let migrations = MIGRATIONS.iter().chain([&append_only]).map(|(version, name, sql)| {
            let sql = sqlx::SqlSafeStr::into_sql_str(*sql);
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        });
        Migrator::with_migrations(migrations.collect()).run(&database.writer).await?;
        Ok(database)
    }

    async fn connect(url: &str, mode: &str) -> anyhow::Result<Database> {
        sqlx::any::install_default_drivers();
        let engine = match url.split(':').next() {
            Some("sqlite") => Engine::Sqlite,
            Some("postgres" | "postgresql") => Engine::Postgres,
            _ => anyhow::bail!("数据库地址应以 sqlite: 或 postgres: 开头"),
        };
        let options = AnyConnectOptions::from_str(&with_mode(engine, url, mode))?;
        let hub = Arc::new(Hub::default());
        Ok(match engine {
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
        })
    }

    pub fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// Wakes whoever waits for a change.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Failure> {
        sqlx::query("select 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Begins to read one state of the database, however many statements it takes.
    pub async fn snapshot(&self) -> Result<Snapshot, Failure> {
        let begin = match self.engine {
            Engine::Sqlite => "begin deferred",
            Engine::Postgres => "begin transaction isolation level repeatable read, read only",
        };
        Ok(Snapshot { transaction: self.readers.begin_with(begin).await? })
    }

    /// Begins a write. Other writes with the same lock wait until it ends.
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

    /// Listeners of `subject` wake once this is committed.
    pub fn changes(&mut self, subject: ChangeSubject) {
        self.changed.push(subject);
    }

    /// Other writes with the same lock wait until this write ends.
    pub async fn lock(&mut self, what: &str) -> Result<(), Failure> {
        // SQLite has a single writer.
        if self.engine == Engine::Postgres {
            let mut key = [0; 8];
            key.copy_from_slice(&sm3(what.as_bytes())[..8]);
            sqlx::query("select 1 from (select pg_advisory_xact_lock($1)) as locked")
                .bind(i64::from_be_bytes(key))
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(())
    }

    /// Ends the write with its entry in the audit trail.
    pub async fn commit(mut self, entry: audit::AuditRecord<'_>) -> Result<(), Failure> {
        // Every write takes this lock last, so it cannot deadlock with the others.
        self.lock(&format!("audit {}", entry.tenant)).await?;
        audit::append(self.connection(), &entry).await?;
        self.commit_unaudited().await
    }

    /// Ends a write without an audit entry: the operation log is a trail of its own, and session bookkeeping is no business.
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

/// The address with the mode SQLite opens its file in; an address with parameters is left as it is.
fn with_mode(engine: Engine, url: &str, mode: &str) -> String {
    match engine {
        Engine::Sqlite if !url.contains('?') => format!("{url}?mode={mode}"),
        _ => url.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An acknowledged write must survive a power cut: WAL with a sync on every commit.
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
