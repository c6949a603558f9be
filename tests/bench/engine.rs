//! The engine, natively, on the large request.

use crate::acts::{Acts, BOTH};
use crate::figures::{Figure, clock, percentile, times};
use std::time::Duration;

pub const LARGE: &str = include_str!("../cases/large-5000/request.json");
const EXPECTED: &str = include_str!("../cases/large-5000/expected.json");

const PART: &str = "Engine, native";

pub fn measure() {
    let before = resident();
    let (mut large, opened) = clock(|| Acts::open(LARGE).expect("the large request"));
    let as_opened = large.shown();
    let held = resident().saturating_sub(before);
    Figure::new(PART, "large-5000: read the file, compile the form, open").measured(times(&[opened]));
    let expected: serde_json::Value = serde_json::from_str(EXPECTED).expect("JSON");
    let findings = expected["findings"].as_array().map(Vec::len);
    let validated = repeat(20, |_| assert_eq!(Some(large.validate_all()), findings, "the worked findings"));
    Figure::new(PART, "validate all: every cell, every rule, every finding in words")
        .measured(times(&validated));

    let (mut cells, mut rules) = (0, 0);
    let typed = repeat(1_000, |n| {
        let receipt = large.type_price(&format!("{}.5", 10_000 + n));
        (cells, rules) = (cells.max(receipt.cells), rules.max(receipt.rules));
    });
    Figure::new(PART, "one edit of a unit price").measured(times(&typed));
    Figure::new(PART, "evaluated by that edit")
        .target("its row and its sums only", cells < 20 && rules < 20)
        .measured(format!("{cells} cells, {rules} rules, by count"));
    let undone = repeat(1_000, |_| large.undo());
    Figure::new(PART, "undo of one edit").measured(times(&undone));

    let block = large.block();
    let (mut pasted, mut taken_back) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let (changed, took) = clock(|| large.paste(&block));
        assert_eq!(changed, 10_000, "cells pasted");
        pasted.push(took);
        taken_back.push(clock(|| large.undo()).1);
    }
    assert_eq!(large.shown(), as_opened, "everything was taken back");
    Figure::new(PART, "paste 1 000 × 10").measured(times(&pasted));
    Figure::new(PART, "undo of that paste").measured(times(&taken_back));
    let (mut merged, mut compared) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let mut large = Acts::open(LARGE).expect("the large request");
        let [mine, theirs] = large.edits();
        let (conflicts, took) = clock(|| large.merge(&mine) + large.merge(&theirs));
        assert_eq!(conflicts, BOTH, "rows both worked in");
        merged.push(took);
        large.keep();
        let (differing, took) = clock(|| large.differing());
        assert_eq!(differing, 900, "cells that differ");
        compared.push(took);
    }
    Figure::new(PART, "merge 500 + 500 edits, 100 of them conflicts")
        .target("p95 ≤ 50 ms", percentile(&merged, 95).as_millis() < 50)
        .measured(times(&merged));
    Figure::new(PART, "difference of two versions")
        .target("p95 ≤ 30 ms", percentile(&compared, 95).as_millis() < 30)
        .measured(times(&compared));
    Figure::new(PART, "memory held by the open request").measured(format!("{} MB", held / 1_000_000));
}

fn repeat(count: usize, mut act: impl FnMut(usize)) -> Vec<Duration> {
    (0..count).map(|n| clock(|| act(n)).1).collect()
}

/// Bytes of this process in memory, 0 where the system does not say.
fn resident() -> u64 {
    crate::figures::resident(std::process::id()).unwrap_or_default()
}
