//! The tablets of a site visit against every fault: a story of random steps per seed, in which storage fails, the network lies, clocks
//! jump, devices are revoked and the server dies. The same seed is the same story; nothing here looks at a clock.
//!
//! `OMFUND_SITE_SEEDS` is the number of stories, `OMFUND_SITE_FIRST` the first seed. `cargo xtask fault site` runs ten thousand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod check;
mod delivery_rules;
mod disk;
mod fault;
mod index;
mod network;
mod office;
mod places;
mod random;
mod reference;
mod rules;
mod shrink;
mod story;
mod typing;
mod world;

use fault::Defect;
use shrink::{run, shortest};
use std::collections::BTreeMap;
use story::story;

fn setting(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().map_or(or, |text| text.parse().expect("a number"))
}

#[test]
fn nothing_typed_is_lost_or_doubled_in_any_story() {
    let first = setting("OMFUND_SITE_FIRST", 0);
    let mut occurred: BTreeMap<String, usize> = BTreeMap::new();
    for seed in first..first + setting("OMFUND_SITE_SEEDS", 500) {
        match run(&story(seed), Defect::None) {
            Ok(of) => of.into_iter().for_each(|(what, times)| *occurred.entry(what).or_default() += times),
            Err(_) => panic!("seed {seed}:\n{}", shortest(story(seed), Defect::None)),
        }
    }
    println!("{occurred:#?}");
    let expected = [
        "applied",
        "merged",
        "conflict",
        "parked closed",
        "parked finalized",
        "parked revoked",
        "parked sequence",
        "parked void_signature",
        "409",
        "backup restored",
        "crash in a transaction",
        "device set back",
        "import",
        "late arrival",
        "other body under a known id",
        "record",
        "refused ReadOnly",
        "resolved",
        "storage closed",
        "storage full",
        "transaction in flight",
        "void signature",
        "wipe",
    ];
    let absent: Vec<&str> = expected.into_iter().filter(|what| !occurred.contains_key(*what)).collect();
    assert!(absent.is_empty() || first > 0, "no story had {absent:?}");
}

#[test]
fn each_defect_is_noticed_by_a_short_story() {
    for defect in Defect::ALL {
        let seed = (0..400).find(|seed| run(&story(*seed), defect).is_err());
        let seed = seed.unwrap_or_else(|| panic!("no story notices {defect:?}"));
        let shortest = shortest(story(seed), defect);
        println!("{defect:?}, seed {seed}:\n{shortest}");
        assert!(shortest.steps.len() <= 12, "{defect:?}:\n{shortest}");
    }
}
