//! `cargo xtask build`: the browser bundle in `target/dist`.

use anyhow::{Context, Result};

use crate::budget;
use crate::css;
use crate::dist::{Asset, Dist, Kind, address, hashed};
use crate::page;
use crate::split;
use crate::step::step;
use crate::wasm::{self, Profile};
use crate::workspace;

/// Builds the bundle and checks it against the size budget.
pub fn build(profile: Profile) -> Result<()> {
    let assets = pack(profile)?;
    budget::check_sizes(&assets, profile)
}

/// Compiles, bundles, names by content and compresses.
pub fn pack(profile: Profile) -> Result<Vec<Asset>> {
    let css = step("合并样式", css::bundle)?;
    let icon = workspace::root()?.join("style/icon.svg");
    let icon = std::fs::read(&icon).with_context(|| icon.display().to_string())?;
    let (module, split) = wasm::for_the_browser(profile)?;
    step("压缩并写入 target/dist", || {
        let mut dist = Dist::begin(workspace::dist()?, profile)?;
        let css = dist.add("main.css", Kind::Style, css.as_bytes())?;
        let icon = dist.add("icon.svg", Kind::Image, &icon)?;
        let wasm = dist.add("app.wasm", Kind::Wasm, &module.wasm)?;
        let mut script = module.script;
        for (index, (path, snippet)) in module.snippets.iter().enumerate() {
            let added = dist.add(&format!("snippet{index}.js"), Kind::Script, snippet.as_bytes())?;
            script = imported_from(&script, path, &dist.asset(added).address());
        }
        let mut loader = split.loader.clone();
        for chunk in &split.chunks {
            let logical = format!("chunk-{}", chunk.file);
            let added = dist.add(&logical, Kind::Chunk, &chunk.wasm)?;
            loader = loader
                .replace(&format!("\"./{}\"", chunk.file), &format!("\"{}\"", dist.asset(added).address()));
        }
        // The two scripts import each other, so the loader's name is a hash of both contents.
        let file = hashed("chunks.js", &[loader.as_bytes(), script.as_bytes()]);
        let script = imported_from(&script, split::LOADER, &address(&file));
        let script = dist.add("app.js", Kind::Script, script.as_bytes())?;
        let loader = imported_from(&loader, "./app.js", &dist.asset(script).address());
        dist.add_as("chunks.js", file, Kind::Script, loader.as_bytes())?;
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

/// A script with the path of one import replaced by its address in the bundle. Only behind `from`: the same text is also
/// the name of an import object.
fn imported_from(script: &str, path: &str, address: &str) -> String {
    script.replace(&format!("from \"{path}\""), &format!("from \"{address}\""))
}
