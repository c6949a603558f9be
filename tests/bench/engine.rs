//! The engine, natively, on the large case.

use crate::{Measured, in_ms, percentiles};
use shared::engine::session::Session;
use shared::policy::editions::Edition;
use std::sync::Arc;
use std::time::Instant;
use tests::{Draft, fresh_id};

pub const LARGE: &str = include_str!("../cases/large-5000/request.json");
const EDITS: usize = 500;

pub fn measure() -> Vec<Measured> {
    let document = Draft::case(LARGE);
    let edition = Edition::of(document.fiscal_year).expect("an edition");
    let started = Instant::now();
    let plan = Arc::new(shared::forms::plan(&edition, document.fiscal_year).expect("a plan"));
    let compiled = started.elapsed();
    let started = Instant::now();
    let mut session = Session::open(plan, &document);
    let opened = started.elapsed();
    let started = Instant::now();
    let found = session.findings().len();
    let listed = started.elapsed();

    let row = document.rows("hardware")[document.rows("hardware").len() / 2].clone();
    let mut times = Vec::with_capacity(EDITS);
    let (mut cells, mut rules) = (0, 0);
    let mut from = row.cells.get("unit_value").cloned();
    for n in 0..EDITS {
        let to = Some(format!("{}.00", 10_000 + n));
        let change = Draft::set("hardware", row.id.as_str(), "unit_value", from.as_deref(), to.as_deref());
        let op = shared::engine::op::Op { id: fresh_id(), changes: vec![change] };
        let started = Instant::now();
        let applied = session.apply(&op);
        times.push(started.elapsed());
        cells = cells.max(applied.changed.evaluated_cells);
        rules = rules.max(applied.changed.evaluated_rules);
        from = to;
    }
    vec![
        Measured { what: "编译表单定义", result: format!("{} ms", in_ms(compiled)), limit: "–" },
        Measured {
            what: "large-5000 打开并校验全部（本机）",
            result: format!(
                "{} ms，其中列出 {found} 条校验结果 {} ms",
                in_ms(opened + listed),
                in_ms(listed)
            ),
            limit: "wasm ≤ 120 ms",
        },
        Measured { what: "改一个单价（中位 / p95）", result: percentiles(times), limit: "–" },
        Measured {
            what: "改一个单价重算",
            result: format!("{cells} 格、{rules} 条规则"),
            limit: "与行数无关",
        },
    ]
}
