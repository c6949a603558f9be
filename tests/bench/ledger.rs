//! 总账: what the verification of a large ledger costs: three years of a hundred departments with 5 000 transfers each, reserved
//! and posted in commands of two legs, on SQLite.

use crate::big_contents::Contents;
use crate::big_ledger::fill;
use crate::figures::{Figure, clock, resident};
use std::time::Duration;
use tests::{Database, World};

pub fn measure() {
    let world = World::demo(Database::Sqlite);
    world.stop();
    let written = world.block_on(fill(&world.settings.database, &Contents::default()));
    let settings = &world.settings;
    let (report, took) =
        clock(|| world.block_on(server::verify_ledger(&settings.database, &settings.tenant)));
    let report = report.expect("a ledger");
    assert_eq!(report.breaches, Vec::<String>::new());
    assert_eq!(report.transfers, written);
    let memory = resident(std::process::id()).unwrap_or_default() / 1_000_000;
    Figure::new("Ledger", format!("`omfund ledger verify` of {written} transfers, SQLite"))
        .target("≤ 5 s", took <= Duration::from_secs(5))
        .measured(format!("{} ms, {memory} MB", took.as_millis()));
}
