//! A database of an earlier release: its rows put back under the migrations it had, and its tables read as they stand.

use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, Column, Connection, Row as _, SqlSafeStr};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use tokio::runtime::Runtime;
use zip::ZipArchive;

/// A row by column name; `None` is null.
pub type Row = BTreeMap<String, Option<String>>;

/// Rows by table name.
pub type Tables = BTreeMap<String, Vec<Row>>;

/// What `tests/stored/` keeps of a release.
pub struct Release {
    /// One `insert` per row.
    rows: String,
    /// Version and checksum of each migration as it was released, one a line.
    checksums: String,
    migrations: Vec<Migration>,
}

impl Release {
    /// Reads the archive of a release that had these migrations: version, name and text.
    pub fn read(archive: &[u8], migrations: &[(i64, &'static str, &'static str)]) -> Release {
        let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
        let mut text = |name: &str| {
            let mut text = String::new();
            let mut file = archive.by_name(name).expect("a file of the release");
            file.read_to_string(&mut text).expect("text");
            text
        };
        let migrations = migrations.iter().map(|(version, name, sql)| {
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Release {
            rows: text("rows.sql"),
            checksums: text("migrations.txt"),
            migrations: migrations.collect(),
        }
    }

    /// Version and checksum of each migration: as released, and as it is in the tree now.
    pub fn checksums(&self) -> (Vec<String>, Vec<String>) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let now = self.migrations.iter().map(|m| format!("{} {}", m.version, hex(&m.checksum)));
        (self.checksums.lines().map(str::to_string).collect(), now.collect())
    }

    /// Fills the empty database at `url` and answers with these tables of it.
    pub fn restore(&self, url: &str, tables: &[&str]) -> Tables {
        Runtime::new().expect("a runtime").block_on(async {
            sqlx::any::install_default_drivers();
            let mode = if url.starts_with("sqlite:") { "?mode=rwc" } else { "" };
            let mut connection = AnyConnection::connect(&format!("{url}{mode}")).await.expect("a database");
            let migrator = Migrator::with_migrations(self.migrations.clone());
            migrator.run(&mut connection).await.expect("the tables of the release");
            let rows = format!("begin; {} commit;", self.rows);
            sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut connection).await.expect("the rows");
            let read = read(&mut connection, tables).await;
            connection.close().await.expect("the connection closes");
            read
        })
    }
}

/// These tables of a database.
pub async fn read_tables(url: &str, tables: &[&str]) -> Tables {
    let mut connection = AnyConnection::connect(url).await.expect("the database");
    let read = read(&mut connection, tables).await;
    connection.close().await.expect("the connection closes");
    read
}

async fn read(connection: &mut AnyConnection, tables: &[&str]) -> Tables {
    let mut read = Tables::new();
    for table in tables {
        let all = AssertSqlSafe(format!("select * from {table}"));
        let rows = sqlx::query(all).fetch_all(&mut *connection).await.expect("a table");
        read.insert(table.to_string(), rows.iter().map(by_column).collect());
    }
    read
}

fn by_column(row: &AnyRow) -> Row {
    let value = |i: usize| {
        let text = row.try_get::<Option<String>, _>(i);
        let number = || row.try_get::<Option<i64>, _>(i).map(|number| number.map(|n| n.to_string()));
        text.or_else(|_| number()).expect("a text or a number")
    };
    row.columns().iter().map(|column| (column.name().to_string(), value(column.ordinal()))).collect()
}

/// Whether everything in `old` is in `new`; today's server may add to what it reads, never leave out.
fn includes(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, value)| includes(new.get(key).unwrap_or(&Value::Null), value))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| includes(new, old))
        }
        _ => new == old,
    }
}

/// Fails unless everything in `old` is in `new`.
pub fn assert_includes(new: &impl serde::Serialize, old: &Value, of: &str) {
    let new = serde_json::to_value(new).expect("JSON");
    assert!(includes(&new, old), "{of}: {new} lacks something of {old}");
}
