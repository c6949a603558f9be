//! 节点间唤醒: several servers on one PostgreSQL wake each other through LISTEN and NOTIFY.
//!
//! NOTIFY is sent after the commit, by one connection that sends everything collected meanwhile in one statement: inside
//! the writing transaction it would make all commits of the cluster queue for one lock.

use crate::kernel::token::random_hex;
use crate::store::change_bus::{ChangeSubject, Hub};
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const CHANNEL: &str = "omfund";
/// Delay before a lost connection is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// Most subjects sent by one statement.
const TOGETHER: usize = 500;

/// The two tasks of this server; both end with it.
pub struct Nodes {
    telling: JoinHandle<()>,
    hearing: JoinHandle<()>,
}

impl Nodes {
    /// Joins the other servers on the database.
    pub async fn join(url: &str, hub: Arc<Hub>) -> anyhow::Result<Nodes> {
        // Distinguishes our own messages from the others'.
        let name = random_hex(8)?;
        let pool = PgPoolOptions::new().max_connections(2).connect(url).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        let outgoing = hub.join();
        Ok(Nodes {
            telling: tokio::spawn(tell(pool, name.clone(), outgoing)),
            hearing: tokio::spawn(hear(listener, name, hub)),
        })
    }

    pub fn leave(&self) {
        self.telling.abort();
        self.hearing.abort();
    }
}

async fn tell(pool: PgPool, name: String, mut outgoing: mpsc::UnboundedReceiver<ChangeSubject>) {
    let mut subjects = Vec::new();
    while outgoing.recv_many(&mut subjects, TOGETHER).await > 0 {
        subjects.sort();
        subjects.dedup();
        let words: Vec<String> = subjects.drain(..).map(|subject| format!("{name} {subject}")).collect();
        let outcome = sqlx::query("select pg_notify($1, word) from unnest($2) as word")
            .bind(CHANNEL)
            .bind(&words)
            .execute(&pool)
            .await;
        if let Err(error) = outcome {
            // The streams of the other servers also read at an interval.
            tracing::warn!(%error, "other nodes did not hear of a change");
        }
    }
}

async fn hear(mut listener: PgListener, name: String, hub: Arc<Hub>) {
    loop {
        match listener.try_recv().await {
            Ok(Some(heard)) => {
                if let Some((from, subject)) = heard.payload().split_once(' ')
                    && from != name
                {
                    hub.wake(subject);
                }
            }
            // The connection was lost and restored: messages sent meanwhile are missing.
            Ok(None) => hub.wake_all(),
            Err(error) => {
                tracing::warn!(%error, "other nodes are not heard");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
