//! `index.html` and the script that starts the web app.
//!
//! Nothing is inline, so the content security policy needs no `unsafe-inline`.

use crate::dist::Asset;

/// The page, with absolute paths under `/assets/`.
pub fn html(start: &Asset, script: &Asset, wasm: &Asset, css: &Asset, icon: &Asset) -> String {
    let (start, script, wasm, css, icon) =
        (start.address(), script.address(), wasm.address(), css.address(), icon.address());
    format!(
        r##"<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>运维资金管理系统</title>
<link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="stylesheet" href="{css}">
<link rel="preload" href="{wasm}" as="fetch" type="application/wasm" crossorigin>
<link rel="modulepreload" href="{script}">
<script type="module" src="{start}"></script>
</head>
<body>
<p id="opening" role="status">正在打开运维资金管理系统…</p>
<noscript><p>本系统需要启用 JavaScript。请在浏览器设置中启用后刷新页面。</p></noscript>
</body>
</html>
"##
    )
}

/// The script that loads the module, and tells the person what to do if that fails.
pub fn start(script: &Asset, wasm: &Asset) -> String {
    format!(
        r#"import init from "{script}";
// What becomes HTML are the unchanging parts of pages, and nothing that runs is among them.
const RUNS = /<\s*(script|iframe|object|embed|base|meta|link)\b|\son[a-z]+\s*=|javascript:/i;
globalThis.trustedTypes?.createPolicy("default", {{
  createHTML: (html) => (RUNS.test(html) ? null : html),
  createScriptURL: (address) => (address === "/service_worker.js" ? address : null),
}});
const opening = document.getElementById("opening");
init({{ module_or_path: "{wasm}" }}).then(
  () => {{
    opening.remove();
    // Browsers have service workers only over https and on localhost; elsewhere each start downloads the web app.
    navigator.serviceWorker?.register("/service_worker.js").catch(console.error);
  }},
  (error) => {{
    opening.setAttribute("role", "alert");
    opening.textContent = typeof WebAssembly === "object"
      ? "页面没有打开：程序没有下载完整。请检查网络后刷新页面。"
      : "页面没有打开：浏览器版本过低。请使用 Chromium 96 及以上内核的浏览器（极速模式）。";
    console.error(error);
  }},
);
"#,
        script = script.address(),
        wasm = wasm.address()
    )
}
