//! The e2e tests: the shipped bundle, a real server, a real Chromium, real keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::durations::TestTime;
use crate::machine::{self, Need};
use crate::step::step;
use crate::wasm::Profile;
use crate::{bundle, server, workspace};

/// Node would run one file at a time on two cores, and a test waits for its browser and its server half of the time.
const FILES_AT_ONCE: &str = "--test-concurrency=2";

/// Folder of the demonstrations and databases of one run, removed with it.
struct Seeds(PathBuf);

impl Seeds {
    fn begin() -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("omfund-e2e-{}", std::process::id()));
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self(folder))
    }
}

impl Drop for Seeds {
    fn drop(&mut self) {
        // A run that leaves a file behind has still passed.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Builds what the e2e tests drive and runs those whose file name contains one of `filters` (all, without any).
///
/// A test that fails leaves screenshots, traces and the server's log in `target/failures`.
pub fn e2e_tests(filters: &[String], times: &mut Vec<TestTime>) -> Result<()> {
    let files = files(filters)?;
    machine::provide(&[Need::Node, Need::Npm, Need::Chromium, Need::ChineseFont])?;
    bundle::build(Profile::Release)?;
    server::build(Profile::Dev)?;
    install_tools()?;
    let failures = workspace::root()?.join("target/failures");
    if failures.exists() {
        fs::remove_dir_all(&failures).with_context(|| failures.display().to_string())?;
    }
    let reported = workspace::root()?.join("target/e2e-durations.jsonl");
    let seeds = Seeds::begin()?;
    let result = workspace::succeed(
        node(Profile::Dev)?
            .env("OMFUND_SEEDS", &seeds.0)
            .args(["--test", FILES_AT_ONCE, "--test-reporter=spec", "--test-reporter-destination=stdout"])
            .arg(format!("--test-reporter={}", folder()?.join("durations.mjs").display()))
            .arg(format!("--test-reporter-destination={}", reported.display()))
            .args(files),
    );
    match durations(&reported) {
        Ok(read) => times.extend(read),
        // Without durations node has most likely failed before the first test, which says more.
        Err(error) => return result.and(Err(error)),
    }
    result
}

/// What the reporter `durations.mjs` wrote: one JSON object a line.
fn durations(reported: &Path) -> Result<Vec<TestTime>> {
    let text = fs::read_to_string(reported).with_context(|| reported.display().to_string())?;
    let mut times = Vec::new();
    for line in text.lines() {
        let test: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        let (file, name) = (test["file"].as_str(), test["name"].as_str());
        let (Some(file), Some(name), Some(ms)) = (file, name, test["ms"].as_u64()) else { continue };
        times.push(TestTime { name: format!("{file}: {name}"), took: Duration::from_millis(ms) });
    }
    Ok(times)
}

/// Node at the root, with the paths of the browser and of a profile's server in its environment.
pub fn node(server: Profile) -> Result<Command> {
    let mut node = workspace::program("node")?;
    node.env("OMFUND_BIN", workspace::server_binary(server.native_folder())?);
    if let Some(chromium) = machine::chromium() {
        node.env("OMFUND_CHROMIUM", chromium);
    }
    Ok(node)
}

/// Installs the tools of `tests/e2e` exactly as locked, unless that has been done since the lock changed.
pub fn install_tools() -> Result<()> {
    let folder = folder()?;
    let lock = fs::read_to_string(folder.join("package-lock.json")).context("tests/e2e/package-lock.json")?;
    let installed = folder.join("node_modules/.installed-lock");
    if fs::read_to_string(&installed).is_ok_and(|of| of == lock) {
        return Ok(());
    }
    step("安装浏览器测试工具（npm ci）", || {
        let mut npm = Command::new("npm");
        npm.current_dir(&folder).args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
        workspace::succeed(&mut npm)?;
        fs::write(&installed, &lock).context("node_modules")
    })
}

fn files(filters: &[String]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder()?).context("tests/e2e")? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let wanted = filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
        if name.ends_with(".test.mjs") && wanted {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("tests/e2e 中没有名称含 {filters:?} 的测试");
    }
    files.sort();
    Ok(files)
}

fn folder() -> Result<PathBuf> {
    Ok(workspace::root()?.join("tests/e2e"))
}
