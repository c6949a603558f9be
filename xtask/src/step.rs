//! A named piece of work that says when it starts and how long it took.

use std::time::Instant;

use anyhow::{Context, Result};

/// Runs `work` between a starting and a closing line.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▶ {name} …");
    let started = Instant::now();
    let result = work();
    let took = seconds(started);
    match &result {
        Ok(_) => println!("✓ {name}（{took}）"),
        Err(_) => println!("✗ {name}（{took}）"),
    }
    result.with_context(|| name.to_owned())
}

/// The time since `started`, as people read it.
pub fn seconds(started: Instant) -> String {
    let millis = started.elapsed().as_millis();
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
