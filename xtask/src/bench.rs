//! `cargo xtask bench`: how fast and how large, on what is shipped. Prints Markdown for BENCHMARKS.md.
//!
//! Apart from the tests because time depends on the machine: nothing here fails a build.

use anyhow::Result;

use crate::machine::{self, Need};
use crate::step::step;
use crate::wasm::Profile;
use crate::{browser, bundle, server, workspace};

/// Measures the engine and the server natively, then the grid in Chromium.
pub fn bench() -> Result<()> {
    machine::provide(&[Need::Node, Need::Npm, Need::Chromium, Need::ChineseFont])?;
    bundle::build(Profile::Release)?;
    server::build(Profile::Release)?;
    let mut native = workspace::cargo()?;
    native.args(["run", "--quiet", "--release", "--package", "tests", "--bin", "bench"]);
    native.env("OMFUND_BIN", workspace::server_binary(Profile::Release.native_folder())?);
    step("引擎与服务器", || workspace::succeed(&mut native))?;
    browser::install_tools()?;
    step("浏览器", || workspace::succeed(browser::node(Profile::Release)?.arg("tests/bench/browser.mjs")))
}
