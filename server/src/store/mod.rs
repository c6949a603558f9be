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

mod database_file;
mod group;

pub use shared::kernel::hash::digest;

use crate::kernel::failure::Failure;
use crate::store::audit_trail as audit;
use crate::store::change_bus::{ChangeSubject, Hub};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use group::{Group, Member};
use nodes::Nodes;
use shared::api::problem::Problem;
use shared::kernel::hash::sm3;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Transaction};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::sync::Mutex;

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
    (12, "identity", include_str!("../../../migrations/0012_identity.sql")),
    (13, "health", include_str!("../../../migrations/0013_health.sql")),
    (15, "attachments_of_versions", include_str!("../../../migrations/0015_attachments_of_versions.sql")),
];

/// The guards of the logs, which each engine words in its own way.
const APPEND_ONLY: i64 = 10;
const APPEND_ONLY_SQLITE: &str = include_str!("../../../migrations/0010_append_only.sqlite.sql");
const APPEND_ONLY_POSTGRES: &str = include_str!("../../../migrations/0010_append_only.postgres.sql");

/// Longest wait of a readiness check for its write.
const PROBE_PATIENCE: Duration = Duration::from_secs(2);
/// How long a readiness check's answer is good for, so that asking often costs nothing.
const PROBE_VALID: Duration = Duration::from_secs(1);

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
    /// SQLite: the writes that are committed together.
    group: Arc<Group>,
    /// The last readiness check: when, and what was wrong.
    probed: Mutex<Option<(Instant, Option<Box<Problem>>)>>,
}

/// A transaction that writes; dropped without [`Write::commit`] it is rolled back.
pub struct Write {
    scope: Scope,
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

/// What is committed at the end of a write.
enum Scope {
    Alone(Transaction<'static, Any>),
    Together(Member),
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
        if engine == Engine::Sqlite {
            database_file::keep_private(url, mode == "rwc")?;
        }
        let probed = Mutex::default();
        let group = Arc::new(Group::new(hub.clone()));
        Ok(match engine {
            Engine::Sqlite => Database {
                engine,
                hub,
                group,
                probed,
                nodes: None,
                writer: sqlite(1, "").connect_with(options.clone()).await?,
                readers: sqlite(4, "pragma query_only = on;").connect_with(options).await?,
            },
            Engine::Postgres => {
                let pool = AnyPoolOptions::new()
                    .max_connections(16)
                    .acquire_timeout(Duration::from_secs(10))
                    .after_release(|connection, _| is_reusable(connection))
                    .connect_with(options)
                    .await?;
                let nodes = Some(Nodes::join(url, hub.clone()).await?);
                Database { engine, hub, group, probed, nodes, writer: pool.clone(), readers: pool }
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
        self.begun(Scope::Alone(transaction), lock).await
    }

    /// Begins a small write that comes often. On SQLite those that wait for each other are committed together; PostgreSQL
    /// gathers the flushes of its connections itself.
    pub async fn write_together(&self, lock: &str) -> Result<Write, Failure> {
        match self.engine {
            Engine::Sqlite => {
                let member = self.group.join(&self.writer).await?;
                self.begun(Scope::Together(member), lock).await
            }
            Engine::Postgres => self.write(lock).await,
        }
    }

    async fn begun(&self, scope: Scope, lock: &str) -> Result<Write, Failure> {
        let mut write = Write { scope, engine: self.engine, hub: self.hub.clone(), changed: Vec::new() };
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
        match &mut self.scope {
            Scope::Alone(transaction) => transaction,
            Scope::Together(member) => member.connection(),
        }
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
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Ends the write with its entry in the audit trail.
    pub async fn commit(mut self, entry: audit::AuditRecord<'_>) -> Result<(), Failure> {
        // Every write takes this lock last, so it cannot deadlock with the others.
        self.lock(&format!("audit {}", entry.tenant)).await?;
        if ["account.", "session."].iter().any(|acts| entry.act.starts_with(acts)) {
            self.changes(change_bus::people(entry.tenant));
        }
        audit::append(self.connection(), &entry).await?;
        self.commit_unaudited().await
    }

    /// Ends a write without an audit entry: the operation log is a trail of its own, and session bookkeeping is no business.
    pub async fn commit_unaudited(self) -> Result<(), Failure> {
        match self.scope {
            Scope::Alone(transaction) => {
                transaction.commit().await?;
                self.changed.iter().for_each(|subject| self.hub.changed(subject));
                Ok(())
            }
            Scope::Together(member) => member.commit(self.changed).await,
        }
    }
}

/// Whether a released connection may be used again. SQLite ends a transaction by itself when the disk is full or a trigger
/// says so; the driver goes on counting it as open, and no write could begin on that connection any more.
fn is_reusable(connection: &mut AnyConnection) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    async move {
        if connection.is_in_transaction() {
            // Carries out the rollback that a dropped write has queued.
            connection.ping().await?;
        }
        Ok(!connection.is_in_transaction())
    }
    .boxed()
}

fn sqlite(connections: u32, more: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        .after_release(|connection, _| is_reusable(connection))
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
mod tests;
