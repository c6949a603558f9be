//! How long each test took, and the table of the slowest.

use std::time::Duration;

use crate::table;

/// Tests listed.
const LISTED: usize = 10;

/// A test that ran.
#[derive(Clone, Debug, PartialEq)]
pub struct TestTime {
    /// With the program or file it belongs to: `api: review::a_cut_is_answered`.
    pub name: String,
    pub took: Duration,
}

/// Prints the slowest tests, slowest first.
pub fn print_slowest(mut times: Vec<TestTime>) {
    if times.is_empty() {
        return;
    }
    times.sort_by_key(|test| std::cmp::Reverse(test.took));
    times.truncate(LISTED);
    let mut rows = vec![["最慢的测试", "用时"].map(String::from).to_vec()];
    rows.extend(times.into_iter().map(|test| vec![test.name, shown(test.took)]));
    println!();
    table::print(&rows);
}

/// A duration as people read it: `12.3 s`, `4 min 05 s`.
pub fn shown(took: Duration) -> String {
    let (seconds, tenths) = (took.as_secs(), took.subsec_millis() / 100);
    if seconds < 100 {
        format!("{seconds}.{tenths} s")
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_durations_are_shown_in_minutes() {
        assert_eq!(shown(Duration::from_millis(1_290)), "1.2 s");
        assert_eq!(shown(Duration::from_secs(245)), "4 min 05 s");
    }
}
