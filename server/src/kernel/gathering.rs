//! 合并办理: what comes while a batch is under way waits and makes the next, so that what a batch costs once is shared by all
//! who waited. Whoever comes alone waits for nobody.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Waiting items and how many batches are under way.
#[derive(Debug)]
pub struct Gathering<T> {
    waiting: Mutex<Waiting<T>>,
    /// Batches that may be under way at once.
    batches: usize,
    /// Most items of a batch.
    most: usize,
}

#[derive(Debug)]
struct Waiting<T> {
    items: VecDeque<T>,
    under_way: usize,
}

/// Leave to carry out batches until nothing waits; dropped, it makes room for the next.
#[derive(Debug)]
pub struct Lead<T> {
    gathering: Arc<Gathering<T>>,
    is_ended: bool,
}

impl<T> Gathering<T> {
    pub fn new(batches: usize, most: usize) -> Gathering<T> {
        Gathering { waiting: Mutex::new(Waiting { items: VecDeque::new(), under_way: 0 }), batches, most }
    }

    /// Adds an item. Whoever gets a lead carries out batches; otherwise one under way takes the item up afterwards.
    pub fn add(self: &Arc<Gathering<T>>, item: T) -> Option<Lead<T>> {
        let mut waiting = self.waiting();
        waiting.items.push_back(item);
        if waiting.under_way >= self.batches {
            return None;
        }
        waiting.under_way += 1;
        drop(waiting);
        Some(Lead { gathering: self.clone(), is_ended: false })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lead<T> {
    /// The next batch, oldest first; `None` when nothing waits, which ends the lead.
    pub fn batch(&mut self) -> Option<Vec<T>> {
        let mut waiting = self.gathering.waiting();
        let count = waiting.items.len().min(self.gathering.most);
        if count == 0 {
            // Under the same lock, so that an item added now finds nobody leading and leads itself.
            waiting.under_way -= usize::from(!self.is_ended);
            self.is_ended = true;
            return None;
        }
        Some(waiting.items.drain(..count).collect())
    }
}

impl<T> Drop for Lead<T> {
    fn drop(&mut self) {
        if !self.is_ended {
            self.gathering.waiting().under_way -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_leads_at_once_and_those_who_come_meanwhile_make_the_next_batch() {
        let gathering = Arc::new(Gathering::new(1, 2));
        let mut lead = gathering.add('a').expect("nobody leads");
        assert_eq!(lead.batch(), Some(vec!['a']));
        assert!(gathering.add('b').is_none() && gathering.add('c').is_none() && gathering.add('d').is_none());
        assert_eq!((lead.batch(), lead.batch(), lead.batch()), (Some(vec!['b', 'c']), Some(vec!['d']), None));
        assert!(gathering.add('e').is_some(), "the lead ended with the last item");
    }

    #[test]
    fn a_lead_that_is_dropped_leaves_what_waits_to_the_next_who_comes() {
        let gathering = Arc::new(Gathering::new(1, 9));
        let lead = gathering.add(1).expect("nobody leads");
        drop(lead);
        let mut lead = gathering.add(2).expect("the room of the dropped one");
        assert_eq!(lead.batch(), Some(vec![1, 2]));
    }

    #[test]
    fn as_many_batches_are_under_way_as_are_allowed() {
        let gathering = Arc::new(Gathering::new(2, 9));
        let (first, second) = (gathering.add(1), gathering.add(2));
        assert!(first.is_some() && second.is_some() && gathering.add(3).is_none());
    }
}
