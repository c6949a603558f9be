//! The tests that run on this machine without a browser, each with its duration.
//!
//! Stable Rust does not print how long a test took. The test programs can, behind an option that libtest accepts where
//! `RUSTC_BOOTSTRAP` is set; so cargo only builds them and this program runs them, with the variable set for them alone.
//! Set for cargo, it would recompile every crate whose build script looks at it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::durations::TestTime;
use crate::{tidy, workspace};

/// A compiled test program.
struct Program {
    /// Of the cargo target, as `shared` or `api`.
    name: String,
    path: PathBuf,
    /// Folder of its package, where cargo would run it.
    package: PathBuf,
}

/// Builds the tests of `packages` and runs those whose name contains one of `filters` (all, without any), also past a
/// failing program. `postgres` is the server for tests on PostgreSQL.
pub fn run(
    packages: &[&str],
    filters: &[String],
    postgres: Option<&str>,
    times: &mut Vec<TestTime>,
) -> Result<()> {
    let mut failed = Vec::new();
    for program in build(packages)? {
        if !run_program(&program, filters, postgres, times)? {
            failed.push(program.name);
        }
    }
    let has_library = packages != workspace::XTASK;
    if has_library && has_doc_examples(&workspace::root()?)? {
        let mut cargo = workspace::cargo()?;
        cargo.args(["test", "--doc", "--quiet"]).args(packages).arg("--").args(filters);
        if workspace::succeed(&mut cargo).is_err() {
            failed.push("doc".to_owned());
        }
    }
    if !failed.is_empty() {
        bail!("没有通过的测试程序：{}", failed.join("、"));
    }
    Ok(())
}

/// Whether a doc comment of the libraries holds code that rustdoc would run. Looking for it there costs half a minute.
fn has_doc_examples(root: &Path) -> Result<bool> {
    for folder in ["shared/src", "server/src", "tests/src"] {
        for file in tidy::files(&root.join(folder))? {
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            let opens_code = |line: &str| {
                let line = line.trim_start();
                ["/// ```", "//! ```"].iter().any(|start| line.starts_with(start))
            };
            if text.lines().any(opens_code) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn build(packages: &[&str]) -> Result<Vec<Program>> {
    let mut cargo = workspace::cargo()?;
    cargo.args(["test", "--no-run", "--message-format=json-render-diagnostics"]).args(packages);
    let messages = workspace::output(cargo.stderr(Stdio::inherit()))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
    Ok(messages.filter_map(|message| test_program(&message)).collect())
}

/// The test program that a message of cargo announces.
fn test_program(message: &Value) -> Option<Program> {
    let is_test = message["profile"]["test"].as_bool()?;
    let path = PathBuf::from(message["executable"].as_str()?);
    let package = Path::new(message["manifest_path"].as_str()?).parent()?.to_path_buf();
    let name = message["target"]["name"].as_str()?.to_owned();
    is_test.then_some(Program { name, path, package })
}

/// Runs one program, passes its output on and notes the durations in it; true if all its tests passed.
fn run_program(
    program: &Program,
    filters: &[String],
    postgres: Option<&str>,
    times: &mut Vec<TestTime>,
) -> Result<bool> {
    println!("\n  {}", program.name);
    let mut command = Command::new(&program.path);
    command.current_dir(&program.package).env("CARGO_MANIFEST_DIR", &program.package);
    command.env("RUSTC_BOOTSTRAP", "1").args(["-Z", "unstable-options", "--report-time"]).args(filters);
    if let Some(url) = postgres {
        command.env("OMFUND_TEST_PG", url);
    }
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| program.path.display().to_string())?;
    let output = child.stdout.take().context("读不到测试程序的输出")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        times.extend(
            timed(&line).map(|(test, took)| TestTime { name: format!("{}: {test}", program.name), took }),
        );
    }
    Ok(child.wait()?.success())
}

/// Name and duration of a line `test NAME ... ok <0.123s>`.
fn timed(line: &str) -> Option<(&str, Duration)> {
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let (_, seconds) = outcome.rsplit_once('<')?;
    let seconds = seconds.trim_end().strip_suffix("s>")?.parse().ok()?;
    Some((name, Duration::try_from_secs_f64(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_duration_of_a_test_is_read_from_its_line() {
        let half = Duration::from_millis(500);
        assert_eq!(timed("test a::b ... ok <0.500s>"), Some(("a::b", half)));
        assert_eq!(timed("test a - should panic ... FAILED <0.500s>"), Some(("a - should panic", half)));
        assert_eq!(timed("test a ... ignored"), None);
        assert_eq!(timed("test result: ok. 3 passed; finished in 0.50s"), None);
        assert_eq!(timed("running 3 tests"), None);
    }

    #[test]
    fn only_test_programs_are_run() {
        let message = |test: bool, executable: Value| {
            json!({
                "reason": "compiler-artifact", "manifest_path": "/w/shared/Cargo.toml", "target": { "name": "shared" },
                "profile": { "test": test }, "executable": executable,
            })
        };
        let program = test_program(&message(true, json!("/w/target/debug/deps/shared-1"))).unwrap();
        assert_eq!((program.name.as_str(), program.package.as_path()), ("shared", Path::new("/w/shared")));
        assert!(test_program(&message(false, json!("/w/target/debug/omfund"))).is_none());
        assert!(test_program(&message(true, Value::Null)).is_none());
        assert!(test_program(&json!({ "reason": "build-finished", "success": true })).is_none());
    }
}
