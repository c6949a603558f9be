//! 节点间唤醒: several servers on one PostgreSQL wake each other through LISTEN and NOTIFY.
//!
//! Told after the commit, by one connection that sends what has gathered meanwhile in one statement: a NOTIFY inside
//! the writing transaction would make every commit of the cluster queue for one lock.

use crate::identity::token::random_hex;
use crate::notify::change_bus::{Hub, Subject};
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const CHANNEL: &str = "omfund";
/// Before a lost connection is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// Subjects told by one statement.
const TOGETHER: usize = 500;

/// The two tasks of a node; both end with it.
pub struct Nodes {
    telling: JoinHandle<()>,
    hearing: JoinHandle<()>,
}

impl Nodes {
    /// Joins this node to the others on the database.
    pub async fn join(url: &str, hub: Arc<Hub>) -> anyhow::Result<Nodes> {
        // Tells this node's own words from the others'.
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

async fn tell(pool: PgPool, name: String, mut outgoing: mpsc::UnboundedReceiver<Subject>) {
    let mut subjects = Vec::new();
    while outgoing.recv_many(&mut subjects, TOGETHER).await > 0 {
        subjects.sort();
        subjects.dedup();
        let words: Vec<String> = subjects.drain(..).map(|subject| format!("{name} {subject}")).collect();
        let told = sqlx::query("select pg_notify($1, word) from unnest($2) as word")
            .bind(CHANNEL)
            .bind(&words)
            .execute(&pool)
            .await;
        if let Err(error) = told {
            // The others look by themselves now and then.
            tracing::warn!(%error, "other nodes were not told");
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
            // The connection was lost and is there again: what was said meanwhile went unheard.
            Ok(None) => hub.wake_all(),
            Err(error) => {
                tracing::warn!(%error, "other nodes are not heard");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}
