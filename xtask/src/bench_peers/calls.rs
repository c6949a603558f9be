//! Duration of the page's own calls without the wait for a frame, from the same run as the harness's tables.

use std::collections::BTreeSet;

use serde_json::Value;

/// Acts by the name in the harness's results and by the name in our table.
const ACTS: [(&str, &str); 2] = [("validate", "validate all"), ("paste", "set 1000×3")];

const HOW: &str = "\
### The calls alone

`validate all` and `set` above end with the frame that shows their outcome. Frames come every 16.7 ms, so the moment of the
call between two frames weighs as much as the call. This is the median of the call alone in the same run, in ms; work that a
library defers until after the call is not in it.

";

/// A table of the run's calls: a line per page that reports them, a column per act and size.
pub fn alone(run: &Value) -> String {
    let results = run["results"].as_array().map_or(&[][..], Vec::as_slice);
    let sizes: BTreeSet<u64> = results.iter().filter_map(|result| result["n"].as_u64()).collect();
    let mut peers: Vec<&str> = Vec::new();
    for peer in results.iter().filter_map(|result| result["peer"].as_str()) {
        if !peers.contains(&peer) {
            peers.push(peer);
        }
    }
    let columns: Vec<(&str, &str, u64)> =
        ACTS.iter().flat_map(|(act, name)| sizes.iter().map(move |size| (*act, *name, *size))).collect();
    let heads: String = columns.iter().map(|(_, name, size)| format!(" {name}, n = {size} |")).collect();
    let mut table = format!("{HOW}| peer |{heads}\n| --- |{}\n", " ---: |".repeat(columns.len()));
    for peer in peers {
        let of = |act: &str, size: u64| {
            let result = results.iter().find(|r| r["peer"] == peer && r["n"].as_u64() == Some(size))?;
            median(result["runs"].as_array()?.iter().filter_map(|run| run[act]["apiMs"].as_f64()).collect())
        };
        let times: Vec<Option<f64>> = columns.iter().map(|(act, _, size)| of(act, *size)).collect();
        if times.iter().any(Option::is_some) {
            let cells: String =
                times.iter().map(|time| time.map_or(" |".to_owned(), |ms| format!(" {ms:.1} |"))).collect();
            table.push_str(&format!("| {peer} |{cells}\n"));
        }
    }
    table
}

fn median(mut times: Vec<f64>) -> Option<f64> {
    times.sort_by(f64::total_cmp);
    let (low, high) = (times.get(times.len().checked_sub(1)? / 2)?, times.get(times.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_without_calls_has_no_line_and_a_failed_run_does_not_count() {
        let run = json!({ "results": [
            { "peer": "our", "n": 1000, "runs": [
                { "validate": { "apiMs": 3.0 } }, { "validate": { "failed": "timeout" } }, { "validate": { "apiMs": 2.0 } },
            ] },
            { "peer": "slow", "n": 1000, "runs": [{ "dnf": "not usable" }] },
        ] });
        let table = alone(&run);
        assert!(table.contains("| peer | validate all, n = 1000 | set 1000×3, n = 1000 |"), "{table}");
        assert!(table.contains("| our | 2.5 | |"), "{table}");
        assert!(!table.contains("slow"), "{table}");
    }
}
