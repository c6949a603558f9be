//! Splits the web app into what the first form needs and lazy chunks that are fetched when they are first needed.
//!
//! `wasm_split_cli_support` splits; this module collects its files and strips the names from them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasmparser::Parser;

use crate::wasm::Profile;

/// The relative path under which the script of the web app imports the loader.
pub const LOADER: &str = "./__wasm_split.js";

/// A web app split into its main module and lazy chunks.
pub struct Split {
    /// The module that is loaded first, before wasm-bindgen.
    pub main: PathBuf,
    /// The script that fetches the chunks.
    pub loader: String,
    pub chunks: Vec<Chunk>,
}

/// A lazy chunk.
pub struct Chunk {
    /// The file name under which the loader fetches it.
    pub file: String,
    pub wasm: Vec<u8>,
}

/// Splits the linked module at its lazy functions. `app_script` is the path under which the loader imports the script of
/// the web app.
pub fn split(linked: &Path, app_script: &str, profile: Profile) -> Result<Split> {
    let folder = linked.with_extension("chunks");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    let main = folder.join("main.wasm");
    let module = fs::read(linked).with_context(|| linked.display().to_string())?;
    let mut options = wasm_split_cli_support::Options::new(&module);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = app_script;
    let output = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let mut chunks = Vec::new();
    for path in &output.split_modules {
        let wasm = fs::read(path).with_context(|| path.display().to_string())?;
        let file = path.file_name().context("一个部分没有文件名")?.to_string_lossy().into_owned();
        let wasm = if profile.strips_names() { without_names(&wasm)? } else { wasm };
        chunks.push(Chunk { file, wasm });
    }
    chunks.sort_by(|one, other| one.file.cmp(&other.file));
    let loader = folder.join(LOADER);
    let loader = fs::read_to_string(&loader).with_context(|| loader.display().to_string())?;
    Ok(Split { main, loader, chunks })
}

/// A module without its custom sections, which only tools read.
fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let mut stripped = wasm.get(..HEADER).context("不是 wasm 模块")?.to_vec();
    let mut begin = HEADER;
    for payload in Parser::new(0).parse_all(wasm) {
        // Sections follow each other without gaps; the range covers the content, not the section's own header.
        if let Some((id, content)) = payload.context("wasm 模块不完整")?.as_section() {
            let end = usize::try_from(content.end)?;
            if id != CUSTOM {
                stripped.extend_from_slice(&wasm[begin..end]);
            }
            begin = end;
        }
    }
    Ok(stripped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_sections_go_and_the_others_stay() {
        let header = [0, b'a', b's', b'm', 1, 0, 0, 0];
        let (custom, types) = ([0, 2, 1, b'x'], [1, 1, 0]);
        let module = [&header[..], &custom[..], &types[..], &custom[..]].concat();
        assert_eq!(without_names(&module).unwrap(), [&header[..], &types[..]].concat());
        assert!(without_names(&module[..module.len() - 1]).is_err());
    }
}
