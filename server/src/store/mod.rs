//! 数据库: SQLite or PostgreSQL behind one SQL text. Only this file knows which.
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
pub mod origin;
pub mod snapshot;
pub mod values;

pub use shared::kernel::hash::digest;

use crate::kernel::failure::Failure;
use crate::store::append::TableColumns;
use crate::store::audit_key::{AuditKeyMissing, Seal};
use crate::store::audit_trail as audit;
use crate::store::change_bus::{ChangeSubject, Hub};
use nodes::Nodes;
use shared::kernel::hash::sm3;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Row, Transaction};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The migrations tree, oldest first: the same text for both databases, and where they differ one text each.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "start", include_str!("../../../migrations/0001_start.sql")),
    (2, "review", include_str!("../../../migrations/0002_review.sql")),
    (3, "consolidation", include_str!("../../../migrations/0003_consolidation.sql")),
    (5, "notifications", include_str!("../../../migrations/0005_notifications.sql")),
    (6, "cases", include_str!("../../../migrations/0006_cases.sql")),
    (7, "attachments", include_str!("../../../migrations/0007_attachments.sql")),
    (8, "case_versions", include_str!("../../../migrations/0008_case_versions.sql")),
    (9, "money", include_str!("../../../migrations/0009_money.sql")),
    (10, "append_only", ""),
    (12, "identity", include_str!("../../../migrations/0012_identity.sql")),
    (14, "trail", include_str!("../../../migrations/0014_trail.sql")),
    (15, "attachments_of_versions", include_str!("../../../migrations/0015_attachments_of_versions.sql")),
];

