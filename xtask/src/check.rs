//! `cargo xtask check`: the checks before every commit that run no test.

use anyhow::{Result, bail};

use crate::step::step;
use crate::{layers, tidy, wasm, workspace};

/// Formatting, conventions, lints of both sides.
pub fn check() -> Result<()> {
    step("格式", formatting)?;
    step("约定", conventions)?;
    step("静态检查", native_lints)?;
    step("静态检查（wasm32）", wasm_lints)
}

/// Conventions of single files, and of what the folders import and name.
pub fn conventions() -> Result<()> {
    match (tidy::tidy(), layers::check()) {
        (Err(files), Err(layers)) => bail!("{files:#}\n{layers:#}"),
        (files, layers) => files.and(layers),
    }
}

/// `cargo fmt --check` over every package.
pub fn formatting() -> Result<()> {
    workspace::succeed(workspace::cargo()?.args(["fmt", "--all", "--check"]))
}

/// Clippy over everything that runs on this machine; a warning is an error.
pub fn native_lints() -> Result<()> {
    for packages in [&workspace::NATIVE[..], &workspace::XTASK[..]] {
        let mut cargo = workspace::cargo()?;
        cargo.arg("clippy").args(packages).args(["--all-targets", "--quiet", "--", "-D", "warnings"]);
        workspace::succeed(&mut cargo)?;
    }
    Ok(())
}

/// Clippy over what runs in the browser; a warning is an error.
pub fn wasm_lints() -> Result<()> {
    wasm::add_target()?;
    // Together they would all get the features that only the app has: the form alone is built without the pages, and the
    // tablet's app too.
    let tablet = ["--package=app", "--no-default-features", "--features=site"];
    for packages in [&["--package=app", "--package=parity"][..], &["--package=peer_form"], &tablet] {
        let mut cargo = wasm::for_wasm32("clippy")?;
        cargo.args(packages);
        cargo.args(["--quiet", "--", "-D", "warnings"]);
        workspace::succeed(&mut cargo)?;
    }
    Ok(())
}
