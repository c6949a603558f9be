//! The pages `index.html` and `site.html`, and the script that starts each.
//!
//! Nothing is inline, so the content security policy needs no `unsafe-inline`.

use serde_json::json;

/// A page of the bundle.
pub struct Entry {
    /// 名称.
    title: &'static str,
    /// Script of its service worker, and the paths that one serves.
    worker: &'static str,
    scope: &'static str,
    /// Its description for installing, if it can be installed.
    web_manifest: Option<&'static str>,
}

/// The web app.
pub const MAIN: Entry =
    Entry { title: "运维资金管理系统", worker: "/service_worker.js", scope: "/", web_manifest: None };

/// 现场评价, the tablet's app.
pub const SITE: Entry = Entry {
    title: "现场评价",
    worker: "/site_worker.js",
    scope: "/site",
    web_manifest: Some("/site.webmanifest"),
};

/// Paths of what a page loads.
pub struct Addresses {
    pub start: String,
    pub script: String,
    pub wasm: String,
    pub css: String,
    pub icon: String,
}

/// The page, with absolute paths under `/assets/`.
pub fn html(entry: &Entry, addresses: &Addresses) -> String {
    let Addresses { start, script, wasm, css, icon } = addresses;
    let title = entry.title;
    let installed = entry.web_manifest.map_or(String::new(), |path| {
        format!("<link rel=\"manifest\" href=\"{path}\">\n<meta name=\"theme-color\" content=\"#14418a\">\n")
    });
    format!(
        r##"<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{installed}<link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="stylesheet" href="{css}">
<link rel="preload" href="{wasm}" as="fetch" type="application/wasm" crossorigin>
<link rel="modulepreload" href="{script}">
<script type="module" src="{start}"></script>
</head>
<body>
<p id="opening" role="status">正在打开{title}…</p>
<noscript><p>本系统需要启用 JavaScript。请在浏览器设置中启用后刷新页面。</p></noscript>
</body>
</html>
"##
    )
}

/// The description by which a browser installs the tablet's app.
pub fn web_manifest(icon: &str) -> String {
    let description = json!({
        "name": "现场评价 · 运维资金管理系统",
        "short_name": "现场评价",
        "lang": "zh-CN",
        "id": "/site",
        "start_url": SITE.scope,
        "scope": SITE.scope,
        "display": "standalone",
        "orientation": "any",
        "background_color": "#eaedf2",
        "theme_color": "#14418a",
        "icons": [{ "src": icon, "type": "image/svg+xml", "sizes": "any", "purpose": "any" }],
    });
    format!("{description:#}\n")
}

/// The script that loads the module, and tells the person what to do if that fails.
pub fn start(entry: &Entry, addresses: &Addresses) -> String {
    let (Addresses { script, wasm, .. }, Entry { worker, scope, .. }) = (addresses, entry);
    format!(
        r#"import init from "{script}";
// What becomes HTML are the unchanging parts of pages, and nothing that runs is among them.
const RUNS = /<\s*(script|iframe|object|embed|base|meta|link)\b|\son[a-z]+\s*=|javascript:/i;
globalThis.trustedTypes?.createPolicy("default", {{
  createHTML: (html) => (RUNS.test(html) ? null : html),
  createScriptURL: (address) => (address === "{worker}" ? address : null),
}});
const opening = document.getElementById("opening");
init({{ module_or_path: "{wasm}" }}).then(
  () => {{
    opening.remove();
    // Browsers have service workers only over https and on localhost; elsewhere each start downloads the web app.
    navigator.serviceWorker?.register("{worker}", {{ scope: "{scope}" }}).catch(console.error);
  }},
  (error) => {{
    opening.setAttribute("role", "alert");
    opening.textContent = typeof WebAssembly === "object"
      ? "页面没有打开：程序没有下载完整。请检查网络后刷新页面。"
      : "页面没有打开：浏览器版本过低。请使用 Chromium 96 及以上内核的浏览器（极速模式）。";
    console.error(error);
  }},
);
"#
    )
}
