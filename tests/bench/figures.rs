//! How a figure is told: one JSON line on standard output, which `cargo xtask bench` puts into the table.

use serde_json::json;
use std::time::{Duration, Instant};

/// What is measured, and against what.
pub struct Figure {
    part: &'static str,
    what: String,
    target: &'static str,
    holds: Option<bool>,
}

impl Figure {
    pub fn new(part: &'static str, what: impl Into<String>) -> Figure {
        Figure { part, what: what.into(), target: "–", holds: None }
    }

    pub fn target(self, target: &'static str, holds: bool) -> Figure {
        Figure { target, holds: Some(holds), ..self }
    }

    pub fn measured(self, measured: impl Into<String>) {
        let Figure { part, what, target, holds } = self;
        let measured = measured.into();
        println!(
            "{}",
            json!({ "part": part, "what": what, "target": target, "measured": measured, "holds": holds })
        );
    }
}

/// What an act returns, and how long it took.
pub fn clock<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let result = act();
    (result, started.elapsed())
}

/// The time that so many percent of the times do not exceed.
pub fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

/// Median and 95th percentile.
pub fn times(times: &[Duration]) -> String {
    let shown = |percent| milliseconds(percentile(times, percent));
    match times {
        [one] => format!("{} ms", milliseconds(*one)),
        all => format!("{} / {} ms (n = {})", shown(50), shown(95), all.len()),
    }
}

fn milliseconds(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..10_000 => format!("{}.{:03}", micros / 1000, micros % 1000),
        _ => format!("{}.{}", micros / 1000, micros % 1000 / 100),
    }
}

/// Bytes of a process in memory, where the system says.
pub fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

/// Processor time that a process has used; nothing where the system does not say.
pub fn processor(process: u32) -> Duration {
    // Fields 14 and 15 of `/proc/PID/stat`, of which the second is a name in parentheses; a hundred ticks are a second.
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks: u64 =
        fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
