//! 密码: argon2id on threads of its own, so that a flood of sign-ins can exhaust neither the memory nor the other work. One
//! hash takes 19 MB; the same few threads take and return it each time, and tokio's own pool never holds any of it.

use crate::kernel::failure::Failure;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// How long a sign-in waits for its turn before it gets 503.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most hashes at once, however many cores there are: each holds its memory for good.
const MOST_TURNS: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

pub struct Passwords {
    /// One permit per thread: a job that is sent finds a thread that waits.
    turns: Arc<Semaphore>,
    /// The threads end when this is dropped.
    jobs: mpsc::Sender<Job>,
    /// Hash verified for accounts that do not exist, so that they take the same time.
    decoy: Arc<str>,
}

impl Passwords {
    pub fn new() -> anyhow::Result<Passwords> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = cores.min(MOST_TURNS);
        let decoy = password_auth::generate_hash(crate::kernel::token::fresh()?);
        let (jobs, waiting) = mpsc::channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..turns {
            let waiting = waiting.clone();
            let thread = std::thread::Builder::new().name(format!("password-{number}"));
            thread.spawn(move || work(&waiting))?;
        }
        Ok(Passwords { turns: Arc::new(Semaphore::new(turns)), jobs, decoy: decoy.into() })
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
        let (answer, answered) = oneshot::channel();
        let job = move || {
            let result = work();
            drop(turn);
            // The visitor may have gone meanwhile.
            let _ = answer.send(result);
        };
        self.jobs.send(Box::new(job)).map_err(|error| Failure::Internal(anyhow::anyhow!("{error}")))?;
        answered.await.map_err(|error| Failure::Internal(error.into()))
    }
}

/// Does one job after the other until no more can come.
fn work(waiting: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Without its answer the job's visitor gets an incident; the thread is there for the next.
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("a password thread caught a panic");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Each thread holds 19 MB for good once it has hashed: the memory of a flood is that of the turns.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_flood_of_hashes_runs_on_as_many_threads_as_there_are_turns_and_survives_a_panic() {
        let passwords = Arc::new(Passwords::new().unwrap());
        let most = passwords.turns.available_permits();
        let of_thread = || std::thread::current().name().map(str::to_string);
        let flood = (0..200).map(|number| {
            let passwords = passwords.clone();
            tokio::spawn(async move {
                let job = move || {
                    assert!(number % 50 > 0, "a job that fails");
                    of_thread()
                };
                passwords.in_turn(job).await.ok().flatten()
            })
        });
        let mut threads = BTreeSet::new();
        for job in flood.collect::<Vec<_>>() {
            threads.extend(job.await.unwrap());
        }
        assert!(threads.len() <= most && !threads.is_empty(), "{threads:?}");
        assert!(threads.iter().all(|name| name.starts_with("password-")), "{threads:?}");
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(passwords.verify("correct horse".into(), Some(hash)).await.unwrap());
    }
}
