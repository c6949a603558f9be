//! 待发送: one person's own acts that nobody else sees yet, each tried on what the ones before it leave. Apart from
//! deciding because nothing is filed here: whoever takes an act back or rewrites it sees at once what else that means.

use super::decide::evolve;
use super::language::{Act, Event, Stamp};
use super::thread::Review;
use crate::kernel::ids::ThreadId;
use crate::kernel::refusal::Refusal;
use std::collections::BTreeSet;

/// A batch as it would be published now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// The review with everything done that can be done.
    pub review: Review,
    /// Threads that are not as published.
    pub threads: BTreeSet<ThreadId>,
    /// Why each act cannot be published as things stand, in their order.
    pub refused: Vec<Option<Refusal>>,
}

/// Tries acts in their order. One that is refused leaves nothing behind, and those after it are tried all the same.
/// `decide` answers for an act on the review it meets, as publishing will.
pub fn tried<'a>(
    review: &Review,
    stamp: &Stamp,
    acts: impl IntoIterator<Item = &'a Act>,
    mut decide: impl FnMut(&Review, &Act) -> Result<Event, Refusal>,
) -> Tried {
    let mut tried = Tried { review: review.clone(), ..Tried::default() };
    for act in acts {
        let done = decide(&tried.review, act);
        if let Ok(event) = &done {
            evolve(&mut tried.review, stamp, event);
            tried.threads.extend(touched(act));
        }
        tried.refused.push(done.err());
    }
    tried
}

/// Places of the acts that can be done only after the one at `at`: with it they stand, without it they are refused.
/// Taken back together, they leave every other act as it was.
pub fn resting_on(
    review: &Review,
    stamp: &Stamp,
    acts: &[&Act],
    at: usize,
    mut decide: impl FnMut(&Review, &Act) -> Result<Event, Refusal>,
) -> Vec<usize> {
    let with = tried(review, stamp, acts.iter().copied(), &mut decide).refused;
    let others = acts.iter().enumerate().filter(|(place, _)| *place != at);
    let without = tried(review, stamp, others.map(|(_, act)| *act), &mut decide).refused;
    let without = without.into_iter().enumerate();
    let rests = |(n, refused): (usize, Option<Refusal>)| {
        let place = if n < at { n } else { n + 1 };
        (refused.is_some() && with[place].is_none()).then_some(place)
    };
    without.filter_map(rests).collect()
}

/// The threads an act makes or speaks in.
pub fn touched(act: &Act) -> Vec<ThreadId> {
    match act {
        Act::Raise { thread, .. } | Act::Say { thread, .. } => vec![thread.clone()],
        Act::Cut { lines, .. } => lines.iter().map(|line| line.thread.clone()).collect(),
        Act::View { .. } | Act::Score { .. } => Vec::new(),
    }
}
