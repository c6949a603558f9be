//! A server on a free port with an empty database of its own, stopped and removed at the end of the story.

use crate::desk::Desk;
use crate::seed::{self, Seed};
use server::AttachmentSettings;
use server::Clock;
use server::Running;
use server::Settings;
use server::{VerifyReport, VerifyRequest};
use shared::kernel::calendar::Date;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Which kind of database a story plays on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    /// On the server that `OMFUND_TEST_PG` names.
    Postgres,
}

/// Plays the story on SQLite, and on PostgreSQL where `OMFUND_TEST_PG` is set.
pub fn on_each_database(story: impl Fn(&World)) {
    story(&World::demo(Database::Sqlite));
    if postgres_url().is_some() {
        story(&World::demo(Database::Postgres));
    }
}

fn postgres_url() -> Option<String> {
    std::env::var("OMFUND_TEST_PG").ok().filter(|url| !url.is_empty())
}

pub struct World {
    runtime: Runtime,
    running: Mutex<Option<Running>>,
    pub settings: Settings,
    pub address: String,
    /// One-time link of the first administrator of an empty database.
    pub invitation: Option<String>,
    /// Code of the first security administrator of an empty database.
    pub setup_code: Option<String>,
    /// Holds everything the server stores outside PostgreSQL; removed with the world.
    pub(crate) folder: TempDir,
}

impl World {
    /// The demonstration on 2023-07-15, inside the window of fiscal year 2024.
    pub fn demo(database: Database) -> World {
        World::demo_with(database, |_| {})
    }

    /// The same with settings of the story's own, none of which the filling depends on: it was filled beforehand.
    pub fn demo_with(database: Database, change: impl FnOnce(&mut Settings)) -> World {
        World::prepared(database, Some(seed::of(database)), |settings| {
            demonstrate(settings);
            change(settings);
        })
    }

    /// The demonstration, filled here and now.
    pub(crate) fn filled(database: Database) -> World {
        World::with(database, demonstrate)
    }

    /// A server on an empty database with settings of the story's own.
    pub fn with(database: Database, change: impl FnOnce(&mut Settings)) -> World {
        World::prepared(database, None, change)
    }

    fn prepared(database: Database, seed: Option<&Seed>, change: impl FnOnce(&mut Settings)) -> World {
        let folder = tempfile::tempdir().expect("a folder for the story");
        let runtime = Runtime::new().expect("a runtime");
        if let Some(seed) = seed {
            seed.write_files(folder.path());
        }
        let url = match database {
            Database::Sqlite => format!("sqlite:{}", folder.path().join("omfund.sqlite").display()),
            Database::Postgres => runtime.block_on(fresh_postgres(seed.map(Seed::database_name))),
        };
        let store = Some(folder.path().join("attachments").display().to_string());
        let attachments = AttachmentSettings { store, ..AttachmentSettings::default() };
        let listen = "127.0.0.1:0".into();
        let (key, heads) = (folder.path().join("audit.key"), folder.path().join("heads.jsonl"));
        let secret_key = Some(folder.path().join("secret.key"));
        let (audit_key, heads) = (Some(key), Some(heads));
        let mut settings = Settings {
            listen,
            database: url,
            attachments,
            audit_key,
            secret_key,
            heads,
            ..Settings::default()
        };
        // A story signs in more people in a minute than an office does.
        settings.sign_ins_per_minute = 10_000;
        change(&mut settings);
        let running = runtime.block_on(server::start(settings.clone())).expect("the server starts");
        World {
            address: running.address.to_string(),
            invitation: running.invitation.clone(),
            setup_code: running.setup_code.clone(),
            running: Mutex::new(Some(running)),
            runtime,
            settings,
            folder,
        }
    }

    /// Stops the server and starts it again on the same database and port; a day of the story's choosing.
    pub fn restart(&self, today: &str) {
        self.stop();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let clock = Clock { fixed_day: Date::parse(today) };
        let settings = Settings { listen: self.address.clone(), clock, ..self.settings.clone() };
        *running = Some(self.runtime.block_on(server::start(settings)).expect("the server starts again"));
    }

    /// Stops the server for good; its database stays until the end of the story.
    pub fn stop(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = running.take() {
            self.runtime.block_on(old.stop()).expect("the server stops");
        }
    }

    /// Whether stories that need a PostgreSQL can be played.
    pub fn has_postgres() -> bool {
        postgres_url().is_some()
    }

    /// Another server on the same database, as a second machine would run it.
    pub fn another_server(&self) -> World {
        let runtime = Runtime::new().expect("a runtime");
        let settings = Settings { listen: "127.0.0.1:0".into(), ..self.settings.clone() };
        let running = runtime.block_on(server::start(settings.clone())).expect("the second server starts");
        World {
            address: running.address.to_string(),
            invitation: None,
            setup_code: None,
            running: Mutex::new(Some(running)),
            runtime,
            settings,
            folder: tempfile::tempdir().expect("a folder for the story"),
        }
    }

