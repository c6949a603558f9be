//! 合并提交: writes that wait for SQLite's one writer share a transaction and its flush to the disk. Each has a savepoint of its
//! own, so one that is refused takes nothing of the others with it, and each is answered after the common commit.
//!
//! The commit queues for the same lock as the writes. So whoever was waiting when the first write of a group was done still
//! joins it, and a write alone waits for nobody.

use crate::kernel::failure::Failure;
use crate::store::change_bus::{ChangeSubject, Hub};
use shared::api::problem::Problem;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot};

/// What became of the common commit; `Err` is the same trouble for every member.
type Committed = Result<(), Option<Box<Problem>>>;

pub struct Group {
    /// The transaction under way, if any.
    open: Arc<Mutex<Option<OpenGroup>>>,
    hub: Arc<Hub>,
}

struct OpenGroup {
    transaction: Transaction<'static, Any>,
    /// Members that are done and wait for the commit.
    waiting: Vec<oneshot::Sender<Committed>>,
    changed: BTreeSet<ChangeSubject>,
    /// The last member went away without being done; what it wrote is to be undone.
    is_dirty: bool,
    is_commit_queued: bool,
}

/// One write of a group; dropped without [`Member::commit`] it is undone.
pub struct Member {
    open: OwnedMappedMutexGuard<Option<OpenGroup>, OpenGroup>,
    group: Arc<Group>,
    is_done: bool,
}

impl Group {
    pub fn new(hub: Arc<Hub>) -> Group {
        Group { open: Arc::default(), hub }
    }

    /// Waits for its turn and joins the group under way, or begins one.
    pub async fn join(self: &Arc<Group>, writer: &AnyPool) -> Result<Member, Failure> {
        let mut open = self.open.clone().lock_owned().await;
        undo_last(&mut open).await;
        match open.as_mut() {
            Some(group) => drop(group.transaction.execute("savepoint member").await?),
            None => {
                let transaction = writer.begin_with("begin immediate").await?;
                *open = Some(OpenGroup {
                    transaction,
                    waiting: Vec::new(),
                    changed: BTreeSet::new(),
                    is_dirty: false,
                    is_commit_queued: false,
                });
            }
        }
        let open = OwnedMutexGuard::try_map(open, Option::as_mut);
        let open = open.map_err(|_| anyhow::anyhow!("a group of writes was not open"))?;
        Ok(Member { open, group: self.clone(), is_done: false })
    }

    async fn commit(&self) {
        let mut open = self.open.lock().await;
        undo_last(&mut open).await;
        let Some(OpenGroup { transaction, waiting, changed, .. }) = open.take() else { return };
        let committed = transaction.commit().await;
        drop(open);
        if committed.is_ok() {
            changed.iter().for_each(|subject| self.hub.changed(subject));
        }
        answer(waiting, committed.map_err(Failure::from));
    }
}

/// Undoes what a member left behind. Where the database has undone the whole group by itself, as it does on a full disk, its
/// members learn it and the next begins anew.
async fn undo_last(open: &mut Option<OpenGroup>) {
    let Some(group) = open.as_mut().filter(|group| group.is_dirty) else { return };
    group.is_dirty = false;
    let undone = match group.waiting.is_empty() {
        // The first of its group has no savepoint: with it the whole transaction goes.
        true => None,
        false => {
            Some(group.transaction.execute("rollback to savepoint member; release savepoint member").await)
        }
    };
    match undone {
        Some(Ok(_)) => {}
        Some(Err(error)) => {
            tracing::warn!(%error, "the database undid a group of writes");
            if let Some(OpenGroup { waiting, .. }) = open.take() {
                answer(waiting, Err(Failure::try_later(1)));
            }
        }
        None => drop(open.take()),
    }
}

fn answer(waiting: Vec<oneshot::Sender<Committed>>, committed: Result<(), Failure>) {
    let committed = committed.map_err(|failure| match failure {
        Failure::Problem(problem) => Some(problem),
        Failure::Internal(error) => {
            tracing::error!(?error, "a group of writes was not committed");
            None
        }
    });
    for member in waiting {
        // Whoever does not wait any more asks again under the same operation.
        let _ = member.send(committed.clone());
    }
}

impl Member {
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.open.transaction
    }

    /// Ends this write; returns when it is on the disk.
    pub async fn commit(mut self, changed: Vec<ChangeSubject>) -> Result<(), Failure> {
        if !self.open.waiting.is_empty() {
            self.open.transaction.execute("release savepoint member").await?;
        }
        let (sender, committed) = oneshot::channel();
        self.open.waiting.push(sender);
        self.open.changed.extend(changed);
        self.is_done = true;
        drop(self);
        match committed.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Some(problem))) => Err(problem.into()),
            Ok(Err(None)) | Err(_) => Err(anyhow::anyhow!("the group of writes was not committed").into()),
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.open.is_dirty = !self.is_done;
        if let (false, Ok(runtime)) = (self.open.is_commit_queued, Handle::try_current()) {
            self.open.is_commit_queued = true;
            let group = self.group.clone();
            runtime.spawn(async move { group.commit().await });
        }
    }
}
