//! The browser journeys: the shipped bundle, a real server, a real Chromium, real keys.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::bundle;
use crate::machine::{self, Need};
use crate::server;
use crate::step::step;
use crate::wasm::Profile;
use crate::workspace;

/// Builds what the journeys drive and runs those whose file name contains one of `filters` (all, without any).
pub fn journeys(filters: &[String]) -> Result<()> {
    let files = files(filters)?;
    machine::provide(&[Need::Node, Need::Npm, Need::Chromium, Need::ChineseFont])?;
    bundle::build(Profile::Release)?;
    server::build(Profile::Dev)?;
    install_tools()?;
    workspace::succeed(node(Profile::Dev)?.args(["--test", "--test-reporter=spec"]).args(files))
}

/// Node at the root, told where the browser is and the server of a profile.
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
