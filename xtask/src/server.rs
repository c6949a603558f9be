//! The server binary: for production with the browser bundle inside, for tests as quickly as possible.

use anyhow::Result;

use crate::step::step;
use crate::wasm::Profile;
use crate::workspace;

/// A release carries `target/dist` inside, so `omfund` is the one file to install; a development build reads the
/// folder when it runs.
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
