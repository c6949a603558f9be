//! `cargo xtask bench`: measures the shipped build, prints one table and writes it to BENCHMARKS.md.
//!
//! Times depend on the machine, so no figure fails a build. Every measuring program prints each figure as one line of
//! JSON; this module collects them and describes the machine.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bench_peers;
use crate::browser;
use crate::bundle;
use crate::machine::{self, Need};
use crate::measured_on;
use crate::parity;
use crate::postgres::Cluster;
use crate::report;
use crate::server;
use crate::step::step;
use crate::wasm::Profile;
use crate::workspace;

/// The benchmarks that can be run alone, in the order of the table.
const BENCHMARKS: [&str; 10] =
    ["native", "wasm", "browser", "evaluation", "growth", "server", "reads", "ledger", "payments", "evening"];

const HOW: &str = "\
## The product

Written by `cargo xtask bench`, one run, on the release build. Times are median / 95th percentile of n repetitions;
a verdict looks at the 95th percentile. The document is `tests/cases/large-5000` (4 980 lines of hardware, 1 174
findings). The machine's noise is in the milliseconds; the ratios to the limit are of the same run.

- **Engine**: `tests/bench/acts.rs`, compiled natively and as WebAssembly with the settings of the bundle; each act is
  checked for what it changed. The verdict on validate-all looks at CPU time, which other load on the machine does not change.
- **Page**: headless Chromium on the real request page of a demonstration server on SQLite, every repetition a fresh
  browser and database. The request is filled through the API. Keys are real (`Input.dispatchKeyEvent`); key → DOM ends when the
  row's amount and the grand total show the exact new texts (which a second engine in Node computes), key → paint with
  the frame that shows them. Frames come every 16.7 ms, so key → paint has that grain; key → DOM and CPU do not.
  A paste is Ctrl+V from the clipboard, 1 000 lines of 10 cells that all change; undo is Ctrl+Z. The window is
  1920 × 1080.
- **Limit**: `tests/bench/limit.html`, a page written by hand without any framework or rules: 4 980 rows, virtual, exact
  amounts in integers. It is measured by the same probe in the same run, so the ratio is what our rules, findings,
  undo and autosave cost.
- **Review page**: `tests/bench/review.mjs`, the same document submitted and taken by the bureau, with 300 threads published through
  the API: 150 remarks on cells, 150 cuts. Every repetition is a fresh browser; the data has arrived with the last byte of the request
  and of the review, and the page is interactive with the first frame that shows every thread in the list and the three sums, and after
  which the main thread is free. Clicks and the keys typed into a cut of all visible lines are real.
- **Performance page**: `tests/bench/evaluation.mjs`, the self-evaluation of a request with 300 indicators, opened through the API, on a
  processor slowed four times. Digits are typed into five rows by real keys, first each key after the one before is painted, then at
  steady paces; key → paint ends with the frame whose field shows the text. The form is judged 300 ms after the last key.
- **Memory**: `tests/bench/memory.mjs`, private memory of the page's process after garbage collection. The browser is
  driven through its debugging pipe alone: a driver that follows the network makes that process keep a copy of every
  reply, 2.4 MB per opening. Edits are typed with real keys and undone with Ctrl+Z.
- **Bench form**: `tests/bench/growth.mjs`, the form of the comparison below (8 columns, all rules) with 5 000 and 50 000
  lines, opened in turn, window 900 × 900. Keys go into the line in the middle; after each the exact amount and total must show.
- **First load**: `tests/bench/first_load.mjs`, bytes over the wire up to the first editable field, cache empty, and the time to it
  over an emulated line; then again in the same browser. 1 KB = 1 000 bytes.
- **Server**: release build, over HTTP on 127.0.0.1; SQLite with its product settings (every commit on the disk), PostgreSQL
  in a temporary cluster that does not wait for the disk. Memory is that of the binary on SQLite.
- **Ledger**: `tests/bench/ledger.rs`: the verification of a generated ledger, in the process that bench is.
- **Pages of a year**: `tests/bench/reads.rs`, over HTTP on 127.0.0.1: a hundred departments with three years of 5 000 transfers each, the
  same as the ledger's, 20 of them contracts with two rows each, advances and payments; a request with its indicators, an evaluation,
  two monitoring cases with what was to be corrected and an application in every department's year, a key evaluation in every fifth.
- **Payments**: `tests/bench/payments.rs`, the server in the process that bench is, over HTTP on 127.0.0.1: 64 people each apply for 18
  instalments of a contract of their own and have each approved. Compared with all rows that this leaves (cases, their history, keys,
  transfers, vouchers, movements, notices, the trail), written again by one connection, a statement each, in commits of eight payments and
  of thirty-two, of which the better counts, without the balances, the indexes and the triggers. A flush takes 2 ms for both.
- **Evening**: `tests/bench/evening.rs`, the release binary on SQLite on an ordinary day and on the last day of the window. Acts come
  on a fixed schedule, each timed from when it was due; nine of ten save one cell, the tenth opens the request. Every person follows their
  request on a stream of their own. The database lies in memory and a flush takes 2 ms (`tests/bench/flush.c`). The generator runs on
  the same cores; what it took of them is stated with each row. The last rows compare the most saves with the same rows written by one connection
  in groups of 16, without a server; the commits of both databases wait for that flush.

";

