//! `cargo xtask build`: the browser bundle in `target/dist`.

use anyhow::{Context, Result};

use crate::budget;
use crate::css;
use crate::dist::{Asset, Dist, Kind, Tablet, address, hashed};
use crate::page::{self, Addresses, Entry};
use crate::split;
use crate::step::step;
use crate::wasm::{self, Module, Profile};
use crate::workspace;

/// Builds the bundle and checks it against the size budget.
pub fn build(profile: Profile) -> Result<()> {
    let assets = pack(profile)?;
    budget::check_sizes(&assets, profile)
}

/// Compiles, bundles, names by content and compresses.
pub fn pack(profile: Profile) -> Result<Vec<Asset>> {
    let css = step("合并样式", || css::bundle("main.css"))?;
    let site_css = step("合并样式（现场）", || css::bundle("site.css"))?;
    let icon = workspace::root()?.join("style/icon.svg");
    let icon = std::fs::read(&icon).with_context(|| icon.display().to_string())?;
    let (module, split) = wasm::for_the_browser(profile)?;
    let site = wasm::for_the_tablet(profile)?;
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
        let mut addresses = Addresses {
            script: dist.asset(script).address(),
            wasm: dist.asset(wasm).address(),
            css: dist.asset(css).address(),
            icon: dist.asset(icon).address(),
            start: String::new(),
        };
        let start = dist.add("start.js", Kind::Script, page::start(&page::MAIN, &addresses).as_bytes())?;
        addresses.start = dist.asset(start).address();
        let html = page::html(&page::MAIN, &addresses);
        let tablet = add_tablet(&mut dist, site, &site_css, &addresses.icon)?;
        dist.finish(&html, &tablet)
    })
}

/// Adds the assets of the tablet's app.
fn add_tablet(dist: &mut Dist, module: Module, css: &str, icon: &str) -> Result<Tablet> {
    let entry: &Entry = &page::SITE;
    let css = dist.add("site.css", Kind::SiteStyle, css.as_bytes())?;
    let wasm = dist.add("site.wasm", Kind::SiteWasm, &module.wasm)?;
    let mut script = module.script;
    for (index, (path, snippet)) in module.snippets.iter().enumerate() {
        let added = dist.add(&format!("site-snippet{index}.js"), Kind::SiteScript, snippet.as_bytes())?;
        script = imported_from(&script, path, &dist.asset(added).address());
    }
    let script = dist.add("site.js", Kind::SiteScript, script.as_bytes())?;
    let mut addresses = Addresses {
        script: dist.asset(script).address(),
        wasm: dist.asset(wasm).address(),
        css: dist.asset(css).address(),
        icon: icon.to_string(),
        start: String::new(),
    };
    let start = dist.add("site-start.js", Kind::SiteScript, page::start(entry, &addresses).as_bytes())?;
    addresses.start = dist.asset(start).address();
    let (page, web_manifest) = (page::html(entry, &addresses), page::web_manifest(icon));
    Ok(Tablet { page, web_manifest })
}

/// A script with the path of one import replaced by its address in the bundle. Only behind `from`: the same text is also
/// the name of an import object.
fn imported_from(script: &str, path: &str, address: &str) -> String {
    script.replace(&format!("from \"{path}\""), &format!("from \"{address}\""))
}
