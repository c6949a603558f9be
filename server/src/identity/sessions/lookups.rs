//! 会话查询: who is behind a token. Those who ask while others are looked up are looked up together, by one statement that
//! begins after they asked, so that a session that was ended before opens nothing.

use super::rows::{self, SessionRow};
use crate::context::{Context, Shared};
use crate::identity::accounts::Account;
use crate::kernel::failure::Failure;
use crate::kernel::gathering::{Gathering, Lead};
use crate::kernel::token;
use std::collections::BTreeMap;
use tokio::sync::oneshot;

/// Statements under way at once.
pub const AT_ONCE: usize = 2;
/// Most tokens of one statement.
pub const MOST_TOGETHER: usize = 64;

/// A token's hash, and who waits for the answer.
#[derive(Debug)]
pub struct Lookup {
    token_hash: String,
    answer: oneshot::Sender<Result<Behind, Failure>>,
}

/// The session, even when it has expired, and its account.
pub type Behind = Option<(SessionRow, Account)>;

/// The tokens that wait for their turn.
pub type Lookups = Gathering<Lookup>;

/// What is behind a token.
pub async fn find(context: &Shared, token: &str) -> Result<Behind, Failure> {
    let (answer, answered) = oneshot::channel();
    if let Some(lead) = context.lookups.add(Lookup { token_hash: token::hashed(token), answer }) {
        tokio::spawn(carry_out(context.clone(), lead));
    }
    answered.await.map_err(|_| anyhow::anyhow!("a session was not looked up"))?
}

async fn carry_out(context: Shared, mut lead: Lead<Lookup>) {
    while let Some(mut lookups) = lead.batch() {
        lookups.retain(|lookup| !lookup.answer.is_closed());
        let hashes: Vec<&str> = lookups.iter().map(|lookup| lookup.token_hash.as_str()).collect();
        let read = read(&context, &hashes).await;
        for lookup in lookups {
            let found = match &read {
                Ok(found) => Ok(found.get(&lookup.token_hash).cloned()),
                // What goes wrong belongs to whoever asked: each asks alone.
                Err(_) => {
                    let alone = self::read(&context, &[&lookup.token_hash]).await;
                    alone.map(|mut found| found.remove(&lookup.token_hash))
                }
            };
            // Whoever has gone needs no answer.
            let _ = lookup.answer.send(found);
        }
    }
}

async fn read(
    context: &Context,
    hashes: &[&str],
) -> Result<BTreeMap<String, (SessionRow, Account)>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    rows::with_accounts(context.tenant(), &mut connection, hashes).await
}
