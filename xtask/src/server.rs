//! The server binary.

use anyhow::Result;

use crate::step::step;
use crate::wasm::Profile;
use crate::workspace;

/// Builds the server. A release embeds `target/dist`, so that `omfund` is the only file to install; other builds read
/// the folder when they run.
pub fn build(profile: Profile) -> Result<()> {
    let name = if profile == Profile::Release {
        "编译服务器（内含浏览器程序）"
    } else {
        "编译服务器"
    };
    step(name, || {
        let mut cargo = workspace::cargo()?;
        cargo.args(["build", "--package", "server"]).args(profile.native_arguments());
        if profile == Profile::Release {
            cargo.args(["--features", "embed"]);
        }
        workspace::succeed(&mut cargo)
    })
}
