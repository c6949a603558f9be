//! 回收: an exported workbook that comes back. What was changed in it is distinguished, by the manifest it carries, from
//! what was changed meanwhile here; each change is found by the address of its cell.

use super::cell::Source;
use super::grid::Grid;
use super::reading::{RefusedCell, System};
use super::shown::{Names, shown_as, shown_names};
use super::target::{ImportColumn, ImportTable};
use super::units::UnitWord;
use super::workbook::{Workbook, WorkbookCell, WorkbookCellKind as CellKind, Worksheet, address};
use super::{normal, workbook};
use crate::engine::definition::{Definition, Field, FieldKind, Table, TableKind};
use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::op::{CellAt, Change, HEADER_ROW};
use crate::engine::reading;
use crate::engine::scalar::Scalar;
use crate::exchange::export::layout::{FIRST_ROW, HEADER_VALUE, HEADING_ROW, ID, KEY_ROW, TOTAL};
use crate::exchange::export::manifest::Manifest;
use crate::kernel::ids::{CaseId, RowId};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was done to the workbook since it was exported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkbookChanges {
    /// In the order of the sheets.
    pub found: Vec<WorkbookChange>,
    /// Cells that were changed to something that cannot be read; they stay as they are here.
    pub refused: Vec<RefusedCell>,
    /// What carries it over: the content of one operation.
    pub changes: Vec<Change>,
}

/// One change a person made in the workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkbookChange {
    /// `硬件设备运维费!L17`.
    pub address: String,
    /// What the cell is called, or that a row came or went.
    pub label: String,
    pub from: String,
    pub to: String,
    /// What stands here now, where that is not what was exported: carrying it over replaces this.
    pub meanwhile: Option<String>,
}

/// Whether the workbook is an export of this request under this definition; then how it differs.
pub fn difference(
    workbook: &Workbook,
    definition: &Definition,
    hash: &str,
    request: &CaseId,
    current: &Document,
    new_row: impl FnMut() -> RowId,
) -> Option<WorkbookChanges> {
    let manifest = Manifest::read(workbook.manifest.as_ref()?)?;
    if manifest.request != request.as_str() || manifest.definition != hash {
        return None;
    }
    let mut exported = Document::new(current.fiscal_year);
    exported.tables = manifest.rows.clone();
    let names = shown_names(definition, &exported);
    let mut comparing = Comparing {
        workbook,
        manifest: &manifest,
        current,
        systems: systems(&names),
        names,
        new_row,
        difference: WorkbookChanges::default(),
    };
    let shown = definition.tables().map(|(_, table)| table);
    for table in shown.filter(|table| table.kind != TableKind::Justifications) {
        let named = manifest.sheets.get(&table.key);
        let Some(sheet) = workbook.sheets.iter().find(|sheet| Some(&sheet.name) == named) else { continue };
        match table.kind {
            TableKind::Header => comparing.header(table, sheet),
            _ => comparing.lines(table, sheet),
        }
    }
    Some(comparing.difference)
}

fn systems(names: &Names) -> Vec<System> {
    let rows = names.values().flatten();
    rows.map(|(id, name)| System { row: RowId::new(id.clone()), name: name.clone(), code: id.clone() })
        .collect()
}

struct Comparing<'w, N> {
    workbook: &'w Workbook,
    manifest: &'w Manifest,
    current: &'w Document,
    names: Names,
    systems: Vec<System>,
    new_row: N,
    difference: WorkbookChanges,
}

