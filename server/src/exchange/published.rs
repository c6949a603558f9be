//! 公开表格核对 of a file: JSON, an xlsx workbook, or text pasted from a page.

use super::workbook;
use rust_decimal::Decimal;
use shared::exchange::import::format::NumberFormat;
use shared::exchange::import::workbook::{WorkbookCell, Worksheet};
use shared::exchange::published_table::{TableReport, check_grid, check_json, grid_of_text};
use shared::policy::scoring::ScoringParameters;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest time a workbook may take to read.
const TIME: Duration = Duration::from_secs(10);

/// Checks the table in `bytes`, the content of the file `path`.
///
/// # Errors
/// Why the file cannot be read and where, in Chinese.
pub fn check_table(path: &Path, bytes: &[u8]) -> Result<TableReport, String> {
    let parameters = ScoringParameters::newest().ok_or("没有政策版本")?;
    let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let has_extension = |wanted: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(wanted));
    if has_extension("xlsx") || bytes.starts_with(b"PK") {
        return check_workbook(&id, bytes, &parameters);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        format!("第 {} 个字节起不是 UTF-8 文字，请另存为 UTF-8 编码", error.valid_up_to() + 1)
    })?;
    if has_extension("json") || text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return check_json(text.trim_start_matches('\u{feff}'), &parameters);
    }
    check_grid(&id, &grid_of_text(text), &parameters)
}

/// Checks the first worksheet that holds a table.
fn check_workbook(id: &str, bytes: &[u8], parameters: &ScoringParameters) -> Result<TableReport, String> {
    let workbook = workbook::read(bytes, Instant::now() + TIME).map_err(|refusal| refusal.to_string())?;
    let mut errors = Vec::new();
    for sheet in &workbook.sheets {
        match check_grid(id, &grid_of_sheet(sheet), parameters) {
            Ok(report) => return Ok(report),
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
