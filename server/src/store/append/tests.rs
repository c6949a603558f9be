//! Tests of the append path, on the tables of edits and of commands.

use super::*;
use crate::store::logs::{CASE_EVENTS as COMMANDS, OPERATIONS as EDITS};
use crate::store::{Database, KeySource, Write};
use shared::policy::art16_trail::{TrailReport, TrailWalk};

const TENANT: &str = "shanxi";

fn command(id: &str) -> Entry<'_> {
    let mut values: Vec<Value<'_>> =
        ["\"submit\"", "a", "甲", "r", "at", "\"draft\""].map(Value::from).into();
    values.extend([Value::from(1), "[]".into(), "{\"done\":true}".into()]);
    Entry { operation: Some(Operation { id, body_hash: "h", account: "a" }), values }
}

fn edit<'a>(id: &'a str, changes: &'a str) -> Entry<'a> {
    let values = vec![changes.into(), "[]".into(), "a".into(), "甲".into(), "at".into()];
    Entry { operation: Some(Operation { id, body_hash: "h", account: "a" }), values }
}

/// Runs on an empty database of its own.
async fn on_database(name: &str, test: impl AsyncFnOnce(&mut Write, &Database)) {
    let file = std::env::temp_dir().join(format!("omfund-{name}-{}.sqlite", std::process::id()));
    let key = file.with_extension("key");
    let source = KeySource { tenant: TENANT, file: &key };
    let database = Database::open(&format!("sqlite:{}", file.display()), source).await.unwrap();
    let mut write = database.write("test").await.unwrap();
    test(&mut write, &database).await;
    drop(write);
    database.close().await;
    std::fs::remove_file(file).unwrap();
    std::fs::remove_file(key).unwrap();
}

/// What a check of the edits finds, and how many hold.
async fn check(connection: &mut AnyConnection, database: &Database) -> (u64, TrailReport) {
    let columns = database.columns(connection).await.unwrap();
    let mut walk = TrailWalk::new(vec![database.seal().key().clone()], Some(Vec::new()));
    EDITS.walk(connection, TENANT, &columns, &mut walk).await.unwrap();
    (walk.intact().values().sum(), walk.finish())
}

fn is_reused<T>(outcome: Result<T, Failure>) -> bool {
    use shared::api::problem::code::OPERATION_REUSED;
    matches!(outcome, Err(Failure::Problem(problem)) if problem.code == OPERATION_REUSED)
}

#[tokio::test]
async fn a_repeat_is_answered_as_before_and_a_reuse_is_refused() {
    on_database("append-repeat", async |write, database| {
        let connection = write.connection();
        let sent = |id| Operation { id, body_hash: "h", account: "a" };
        assert!(COMMANDS.repeated(connection, TENANT, "r1", &[sent("o1")]).await.unwrap().is_empty());
        let mut end = COMMANDS.end(connection, TENANT, "r1").await.unwrap();
        assert_eq!(
            end.append(connection, database.seal(), vec![command("o1"), command("o2")]).await.unwrap(),
            [1, 2]
        );

        let repeated = COMMANDS.repeated(connection, TENANT, "r1", &[sent("o2"), sent("o3")]).await.unwrap();
        assert_eq!(repeated.len(), 1);
        assert_eq!((repeated["o2"].number(), repeated["o2"].reply.as_str()), (2, "{\"done\":true}"));
        let by_another = Operation { id: "o1", body_hash: "h", account: "b" };
        assert!(is_reused(COMMANDS.repeated(connection, TENANT, "r1", &[by_another]).await));
        let other_body = Operation { id: "o1", body_hash: "other", account: "a" };
        assert!(is_reused(COMMANDS.repeated(connection, TENANT, "r1", &[other_body]).await));
        // The id is taken in the whole tenant.
        let elsewhere = COMMANDS.repeated(connection, TENANT, "r2", &[sent("o1")]).await.unwrap();
        assert!(elsewhere.contains_key("o1"));
        let mut other = COMMANDS.end(connection, TENANT, "r2").await.unwrap();
        assert_eq!(other.number(), 0);
        assert!(is_reused(other.append(connection, database.seal(), vec![command("o1")]).await));
    })
    .await;
}

