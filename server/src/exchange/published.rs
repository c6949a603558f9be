//! 公开表格核对 of a file: JSON, a workbook, a saved page, or text pasted from one.

use super::table_file::{self, TableFile};
use crate::context::Shared;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use shared::api::problem::{Problem, code};
use shared::api::published::{CheckTable, ReadTableChecker, TableChecker};
use shared::exchange::import::clipboard::parse_html;
use shared::exchange::published_table::{
    self, ExplainedTable, PublishedTable, TableReport, explain, grid_of_text, read_grid,
};
use shared::policy::scoring::ScoringParameters;
use std::path::Path;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longest wait for a turn.
const TIME: Duration = Duration::from_secs(10);
/// Most lines of a table; published ones have some dozens.
const MOST_LINES: usize = 2_000;
/// Tables checked at the same time, so that a public tool leaves room for the work of the house.
const AT_ONCE: usize = 2;

static CHECKS: Semaphore = Semaphore::const_new(AT_ONCE);

/// `GET /api/table-checks`: whether visitors may check tables here.
pub async fn checker(
    context: Shared,
    _: Visitor,
    _: ReadTableChecker,
) -> Result<(TableChecker, SessionChange), Failure> {
    Ok((TableChecker { is_public: context.settings.public_checker }, SessionChange::None))
}

/// `POST /api/table-checks`: recomputes and explains a table. Nothing of it is stored or logged.
pub async fn check(
    context: Shared,
    visitor: Visitor,
    sent: CheckTable,
    file: Vec<u8>,
) -> Result<ExplainedTable, Failure> {
    let place = context.table_checks.take(&visitor.client.network).ok_or_else(|| Failure::try_later(5))?;
    let permit = tokio::time::timeout(TIME, CHECKS.acquire());
    let permit = permit.await.map_err(|_| Failure::try_later(5))?.map_err(anyhow::Error::from)?;
    let outcome = tokio::task::spawn_blocking(move || {
        let (_place, _permit) = (place, permit);
        let parameters = ScoringParameters::newest().ok_or("没有政策版本")?;
        let table = read_table(Path::new(&sent.name), &file)?;
        Ok::<ExplainedTable, String>(explain(&table, &published_table::check(&table, &parameters)))
    });
    let read = outcome.await.map_err(anyhow::Error::from)?;
    read.map_err(|fault| Problem::new(422, code::MALFORMED, "无法读取这张表", fault).into())
}

/// Checks the table in `bytes`, the content of the file `path`.
///
/// # Errors
/// Why the file cannot be read and where, in Chinese.
pub fn check_table(path: &Path, bytes: &[u8]) -> Result<TableReport, String> {
    let parameters = ScoringParameters::newest().ok_or("没有政策版本")?;
    Ok(published_table::check(&read_table(path, bytes)?, &parameters))
}

/// Reads the table in `bytes`.
fn read_table(path: &Path, bytes: &[u8]) -> Result<PublishedTable, String> {
    let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let table = match table_file::read(path, bytes)? {
        TableFile::Json(text) => PublishedTable::from_json(&text)?,
        TableFile::Html(text) => table_of_html(&id, &text)?,
        TableFile::Text(text) => read_grid(&id, &grid_of_text(&text)?)?,
        TableFile::Sheets(sheets) => table_of_workbook(&id, &sheets)?,
    };
    match table.lines() {
        lines if lines > MOST_LINES => {
            Err(format!("表格有 {lines} 行，最多 {MOST_LINES} 行；请只留下要核对的那一张表"))
        }
        _ => Ok(table),
    }
}

/// The first table of a page that is one of ours.
fn table_of_html(id: &str, html: &str) -> Result<PublishedTable, String> {
    let rectangle = parse_html(html).ok_or("网页里没有表格；请只复制表格，或另存为 xlsx")?;
    read_grid(id, &rectangle.texts)
}

/// The first worksheet that holds a table.
fn table_of_workbook(id: &str, sheets: &[(String, Vec<Vec<String>>)]) -> Result<PublishedTable, String> {
    let mut errors = Vec::new();
    for (name, grid) in sheets {
        match read_grid(id, grid) {
            Ok(table) => return Ok(table),
            Err(error) => errors.push(format!("工作表“{name}”：{error}")),
        }
    }
    Err(if errors.is_empty() {
        "工作簿里没有可见的工作表".to_string()
    } else {
        errors.join("；")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn text_is_told_from_json_and_broken_bytes_are_named() {
        let text = "项目支出绩效自评表\n一级指标\t二级指标\t三级指标\t指标值\t完成值\n产出指标\t数量指标\t数量\t3\t3\n";
        let report = check_table(Path::new("a/own.txt"), text.as_bytes()).unwrap();
        assert_eq!((report.id.as_str(), report.complete), ("own", false));
        let comma = check_table(Path::new("own.csv"), text.replace('\t', ",").as_bytes()).unwrap();
        assert_eq!(comma.findings.len(), report.findings.len());
        assert!(check_table(Path::new("x.tsv"), b"ab\xff").is_err());
        assert!(check_table(Path::new("x.xlsx"), b"no zip").unwrap_err().contains(".xlsx"));
        assert!(check_table(Path::new("x"), b"{]").unwrap_err().contains("第 1 行"));
    }
}
