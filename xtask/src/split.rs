//! Cuts the browser program into what the first form needs and the parts that are fetched when they are first needed.
//!
//! The cutting is `wasm_split_cli_support`'s; here its files are found, stripped of names, and told to the bundle.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasmparser::Parser;

use crate::wasm::Profile;

/// The relative path under which the program's script imports the loader of its parts.
pub const LOADER: &str = "./__wasm_split.js";
/// A program cut into parts.
pub struct Split {
    /// What is loaded first, still to be bound to its script.
    pub main: PathBuf,
    /// The script that fetches the parts.
    pub loader: String,
    pub parts: Vec<Part>,
}

/// A part of the program, fetched when it is first needed.
pub struct Part {
    /// The file name the loader knows it by.
    pub file: String,
    pub wasm: Vec<u8>,
}

/// Cuts the linked program at its lazy functions. `program_script` is the path under which the loader imports its script.
pub fn cut(linked: &Path, program_script: &str, profile: Profile) -> Result<Split> {
    let folder = linked.with_extension("parts");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
    }
    let main = folder.join("main.wasm");
    let program = fs::read(linked).with_context(|| linked.display().to_string())?;
    let mut options = wasm_split_cli_support::Options::new(&program);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = program_script;
    let cut = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let mut parts = Vec::new();
    for path in &cut.split_modules {
        let wasm = fs::read(path).with_context(|| path.display().to_string())?;
        let file = path.file_name().context("一个部分没有文件名")?.to_string_lossy().into_owned();
        let wasm = if profile.strips_names() { without_names(&wasm)? } else { wasm };
        parts.push(Part { file, wasm });
    }
    parts.sort_by(|one, other| one.file.cmp(&other.file));
    let loader = folder.join(LOADER);
    let loader = fs::read_to_string(&loader).with_context(|| loader.display().to_string())?;
    Ok(Split { main, loader, parts })
}

/// A module without its custom sections, which are for tools only.
fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let mut kept = wasm.get(..HEADER).context("不是 wasm 模块")?.to_vec();
    let mut begin = HEADER;
    for payload in Parser::new(0).parse_all(wasm) {
        // Sections follow each other; the range is that of the content, after the section's own head.
        if let Some((id, content)) = payload.context("wasm 模块不完整")?.as_section() {
            let end = usize::try_from(content.end)?;
            if id != CUSTOM {
                kept.extend_from_slice(&wasm[begin..end]);
            }
            begin = end;
        }
    }
    Ok(kept)
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