/// Runs all benchmarks, or those named; only a run of all is written to BENCHMARKS.md.
pub fn bench(names: &[String]) -> Result<()> {
    if let [first, rest @ ..] = names
        && first == "peers"
    {
        return bench_peers::bench(rest);
    }
    if let Some(unknown) = names.iter().find(|name| !BENCHMARKS.contains(&name.as_str())) {
        bail!("没有“{unknown}”这一部分；可选：{}", BENCHMARKS.join(" "));
    }
    let is_wanted = |benchmark: &str| names.is_empty() || names.iter().any(|name| name == benchmark);
    machine::provide(&[Need::Node, Need::Npm, Need::Chromium, Need::ChineseFont, Need::PostgreSql])?;
    if is_wanted("wasm") || is_wanted("browser") {
        parity::build()?;
    }
    if ["browser", "evaluation", "server", "evening"].into_iter().any(is_wanted) {
        // A bundle above its budget is still measured.
        bundle::pack(Profile::Release)?;
        server::build(Profile::Release)?;
    }
    let load_before = measured_on::load();
    let mut figures = Vec::new();
    if is_wanted("native") {
        figures.extend(step("本机：引擎", || figures_of(&mut native("engine")?))?);
        figures.extend(step("本机：审核", || figures_of(&mut native("review")?))?);
    }
    if is_wanted("wasm") {
        figures.extend(step("WebAssembly：引擎", || figures_of(node()?.arg("tests/bench/wasm.mjs")))?);
    }
    if is_wanted("browser") {
        browser::install_tools()?;
        figures.extend(step("首次加载", || figures_of(node()?.arg("tests/bench/first_load.mjs")))?);
        figures.extend(step("浏览器", || figures_of(node()?.arg("tests/bench/browser.mjs")))?);
        figures.extend(step("浏览器：审核", || figures_of(node()?.arg("tests/bench/review.mjs")))?);
    }
    if is_wanted("evaluation") {
        browser::install_tools()?;
        figures.extend(step("绩效自评", || figures_of(node()?.arg("tests/bench/evaluation.mjs")))?);
    }
    if is_wanted("growth") {
        bench_peers::built()?;
        browser::install_tools()?;
        figures.extend(step("表单规模", || figures_of(node()?.arg("tests/bench/growth.mjs")))?);
    }
    for (part, name) in [("server", "服务器"), ("reads", "年度页面")] {
        if is_wanted(part) {
            let cluster = Cluster::start()?;
            let on_both = || figures_of(native(part)?.env("OMFUND_TEST_PG", cluster.url()));
            figures.extend(step(name, on_both)?);
        }
    }
    if is_wanted("ledger") {
        figures.extend(step("总账", || figures_of(&mut native("ledger")?))?);
    }
    for (part, name) in [("payments", "支付"), ("evening", "截止之夜")] {
        if is_wanted(part) {
            let flush = flush_library()?;
            let cluster = Cluster::start_flushing(&flush)?;
            figures.extend(step(name, || figures_of(flushing(&mut native(part)?, &cluster, &flush)))?);
        }
    }
    let machine = measured_on::described(load_before.as_deref());
    let text = format!("{HOW}{machine}\n{}", table(&figures));
    println!("\n{text}");
    if names.is_empty() {
        report::write("product", &text)?;
    }
    Ok(())
}

/// The native bench program with the name of one of its benchmarks.
fn native(benchmark: &str) -> Result<Command> {
    let mut cargo = workspace::cargo()?;
    cargo.args(["run", "--quiet", "--release", "--package", "tests", "--bin", "bench", "--", benchmark]);
    cargo.env("OMFUND_BIN", workspace::server_binary(Profile::Release.native_folder())?);
    Ok(cargo)
}

/// Makes a bench program wait for its flushes, in the database of PostgreSQL and in its own: with the server in its process (支付) by
/// the library itself, with a server of its own (截止之夜) by naming it.
fn flushing<'c>(bench: &'c mut Command, cluster: &Cluster, library: &Path) -> &'c mut Command {
    bench.env("OMFUND_TEST_PG", cluster.url()).env("OMFUND_FLUSH", library).env("LD_PRELOAD", library)
}

/// Compiles the library that makes flushing take its time, and answers with its path.
fn flush_library() -> Result<PathBuf> {
    step("编译慢速落盘库", || {
        let root = workspace::root()?;
        let library = root.join("target/flush.so");
        let mut compiler = workspace::program("cc")?;
        compiler.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg("tests/bench/flush.c");
        workspace::succeed(&mut compiler)?;
        Ok(library)
    })
}

fn node() -> Result<Command> {
    browser::node(Profile::Release)
}

/// Runs a measuring program and returns the figures it prints; its other output is passed on.
fn figures_of(command: &mut Command) -> Result<Vec<Value>> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("无法启动测量程序")?;
    let printed = child.stdout.take().context("读不到测量程序的输出")?;
    let mut figures = Vec::new();
    for line in BufReader::new(printed).lines() {
        let line = line?;
        match serde_json::from_str(&line) {
            Ok(figure @ Value::Object(_)) => {
                println!("  {}", row(&figure));
                figures.push(figure);
            }
            _ => println!("{line}"),
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("测量程序失败（{status}）");
    }
    Ok(figures)
}

fn table(figures: &[Value]) -> String {
    let mut text = String::from("| | What | Target | Measured | |\n|---|---|---|---|---|\n");
    let mut part = "";
    for figure in figures {
        let of = word(figure, "part");
        let shown = if of == part { String::new() } else { format!("**{of}**") };
        part = of;
        text.push_str(&format!("| {shown} {}\n", row(figure)));
    }
    text
}

fn row(figure: &Value) -> String {
    let verdict = match figure.get("holds").and_then(Value::as_bool) {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "",
    };
    let [what, target, measured] = ["what", "target", "measured"].map(|name| word(figure, name));
    format!("| {what} | {target} | {measured} | {verdict} |")
}

fn word<'a>(figure: &'a Value, name: &str) -> &'a str {
    figure.get(name).and_then(Value::as_str).unwrap_or_default()
}
