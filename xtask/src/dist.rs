//! The folder the server serves: content-hashed names, precompressed copies and a manifest.
//!
//! The pages, their service workers and `manifest.json` lie at its top; everything else lies under `assets/` and may be cached for
//! ever, because its name is a hash of its content.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use crate::wasm::Profile;

/// Kind of an asset, which decides on its budget.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The part of the web app that the first form needs.
    Wasm,
    /// A lazy chunk, fetched when it is first needed.
    Chunk,
    Script,
    Style,
    Image,
    /// The same three of the tablet's app (`/site`).
    SiteWasm,
    SiteScript,
    SiteStyle,
}

impl Kind {
    fn is_of_tablet(self) -> bool {
        matches!(self, Self::SiteWasm | Self::SiteScript | Self::SiteStyle)
    }
}

/// One file under `assets/`.
pub struct Asset {
    /// Its name without the hash, as `app.wasm`.
    pub logical: String,
    /// Its name on disk, as `app-0123456789.wasm`.
    pub file: String,
    pub kind: Kind,
    pub bytes: usize,
    pub brotli: usize,
    pub gzip: usize,
}

impl Asset {
    /// The path a page loads it from.
    pub fn address(&self) -> String {
        address(&self.file)
    }
}

/// The path of a file under `assets/`.
pub fn address(file: &str) -> String {
    format!("/assets/{file}")
}

/// What the tablet's app has besides its assets.
pub struct Tablet {
    pub page: String,
    pub web_manifest: String,
}

/// A bundle being written beside the current one, which `finish` replaces.
pub struct Dist {
    at: PathBuf,
    building: PathBuf,
    brotli_quality: i32,
    assets: Vec<Asset>,
}

impl Dist {
    /// Starts an empty bundle that will end up at `at`.
    pub fn begin(at: PathBuf, profile: Profile) -> Result<Self> {
        let building = at.with_extension("building");
        remove(&building)?;
        fs::create_dir_all(building.join("assets")).with_context(|| building.display().to_string())?;
        let brotli_quality = if profile == Profile::Release { 11 } else { 5 };
        Ok(Self { at, building, brotli_quality, assets: Vec::new() })
    }

    /// Writes `content` under its hashed name, with `.br` and `.gz` beside it; returns its index in `assets`.
    pub fn add(&mut self, logical: &str, kind: Kind, content: &[u8]) -> Result<usize> {
        self.add_as(logical, hashed(logical, &[content]), kind, content)
    }

    /// Like `add`, under a name that [`hashed`] made from more than its own content.
    pub fn add_as(&mut self, logical: &str, file: String, kind: Kind, content: &[u8]) -> Result<usize> {
        let brotli = brotli(content, self.brotli_quality)?;
        let gzip = gzip(content)?;
        self.write(&format!("assets/{file}"), content)?;
        self.write(&format!("assets/{file}.br"), &brotli)?;
        self.write(&format!("assets/{file}.gz"), &gzip)?;
        self.assets.push(Asset {
            logical: logical.to_owned(),
            file,
            kind,
            bytes: content.len(),
            brotli: brotli.len(),
            gzip: gzip.len(),
        });
        Ok(self.assets.len() - 1)
    }

    /// An asset by the index that `add` returned.
    pub fn asset(&self, index: usize) -> &Asset {
        &self.assets[index]
    }

    /// Writes the pages, the manifest and the service workers, then replaces the current bundle.
    pub fn finish(self, page: &str, tablet: &Tablet) -> Result<Vec<Asset>> {
        let main = |asset: &&Asset| !asset.kind.is_of_tablet();
        let site = |asset: &&Asset| asset.kind.is_of_tablet() || asset.kind == Kind::Image;
        let worker = service_worker(self.assets.iter().filter(main), MAIN_WORKER);
        let site_worker = service_worker(self.assets.iter().filter(site), SITE_WORKER);
        self.write("index.html", page.as_bytes())?;
        self.write("site.html", tablet.page.as_bytes())?;
        self.write("site.webmanifest", tablet.web_manifest.as_bytes())?;
        self.write("manifest.json", manifest(&self.assets).as_bytes())?;
        self.write("service_worker.js", worker.as_bytes())?;
        self.write("site_worker.js", site_worker.as_bytes())?;
        remove(&self.at)?;
        fs::rename(&self.building, &self.at).with_context(|| self.at.display().to_string())?;
        Ok(self.assets)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.building.join(name);
        fs::write(&path, content).with_context(|| path.display().to_string())
    }
}

/// `app.wasm` → `app-0123456789.wasm`.
pub fn hashed(logical: &str, contents: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for content in contents {
        hasher.update(content);
    }
    let hash = hasher.finalize().to_hex();
    let short = &hash[..10];
    match logical.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{short}.{extension}"),
        None => format!("{logical}-{short}"),
    }
}

const MAIN_WORKER: &str = include_str!("../../app/service_worker.js");
const SITE_WORKER: &str = include_str!("../../app/site_worker.js");

/// A service worker, preceded by the list of files that it stores on the device.
fn service_worker<'a>(assets: impl Iterator<Item = &'a Asset>, worker: &str) -> String {
    let files = json!(assets.map(Asset::address).collect::<Vec<_>>()).to_string();
    let version = &blake3::hash(files.as_bytes()).to_hex()[..10];
    format!("const FILES = {files};\nconst VERSION = \"{version}\";\n{worker}")
}

/// JSON of each asset's file and sizes by logical name.
fn manifest(assets: &[Asset]) -> String {
    let entries = assets.iter().map(|asset| {
        let entry = json!({
            "file": format!("assets/{}", asset.file),
            "bytes": asset.bytes,
            "brotli": asset.brotli,
            "gzip": asset.gzip,
        });
        (asset.logical.clone(), entry)
    });
    let entries: Map<String, Value> = entries.collect();
    format!("{:#}\n", Value::Object(entries))
}

fn brotli(content: &[u8], quality: i32) -> Result<Vec<u8>> {
    let settings = brotli::enc::BrotliEncoderParams {
        quality,
        size_hint: content.len(),
        ..brotli::enc::BrotliEncoderParams::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*content, &mut packed, &settings).context("brotli 压缩")?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish().context("gzip 压缩")
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_carries_the_content() {
        let one = hashed("app.wasm", &[b"1"]);
        assert!(one.starts_with("app-") && one.ends_with(".wasm") && one.len() == "app-.wasm".len() + 10);
        assert_ne!(one, hashed("app.wasm", &[b"2"]));
    }

    #[test]
    fn packed_copies_unpack_to_the_same() {
        let content = b"budget ".repeat(100);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*brotli(&content, 11).unwrap(), &mut unpacked).unwrap();
        assert_eq!(unpacked, content);
    }
}