/// What a migration runs besides on one of the databases, because triggers have no common text.
const SQLITE_MIGRATIONS: &[(i64, &str)] = &[
    (10, include_str!("../../../migrations/0010_append_only.sqlite.sql")),
    (14, include_str!("../../../migrations/0014_trail.sqlite.sql")),
];
const POSTGRES_MIGRATIONS: &[(i64, &str)] = &[
    (10, include_str!("../../../migrations/0010_append_only.postgres.sql")),
    (14, include_str!("../../../migrations/0014_trail.postgres.sql")),
];

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
    /// [`AuditKeyMissing`] where entries carry codes and the key is not the one they were made with.
    pub async fn open(url: &str, key: KeySource<'_>) -> anyhow::Result<Database> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let options = AnyConnectOptions::from_str(&with_mode(engine, url))?;
        let seal = Arc::new(prepare(&options, engine, key).await?);
        let hub = Arc::new(Hub::default());
        Ok(match engine {
            Engine::Sqlite => Database {
                engine,
                seal,
                hub,
                nodes: None,
                writer: sqlite(1, covered::SQLITE_NOTES.as_str()).connect_with(options.clone()).await?,
                readers: sqlite(4, "pragma query_only = on;").connect_with(options).await?,
            },
            Engine::Postgres => {
                let pool = AnyPoolOptions::new()
                    .max_connections(16)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect_with(options)
                    .await?;
                let nodes = Some(Nodes::join(url, hub.clone()).await?);
                Database { engine, seal, hub, nodes, writer: pool.clone(), readers: pool }
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

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Failure> {
        sqlx::query("select 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Begins a write. Other writes with the same lock wait until it ends.
    pub async fn write(&self, lock: &str) -> Result<Write, Failure> {
        let transaction = match self.engine {
            Engine::Sqlite => self.writer.begin_with("begin immediate").await?,
            Engine::Postgres => self.writer.begin().await?,
        };
        let (hub, seal) = (self.hub.clone(), self.seal.clone());
        let mut write = Write { transaction, engine: self.engine, seal, hub, changed: Vec::new() };
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
        // Every write takes this lock last, so it cannot deadlock with the others.
        self.lock(&format!("audit {}", entry.tenant)).await?;
        let notes = self.take_notes().await?;
        let written = covered::written(self.connection(), entry.tenant, &notes).await?;
        let seal = self.seal.clone();
        audit::append(self.connection(), &seal, &entry, refused, &written).await?;
        self.end().await
    }

    /// Appends an entry that makes statements of its own, for the adoption of a key. The caller holds the trail's lock.
    pub async fn append_stated(
        &mut self,
        entry: &audit::AuditRecord<'_>,
        stated: &covered::Written,
    ) -> Result<(), Failure> {
        let seal = self.seal.clone();
        audit::append(self.connection(), &seal, entry, None, stated).await
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
        for subject in &self.changed {
            self.hub.changed(subject);
        }
        Ok(())
    }

    /// What the database noted of this write, see [`covered`].
    async fn take_notes(&mut self) -> Result<Vec<String>, Failure> {
        let notes = match self.engine {
            Engine::Sqlite => {
                let notes: Vec<String> = sqlx::query_scalar("select line from changed_rows")
                    .fetch_all(&mut *self.transaction)
                    .await?;
                if !notes.is_empty() {
                    sqlx::query("delete from changed_rows").execute(&mut *self.transaction).await?;
                }
                notes
            }
            Engine::Postgres => {
                let notes: Option<String> =
                    sqlx::query_scalar("select current_setting('omfund.changed', true)")
                        .fetch_one(&mut *self.transaction)
                        .await?;
                notes.unwrap_or_default().lines().map(str::to_string).collect()
            }
        };
        Ok(notes)
    }
}

/// Brings the tables up to date and finds the key of their entries.
async fn prepare(options: &AnyConnectOptions, engine: Engine, key: KeySource<'_>) -> anyhow::Result<Seal> {
    let mut connection = options.connect().await?;
    let besides = if engine == Engine::Sqlite { SQLITE_MIGRATIONS } else { POSTGRES_MIGRATIONS };
    let migrations = MIGRATIONS.iter().map(|(version, name, common)| {
        let own = besides.iter().find(|(of, _)| of == version).map_or("", |(_, sql)| sql);
        let sql = sqlx::SqlSafeStr::into_sql_str(sqlx::AssertSqlSafe(format!("{common}{own}")));
        Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect()).run(&mut connection).await?;
    if engine == Engine::Postgres {
        note_changes(&mut connection).await?;
    }
    let seal = seal_of(&mut connection, key).await;
    connection.close().await?;
    seal
}

/// The seal of the last entry's key, or of a new key where no entry carries a code.
async fn seal_of(
    connection: &mut AnyConnection,
    KeySource { tenant, file }: KeySource<'_>,
) -> anyhow::Result<Seal> {
    let last =
        logs::AUDIT.last_key(connection, tenant).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    let known = audit_key::read(file)?.map(Seal::new);
    match (last, known) {
        (None, Some(seal)) => Ok(seal),
        (None, None) => Ok(Seal::new(audit_key::make(file)?)),
        (Some(last), Some(seal)) if seal.id() == last => Ok(seal),
        (Some(last), known) => Err(AuditKeyMissing::new(file, &last, known.as_ref()).into()),
    }
}

/// Has PostgreSQL note what transactions write. Triggers that are there are left alone, because a running server's writes
/// would wait for their renewal.
async fn note_changes(connection: &mut AnyConnection) -> anyhow::Result<()> {
    let mut transaction = connection.begin().await?;
    sqlx::query("select 1 from (select pg_advisory_xact_lock(14)) as locked")
        .execute(&mut *transaction)
        .await?;
    transaction.execute(covered::POSTGRES_FUNCTION).await?;
    let there = sqlx::query(
        "select cast(t.tgname as text) as name from pg_trigger t \
         join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and c.relnamespace = \
         (select oid from pg_namespace where nspname = current_schema())",
    )
    .fetch_all(&mut *transaction)
    .await?;
    let there = there.iter().map(|row| row.try_get("name")).collect::<Result<Vec<String>, _>>()?;
    for (name, sql) in covered::POSTGRES_NOTES.iter().filter(|(name, _)| !there.contains(name)) {
        tracing::info!(name, "the database notes changes");
        transaction.execute(sqlx::AssertSqlSafe(sql.clone())).await?;
    }
    transaction.commit().await?;
    Ok(())
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
fn with_mode(engine: Engine, url: &str) -> String {
    match engine {
        Engine::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
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
        let key = file.with_extension("key");
        let source = KeySource { tenant: "shanxi", file: &key };
        let database = Database::open(&format!("sqlite:{}", file.display()), source).await.unwrap();
        let full: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&database.writer).await.unwrap();
        let mode: String =
            sqlx::query_scalar("pragma journal_mode").fetch_one(&database.writer).await.unwrap();
        assert_eq!((full, mode.as_str()), (2, "wal"));
        let refused = sqlx::query("delete from cases").execute(database.reader()).await;
        assert!(refused.is_err(), "a reader cannot write");
        database.close().await;
        std::fs::remove_file(file).unwrap();
        std::fs::remove_file(key).unwrap();
    }
}
