//! What the engine and the server cost, as Markdown. Nothing here fails: times depend on the machine.
#![allow(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made fails by panicking")]

mod engine;
mod serving;

use std::time::Duration;

/// One line of the table.
pub struct Measured {
    pub what: &'static str,
    pub result: String,
    pub limit: &'static str,
}

fn main() {
    let mut lines = engine::measure();
    lines.extend(serving::measure());
    println!("\n| 项目 | 实测 | 目标 |\n|---|---|---|");
    for Measured { what, result, limit } in lines {
        println!("| {what} | {result} | {limit} |");
    }
}

/// Median and 95th percentile.
pub fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |percent: usize| in_ms(times[(times.len() - 1) * percent / 100]);
    format!("{} / {} ms", at(50), at(95))
}

/// Milliseconds, to the microsecond.
pub fn in_ms(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:03}", micros / 1000, micros % 1000)
}
