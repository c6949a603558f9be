//! `cargo xtask test`: every check and test in order, and what came of each.

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::machine::{self, Need};
use crate::postgres::Cluster;
use crate::step::seconds;
use crate::{browser, check, parity, table, workspace};

/// The steps, cheapest first.
const STEPS: [(&str, &str); 7] = [
    ("fmt", "格式"),
    ("tidy", "约定"),
    ("clippy", "静态检查"),
    ("clippy-wasm", "静态检查（wasm32）"),
    ("native", "单元、性质、金表与故事测试"),
    ("parity", "本机与 wasm 逐字节一致"),
    ("browser", "浏览器测试"),
];

struct Outcome {
    name: &'static str,
    title: &'static str,
    /// `None` if the step was not run.
    passed: Option<bool>,
    took: String,
}

/// Runs the chosen steps (all, if none is named) to the end, also past a failure, and prints a summary.
///
/// `filters` go to the test runners. Fails if a step failed.
pub fn test(own: &[String], filters: &[String]) -> Result<()> {
    let quick = own.iter().any(|arg| arg == "--quick");
    let chosen: Vec<&str> = own.iter().map(String::as_str).filter(|arg| *arg != "--quick").collect();
    if let Some(unknown) = chosen.iter().find(|name| STEPS.iter().all(|(step, _)| step != *name)) {
        bail!("没有步骤“{unknown}”，可选：{}", STEPS.map(|(step, _)| step).join(" "));
    }
    let mut outcomes = Vec::new();
    for (name, title) in STEPS {
        let wanted = if chosen.is_empty() { !(quick && name == "browser") } else { chosen.contains(&name) };
        outcomes.push(if wanted { run(name, title, quick, filters) } else { skipped(name, title) });
    }
    summarise(&outcomes)
}

fn skipped(name: &'static str, title: &'static str) -> Outcome {
    Outcome { name, title, passed: None, took: String::new() }
}

fn run(name: &'static str, title: &'static str, quick: bool, filters: &[String]) -> Outcome {
    println!("\n━━ {name} · {title}");
    let started = Instant::now();
    let result = match name {
        "fmt" => check::formatting(),
        "tidy" => check::conventions(),
        "clippy" => check::native_lints(),
        "clippy-wasm" => check::wasm_lints(),
        "native" => native(quick, filters),
        "parity" => parity::parity(),
        _ => browser::journeys(filters),
    };
    if let Err(error) = &result {
        eprintln!("✗ {title}：{error:#}");
    }
    Outcome { name, title, passed: Some(result.is_ok()), took: seconds(started) }
}

/// `cargo test`, with a PostgreSQL for the stories unless in a hurry; without one they run on SQLite only.
fn native(quick: bool, filters: &[String]) -> Result<()> {
    workspace::succeed(workspace::cargo()?.arg("test").args(workspace::XTASK).arg("--").args(filters))?;
    let mut cargo = workspace::cargo()?;
    cargo.args(["test", "--no-fail-fast"]).args(workspace::NATIVE).arg("--").args(filters);
    if quick {
        return workspace::succeed(&mut cargo);
    }
    machine::provide(&[Need::PostgreSql, Need::Spreadsheet])?;
    let cluster = Cluster::start().context("PostgreSQL")?;
    workspace::succeed(cargo.env("OMFUND_TEST_PG", cluster.url()))
}

fn summarise(outcomes: &[Outcome]) -> Result<()> {
    let mut rows = vec![["步骤", "内容", "结果", "用时"].map(String::from).to_vec()];
    for outcome in outcomes {
        let result = match outcome.passed {
            Some(true) => "✓ 通过",
            Some(false) => "✗ 失败",
            None => "- 跳过",
        };
        rows.push([outcome.name, outcome.title, result, &outcome.took].map(String::from).to_vec());
    }
    println!();
    table::print(&rows);
    let count = |passed| outcomes.iter().filter(|outcome| outcome.passed == passed).count();
    let (passed, failed, skipped) = (count(Some(true)), count(Some(false)), count(None));
    println!("\nsteps: {passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        bail!("{failed} 个步骤没有通过");
    }
    Ok(())
}
