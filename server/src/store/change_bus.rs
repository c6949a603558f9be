//! 唤醒: a change wakes the listeners of its subject, who then read the database themselves. A wake-up may therefore come
//! twice or without need, and a lost one is made good at the next read.

use shared::kernel::ids::{AccountId, CaseId};
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::sync::{mpsc, watch};

/// What can change: a request's content or case, or the notices of an account.
pub type ChangeSubject = String;

/// A request's content or case.
pub fn request(tenant: &str, request: &CaseId) -> ChangeSubject {
    format!("request {tenant} {request}")
}

/// The notices of an account.
pub fn account(tenant: &str, account: &AccountId) -> ChangeSubject {
    format!("account {tenant} {account}")
}

/// The calendar's reminders: a request came to another stage, or a late window opened.
pub fn deadlines(tenant: &str) -> ChangeSubject {
    format!("deadlines {tenant}")
}

/// What waits for whom: a case was begun or moved, or a late window opened.
pub fn desks(tenant: &str) -> ChangeSubject {
    format!("desks {tenant}")
}

/// Accounts and sessions: who may do what, and who is signed in.
pub fn people(tenant: &str) -> ChangeSubject {
    format!("people {tenant}")
}

#[derive(Default)]
pub struct Hub {
    subjects: Mutex<BTreeMap<ChangeSubject, watch::Sender<()>>>,
    /// To the other servers on the same database, where there are any.
    others: OnceLock<mpsc::UnboundedSender<ChangeSubject>>,
    closing: watch::Sender<bool>,
}

impl Hub {
    /// Wakes the listeners of this server and of the others.
    pub fn changed(&self, subject: &str) {
        self.wake(subject);
        if let Some(others) = self.others.get() {
            // Fails only while the server shuts down.
            let _ = others.send(subject.to_string());
        }
    }

    /// Wakes the listeners of this server.
    pub fn wake(&self, subject: &str) {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        // Forgets subjects without listeners.
        subjects.retain(|_, sender| sender.receiver_count() > 0);
        if let Some(sender) = subjects.get(subject) {
            sender.send_replace(());
        }
    }

    /// Wakes everyone, because it is not known what changed meanwhile.
    pub fn wake_all(&self) {
        let subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in subjects.values() {
            sender.send_replace(());
        }
    }

    /// From now on changes are sent to the other servers through this receiver.
    pub fn join(&self) -> mpsc::UnboundedReceiver<ChangeSubject> {
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