impl<N: FnMut() -> RowId> Comparing<'_, N> {
    fn header(&mut self, table: &Table, sheet: &Worksheet) {
        let grid = Grid::new(sheet);
        let target = ImportTable::of(table);
        let exported = self.manifest.header(&table.key).cloned();
        for row in grid.rows().into_iter().filter(|row| *row >= HEADING_ROW) {
            let key = grid.at(row, 0).map(|cell| cell.text.trim().to_string()).unwrap_or_default();
            let field = table.fields.iter().find(|field| field.key == key && field.formula.is_none());
            let (Some(field), Some(column)) = (field, target.column(&key)) else { continue };
            let before = exported.as_ref().and_then(|row| row.cells.get(&key)).map_or("", String::as_str);
            let at = ReturnedPos { sheet: &sheet.name, row, column: HEADER_VALUE };
            if let Some(to) = self.changed(&grid, at, field, column, before) {
                self.set(at, table, field, HEADER_ROW, before, to);
            }
        }
    }

    fn lines(&mut self, table: &Table, sheet: &Worksheet) {
        let grid = Grid::new(sheet);
        let target = ImportTable::of(table);
        let columns: BTreeMap<&str, u32> =
            grid.row(KEY_ROW).map(|cell| (cell.text.trim(), cell.column)).collect();
        let Some(ids) = columns.get(ID).copied() else { return };
        let typed = || {
            let typed = table.fields.iter().filter(|field| field.formula.is_none());
            typed.filter_map(|field| Some((field, *columns.get(field.key.as_str())?)))
        };
        let mut seen = BTreeSet::new();
        for row in grid.rows().into_iter().filter(|row| *row >= FIRST_ROW) {
            let id = grid.at(row, ids).map(|cell| cell.text.trim().to_string()).unwrap_or_default();
            if id == TOTAL {
                break;
            }
            let exported = self.manifest.row(&table.key, &id).cloned().filter(|_| seen.insert(id.clone()));
            let mut cells = BTreeMap::new();
            for (field, place) in typed() {
                let Some(column) = target.column(&field.key) else { continue };
                let at = ReturnedPos { sheet: &sheet.name, row, column: place };
                let before = exported.as_ref().and_then(|row| row.cells.get(&field.key));
                let before = before.map_or("", String::as_str);
                let Some(to) = self.changed(&grid, at, field, column, before) else { continue };
                match &exported {
                    Some(_) => self.set(at, table, field, &id, before, to),
                    None => drop(to.map(|to| cells.insert(field.key.clone(), to))),
                }
            }
            if exported.is_none() && !cells.is_empty() {
                let at = ReturnedPos { sheet: &sheet.name, row, column: 0 };
                self.insert(at, table, &id, cells);
            }
        }
        for row in self.manifest.rows.get(&table.key).into_iter().flatten() {
            if !seen.contains(row.id.as_str()) {
                self.remove(table, sheet, row);
            }
        }
    }

    /// What a cell was changed to, `Some(None)` when it was cleared; `None` when it was not changed or cannot be
    /// read.
    fn changed(
        &mut self,
        grid: &Grid<'_>,
        at: ReturnedPos<'_>,
        field: &Field,
        column: &ImportColumn,
        before: &str,
    ) -> Option<Option<String>> {
        let date_1904 = self.workbook.date_1904;
        let Some(cell) = grid.at(at.row, at.column) else {
            return (!before.trim().is_empty()).then_some(None);
        };
        if same(cell, field, before, &self.names, date_1904) {
            return None;
        }
        let source =
            Source { cell, date_1904, unit: UnitWord::Silent, chosen: None, measure: None, fractions: false };
        match source.read(column, &self.systems) {
            Ok(read) => Some(Some(read.text).filter(|text| !text.is_empty())),
            Err(reason) => {
                let (address, value) = (at.address(), cell.text.clone());
                let field = field.key.clone();
                self.difference.refused.push(RefusedCell { address, row: at.row, field, value, reason });
                None
            }
        }
    }

    fn set(
        &mut self,
        at: ReturnedPos<'_>,
        table: &Table,
        field: &Field,
        row: &str,
        before: &str,
        to: Option<String>,
    ) {
        let here = self.current.row(&table.key, &RowId::new(row));
        let now = here.and_then(|row| row.cells.get(&field.key)).cloned();
        if now == to || (here.is_none() && row != HEADER_ROW) {
            return;
        }
        let shown = |text: &str| shown_as(&self.names, field, text);
        let meanwhile =
            (now.as_deref().unwrap_or("") != before).then(|| now.as_deref().map_or_else(String::new, shown));
        self.difference.found.push(WorkbookChange {
            address: at.address(),
            label: field.label.clone(),
            from: shown(before),
            to: to.as_deref().map_or_else(String::new, shown),
            meanwhile,
        });
        let at =
            CellAt { table: Arc::from(&*table.key), row: RowId::new(row), field: Arc::from(&*field.key) };
        let [from, to] = [now, to].map(|text| text.map(Arc::from));
        self.difference.changes.push(Change::Set { at, from, to });
    }

    fn insert(&mut self, at: ReturnedPos<'_>, table: &Table, id: &str, cells: BTreeMap<String, String>) {
        let known = self.current.rows(&table.key);
        let id = RowId::new(id);
        // A line copied in the spreadsheet carries the id of the one it was copied from.
        let taken =
            known.iter().any(|row| row.id == id) || self.manifest.row(&table.key, id.as_str()).is_some();
        let row = if id.well_formed() && !taken { id } else { (self.new_row)() };
        if let Some(name) = cells.get("name").filter(|_| self.names.contains_key(&table.key)) {
            self.systems.push(System { row: row.clone(), name: name.clone(), code: row.to_string() });
        }
        let to = cells.values().cloned().collect::<Vec<_>>().join("，");
        let label = "新增一行".to_string();
        self.difference.found.push(WorkbookChange {
            address: at.address(),
            label,
            from: String::new(),
            to,
            meanwhile: None,
        });
        let last = known.last().map_or(0, |row| row.rank);
        let added =
            self.difference.changes.iter().filter(
                |change| matches!(change, Change::InsertRow { table: other, .. } if *other == table.key),
            );
        let place = i64::try_from(added.count()).unwrap_or(0) + 1;
        let rank = last.saturating_add(RANK_STEP.saturating_mul(place));
        self.difference.changes.push(Change::InsertRow { table: table.key.clone(), row, rank, cells });
    }

    fn remove(&mut self, table: &Table, sheet: &Worksheet, exported: &Row) {
        let Some(now) = self.current.row(&table.key, &exported.id) else { return };
        let from = exported.cells.values().cloned().collect::<Vec<_>>().join("，");
        let meanwhile =
            (now.cells != exported.cells).then(|| now.cells.values().cloned().collect::<Vec<_>>().join("，"));
        let (address, label) = (sheet.name.clone(), "删去一行".to_string());
        self.difference.found.push(WorkbookChange { address, label, from, to: String::new(), meanwhile });
        let (table, row) = (table.key.clone(), now.id.clone());
        self.difference.changes.push(Change::RemoveRow {
            table,
            row,
            rank: now.rank,
            cells: now.cells.clone(),
        });
    }
}

