//! `cargo xtask run`: builds the demonstration and serves it.

use std::process::Command;

use anyhow::Result;

use crate::bundle;
use crate::server;
use crate::wasm::Profile;
use crate::workspace;

/// Builds both sides and serves the demonstration until it is stopped.
pub fn run(profile: Profile, passed_on: &[String]) -> Result<()> {
    println!("首次构建需要几分钟，先浏览器程序，后服务器；以后只编译改动的部分。");
    if profile == Profile::Release {
        bundle::build(profile)?;
    } else {
        // Only what is shipped has a size budget.
        bundle::pack(profile)?;
    }
    // A release server embeds the bundle, so it is built second.
    server::build(profile)?;
    println!("▶ 启动演示系统，按 Ctrl+C 停止");
    let mut omfund = Command::new(workspace::server_binary(profile.native_folder())?);
    omfund.current_dir(workspace::root()?).args(["serve", "--demo"]);
    if profile != Profile::Release {
        omfund.arg("--assets").arg(workspace::dist()?);
    }
    // Default outside the source folders; the environment or an argument overrides it.
    if std::env::var_os("OMFUND_DATABASE").is_none() {
        omfund.env("OMFUND_DATABASE", "sqlite:target/demo.sqlite");
    }
    workspace::succeed(omfund.args(passed_on))
}
