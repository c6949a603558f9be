//! Paths of this workspace, and how programs are started in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The native product: every package except those for wasm32 and xtask. Building xtask in the same call would unify
/// the features of shared dependencies and compile them twice.
pub const NATIVE: [&str; 9] = [
    "--workspace",
    "--exclude",
    "app",
    "--exclude",
    "parity",
    "--exclude",
    "peer_form",
    "--exclude",
    "xtask",
];

/// This program, in the profile that the alias of `.cargo/config.toml` has already compiled.
pub const XTASK: [&str; 4] = ["--package", "xtask", "--profile", "xtask"];

/// The root folder of the workspace.
pub fn root() -> Result<PathBuf> {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").context("请通过 `cargo xtask` 运行")?;
    let root = Path::new(&own).parent().context("找不到工作区的根目录")?;
    Ok(root.to_path_buf())
}

/// The finished browser bundle: `index.html`, `manifest.json` and `assets/`. The server embeds this folder.
pub fn dist() -> Result<PathBuf> {
    Ok(root()?.join("target/dist"))
}

/// The target folder of native builds, which holds this program as `xtask/xtask`.
pub fn native_target() -> Result<PathBuf> {
    let own = std::env::current_exe().context("找不到 xtask 自身的路径")?;
    let target = own.ancestors().nth(2).context("xtask 不在 target 目录中")?;
    Ok(target.to_path_buf())
}

/// The server binary of a native profile folder (`debug`, `tryout` or `release`).
pub fn server_binary(folder: &str) -> Result<PathBuf> {
    Ok(native_target()?.join(folder).join(format!("omfund{}", std::env::consts::EXE_SUFFIX)))
}

/// A cargo command at the root, without the variables that cargo set for xtask's own package: build scripts that watch
/// them would rerun whenever `cargo` and `cargo xtask` alternate.
pub fn cargo() -> Result<Command> {
    let mut command = program("cargo")?;
    for (name, _) in std::env::vars_os() {
        let own = name.to_string_lossy().into_owned();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") || own == "CARGO_BIN_NAME" {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// A command that runs at the root.
pub fn program(name: &str) -> Result<Command> {
    let mut command = Command::new(name);
    command.current_dir(root()?);
    Ok(command)
}

/// Runs a command with our output streams; a failing exit is an error that shows the command.
pub fn succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("无法启动：{shown}"))?;
    if !status.success() {
        bail!("命令失败（{status}）：{shown}");
    }
    Ok(())
}

/// Runs a command and returns its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command.output().with_context(|| format!("无法启动：{shown}"))?;
    if !output.status.success() {
        bail!("命令失败（{}）：{shown}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).with_context(|| format!("输出不是 UTF-8：{shown}"))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
