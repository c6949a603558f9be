//! Tests of the database: durable, and honest about trouble.

use super::*;
use sqlx::{Connection, Executor};

/// Opens a database whose key lies next to it.
async fn open(url: &str) -> Database {
    let file = audit_key::default_file(url);
    Database::open(url, KeySource { tenant: "shanxi", file: &file }).await.unwrap()
}

/// An acknowledged write must survive a power cut: WAL with a sync on every commit.
#[tokio::test]
async fn a_commit_is_on_the_disk_before_it_is_answered() {
    let file = std::env::temp_dir().join(format!("omfund-durable-{}.sqlite", std::process::id()));
    let database = open(&format!("sqlite:{}", file.display())).await;
    let full: i64 = sqlx::query_scalar("pragma synchronous").fetch_one(&database.writer).await.unwrap();
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(&database.writer).await.unwrap();
    assert_eq!((full, mode.as_str()), (2, "wal"));
    let refused = sqlx::query("delete from cases").execute(database.reader()).await;
    assert!(refused.is_err(), "a reader cannot write");
    database.close().await;
    std::fs::remove_file(audit_key::default_file(&format!("sqlite:{}", file.display()))).unwrap();
    std::fs::remove_file(file).unwrap();
}

fn status(failure: Failure) -> (u16, Option<u64>) {
    match failure {
        Failure::Problem(problem) => (problem.status, problem.retry_after),
        Failure::Internal(error) => panic!("{error:?}"),
    }
}

async fn fill(database: &Database) -> Result<(), Failure> {
    let mut write = database.write("fill").await?;
    sqlx::query("insert into health_probe (id, at) values (2, hex(zeroblob(4000000)))")
        .execute(write.connection())
        .await?;
    write.commit_unaudited().await
}

#[tokio::test]
async fn a_full_disk_is_called_full_and_the_next_write_works() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("full.sqlite").display());
    let database = open(&url).await;
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&database.writer).await.unwrap();
    let limit = format!("pragma max_page_count = {}", pages + 8);
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&database.writer).await.unwrap();
    assert_eq!(status(fill(&database).await.unwrap_err()).0, 507);
    // The limit was the connection's: a new one has room, as after files were removed.
    fill(&database).await.unwrap();
    database.ready().await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_busy_and_not_broken() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("busy.sqlite").display());
    let database = open(&url).await;
    sqlx::query("pragma busy_timeout = 0").execute(&database.writer).await.unwrap();
    let mut other = AnyConnection::connect(&url).await.unwrap();
    other.execute("begin immediate").await.unwrap();
    let refused = database.ready().await.unwrap_err();
    assert_eq!(status(refused), (503, Some(5)));
    other.execute("rollback").await.unwrap();
    fill(&database).await.unwrap();
    database.close().await;
}

/// Rows of one thing are digested in the order of their positions as texts, as the first releases did: what those stated holds.
#[tokio::test]
async fn the_sums_of_a_version_are_stated_as_they_ever_were() {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&format!("sqlite:{}", folder.path().join("sums.sqlite").display())).await;
    let mut write = database.write("sums").await.unwrap();
    for position in 0..12 {
        sqlx::query(
            "insert into version_sums (tenant, request, version, position, category, system, system_name, requested, \
             cut) values ('shanxi', 'c1', 1, $1, $2, '', '3:机-房:', 100, 0)",
        )
        .bind(position)
        .bind(format!("c{position}"))
        .execute(write.connection())
        .await
        .unwrap();
    }
    let written = write.written("shanxi").await.unwrap();
    let row = |position: &str| {
        format!(
            r#"{{"category":"c{position}","cut":"0","position":"{position}","requested":"100","system":"","system_name":"3:机-房:"}}"#
        )
    };
    let rows = ["0", "1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"].map(row);
    let parts = ["sums", "sums/c1/1"].into_iter().chain(rows.iter().map(String::as_str));
    let digest = digest(&parts.collect::<Vec<_>>());
    assert_eq!(written.rows.into_iter().collect::<Vec<_>>(), [("sums/c1/1".to_string(), digest)]);
    drop(write);
    database.close().await;
}
