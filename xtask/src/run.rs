//! `cargo xtask run`: the demonstration, built and started.

use std::process::Command;

use anyhow::Result;

use crate::bundle;
use crate::server;
use crate::wasm::Profile;
use crate::workspace;

/// Builds both sides and serves the demonstration until it is stopped.
pub fn run(profile: Profile, passed_on: &[String]) -> Result<()> {
    // The browser side first: a release server embeds it.
    bundle::build(profile)?;
    server::build(profile)?;
    println!("▶ 启动演示系统，按 Ctrl+C 停止");
    let mut omfund = Command::new(workspace::server_binary(profile.native_folder())?);
    omfund.current_dir(workspace::root()?).args(["serve", "--demo"]);
    if profile == Profile::Dev {
        omfund.arg("--assets").arg(workspace::dist()?);
    }
    // Out of the way of the sources, unless the environment or an argument says where.
    if std::env::var_os("OMFUND_DATABASE").is_none() {
        omfund.env("OMFUND_DATABASE", "sqlite:target/demo.sqlite");
    }
    workspace::succeed(omfund.args(passed_on))
}
