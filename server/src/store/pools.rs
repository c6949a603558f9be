//! 连接池: how connections are begun, tested and reused.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, Connection, Executor};
use std::time::Duration;

/// How long a connection may have lain idle to be used without being asked.
const UNASKED: Duration = Duration::from_millis(500);

/// Connections to a PostgreSQL.
pub fn postgres() -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(10))
        .after_release(|connection, _| is_reusable(connection))
        .test_before_acquire(false)
        .before_acquire(|connection, of| lives(connection, of.idle_for))
}

/// Whether a connection that lay idle is still there. One that was in use just now is not asked: that would cost as much as a
/// read.
fn lives(connection: &mut AnyConnection, idle: Duration) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    async move {
        if idle > UNASKED {
            connection.ping().await?;
        }
        Ok(true)
    }
    .boxed()
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

/// Connections to the SQLite file, each begun with `more`.
pub fn sqlite(connections: u32, more: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        // It lies in this process.
        .test_before_acquire(false)
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
