//! `cargo xtask test`: every check and test in order, and how long they took.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::budget::{TEST_TIME, TEST_TIME_AT_MOST};
use crate::durations::{self, TestTime};
use crate::machine::{self, Need};
use crate::postgres::Cluster;
use crate::{browser, check, native, parity, table, workspace};

/// The steps, cheapest first.
const STEPS: [(&str, &str); 7] = [
    ("fmt", "格式"),
    ("tidy", "约定"),
    ("clippy", "静态检查"),
    ("clippy-wasm", "静态检查（wasm32）"),
    ("native", "单元、性质、金表与接口测试"),
    ("parity", "本机与 wasm 逐字节一致"),
    ("browser", "浏览器端到端测试"),
];

struct Outcome {
    name: &'static str,
    title: &'static str,
    /// `None` if the step did not run.
    passed: Option<bool>,
    took: Duration,
}

/// Runs the chosen steps (all, if none is named) to the end, also past a failure; true if all passed in time.
///
/// `filters` go to the test runners. The last line printed is `steps: N passed, N failed, N skipped`.
pub fn test(own: &[String], filters: &[String]) -> Result<bool> {
    let started = Instant::now();
    let quick = own.iter().any(|arg| arg == "--quick");
    let chosen: Vec<&str> = own.iter().map(String::as_str).filter(|arg| *arg != "--quick").collect();
    if let Some(unknown) = chosen.iter().find(|name| STEPS.iter().all(|(step, _)| step != *name)) {
        bail!("没有步骤“{unknown}”，可选：{}", STEPS.map(|(step, _)| step).join(" "));
    }
    let (mut outcomes, mut times) = (Vec::new(), Vec::new());
    for (name, title) in STEPS {
        let wanted = if chosen.is_empty() { !(quick && name == "browser") } else { chosen.contains(&name) };
        outcomes.push(if wanted {
            run(name, title, quick, filters, &mut times)
        } else {
            Outcome { name, title, passed: None, took: Duration::ZERO }
        });
    }
    durations::print_slowest(times);
    Ok(summarise(outcomes, started.elapsed()))
}

fn run(
    name: &'static str,
    title: &'static str,
    quick: bool,
    filters: &[String],
    times: &mut Vec<TestTime>,
) -> Outcome {
    println!("\n━━ {name} · {title}");
    let started = Instant::now();
    let result = match name {
        "fmt" => check::formatting(),
        "tidy" => check::conventions(),
        "clippy" => check::native_lints(),
        "clippy-wasm" => check::wasm_lints(),
        "native" => native_tests(quick, filters, times),
        "parity" => parity::parity(),
        _ => browser::e2e_tests(filters, times),
    };
    if let Err(error) = &result {
        eprintln!("✗ {title}：{error:#}");
    }
    Outcome { name, title, passed: Some(result.is_ok()), took: started.elapsed() }
}

/// The tests of every native package. The api scenarios run on SQLite and, unless `quick`, on PostgreSQL as well.
fn native_tests(quick: bool, filters: &[String], times: &mut Vec<TestTime>) -> Result<()> {
    native::run(&workspace::XTASK, filters, None, times)?;
    if quick {
        return native::run(&workspace::NATIVE, filters, None, times);
    }
    machine::provide(&[Need::PostgreSql, Need::Spreadsheet])?;
    let cluster = Cluster::start().context("PostgreSQL")?;
    native::run(&workspace::NATIVE, filters, Some(&cluster.url()), times)
}

/// Prints what came of each step and the total; true if all passed within the budget.
fn summarise(mut outcomes: Vec<Outcome>, total: Duration) -> bool {
    if total > TEST_TIME_AT_MOST {
        outcomes
            .push(Outcome { name: "time", title: "总用时超出上限", passed: Some(false), took: total });
    }
    let mut rows = vec![["步骤", "内容", "结果", "用时"].map(String::from).to_vec()];
    for outcome in &outcomes {
        let (result, took) = match outcome.passed {
            Some(true) => ("✓ 通过", durations::shown(outcome.took)),
            Some(false) => ("✗ 失败", durations::shown(outcome.took)),
            None => ("- 跳过", String::new()),
        };
        rows.push(vec![outcome.name.to_owned(), outcome.title.to_owned(), result.to_owned(), took]);
    }
    println!();
    table::print(&rows);
    let mark = if total > TEST_TIME { "，超出目标" } else { "" };
    let [took, aim, limit] = [total, TEST_TIME, TEST_TIME_AT_MOST].map(durations::shown);
    println!("\n总用时 {took}（含编译；目标 {aim}{mark}；上限 {limit}）");
    let count = |passed| outcomes.iter().filter(|outcome| outcome.passed == passed).count();
    let (passed, failed, skipped) = (count(Some(true)), count(Some(false)), count(None));
    println!("\nsteps: {passed} passed, {failed} failed, {skipped} skipped");
    failed == 0
}
