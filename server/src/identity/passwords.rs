//! 密码: argon2id off the async threads, at most one hash per core at a time, so that a flood of sign-ins cannot exhaust
//! the memory.

use crate::kernel::failure::Failure;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a sign-in waits for its turn before it gets 503.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Passwords {
    turns: Arc<Semaphore>,
    /// Hash verified for accounts that do not exist, so that they take the same time.
    decoy: Arc<str>,
}

impl Passwords {
    pub fn new() -> anyhow::Result<Passwords> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let decoy = password_auth::generate_hash(crate::kernel::token::fresh()?);
        Ok(Passwords { turns: Arc::new(Semaphore::new(cores)), decoy: decoy.into() })
    }

    /// Whether the password is the hashed one; without a hash the same work is done and the result is `false`.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let decoy = self.decoy.clone();
        self.in_turn(move || match hash {
            Some(hash) => password_auth::verify_password(password, &hash).is_ok(),
            None => {
                let _ = password_auth::verify_password(password, &decoy);
                false
            }
        })
        .await
    }

    pub async fn hash(&self, password: String) -> Result<String, Failure> {
        self.in_turn(move || password_auth::generate_hash(password)).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(Failure::try_later(10));
        };
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        done.await.map_err(|error| Failure::Internal(error.into()))
    }
}
