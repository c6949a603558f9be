//! 公开表格核对 of a file: JSON, an xlsx workbook, or text pasted from a page.

use super::workbook;
use crate::context::Shared;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use rust_decimal::Decimal;
use shared::api::problem::{Problem, code};
use shared::api::published::{CheckTable, ReadTableChecker, TableChecker};
use shared::exchange::import::clipboard::parse_html;
use shared::exchange::import::format::NumberFormat;
use shared::exchange::import::workbook::{WorkbookCell, Worksheet};
use shared::exchange::published_table::{
    self, ExplainedTable, PublishedTable, TableReport, explain, grid_of_text, read_grid,
};
use shared::policy::scoring::ScoringParameters;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Longest time a workbook may take to read.
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
    let has_extension = |wanted: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(wanted));
    let table = if has_extension("xlsx") || bytes.starts_with(b"PK") {
        table_of_workbook(&id, bytes)?
    } else {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            format!("第 {} 个字节起不是 UTF-8 文字，请另存为 UTF-8 编码", error.valid_up_to() + 1)
        })?;
        let text = text.trim_start_matches('\u{feff}');
        match text.trim_start().chars().next() {
            _ if has_extension("json") => PublishedTable::from_json(text)?,
            Some('{') => PublishedTable::from_json(text)?,
            Some('<') => table_of_html(&id, text)?,
            _ => read_grid(&id, &grid_of_text(text)?)?,
        }
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
fn table_of_workbook(id: &str, bytes: &[u8]) -> Result<PublishedTable, String> {
    let workbook = workbook::read(bytes, Instant::now() + TIME).map_err(|refusal| refusal.to_string())?;
    let mut errors = Vec::new();
    for sheet in &workbook.sheets {
        match read_grid(id, &grid_of_sheet(sheet)) {
            Ok(table) => return Ok(table),
            Err(error) => errors.push(format!("工作表“{}”：{error}", sheet.name)),
        }
    }
    Err(if errors.is_empty() {
        "工作簿里没有可见的工作表".to_string()
    } else {
        errors.join("；")
    })
}

/// The texts of a worksheet; the reader bounds its rows and columns.
fn grid_of_sheet(sheet: &Worksheet) -> Vec<Vec<String>> {
    let mut grid: Vec<Vec<String>> = Vec::new();
    for cell in &sheet.cells {
        let (row, column) = (cell.row as usize, cell.column as usize);
        if grid.len() <= row {
            grid.resize_with(row + 1, Vec::new);
        }
        if let Some(texts) = grid.get_mut(row) {
            if texts.len() <= column {
                texts.resize(column + 1, String::new());
            }
            if let Some(text) = texts.get_mut(column) {
                *text = shown(cell);
            }
        }
    }
    grid
}

/// The text a person sees: `0.055` under a percent format is `5.5%`.
fn shown(cell: &WorkbookCell) -> String {
    let percent = NumberFormat::parse(&cell.format)
        .is_percent()
        .then(|| cell.text.parse::<Decimal>().ok()?.checked_mul(Decimal::ONE_HUNDRED));
    match percent.flatten() {
        Some(number) => format!("{}%", number.normalize()),
        None => cell.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use shared::exchange::import::workbook::WorkbookCellKind;

    fn sheet(rows: &[&[&str]]) -> Worksheet {
        let cells = rows.iter().enumerate().flat_map(|(row, texts)| {
            let cell = move |(column, text): (usize, &&str)| WorkbookCell {
                row: row as u32,
                column: column as u32,
                kind: WorkbookCellKind::Text,
                format: if *text == "0.9684" { "0.00%".into() } else { String::new() },
                text: text.to_string(),
                formula: false,
            };
            texts.iter().enumerate().map(cell)
        });
        Worksheet { name: "自评表".into(), cells: cells.collect(), ..Worksheet::default() }
    }

    #[test]
    fn a_worksheet_becomes_the_grid_a_person_sees() {
        let sheet = sheet(&[&["", "执行率"], &["年度资金总额", "0.9684"]]);
        assert_eq!(grid_of_sheet(&sheet), [["", "执行率"], ["年度资金总额", "96.84%"]]);
    }

    #[test]
    fn text_is_told_from_json_and_broken_bytes_are_named() {
        let text = "项目支出绩效自评表\n一级指标\t二级指标\t三级指标\t指标值\t完成值\n产出指标\t数量指标\t数量\t3\t3\n";
        let report = check_table(Path::new("a/own.txt"), text.as_bytes()).unwrap();
        assert_eq!((report.id.as_str(), report.complete), ("own", false));
        assert!(check_table(Path::new("x.tsv"), b"ab\xff").unwrap_err().contains("第 3 个字节"));
        assert!(check_table(Path::new("x.xlsx"), b"no zip").unwrap_err().contains(".xlsx"));
        assert!(check_table(Path::new("x"), b"{]").unwrap_err().contains("第 1 行"));
    }
}
