//! `omfund import`: reads a file as the browser's import would and prints what it would store, without a server.

use super::limits;
use anyhow::{Context, anyhow};
use shared::engine::definition::TableKind;
use shared::exchange::import::reading::System;
use shared::exchange::import::report::{MappingFile, ReportRequest, report};
use shared::exchange::import::target::ImportTable;
use shared::kernel::ids::RowId;
use std::path::Path;
use std::time::Instant;

/// What is to be read, and into which table.
pub struct ReportCommand<'c> {
    pub file: &'c Path,
    /// Key of the table, as `hardware`.
    pub table: &'c str,
    pub sheet: Option<&'c str>,
    /// Corrections to what is recognised, as JSON.
    pub mapping: Option<&'c Path>,
    /// Systems that are registered already: a request as `omfund check` reads it.
    pub request: Option<&'c Path>,
}

/// The report as JSON.
///
/// # Errors
/// A file that cannot be read, and a table, sheet or mapping that does not exist or does not fit.
pub fn import_report(command: &ReportCommand<'_>) -> anyhow::Result<String> {
    let targets = targets();
    let target = targets.iter().find(|target| target.table == command.table).ok_or_else(|| {
        let known: Vec<&str> = targets.iter().map(|target| target.table.as_str()).collect();
        anyhow!("没有名为“{}”的表；可导入的有：{}", command.table, known.join("、"))
    })?;
    let bytes = bytes(command.file)?;
    let workbook = super::read(&bytes, Instant::now() + limits::TIME)
        .map_err(|refused| anyhow!("{}：{refused}", command.file.display()))?;
    let mapping = match command.mapping {
        Some(path) => serde_json::from_slice::<MappingFile>(&self::bytes(path)?)
            .with_context(|| format!("{} 不是可用的对应关系", path.display()))?,
        None => MappingFile::default(),
    };
    let systems = command.request.map(systems).transpose()?.unwrap_or_default();
    let request = ReportRequest {
        target,
        targets: &targets,
        sheet: command.sheet,
        mapping: &mapping,
        clipboard: !super::is_binary(&bytes),
        systems: &systems,
    };
    Ok(serde_json::to_string_pretty(&report(&workbook, &request)?)?)
}

/// Every table of lines of the request.
fn targets() -> Vec<ImportTable> {
    let definition = shared::forms::om_request();
    definition
        .tables()
        .map(|(_, table)| table)
        .filter(|table| table.kind == TableKind::Lines)
        .map(ImportTable::of)
        .collect()
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let size = std::fs::metadata(path).with_context(|| format!("读不到 {}", path.display()))?.len();
    anyhow::ensure!(
        size <= limits::CONTAINER as u64,
        "{}：{}",
        path.display(),
        super::WorkbookRefusal::TooLarge
    );
    std::fs::read(path).with_context(|| format!("读不到 {}", path.display()))
}

/// 信息系统清单 of a request.
fn systems(path: &Path) -> anyhow::Result<Vec<System>> {
    let text =
        String::from_utf8(bytes(path)?).with_context(|| format!("{} 不是 UTF-8 文件", path.display()))?;
    let request: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} 不是申请文件", path.display()))?;
    let rows = request["budget_request"]["systems"].as_array().cloned().unwrap_or_default();
    let of = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_string();
    let system = |row: &serde_json::Value| System {
        row: RowId::new(of(row, "id")),
        name: of(row, "name"),
        code: of(row, "code"),
    };
    Ok(rows.iter().map(system).collect())
}
