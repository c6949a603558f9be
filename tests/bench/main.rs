//! What the engine and the server cost: `bench engine`, `bench review`, `bench server`, `bench ledger`, `bench reads`,
//! `bench payments`, `bench evening`. Figures go to standard output, one JSON line each, for `cargo xtask bench`. Nothing here
//! fails: times depend on the machine.
#![allow(clippy::expect_used, clippy::panic, reason = "a measurement that cannot be made fails by panicking")]

mod acts;
mod big_contents;
mod big_ledger;
mod engine;
mod evening;
mod figures;
mod ledger;
mod payments;
mod reads;
mod review;
mod served;
mod serving;
mod whole;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    // Started by the evening itself.
    if wanted == ["raw"] {
        return evening::raw();
    }
    let measures: [(&str, fn()); 7] = [
        ("engine", engine::measure),
        ("review", review::measure),
        ("server", serving::measure),
        ("ledger", ledger::measure),
        ("reads", reads::measure),
        ("payments", payments::measure),
        ("evening", evening::measure),
    ];
    for (name, measure) in measures {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure();
        }
    }
}
