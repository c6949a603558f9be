//! 名额: how many things of a kind one account may have under way at a time, so that nobody takes everybody's turn.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub struct Places {
    most: usize,
    /// Of each account that has something under way.
    taken: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

/// Given back when it is dropped.
pub type TakenPlace = OwnedSemaphorePermit;

impl Places {
    pub fn new(most: usize) -> Places {
        Places { most, taken: Mutex::default() }
    }

    /// One more place of an account; `None` when it has all it may have.
    pub fn take(&self, account: &str) -> Option<TakenPlace> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|_, places| places.available_permits() < self.most);
        let places = taken.entry(account.to_string());
        places.or_insert_with(|| Arc::new(Semaphore::new(self.most))).clone().try_acquire_owned().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_its_places_and_no_more() {
        let places = Places::new(2);
        let (first, second) = (places.take("a"), places.take("a"));
        assert!(first.is_some() && second.is_some() && places.take("a").is_none());
        assert!(places.take("b").is_some());
        drop(first);
        assert!(places.take("a").is_some());
    }
}
