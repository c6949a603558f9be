//! From a package of the workspace to a WebAssembly module with its JavaScript glue.
//!
//! wasm-bindgen is used as a library, so Cargo.lock ties its version to the one the web app is compiled with, and no
//! tool needs to be downloaded.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;

use crate::contributors;
use crate::split::{self, Split};
use crate::step::step;
use crate::workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// How much work the compilers put into the result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Shipped: the smallest bundle, held to its budget, and a server that embeds it.
    Release,
    /// First run on a fresh machine: optimised, but without the slow passes of a release.
    Tryout,
    /// Development and tests: quickest to rebuild.
    Dev,
}

impl Profile {
    /// The cargo profile of the browser side.
    pub fn wasm(self) -> &'static str {
        match self {
            Self::Release => "wasm",
            Self::Tryout => "wasm-tryout",
            Self::Dev => "wasm-dev",
        }
    }

    /// The folder cargo puts native results of this profile into.
    pub fn native_folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Tryout => "tryout",
            Self::Dev => "debug",
        }
    }

    /// The arguments of a native `cargo build`.
    pub fn native_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--release"],
            Self::Tryout => &["--profile", "tryout"],
            Self::Dev => &[],
        }
    }

    /// Function names are for debuggers; a bundle that is downloaded goes without them.
    pub fn strips_names(self) -> bool {
        self != Self::Dev
    }
}

/// A module and the script that loads it.
pub struct Module {
    pub wasm: Vec<u8>,
    pub script: String,
    /// Scripts that `script` imports, by the relative path it imports them under.
    pub snippets: Vec<(String, String)>,
}

/// The web app and its lazy chunks.
pub fn for_the_browser(profile: Profile) -> Result<(Module, Split)> {
    let (module, split) = for_a_page("app", "--bin=app", profile)?;
    if profile == Profile::Release {
        let main = std::fs::read(&split.main).with_context(|| split.main.display().to_string())?;
        contributors::print(&main)?;
    }
    Ok((module, split))
}

/// The tablet's app: another entry of the same package, in one module, because all of it is on the device before it is used.
pub fn for_the_tablet(profile: Profile) -> Result<Module> {
    let linking = ["--bin=site", "--no-default-features", "--features=site"];
    let compiled = compile("app", "site.wasm", profile, &linking)?;
    step("wasm-bindgen（现场）", || {
        let mut bindgen = Bindgen::new();
        bindgen.web(true)?.omit_default_module_path(true);
        link(&mut bindgen, compiled, profile)
    })
}

/// A package's `target` as a module that a page loads as `PACKAGE.js`, and its lazy chunks.
pub fn for_a_page(package: &str, target: &str, profile: Profile) -> Result<(Module, Split)> {
    // The split reads the linker's relocations. Small functions are inlined: a browser compiles each function when it is
    // first called, and the first form calls many.
    let linking = [target, "--", "-Clink-args=--emit-relocs", "-Cllvm-args=-inline-threshold=5"];
    let compiled = compile(package, &format!("{package}.wasm"), profile, &linking)?;
    let script = format!("./{package}.js");
    let split = step("拆分按需加载的部分", || split::split(&compiled, &script, profile))?;
    step("wasm-bindgen", || {
        let mut bindgen = Bindgen::new();
        bindgen.web(true)?.omit_default_module_path(true).keep_lld_exports(true);
        Ok((link(&mut bindgen, split.main.clone(), profile)?, split))
    })
}

/// A library package as a module that Node imports.
pub fn for_node(package: &str, profile: Profile) -> Result<Module> {
    let compiled = compile(package, &format!("{package}.wasm"), profile, &["--lib"])?;
    step("wasm-bindgen", || {
        let mut bindgen = Bindgen::new();
        bindgen.nodejs_module(true)?;
        link(&mut bindgen, compiled, profile)
    })
}

fn link(bindgen: &mut Bindgen, compiled: PathBuf, profile: Profile) -> Result<Module> {
    let mut output = bindgen
        .input_path(compiled)
        .typescript(false)
        .demangle(!profile.strips_names())
        .remove_name_section(profile.strips_names())
        .remove_producers_section(true)
        .generate_output()?;
    let mut snippets = Vec::new();
    for (package, scripts) in output.snippets() {
        for (index, script) in scripts.iter().enumerate() {
            snippets.push((format!("./snippets/{package}/inline{index}.js"), script.clone()));
        }
    }
    for (path, script) in output.local_modules() {
        snippets.push((format!("./snippets/{path}"), script.clone()));
    }
    snippets.sort();
    Ok(Module { script: output.js().to_owned(), wasm: output.wasm_mut().emit_wasm(), snippets })
}

/// Compiles a package into the target folder of wasm builds, which does not wait for the lock of native builds.
fn compile(package: &str, file: &str, profile: Profile, arguments: &[&str]) -> Result<PathBuf> {
    add_target()?;
    let target = target_folder()?;
    step(&format!("编译 {package} 到 wasm32（{}）", profile.wasm()), || {
        let mut cargo = for_wasm32("rustc")?;
        cargo.args(["--package", package, "--profile", profile.wasm()]).args(arguments);
        workspace::succeed(&mut cargo)
    })?;
    Ok(target.join(TARGET).join(profile.wasm()).join(file))
}

/// `cargo VERB` for wasm32 in the target folder of wasm builds.
pub fn for_wasm32(verb: &str) -> Result<Command> {
    let mut cargo = workspace::cargo()?;
    cargo.args([verb, "--target", TARGET]).arg("--target-dir").arg(target_folder()?);
    Ok(cargo)
}

fn target_folder() -> Result<PathBuf> {
    Ok(workspace::root()?.join("target/wasm"))
}

/// Adds Rust's standard library for wasm32 if the toolchain does not have it yet.
pub fn add_target() -> Result<()> {
    let sysroot = workspace::output(workspace::program("rustc")?.args(["--print", "sysroot"]))?;
    if PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    step(&format!("安装编译目标 {TARGET}"), || {
        workspace::succeed(workspace::program("rustup")?.args(["target", "add", TARGET]))
            .map_err(|error| anyhow!("{error:#}"))
            .with_context(|| format!("缺少编译目标，请运行：rustup target add {TARGET}"))
    })
}
