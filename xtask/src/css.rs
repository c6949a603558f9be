//! A style sheet of `style/` and its imports as one minified file.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};
use lightningcss::targets::{Browsers, Targets};

use crate::workspace;

/// The oldest browser served is Chromium 96, the minimum for Rust's WebAssembly; newer CSS (nesting, `light-dark()`) is
/// lowered to it. lightningcss writes a version as major × 65 536.
const OLDEST: Browsers = Browsers {
    chrome: Some(96 << 16),
    edge: Some(96 << 16),
    android: None,
    firefox: None,
    ie: None,
    ios_saf: None,
    opera: None,
    safari: None,
    samsung: None,
};

/// The bundled, lowered and minified style sheet.
pub fn bundle(name: &str) -> Result<String> {
    let entry: PathBuf = workspace::root()?.join("style").join(name);
    if !entry.is_file() {
        bail!("缺少 style/{name}（样式入口，用 @import 引入各个文件）");
    }
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(&entry).map_err(|error| anyhow!("样式有误：{error}"))?;
    let targets = Targets::from(OLDEST);
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("样式有误：{error}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("样式有误：{error}"))?;
    Ok(printed.code)
}
