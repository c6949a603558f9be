//! `cargo xtask run`: builds the demonstration and serves it.

use std::process::Command;

use anyhow::{Result, anyhow};

use crate::bundle;
use crate::server;
use crate::wasm::{self, Profile};
use crate::workspace;

/// Builds both sides at once, each in a target folder of its own. The end of either build is the work of one core: the app
/// crate, linking, splitting, Brotli. Only what is shipped has a size budget.
fn both(profile: Profile) -> Result<()> {
    // Before the server's cargo starts: rustup changes the toolchain that it reads.
    wasm::add_target()?;
    std::thread::scope(|scope| {
        let server = scope.spawn(|| server::build(profile));
        let bundle = bundle::pack(profile);
        let server = server.join().map_err(|_| anyhow!("服务器的编译中断了"))?;
        bundle.map(drop).and(server)
    })
}

/// Builds both sides and serves the demonstration until it is stopped.
pub fn run(profile: Profile, passed_on: &[String]) -> Result<()> {
    if profile == Profile::Release {
        println!("首次构建需要几分钟，先浏览器程序，后服务器；以后只编译改动的部分。");
        // A release server embeds the bundle, so it is built second.
        bundle::build(profile)?;
        server::build(profile)?;
    } else {
        println!("首次构建需要几分钟，浏览器程序与服务器同时编译；以后只编译改动的部分。");
        both(profile)?;
    }
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
