//! 公开表格的文件: JSON, or the grids of texts that a workbook, a file of text or a saved page holds, as a person sees them.

use super::workbook;
use rust_decimal::{Decimal, RoundingStrategy};
use shared::exchange::import::format::NumberFormat;
use shared::exchange::import::normal::serial_date;
use shared::exchange::import::workbook::{WorkbookCell, WorkbookCellKind, Worksheet};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest time a workbook may take to read.
const TIME: Duration = Duration::from_secs(10);
/// Decimals of a number without a format: what is beyond comes of binary fractions.
const GENERAL_DECIMALS: u32 = 9;

/// What a file holds.
pub enum TableFile {
    Json(String),
    /// A saved page.
    Html(String),
    /// Rows as they were pasted or saved with separators.
    Text(String),
    /// Each visible worksheet by its name.
    Sheets(Vec<(String, Vec<Vec<String>>)>),
}

/// Reads a file by its content; only JSON is known by its name too.
///
/// # Errors
/// It is no text and no workbook; in Chinese.
pub fn read(path: &Path, bytes: &[u8]) -> Result<TableFile, String> {
    let is_named = |wanted: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(wanted));
    // The reader of workbooks also tells by what the cells of a line are separated.
    let is_workbook = workbook::is_binary(bytes) || is_named("xlsx") || is_named("csv");
    let text = (!is_workbook).then(|| workbook::decoded(bytes)).flatten();
    let Some(text) = text else {
        let read = workbook::read(bytes, Instant::now() + TIME).map_err(|refusal| refusal.to_string())?;
        let grids = read.sheets.iter().map(|sheet| (sheet.name.clone(), grid(sheet, read.date_1904)));
        return Ok(TableFile::Sheets(grids.collect()));
    };
    let text = text.trim_start_matches('\u{feff}').to_string();
    Ok(match text.trim_start().chars().next() {
        _ if is_named("json") => TableFile::Json(text),
        Some('{') => TableFile::Json(text),
        Some('<') => TableFile::Html(text),
        _ => TableFile::Text(text),
    })
}

/// The texts of a worksheet; the reader bounds its rows and columns.
fn grid(sheet: &Worksheet, date_1904: bool) -> Vec<Vec<String>> {
    let covered = |cell: &WorkbookCell| {
        sheet.merged.iter().any(|area| {
            (area.top..=area.bottom).contains(&cell.row)
                && (area.left..=area.right).contains(&cell.column)
                && (cell.row, cell.column) != (area.top, area.left)
        })
    };
    let hidden = |cell: &WorkbookCell| {
        sheet.hidden_rows.contains(&cell.row) || sheet.hidden_columns.contains(&cell.column)
    };
    let mut grid: Vec<Vec<String>> = Vec::new();
    for cell in sheet.cells.iter().filter(|cell| !covered(cell) && !hidden(cell)) {
        let (row, column) = (cell.row as usize, cell.column as usize);
        if grid.len() <= row {
            grid.resize_with(row + 1, Vec::new);
        }
        if let Some(texts) = grid.get_mut(row) {
            if texts.len() <= column {
                texts.resize(column + 1, String::new());
            }
            if let Some(text) = texts.get_mut(column) {
                *text = shown(cell, date_1904);
            }
        }
    }
    grid
}

/// The text a person sees: `0.055` under `0.0%` is `5.5%`, `9.3333` under `0.00` is `9.33`.
fn shown(cell: &WorkbookCell, date_1904: bool) -> String {
    let text = match cell.kind {
        WorkbookCellKind::Number => shown_number(cell),
        WorkbookCellKind::Date => serial_date(&cell.text, date_1904).ok(),
        WorkbookCellKind::Text
        | WorkbookCellKind::Bool
        | WorkbookCellKind::Error
        | WorkbookCellKind::Uncomputed => None,
    };
    text.unwrap_or_else(|| cell.text.clone())
}

