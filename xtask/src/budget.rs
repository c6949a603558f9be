//! Limits that the house holds itself to: bytes of the first load, minutes of the tests.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::dist::{Asset, Kind};
use crate::table;
use crate::wasm::Profile;

/// Wall time that a whole `cargo xtask test` is to take on 2 quiet cores, from an empty target folder. A longer run says so
/// and does not fail: a busy machine is no fault of what it tests.
pub const TEST_TIME: Duration = Duration::from_secs(40 * 60);

/// Wall time above which a run fails, while whoever waits for it can still read what took so long.
pub const TEST_TIME_AT_MOST: Duration = Duration::from_secs(88 * 60);

/// Brotli bytes of all files of one kind together (1 KB = 1 000 bytes).
struct Budget {
    kind: Kind,
    name: &'static str,
    limit: usize,
}

/// What the first form may take (decision 0032), and the whole app of the tablet (decision 0073).
const BUDGETS: [Budget; 6] = [
    Budget { kind: Kind::Wasm, name: "wasm 首个表单", limit: 450_000 },
    Budget { kind: Kind::Script, name: "js 首个表单", limit: 40_000 },
    Budget { kind: Kind::Style, name: "css 首个表单", limit: 25_000 },
    Budget { kind: Kind::SiteWasm, name: "wasm 现场", limit: 350_000 },
    Budget { kind: Kind::SiteScript, name: "js 现场", limit: 30_000 },
    Budget { kind: Kind::SiteStyle, name: "css 现场", limit: 15_000 },
];

/// Prints the size of every file and of each kind. A release bundle above its budget is an error.
pub fn check_sizes(assets: &[Asset], profile: Profile) -> Result<()> {
    let mut rows = vec![["文件", "原始", "gzip", "brotli", "上限", ""].map(String::from).to_vec()];
    for asset in assets {
        let sizes = [asset.bytes, asset.gzip, asset.brotli].map(kilobytes);
        rows.push([vec![asset.file.clone()], sizes.to_vec(), vec![String::new(); 2]].concat());
    }
    let mut above = Vec::new();
    for Budget { kind, name, limit } in BUDGETS {
        let of_kind = || assets.iter().filter(|asset| asset.kind == kind);
        let brotli: usize = of_kind().map(|asset| asset.brotli).sum();
        let sizes = [of_kind().map(|a| a.bytes).sum(), of_kind().map(|a| a.gzip).sum(), brotli, limit];
        let mark = if brotli > limit { "✗ 超出" } else { "✓" };
        rows.push([vec![name.to_owned()], sizes.map(kilobytes).to_vec(), vec![mark.to_owned()]].concat());
        if brotli > limit {
            above.push(format!("{name} {} > {}", kilobytes(brotli), kilobytes(limit)));
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