#[derive(Clone, Copy)]
struct ReturnedPos<'s> {
    sheet: &'s str,
    row: u32,
    column: u32,
}

impl ReturnedPos<'_> {
    fn address(self) -> String {
        format!("{}!{}", self.sheet, address(self.row, self.column))
    }
}

/// Whether the cell still shows what was typed, however the spreadsheet has rewritten it.
fn same(cell: &WorkbookCell, field: &Field, typed: &str, names: &Names, date_1904: bool) -> bool {
    let value = reading::read(field, Some(&Arc::from(typed))).0;
    match (&value, cell.kind) {
        (Scalar::Number(number), workbook::WorkbookCellKind::Number) => {
            let stored = normal::stored_number(&cell.text).ok().and_then(|text| text.parse::<Decimal>().ok());
            stored == Some(*number)
        }
        (Scalar::Date(date), CellKind::Date | CellKind::Number) => {
            normal::serial_date(&cell.text, date_1904).is_ok_and(|text| text == date.to_string())
        }
        _ => {
            let plain = |text: &str| text.replace("\r\n", "\n").trim().to_string();
            let named = matches!(field.kind, FieldKind::RowOf { .. }) && plain(&cell.text) == plain(typed);
            named || plain(&cell.text) == plain(&shown_as(names, field, typed))
        }
    }
}
