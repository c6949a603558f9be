//! System software that the tests need besides Rust.
//!
//! Root on a Debian machine gets it installed; everybody else gets an error with the packages and the command.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::step::step;
use crate::workspace;

/// A program or font outside the workspace.
#[derive(Clone, Copy)]
pub enum Need {
    Node,
    Npm,
    Chromium,
    ChineseFont,
    PostgreSql,
    Spreadsheet,
}

impl Need {
    fn package(self) -> &'static str {
        match self {
            Self::Node => "nodejs",
            Self::Npm => "npm",
            Self::Chromium => "chromium",
            Self::ChineseFont => "fonts-noto-cjk",
            Self::PostgreSql => "postgresql",
            Self::Spreadsheet => "libreoffice-calc-nogui",
        }
    }

    fn purpose(self) -> &'static str {
        match self {
            Self::Node => "Node.js 18 以上，运行浏览器测试和 wasm 一致性测试",
            Self::Npm => "安装 tests/e2e 中锁定的测试工具",
            Self::Chromium => "浏览器测试",
            Self::ChineseFont => "浏览器测试中的中文显示",
            Self::PostgreSql => "在 PostgreSQL 上运行接口测试",
            Self::Spreadsheet => "LibreOffice，核对导出的工作簿中的公式",
        }
    }

    fn is_there(self) -> bool {
        match self {
            Self::Node => on_path("node").is_some(),
            Self::Npm => on_path("npm").is_some(),
            Self::Chromium => chromium().is_some(),
            Self::ChineseFont => chinese_font(),
            Self::PostgreSql => postgresql().is_some(),
            Self::Spreadsheet => on_path("soffice").is_some(),
        }
    }
}

/// Installs those of `needs` that are missing, or fails with their names.
pub fn provide(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if may_install() {
        step("安装测试所需的系统软件", || install(&missing))?;
    }
    let still: Vec<Need> = missing.into_iter().filter(|need| !need.is_there()).collect();
    if still.is_empty() {
        return Ok(());
    }
    let list = still.iter().map(|need| format!("\n  {}（{}）", need.package(), need.purpose()));
    let packages = still.iter().map(|need| need.package()).collect::<Vec<_>>().join(" ");
    bail!(
        "这台机器缺少：{}\nDebian / Ubuntu 请运行：sudo apt-get install {packages}\n其他系统请安装对应的软件，或用 --quick 跳过",
        list.collect::<String>()
    );
}

fn may_install() -> bool {
    let root = workspace::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    root && on_path("apt-get").is_some()
}

fn install(missing: &[Need]) -> Result<()> {
    workspace::succeed(apt().args(["--quiet", "--quiet", "update"]))?;
    let packages = missing.iter().map(|need| need.package());
    let quietly = ["--quiet", "--quiet", "install", "--yes", "--no-install-recommends"];
    workspace::succeed(apt().args(quietly).args(packages))
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// The Chromium (or Chrome) that drives the browser tests.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].into_iter().find_map(on_path)
}

/// The folder with `initdb` and `postgres`. Debian has one per major version, outside the path.
pub fn postgresql() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders = debian.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file());
    let newest = folders.max_by_key(|bin| major_version(bin));
    newest.or_else(|| on_path("initdb")?.parent().map(Path::to_path_buf))
}

fn major_version(bin: &Path) -> u32 {
    let version = bin.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    version.and_then(|version| version.parse().ok()).unwrap_or(0)
}

fn chinese_font() -> bool {
    match workspace::output(Command::new("fc-list").arg(":lang=zh")) {
        Ok(fonts) => !fonts.trim().is_empty(),
        Err(_) => Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file(),
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}
