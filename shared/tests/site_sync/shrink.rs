//! Runs a story, and finds the shortest one that still fails.

use super::fault::Defect;
use super::story::Step;
use super::world::World;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The server's whole log is replayed after so many steps.
const REPLAY_EVERY: usize = 16;

/// A story that fails, and how.
pub struct BrokenStory {
    pub steps: Vec<Step>,
    pub violation: String,
}

impl fmt::Display for BrokenStory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.steps.iter().enumerate() {
            writeln!(f, "  {n} {step:?}")?;
        }
        write!(f, "  → {}", self.violation)
    }
}

/// What occurred in a story, or the invariant it broke.
pub fn run(steps: &[Step], defect: Defect) -> Result<BTreeMap<String, usize>, String> {
    let mut world = World::new(defect);
    for (at, step) in steps.iter().enumerate() {
        world.step(*step);
        world.check_step().map_err(|text| format!("step {at}: {text}"))?;
        if at % REPLAY_EVERY == 0 {
            world.check_server().map_err(|text| format!("step {at}: {text}"))?;
        }
    }
    world.drain()?;
    world.check_end()?;
    world.note_results();
    Ok(world.occurred)
}

/// Removes steps, many at once and then one by one, as long as the story still fails.
pub fn shortest(mut steps: Vec<Step>, defect: Defect) -> BrokenStory {
    let fails = |steps: &[Step]| match catch_unwind(AssertUnwindSafe(|| run(steps, defect))) {
        Ok(result) => result.err(),
        Err(_) => Some("panic".to_string()),
    };
    let mut violation = fails(&steps).unwrap_or_default();
    let mut many = steps.len().div_ceil(2).max(1);
    loop {
        let before = steps.len();
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + many).min(steps.len()));
            match fails(&fewer) {
                Some(text) => (steps, violation) = (fewer, text),
                None => at += many,
            }
        }
        if many == 1 && steps.len() == before {
            return BrokenStory { steps, violation };
        }
        many = (many / 2).max(1);
    }
}
