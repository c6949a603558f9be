//! 启用数据库: brings the tables up to date, has the database note what is written, finds the key of the entries.

use crate::store::audit_key::{self, AuditKeyMissing, Seal};
use crate::store::{Engine, KeySource, covered, logs};
use sqlx::any::AnyConnectOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, ConnectOptions, Connection, Executor, Row};

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
    (13, "health", include_str!("../../../migrations/0013_health.sql")),
    (14, "trail", include_str!("../../../migrations/0014_trail.sql")),
    (15, "attachments_of_versions", include_str!("../../../migrations/0015_attachments_of_versions.sql")),
    (16, "editions", include_str!("../../../migrations/0016_editions.sql")),
    (17, "account_import", include_str!("../../../migrations/0017_account_import.sql")),
    (18, "posts", include_str!("../../../migrations/0018_posts.sql")),
    (19, "second_factor", include_str!("../../../migrations/0019_second_factor.sql")),
    (20, "outbox", include_str!("../../../migrations/0020_outbox.sql")),
    (21, "performance", include_str!("../../../migrations/0021_performance.sql")),
    (22, "money", include_str!("../../../migrations/0022_money.sql")),
    (23, "sso and departments", include_str!("../../../migrations/0023_sso_and_departments.sql")),
    (24, "department ends", include_str!("../../../migrations/0024_department_ends.sql")),
    (25, "sso_first_use", include_str!("../../../migrations/0025_sso_first_use.sql")),
    (26, "pages of a year", include_str!("../../../migrations/0026_pages_of_a_year.sql")),
    (27, "live payments of case", include_str!("../../../migrations/0027_live_payments_of_case.sql")),
    (28, "site", include_str!("../../../migrations/0028_site.sql")),
];

/// What a migration runs besides on one of the databases, because triggers have no common text.
const SQLITE_MIGRATIONS: &[(i64, &str)] = &[
    (10, include_str!("../../../migrations/0010_append_only.sqlite.sql")),
    (14, include_str!("../../../migrations/0014_trail.sqlite.sql")),
    (16, include_str!("../../../migrations/0016_editions.sqlite.sql")),
    (28, include_str!("../../../migrations/0028_site.sqlite.sql")),
];
const POSTGRES_MIGRATIONS: &[(i64, &str)] = &[
    (10, include_str!("../../../migrations/0010_append_only.postgres.sql")),
    (14, include_str!("../../../migrations/0014_trail.postgres.sql")),
    (16, include_str!("../../../migrations/0016_editions.postgres.sql")),
    (28, include_str!("../../../migrations/0028_site.postgres.sql")),
];

/// Brings the tables up to date and finds the key of their entries.
pub(super) async fn prepare(
    options: &AnyConnectOptions,
    engine: Engine,
    key: KeySource<'_>,
) -> anyhow::Result<Seal> {
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