/// The digits shown with their sign of percent, and the words of the format: a unit, or a sign like ≥. A sign of currency is left
/// out, for it is part of no number.
fn shown_number(cell: &WorkbookCell) -> Option<String> {
    let stored = Decimal::from_str_exact(&cell.text).ok()?;
    let stored = stored.round_dp_with_strategy(GENERAL_DECIMALS, RoundingStrategy::MidpointAwayFromZero);
    if cell.format.is_empty() {
        return Some(stored.normalize().to_string());
    }
    let format = NumberFormat::parse(&cell.format);
    let shown = format.shown(stored)?;
    let is_currency = shown.words.chars().all(|c| c.is_whitespace() || "¥￥$".contains(c));
    if shown.rounded || !is_currency {
        return format.text(stored).map(|text| text.trim_start_matches(['¥', '￥', '$']).to_string());
    }
    let sign = if shown.percent { "%" } else { "" };
    Some(format!("{}{sign}", shown.number.normalize()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use shared::exchange::import::workbook::Region;

    fn number(column: u32, text: &str, format: &str) -> WorkbookCell {
        let (text, format) = (text.to_string(), format.to_string());
        WorkbookCell { column, text, format, kind: WorkbookCellKind::Number, ..WorkbookCell::default() }
    }

    #[test]
    fn a_worksheet_becomes_the_grid_a_person_sees() {
        let cells = vec![
            WorkbookCell::text(0, 0, "年度资金总额"),
            WorkbookCell::text(0, 1, "left under the merged area"),
            number(2, "0.9683999999999999", "0.00%"),
            number(3, "9.3333333333333339", "0.00"),
            number(4, "1020.5", "#,##0.00"),
            number(5, "380", "0.00\"万元\""),
            number(6, "9.6799999999999997", ""),
            number(7, "0.9684", "0%"),
            number(8, "0.95", "\"≥\"0%"),
            number(9, "12", "\\≤0\"次\""),
        ];
        let merged = vec![Region { top: 0, left: 0, bottom: 0, right: 1 }];
        let sheet = Worksheet { name: "自评表".into(), cells, merged, ..Worksheet::default() };
        let seen =
            ["年度资金总额", "", "96.84%", "9.33", "1,020.50", "380.00万元", "9.68", "97%", "≥95%", "≤12次"];
        let mut grid = grid(&sheet, false);
        grid[0].resize(seen.len(), String::new());
        assert_eq!(grid, [seen]);
    }

    #[test]
    fn what_a_person_does_not_see_is_not_judged() {
        let at = |row: u32, column: u32| WorkbookCell::text(row, column, format!("{row}-{column}"));
        let cells = vec![at(0, 0), at(0, 1), at(1, 0), at(2, 0), at(2, 1)];
        let (hidden_rows, hidden_columns) = (vec![1], vec![1]);
        let sheet = Worksheet { cells, hidden_rows, hidden_columns, ..Worksheet::default() };
        assert_eq!(grid(&sheet, false), [vec!["0-0"], vec![], vec!["2-0"]]);
    }

    #[test]
    fn text_is_read_in_every_encoding_and_told_from_json() {
        let tsv = "一级指标\t三级指标\n产出指标\t\"巡检\n次数\"\n";
        let (gb, _, _) = encoding_rs::GB18030.encode(tsv);
        for bytes in [tsv.as_bytes(), &gb, format!("\u{feff}{tsv}").as_bytes()] {
            let Ok(TableFile::Text(read)) = read(Path::new("表.txt"), bytes) else { panic!("no text") };
            assert_eq!(read, tsv);
        }
        let (json, _, _) = encoding_rs::GB18030.encode("{\"id\": \"表\"}");
        assert!(matches!(read(Path::new("x"), &json), Ok(TableFile::Json(text)) if text.contains('表')));
        assert!(matches!(read(Path::new("x.json"), b"[1]"), Ok(TableFile::Json(_))));
        let page = read(Path::new("x.xls"), b"<html><table></table></html>");
        assert!(matches!(page, Ok(TableFile::Html(_))), "systems save pages under the name of a workbook");
        assert!(read(Path::new("x"), b"\x89PNG\r\n\x1a\n\0\0").is_err());
    }
}
