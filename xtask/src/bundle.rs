//! `cargo xtask build`: the browser bundle in `target/dist`.

use anyhow::{Context, Result};

use crate::dist::{Asset, Dist, Kind};
use crate::step::step;
use crate::wasm::{self, Profile};
use crate::{budget, css, page, workspace};

/// Compiles, bundles, names, compresses and weighs.
pub fn build(profile: Profile) -> Result<()> {
    let assets = pack(profile)?;
    budget::hold(&assets, profile)
}

/// The same without holding it to its budget.
pub fn pack(profile: Profile) -> Result<Vec<Asset>> {
    let css = step("合并样式", css::bundle)?;
    let icon = workspace::root()?.join("style/icon.svg");
    let icon = std::fs::read(&icon).with_context(|| icon.display().to_string())?;
    let module = wasm::for_the_browser(profile)?;
    step("压缩并写入 target/dist", || {
        let mut dist = Dist::begin(workspace::dist()?, profile)?;
        let css = dist.add("main.css", Kind::Style, css.as_bytes())?;
        let icon = dist.add("icon.svg", Kind::Image, &icon)?;
        let wasm = dist.add("app.wasm", Kind::Wasm, &module.wasm)?;
        let mut script = module.script;
        for (index, (path, snippet)) in module.snippets.iter().enumerate() {
            let added = dist.add(&format!("snippet{index}.js"), Kind::Script, snippet.as_bytes())?;
            // Only where it is loaded from: the same text is also a key that the module asks for.
            let from = format!("from \"{}\"", dist.asset(added).address());
            script = script.replace(&format!("from \"{path}\""), &from);
        }
        let script = dist.add("app.js", Kind::Script, script.as_bytes())?;
        let start = page::start(dist.asset(script), dist.asset(wasm));
        let start = dist.add("start.js", Kind::Script, start.as_bytes())?;
        let html = page::html(
            dist.asset(start),
            dist.asset(script),
            dist.asset(wasm),
            dist.asset(css),
            dist.asset(icon),
        );
        dist.finish(&html)
    })
}
