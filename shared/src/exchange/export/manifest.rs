//! 导出清单: the hidden sheet by which an exported workbook is known again: which request and definition it is of,
//! which sheet is which table, and every row as it was, so that what was changed in it can be distinguished from what was
//! changed meanwhile here.

use super::layout::Layout;
use crate::engine::document::{Document, Row};
use crate::engine::op::HEADER_ROW;
use crate::exchange::import::workbook::Worksheet;
use crate::kernel::ids::{CaseId, RowId};
use std::collections::BTreeMap;

/// Name of the hidden sheet.
pub const SHEET: &str = "omfund";
/// What its first cell says.
const MARK: &str = "omfund 1";
/// A spreadsheet's cell holds 32 767 characters.
const LONGEST: usize = 32_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    pub request: String,
    /// Hash of the form definition.
    pub definition: String,
    /// Sheets by table key.
    pub sheets: BTreeMap<String, String>,
    /// Rows as they were exported, by table key.
    pub rows: BTreeMap<String, Vec<Row>>,
}

impl Manifest {
    pub fn new(request: &CaseId, definition: &str, layout: &Layout<'_>, document: &Document) -> Manifest {
        let keys = || layout.areas.iter().map(|area| &area.table.key);
        Manifest {
            request: request.to_string(),
            definition: definition.to_string(),
            sheets: layout.areas.iter().map(|a| (a.table.key.clone(), a.sheet.clone())).collect(),
            rows: keys().map(|key| (key.clone(), document.rows(key).to_vec())).collect(),
        }
    }

    /// The cells of the hidden sheet, line by line.
    pub fn lines(&self) -> Result<Vec<Vec<String>>, serde_json::Error> {
        let mut lines = vec![vec![MARK.to_string(), self.request.clone(), self.definition.clone()]];
        for (table, sheet) in &self.sheets {
            lines.push(vec!["sheet".into(), table.clone(), sheet.clone()]);
        }
        for (table, rows) in &self.rows {
            for row in rows {
                let cells: Vec<char> = serde_json::to_string(&row.cells)?.chars().collect();
                let mut line = vec!["row".into(), table.clone(), row.id.to_string(), row.rank.to_string()];
                line.extend(cells.chunks(LONGEST).map(|chunk| chunk.iter().collect::<String>()));
                lines.push(line);
            }
        }
        Ok(lines)
    }

    /// Reads the hidden sheet; `None` when it is not one of ours or was damaged.
    pub fn read(sheet: &Worksheet) -> Option<Manifest> {
        let mut lines: BTreeMap<u32, BTreeMap<u32, &str>> = BTreeMap::new();
        for cell in &sheet.cells {
            lines.entry(cell.row).or_default().insert(cell.column, cell.text.as_str());
        }
        let first = lines.remove(&0)?;
        if first.get(&0) != Some(&MARK) {
            return None;
        }
        let at = |line: &BTreeMap<u32, &str>, column: u32| line.get(&column).map(ToString::to_string);
        let mut manifest =
            Manifest { request: at(&first, 1)?, definition: at(&first, 2)?, ..Manifest::default() };
        for line in lines.values() {
            let table = at(line, 1)?;
            if line.get(&0) == Some(&"sheet") {
                manifest.sheets.insert(table, at(line, 2)?);
                continue;
            }
            let cells: String = line.range(4..).map(|(_, text)| *text).collect();
            let (id, rank) = (RowId::new(at(line, 2)?), at(line, 3)?.parse().ok()?);
            let row = Row { id, rank, cells: serde_json::from_str(&cells).ok()? };
            manifest.rows.entry(table).or_default().push(row);
        }
        Some(manifest)
    }

    /// The row as it was exported.
    pub fn row(&self, table: &str, id: &str) -> Option<&Row> {
        self.rows.get(table)?.iter().find(|row| row.id.as_str() == id)
    }

    /// The header as it was exported.
    pub fn header(&self, table: &str) -> Option<&Row> {
        self.row(table, HEADER_ROW)
    }
}
