//! 唤醒: who waits to hear of what. A change only wakes whoever listens to its subject; they then read the database
//! themselves, so a wake may come twice or without need, and one that is lost is made up for at the next look.

use shared::kernel::ids::{AccountId, CaseId};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::sync::{mpsc, watch};

/// What can change: a request's content or case, what an account is told.
pub type Subject = String;

/// A request's content or case.
pub fn request(tenant: &str, request: &CaseId) -> Subject {
    format!("request {tenant} {request}")
}

/// What an account is told.
pub fn account(tenant: &str, account: &AccountId) -> Subject {
    format!("account {tenant} {account}")
}

#[derive(Default)]
pub struct Hub {
    subjects: Mutex<BTreeMap<Subject, watch::Sender<()>>>,
    /// To the other nodes on the same database, where there are any.
    others: OnceLock<mpsc::UnboundedSender<Subject>>,
    closing: watch::Sender<bool>,
}

impl Hub {
    /// Wakes the listeners of this node and of the others.
    pub fn changed(&self, subject: &str) {
        self.wake(subject);
        if let Some(others) = self.others.get() {
            // Fails only when the node is going down.
            let _ = others.send(subject.to_string());
        }
    }

    /// Wakes the listeners of this node.
    pub fn wake(&self, subject: &str) {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody listening any more: forget it.
        subjects.retain(|_, sender| sender.receiver_count() > 0);
        if let Some(sender) = subjects.get(subject) {
            sender.send_replace(());
        }
    }

    /// Wakes everyone: what changed meanwhile is not known.
    pub fn wake_all(&self) {
        let subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in subjects.values() {
            sender.send_replace(());
        }
    }

    /// What changes here is told to the other nodes from now on.
    pub fn join(&self) -> mpsc::UnboundedReceiver<Subject> {
        let (sender, receiver) = mpsc::unbounded_channel();
        // A hub joins once, when its database is opened.
        let _ = self.others.set(sender);
        receiver
    }

    pub fn listen(&self, subject: &str) -> watch::Receiver<()> {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        subjects.entry(subject.to_string()).or_default().subscribe()
    }

    /// Turns true when the server closes.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Ends all streams, so that a graceful shutdown does not wait for them.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_listeners_of_the_subject_wake_and_the_other_nodes_are_told() {
        let hub = Hub::default();
        let mut others = hub.join();
        let (mut mine, mut other) = (hub.listen("a"), hub.listen("b"));
        hub.changed("a");
        assert!(mine.has_changed().unwrap());
        assert!(!other.has_changed().unwrap());
        assert_eq!(others.recv().await.as_deref(), Some("a"));
        mine.mark_unchanged();
        hub.wake("a");
        assert!(mine.has_changed().unwrap());
        assert!(others.try_recv().is_err(), "what was heard from others is not told again");
        hub.wake_all();
        assert!(other.has_changed().unwrap());
        other.mark_unchanged();
    }
}
