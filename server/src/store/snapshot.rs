//! 只读快照: a database as it is at one moment, of this or an earlier schema. Nothing is written, not even a side file, so
//! that evidence on a read-only disk can be verified.

use crate::kernel::failure::Failure;
use crate::store::Engine;
use crate::store::append::TableColumns;
use anyhow::Context;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, ConnectOptions, Connection};
use std::path::Path;
use std::str::FromStr;

pub struct DatabaseSnapshot {
    connection: AnyConnection,
    engine: Engine,
}

impl DatabaseSnapshot {
    /// Opens an existing database for reading.
    pub async fn open(url: &str) -> anyhow::Result<DatabaseSnapshot> {
        sqlx::any::install_default_drivers();
        let engine = Engine::of(url)?;
        let mut connection = match engine {
            Engine::Postgres => connect(url).await?,
            Engine::Sqlite => {
                let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
                let path = path.split('?').next().unwrap_or_default();
                anyhow::ensure!(Path::new(path).is_file(), "没有数据库文件 {path}");
                open_file(path).await?
            }
        };
        let begin = match engine {
            Engine::Sqlite => "begin",
            Engine::Postgres => "begin isolation level repeatable read read only",
        };
        sqlx::query(begin).execute(&mut connection).await?;
        Ok(DatabaseSnapshot { connection, engine })
    }

    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    /// The tables there are, with their columns.
    pub async fn columns(&mut self) -> Result<TableColumns, Failure> {
        columns(&mut self.connection, self.engine).await
    }

    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.connection.close().await?)
    }
}

/// The tables of a database, with their columns.
pub(super) async fn columns(connection: &mut AnyConnection, engine: Engine) -> Result<TableColumns, Failure> {
    let sql = match engine {
        Engine::Sqlite => {
            "select m.name as table_name, p.name as column_name from sqlite_master m join pragma_table_info(m.name) p \
             where m.type = 'table' and m.name not like 'sqlite_%'"
        }
        Engine::Postgres => {
            "select cast(table_name as text) as table_name, cast(column_name as text) as column_name \
             from information_schema.columns where table_schema = current_schema()"
        }
    };
    let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(connection).await?;
    let mut columns = TableColumns::new();
    for (table, column) in rows {
        columns.entry(table).or_default().insert(column);
    }
    Ok(columns)
}

/// A file without side files is written by nobody and may lie where none can be made: SQLite then reads it as it is. With
/// side files it is read as they say; on a disk where nothing can be written that needs an empty write-ahead log.
async fn open_file(path: &str) -> anyhow::Result<AnyConnection> {
    let side = |name: &str| std::fs::metadata(format!("{path}-{name}")).map(|file| file.len()).ok();
    let alone = format!("sqlite:{path}?mode=ro&immutable=1");
    let (log, index) = (side("wal"), side("shm"));
    if log.is_none() && index.is_none() {
        return connect(&alone).await;
    }
    match connect(&format!("sqlite:{path}?mode=ro")).await {
        Ok(connection) => Ok(connection),
        Err(_) if log.is_none_or(|log| log == 0) => connect(&alone).await,
        Err(error) => Err(error.context(format!(
            "{path} 旁有未并入的 {path}-wal。请连同 -wal 与 -shm 文件一起复制到可写目录后再核验"
        ))),
    }
}

async fn connect(url: &str) -> anyhow::Result<AnyConnection> {
    let options = AnyConnectOptions::from_str(url)?;
    let mut connection = options.connect().await.context("打不开数据库")?;
    // A file that is no database shows only when it is read.
    sqlx::query("select 1").execute(&mut connection).await?;
    Ok(connection)
}
