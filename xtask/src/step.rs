//! A named step that prints its start and its duration.

use std::time::Instant;

use anyhow::{Context, Result};

use crate::durations;

/// Runs `work` between a starting and a closing line.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▶ {name} …");
    let started = Instant::now();
    let result = work();
    let took = durations::shown(started.elapsed());
    match &result {
        Ok(_) => println!("✓ {name}（{took}）"),
        Err(_) => println!("✗ {name}（{took}）"),
    }
    result.with_context(|| name.to_owned())
}