    /// Someone who has not signed in.
    pub fn visitor(&self) -> Desk {
        Desk::new(&self.address)
    }

    /// Someone who has signed in with the demonstration's password.
    pub fn desk(&self, account: &str) -> Desk {
        let mut desk = self.visitor();
        desk.sign_in(account, server::DEMO_PASSWORD);
        desk
    }

    /// What only a story does: a statement straight to the database, for example to let time pass. What the database
    /// forbids is forced, as somebody who administers it can.
    pub fn execute(&self, sql: &'static str) -> u64 {
        self.runtime.block_on(async {
            let mut connection = AnyConnection::connect(&self.settings.database).await.expect("the database");
            let forced = Triggers::disable(&mut connection).await;
            let done = connection.execute(sql).await.expect("the statement");
            forced.enable(&mut connection).await;
            connection.close().await.expect("the connection closes");
            done.rows_affected()
        })
    }

    /// What a verification of the stopped server's database finds, with its key and its heads.
    pub fn verified(&self) -> VerifyReport {
        self.try_verify(|_| {}).expect("a verdict")
    }

    /// The same with other means.
    pub fn try_verify(&self, change: impl FnOnce(&mut VerifyRequest)) -> anyhow::Result<VerifyReport> {
        let Settings { database, tenant, heads, audit_key, .. } = self.settings.clone();
        let mut request =
            VerifyRequest { database, tenant, heads, audit_keys: audit_key.into_iter().collect() };
        change(&mut request);
        self.block_on(server::verify(&request))
    }

    /// Waits for something asynchronous that is not asked over HTTP.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A statement to the PostgreSQL server itself.
    pub fn administer(&self, sql: String) {
        let base = postgres_url().expect("OMFUND_TEST_PG");
        self.runtime.block_on(async {
            let mut connection = AnyConnection::connect(&base).await.expect("OMFUND_TEST_PG answers");
            connection.execute(AssertSqlSafe(sql)).await.expect("the statement");
            connection.close().await.expect("the connection closes");
        });
    }

    /// Texts straight from the database.
    pub fn texts(&self, sql: &'static str) -> Vec<String> {
        self.runtime.block_on(async {
            let mut connection = AnyConnection::connect(&self.settings.database).await.expect("the database");
            let texts = sqlx::query_scalar(sql).fetch_all(&mut connection).await.expect("the texts");
            connection.close().await.expect("the connection closes");
            texts
        })
    }

    /// A count straight from the database.
    pub fn count(&self, sql: &'static str) -> i64 {
        self.runtime.block_on(async {
            let mut connection = AnyConnection::connect(&self.settings.database).await.expect("the database");
            let n = sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("the count");
            connection.close().await.expect("the connection closes");
            n
        })
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = running.take() {
            // A story that failed has said why already.
            drop(self.runtime.block_on(running.stop()));
        }
    }
}

/// Triggers of a database that stand in the way of a story, with the statements that bring them back.
pub(crate) struct Triggers(Vec<String>);

impl Triggers {
    pub(crate) async fn disable(connection: &mut AnyConnection) -> Triggers {
        let is_sqlite = connection.backend_name() == "SQLite";
        let list = if is_sqlite {
            "select name, sql from sqlite_master where type = 'trigger' and name not like 'story_%'"
        } else {
            "select cast(tgname as text), cast(cast(tgrelid as regclass) as text) from pg_trigger where not tgisinternal"
        };
        let found: Vec<(String, String)> =
            sqlx::query_as(list).fetch_all(&mut *connection).await.expect("triggers");
        let mut back = Vec::new();
        for (name, rest) in found {
            let off = if is_sqlite {
                back.push(rest);
                format!("drop trigger {name}")
            } else {
                back.push(format!("alter table {rest} enable trigger {name}"));
                format!("alter table {rest} disable trigger {name}")
            };
            connection.execute(AssertSqlSafe(off)).await.expect("a trigger");
        }
        Triggers(back)
    }

    pub(crate) async fn enable(self, connection: &mut AnyConnection) {
        for sql in self.0 {
            connection.execute(AssertSqlSafe(sql)).await.expect("a trigger");
        }
    }
}

/// The demonstration on 2023-07-15.
fn demonstrate(settings: &mut Settings) {
    settings.demo = true;
    settings.clock = Clock { fixed_day: Date::parse("2023-07-15") };
}

/// URL of a new database, empty or a copy of `template`.
async fn fresh_postgres(template: Option<&str>) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    sqlx::any::install_default_drivers();
    let base = postgres_url().expect("OMFUND_TEST_PG");
    let name = format!("story_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut connection = AnyConnection::connect(&base).await.expect("OMFUND_TEST_PG answers");
    let template = template.unwrap_or("template1");
    let create = format!("create database {name} template {template}");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&mut connection).await.expect("a database of its own");
    connection.close().await.expect("the connection closes");
    let (server, _) = base.rsplit_once('/').expect("a database in the URL");
    format!("{server}/{name}")
}
