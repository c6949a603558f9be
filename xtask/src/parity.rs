//! Compares the engine as native code and as WebAssembly, byte for byte: on every case of `tests/cases` and on random walks.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::browser;
use crate::fault;
use crate::machine::{self, Need};
use crate::server;
use crate::step::step;
use crate::wasm::{self, Profile};
use crate::workspace;

/// Requests, and acts on each, of a walk that takes seconds.
const NEAR: (u32, u32) = (10, 300);
const WALK: &str = if cfg!(windows) { "walk.exe" } else { "walk" };

/// Compares `tests/parity`, under Node, with `omfund check`.
pub fn parity() -> Result<()> {
    machine::provide(&[Need::Node])?;
    build()?;
    server::build(Profile::Dev)?;
    workspace::succeed(browser::node(Profile::Dev)?.args([
        "--test",
        "--test-reporter=spec",
        "tests/parity/parity.test.mjs",
    ]))?;
    walk(fault::fresh_seed()?, NEAR.0, NEAR.1)
}

/// Compares random walks over `requests` requests with `acts` acts each; compiles the native side first.
pub fn walk(seed: u64, requests: u32, acts: u32) -> Result<()> {
    step("随机操作：本机与 wasm 逐字节一致", || {
        server::build(Profile::Dev)?;
        let walk = workspace::native_target()?.join(Profile::Dev.native_folder()).join(WALK);
        let mut node = browser::node(Profile::Dev)?;
        node.env("OMFUND_WALK", walk).arg("tests/parity/fuzz.mjs");
        workspace::succeed(node.args([seed, requests.into(), acts.into()].map(|number| number.to_string())))
    })
}

/// Compiles `tests/parity` with the settings of the bundle into `target/parity`.
pub fn build() -> Result<()> {
    let module = wasm::for_node("parity", Profile::Release)?;
    let folder = workspace::root()?.join("target/parity");
    step("写入 target/parity", || {
        write(&folder.join("parity.js"), module.script.as_bytes())?;
        write(&folder.join("parity_bg.wasm"), &module.wasm)?;
        // Node reads `parity.js` as an ES module.
        write(&folder.join("package.json"), br#"{"type":"module"}"#)
    })
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    let shown = || path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(shown)?;
    }
    fs::write(path, content).with_context(shown)
}
