//! Tests of the database: durable, honest about trouble, and writes that share a commit.

use super::*;

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

#[tokio::test]
async fn writes_committed_together_stand_or_fall_alone() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("group.sqlite").display());
    let database = Arc::new(open(&url).await);
    let insert = |id: i64, is_refused: bool| {
        let database = database.clone();
        async move {
            let mut write = database.write_together("probe").await?;
            sqlx::query("insert into health_probe (id, at) values ($1, '')")
                .bind(id)
                .execute(write.connection())
                .await?;
            if is_refused {
                return Err(Failure::unknown("份案卷"));
            }
            write.changes(format!("probe {id}"));
            write.commit_unaudited().await
        }
    };
    let woken = database.hub().listen("probe 101");
    let written: Vec<_> = (100..164).map(|id| tokio::spawn(insert(id, id % 3 == 1))).collect();
    // Somebody who leaves in the middle, and writes of the other way between them.
    let left = tokio::spawn(insert(500, false));
    left.abort();
    fill(&database).await.unwrap();
    for (id, write) in (100..164).zip(written) {
        assert_eq!(write.await.unwrap().is_err(), id % 3 == 1, "{id}");
    }
    let ids: Vec<i64> =
        sqlx::query_scalar("select id from health_probe where id between 100 and 400 order by id")
            .fetch_all(database.reader())
            .await
            .unwrap();
    assert_eq!(ids, (100..164).filter(|id| id % 3 != 1).collect::<Vec<i64>>());
    assert!(woken.has_changed().unwrap());
    // The same key in two members: the second alone is refused.
    let (one, two) = tokio::join!(insert(200, false), insert(200, false));
    assert_eq!((one.is_ok(), two.map_err(status)), (true, Err((409, None))));
    database.close().await;
}

#[tokio::test]
async fn a_full_disk_undoes_a_group_and_the_next_group_works() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("full-group.sqlite").display());
    let database = Arc::new(open(&url).await);
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&database.writer).await.unwrap();
    let limit = format!("pragma max_page_count = {}", pages + 8);
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&database.writer).await.unwrap();
    let large = |id: i64, bytes: i64| {
        let database = database.clone();
        async move {
            let mut write = database.write_together("probe").await?;
            sqlx::query("insert into health_probe (id, at) values ($1, hex(zeroblob($2)))")
                .bind(id)
                .bind(bytes)
                .execute(write.connection())
                .await?;
            write.commit_unaudited().await
        }
    };
    let outcomes = tokio::join!(large(1, 10), large(2, 4_000_000), large(3, 10));
    let kept = sqlx::query_scalar::<_, i64>("select id from health_probe order by id");
    let kept: Vec<i64> = kept.fetch_all(database.reader()).await.unwrap();
    let acknowledged = [outcomes.0.is_ok(), outcomes.1.is_ok(), outcomes.2.is_ok()];
    let expected: Vec<i64> = (1..=3).zip(acknowledged).filter_map(|(id, ok)| ok.then_some(id)).collect();
    assert_eq!(kept, expected, "what is there is what was acknowledged");
    assert!(!acknowledged[1]);
    large(4, 10).await.unwrap();
    database.close().await;
}
