//! The engine gives the same bytes natively and as WebAssembly, for every case of `tests/cases`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::machine::{self, Need};
use crate::step::step;
use crate::wasm::{self, Profile};
use crate::{browser, server, workspace};

/// Compares `tests/parity`, under Node, with `omfund check`.
pub fn parity() -> Result<()> {
    machine::provide(&[Need::Node])?;
    build()?;
    server::build(Profile::Dev)?;
    workspace::succeed(browser::node(Profile::Dev)?.args([
        "--test",
        "--test-reporter=spec",
        "tests/parity/parity.test.mjs",
    ]))
}

/// Compiles `tests/parity` as the browser program is compiled, into `target/parity`.
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
