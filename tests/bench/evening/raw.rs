//! What the database itself gives: the rows of a save, one draft row and its line of the log, written in groups by one connection
//! and nothing else.

use super::disk;
use sqlx::{AnyConnection, Connection};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Saves that share a commit.
pub const GROUP: u64 = 16;

const TABLES: [&str; 2] = [
    "create table raw_rows (tenant text not null, request text not null, \"table\" text not null, row_id text not null, \
     rank bigint not null, cells text not null, primary key (tenant, request, \"table\", row_id))",
    "create table raw_operations (tenant text not null, request text not null, seq bigint not null, \
     operation text not null, sent_hash text not null, changes text not null, conflicts text not null, \
     account text not null, name text not null, at text not null, chain text not null, mac text not null, \
     key_id text not null, primary key (tenant, request, seq))",
];

/// Runs `bench raw` where flushing takes as long as for the server, and answers with its saves a second.
pub fn in_a_process_of_its_own(postgres: Option<&str>, time: Duration) -> u64 {
    let folder = disk::folder();
    let postgres = postgres.map(disk::new_database);
    let sqlite = format!("sqlite:{}?mode=rwc", folder.path().join("raw.sqlite").display());
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("raw").env("OMFUND_RAW", postgres.as_ref().unwrap_or(&sqlite));
    command.env("OMFUND_RAW_MS", time.as_millis().to_string());
    disk::slow(&mut command);
    let output = command.output().expect("raw writes");
    assert!(output.status.success(), "raw writes: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("saves a second")
}

/// Writes to the database that `OMFUND_RAW` names for `OMFUND_RAW_MS` and prints the saves a second.
pub fn measure() {
    let url = std::env::var("OMFUND_RAW").expect("OMFUND_RAW names the database");
    let time: u64 =
        std::env::var("OMFUND_RAW_MS").ok().and_then(|ms| ms.parse().ok()).expect("OMFUND_RAW_MS");
    let runtime = Runtime::new().expect("a runtime");
    let saved = runtime.block_on(write(&url, Duration::from_millis(time)));
    println!("{}", saved.unwrap_or_else(|error| panic!("raw writes: {error}")) * 1000 / time.max(1));
}

async fn write(url: &str, time: Duration) -> Result<u64, sqlx::Error> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    if url.starts_with("sqlite:") {
        sqlx::raw_sql("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8000;")
            .execute(&mut connection)
            .await?;
    }
    for table in TABLES {
        sqlx::query(table).execute(&mut connection).await?;
    }
    let started = Instant::now();
    let mut saved = 0;
    while started.elapsed() < time {
        let mut group = connection.begin().await?;
        for save in saved..saved + GROUP {
            let (request, seq) = (format!("crowd{}-2024", save % 64), i64::try_from(save).unwrap_or(0));
            sqlx::query(
                "insert into raw_rows values ('shanxi', $1, 'hardware', 'own0', 1, $2) \
                 on conflict (tenant, request, \"table\", row_id) do update set cells = excluded.cells",
            )
            .bind(&request)
            .bind(format!("{{\"name\":\"{save}\"}}"))
            .execute(&mut *group)
            .await?;
            sqlx::query(
                "insert into raw_operations values ('shanxi', $1, $2, $3, $4, $5, '[]', 'crowd0.p0', '王芳', \
                 '2023-07-15T09:00:00+08:00', $4, $4, 'k1')",
            )
            .bind(&request)
            .bind(seq)
            .bind(format!("op-{save}"))
            .bind("0f945545860e252b26338a8eb7ff6ff1429c3fc35f18b28e0e4103d8be9872c7")
            .bind(format!(
                "[{{\"set\":{{\"at\":{{\"table\":\"hardware\",\"row\":\"own0\",\"field\":\"name\"}},\"from\":\"{save}\",\"to\":\"{save}\"}}}}]"
            ))
            .execute(&mut *group)
            .await?;
        }
        group.commit().await?;
        saved += GROUP;
    }
    for table in ["drop table raw_rows", "drop table raw_operations"] {
        sqlx::query(table).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(saved)
}
