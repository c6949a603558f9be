//! `cargo xtask bench peers`: our form and other form engines, measured in one run of an external harness.
//!
//! The harness (page contract, peers, report) is a folder outside this repository; it is copied to `target/peers`, and its
//! tools are installed there from its own lock file.

mod calls;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::css;
use crate::machine::{self, Need};
use crate::measured_on;
use crate::report;
use crate::split;
use crate::step::step;
use crate::wasm::{self, Profile};
use crate::workspace;

/// Environment variable with the folder of the harness.
const PLACE: &str = "OMFUND_PEERS";
const BESIDE: &str = "../shared/peers";
/// Arguments of the run that is written to BENCHMARKS.md. Fifteen repetitions: times that end with a frame differ by a
/// frame between runs.
const FULL_RUN: [&str; 8] = ["--n", "1000,5000", "--reps", "15", "--minutes", "15", "--base", "vanilla"];

const HOW: &str = "\
## Form engines in one run

Written by `cargo xtask bench peers`. The harness's form (`tests/peer_form`: its header, N lines of 8 columns, subtotals,
grand total, all rules) as a definition of our engine, on the product's own sheet, grid and fields, release build, measured
by the harness in the same run as the other engines and as a page written by hand without any framework (vanilla, the
limit). Real key presses; every measurement is a fresh browser. Our page runs with exact decimals, findings with articles
and undo. A cell is typed into through the grid's one real input; `set` is one operation of 3 000 changes and one undo
step; `validate all` judges every field and every rule of every row anew.

";

/// Builds our page, measures and writes the tables. `arguments` replace those of the full run, which alone is written.
pub fn bench(arguments: &[String]) -> Result<()> {
    machine::provide(&[Need::Node, Need::Npm, Need::Chromium, Need::ChineseFont])?;
    let harness = copied()?;
    let page = built()?;
    let load_before = measured_on::load();
    let mut node = Command::new("node");
    node.current_dir(&harness).arg("run.mjs").arg("--dir").arg(format!("our={}", page.display()));
    if let Some(chromium) = machine::chromium() {
        node.arg("--chromium").arg(chromium);
    }
    match arguments {
        [] => node.args(FULL_RUN),
        some => node.args(some),
    };
    let tables = step("同场测量", || workspace::output(node.stderr(std::process::Stdio::inherit())))?;
    let results = fs::read(harness.join("results/latest.json")).context("results/latest.json")?;
    let calls = calls::alone(&serde_json::from_slice(&results)?);
    let memory = step("各页面自身进程的内存", || workspace::output(&mut memory(&harness, &page)?))?;
    let tables = format!("{tables}\n\n{calls}\n{memory}");
    println!("{tables}");
    if arguments.is_empty() {
        let machine = measured_on::described(load_before.as_deref());
        report::write("peers", &format!("{HOW}{machine}\n{tables}"))?;
    }
    Ok(())
}

/// The table of private memory of each page's process.
fn memory(harness: &Path, page: &Path) -> Result<Command> {
    let mut node = Command::new("node");
    node.current_dir(harness).arg(workspace::root()?.join("tests/peer_form/memory.mjs")).arg(page);
    node.args(machine::chromium());
    Ok(node)
}

/// Builds our page into `target/peer_form`.
pub fn built() -> Result<PathBuf> {
    let (module, split) = wasm::for_a_page("peer_form", "--lib", Profile::Release)?;
    let styles = step("合并样式", || css::bundle("main.css"))?;
    let root = workspace::root()?;
    let page = root.join("target/peer_form");
    fs::create_dir_all(&page).with_context(|| page.display().to_string())?;
    for name in ["index.html", "contract.mjs"] {
        fs::copy(root.join("tests/peer_form").join(name), page.join(name)).context(name)?;
    }
    fs::write(page.join("main.css"), styles)?;
    fs::write(page.join("peer_form.js"), module.script)?;
    fs::write(page.join("peer_form_bg.wasm"), module.wasm)?;
    fs::write(page.join(split::LOADER), &split.loader)?;
    for chunk in &split.chunks {
        fs::write(page.join(&chunk.file), &chunk.wasm)?;
    }
    for (path, snippet) in module.snippets {
        let file = page.join(path);
        fs::create_dir_all(file.parent().context("片段的路径")?)?;
        fs::write(file, snippet)?;
    }
    Ok(page)
}

/// The harness as `target/peers`, with its tools installed.
fn copied() -> Result<PathBuf> {
    let root = workspace::root()?;
    let from = env::var_os(PLACE).map_or_else(|| root.join(BESIDE), PathBuf::from);
    if !from.join("run.mjs").is_file() {
        bail!(
            "没有找到对比程序：{}\n请用环境变量 {PLACE} 指明其目录（其中有 run.mjs 和 package-lock.json）",
            from.display()
        );
    }
    let to = root.join("target/peers");
    step("复制对比程序到 target/peers", || copy(&from, &to))?;
    let lock = fs::read_to_string(to.join("package-lock.json")).context("package-lock.json")?;
    let installed = to.join("node_modules/.installed-lock");
    if fs::read_to_string(&installed).is_ok_and(|of| of == lock) {
        return Ok(to);
    }
    step("安装对比程序（npm ci）", || {
        let mut npm = Command::new("npm");
        npm.current_dir(&to).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        workspace::succeed(&mut npm)?;
        fs::write(&installed, &lock).context("node_modules")
    })?;
    Ok(to)
}

/// Copies a folder over another, without installed tools and built pages; other files of the target stay.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        match entry.file_type()?.is_dir() {
            true if ["node_modules", "dist", "results"].iter().any(|own| name == *own) => {}
            true => copy(&entry.path(), &target)?,
            false => {
                fs::write(&target, fs::read(entry.path())?).with_context(|| target.display().to_string())?
            }
        }
    }
    Ok(())
}
