//! A copy of a stopped server's database, to be changed behind everyone's back.

use crate::world::{Triggers, World};
use server::{VerifyReport, VerifyRequest};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::sync::atomic::{AtomicU32, Ordering};

pub struct DatabaseCopy<'w> {
    world: &'w World,
    pub url: String,
}

impl<'w> DatabaseCopy<'w> {
    /// Copies the database of a world whose server has stopped.
    pub fn of(world: &'w World) -> DatabaseCopy<'w> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (original, number) = (&world.settings.database, NUMBER.fetch_add(1, Ordering::Relaxed));
        let url = match original.strip_prefix("sqlite:") {
            Some(path) => {
                let copy = format!("{path}.copy{number}");
                std::fs::copy(path, &copy).expect("the copy");
                format!("sqlite:{copy}")
            }
            None => {
                let (server, name) = original.rsplit_once('/').expect("a database in the URL");
                let copy = format!("{name}_copy{number}");
                world.administer(format!("create database {copy} template {name}"));
                format!("{server}/{copy}")
            }
        };
        DatabaseCopy { world, url }
    }

    /// Runs statements that the database may forbid.
    pub fn force(&self, sql: &str) {
        self.with(async |connection| {
            connection
                .execute(AssertSqlSafe(sql.to_string()))
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
        });
    }

    /// Works on the copy without its triggers.
    pub fn with(&self, work: impl AsyncFnOnce(&mut AnyConnection)) {
        self.world.block_on(async {
            let mut connection = AnyConnection::connect(&self.url).await.expect("the copy");
            let triggers = Triggers::disable(&mut connection).await;
            work(&mut connection).await;
            triggers.enable(&mut connection).await;
            connection.close().await.expect("the connection closes");
        });
    }

    /// What a verification finds by the world's key and heads, or by other means.
    pub fn verified(&self, change: impl FnOnce(&mut VerifyRequest)) -> VerifyReport {
        let report = self.world.try_verify(|request| {
            request.database.clone_from(&self.url);
            change(request);
        });
        report.expect("a verdict")
    }
}

impl Drop for DatabaseCopy<'_> {
    fn drop(&mut self) {
        match self.url.strip_prefix("sqlite:") {
            Some(path) => drop(std::fs::remove_file(path)),
            None => {
                let name = self.url.rsplit('/').next().unwrap_or_default();
                self.world.administer(format!("drop database {name}"));
            }
        }
    }
}