#[tokio::test]
async fn an_id_given_twice_in_one_batch_is_refused() {
    on_database("append-twice", async |write, database| {
        let mut end = EDITS.end(write.connection(), TENANT, "r1").await.unwrap();
        let twice = vec![edit("o1", "[]"), edit("o1", "[]")];
        assert!(is_reused(end.append(write.connection(), database.seal(), twice).await));
    })
    .await;
}

#[tokio::test]
async fn the_chain_names_the_first_entry_that_is_changed_or_missing() {
    on_database("append-chain", async |write, database| {
        let connection = write.connection();
        for owner in ["r1", "r2"] {
            let mut end = EDITS.end(connection, TENANT, owner).await.unwrap();
            end.append(connection, database.seal(), vec![edit("o1", "[1]"), edit("o2", "[2]")])
                .await
                .unwrap();
            // A second batch goes on where the first ended.
            let mut end = EDITS.end(connection, TENANT, owner).await.unwrap();
            assert_eq!(end.append(connection, database.seal(), vec![edit("o3", "[3]")]).await.unwrap(), [3]);
        }
        let (intact, report) = check(connection, database).await;
        assert_eq!((intact, report.lines.as_slice()), (6, &[][..]));
        sqlx::query("drop trigger append_only_operations_update").execute(&mut *connection).await.unwrap();
        sqlx::query("drop trigger append_only_operations_delete").execute(&mut *connection).await.unwrap();
        for (sql, faults) in [
            (
                "update operations set changes = '[9]' where request = 'r2' and seq = 2",
                vec![("AUD-01", "operations/r2")],
            ),
            (
                "delete from operations where request = 'r1' and seq = 1",
                vec![("AUD-01", "operations/r2"), ("AUD-03", "operations/r1")],
            ),
            (
                "update operations set mac = '' where request = 'r2' and seq = 1",
                vec![("AUD-01", "operations/r2"), ("AUD-03", "operations/r1")],
            ),
        ] {
            sqlx::query(sql).execute(&mut *connection).await.unwrap();
            let (_, report) = check(connection, database).await;
            let found: Vec<(&str, &str)> =
                report.lines.iter().map(|line| (line.code, line.log.as_str())).collect();
            assert_eq!(found, faults, "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_appended_can_be_changed_or_deleted() {
    on_database("append-only", async |write, database| {
        let connection = write.connection();
        let mut end = EDITS.end(connection, TENANT, "r1").await.unwrap();
        end.append(connection, database.seal(), vec![edit("o1", "[1]")]).await.unwrap();
        for sql in ["update operations set name = '乙'", "delete from operations"] {
            let refused = sqlx::query(sql).execute(&mut *connection).await.unwrap_err().to_string();
            assert!(refused.contains("只能追加"), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn more_rows_than_one_statement_can_bind_are_appended_together() {
    on_database("append-many", async |write, database| {
        let ids: Vec<String> = (0..5000).map(|n| format!("o{n}")).collect();
        let mut end = EDITS.end(write.connection(), TENANT, "r1").await.unwrap();
        let entries = ids.iter().map(|id| edit(id, "[]")).collect();
        let numbers = end.append(write.connection(), database.seal(), entries).await.unwrap();
        assert_eq!((numbers[0], numbers[4999]), (1, 5000));
        let sent: Vec<Operation<'_>> =
            ids.iter().map(|id| Operation { id, body_hash: "h", account: "a" }).collect();
        let repeated = EDITS.repeated(write.connection(), TENANT, "r1", &sent).await.unwrap();
        assert_eq!(repeated.len(), 5000);
        assert_eq!(check(write.connection(), database).await.0, 5000);
    })
    .await;
}
