//! The disk of the evening: 2 ms for each flush, whatever the machine's own takes. The files lie in memory, and `OMFUND_FLUSH` names
//! the library that makes flushing take its time.

use crate::served::Served;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The demonstration on a day of its own, on SQLite on this disk, or in a new database of PostgreSQL.
pub fn serve(today: &str, postgres: Option<&str>) -> Served {
    Served::start(folder(), today, postgres.map(new_database), slow)
}

/// A folder in memory, where the system has one.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a folder")
}

/// Makes the command's flushes take their time.
pub fn slow(command: &mut Command) {
    if let Some(library) = std::env::var_os("OMFUND_FLUSH") {
        command.env("LD_PRELOAD", library);
    }
}

/// A new database in the cluster at `url`.
pub fn new_database(url: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("bench_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let create = async {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(url).await?;
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await?;
        connection.close().await
    };
    Runtime::new().expect("a runtime").block_on(create).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (cluster, _) = url.rsplit_once('/').expect("an address with a database");
    format!("{cluster}/{name}")
}
