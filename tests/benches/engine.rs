//! The engine on the large request, act by act, with what each evaluated: `cargo bench --package tests`.
//!
//! For whoever works on the engine: criterion says whether a change made an act slower. What is shipped is measured
//! by `cargo xtask bench`, with the same acts.

#[path = "../bench/acts.rs"]
mod acts;

use acts::{Acts, BOTH};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

const LARGE: &str = include_str!("../cases/large-5000/request.json");

fn open() -> Acts {
    Acts::open(LARGE).unwrap_or_else(|error| panic!("{error}"))
}

fn engine(criterion: &mut Criterion) {
    let mut large = open();
    let receipt = large.type_price("12345.67");
    println!("one edit evaluates {} cells and {} rules", receipt.cells, receipt.rules);
    assert!(receipt.cells < 20 && receipt.rules < 20, "{receipt:?}");
    let mut n = 0;
    criterion.bench_function("apply: one edit of a unit price", |bench| {
        bench.iter(|| {
            n += 1;
            large.type_price(&format!("{n}.5"))
        });
    });
    criterion.bench_function("validate all", |bench| bench.iter(|| large.validate_all()));

    let mut large = open();
    let (block, shown) = (large.block(), large.shown());
    println!("a paste changes {} cells", large.paste(&block));
    large.undo();
    criterion.bench_function("apply: paste 1 000 × 10 and take it back", |bench| {
        bench.iter(|| {
            assert_eq!(large.paste(&block), 10_000);
            large.undo();
        });
    });
    assert_eq!(large.shown(), shown, "everything was taken back");

    let [mine, theirs] = large.edits();
    criterion.bench_function("merge 500 + 500 edits", |bench| {
        let merge = |mut large: Acts| assert_eq!(large.merge(&mine) + large.merge(&theirs), BOTH);
        bench.iter_batched(open, merge, BatchSize::PerIteration);
    });
    let conflicts = large.merge(&mine) + large.merge(&theirs);
    large.keep();
    println!("the versions differ in {} cells, {conflicts} conflicts", large.differing());
    criterion.bench_function("difference of two versions", |bench| bench.iter(|| large.differing()));
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = engine
}
criterion_main!(benches);
