//! The server binary.

use anyhow::Result;

use crate::step::step;
use crate::wasm::Profile;
use crate::workspace;

/// What a development build of the server is compiled with: the packages of the native tests and one of their small
/// targets. Cargo unites the features of all it is asked for; asked for the server alone it would compile sqlx, axum and
/// whatever stands on them a second time, five minutes on two cores.
const AS_IN_TESTS: [&str; 6] = ["--bin", "omfund", "--bin", "walk", "--test", "peer_form"];

/// Builds the server, in development also the walk of `tests/parity`. A release embeds `target/dist`, so that `omfund`
/// is the only file to install; other builds read the folder when they run.
pub fn build(profile: Profile) -> Result<()> {
    let name = if profile == Profile::Release {
        "编译服务器（内含浏览器程序）"
    } else {
        "编译服务器"
    };
    step(name, || {
        let mut cargo = workspace::cargo()?;
        cargo.arg("build").args(profile.native_arguments());
        if profile == Profile::Dev {
            cargo.args(workspace::NATIVE).args(AS_IN_TESTS);
        } else {
            cargo.args(["--package", "server"]);
        }
        if profile == Profile::Release {
            cargo.args(["--features", "embed"]);
        }
        workspace::succeed(&mut cargo)
    })
}
