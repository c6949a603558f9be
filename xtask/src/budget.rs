//! How large the first load may be, in Brotli bytes, and the table that shows how large it is.

use anyhow::{Result, bail};

use crate::dist::{Asset, Kind};
use crate::table;
use crate::wasm::Profile;

/// What the files of one kind may weigh together (1 KB = 1 000 bytes).
struct Budget {
    kind: Kind,
    name: &'static str,
    /// What it must not exceed.
    most: usize,
}

const BUDGETS: [Budget; 3] = [
    Budget { kind: Kind::Wasm, name: "wasm 首个表单", most: 450_000 },
    Budget { kind: Kind::Script, name: "js 首个表单", most: 40_000 },
    Budget { kind: Kind::Style, name: "css 首个表单", most: 25_000 },
];

/// Prints every file and the sums. A release bundle above its budget is an error.
pub fn hold(assets: &[Asset], profile: Profile) -> Result<()> {
    let mut rows = vec![["文件", "原始", "gzip", "brotli", "上限", ""].map(String::from).to_vec()];
    for asset in assets {
        let sizes = [asset.bytes, asset.gzip, asset.brotli].map(kilobytes);
        rows.push([vec![asset.file.clone()], sizes.to_vec(), vec![String::new(); 2]].concat());
    }
    let mut above = Vec::new();
    for Budget { kind, name, most } in BUDGETS {
        let of_kind = || assets.iter().filter(|asset| asset.kind == kind);
        let brotli: usize = of_kind().map(|asset| asset.brotli).sum();
        let sizes = [of_kind().map(|a| a.bytes).sum(), of_kind().map(|a| a.gzip).sum(), brotli, most];
        let mark = if brotli > most { "✗ 超出" } else { "✓" };
        rows.push([vec![name.to_owned()], sizes.map(kilobytes).to_vec(), vec![mark.to_owned()]].concat());
        if brotli > most {
            above.push(format!("{name} {} > {}", kilobytes(brotli), kilobytes(most)));
        }
    }
    table::print(&rows);
    if profile == Profile::Release && !above.is_empty() {
        bail!("首次加载超出体积上限：{}", above.join("；"));
    }
    Ok(())
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} KB", bytes / 1000, bytes % 1000 / 100)
}
