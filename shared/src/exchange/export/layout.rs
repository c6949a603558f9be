//! 版面: which sheet, row and column every cell of a document stands in.

use crate::engine::definition::{Definition, Field, FieldKind, Table, TableKind};
use crate::engine::expr::{Aggregate, Expr, What};
use crate::exchange::import::workbook::{address, column_name};
use std::collections::BTreeMap;

/// Hidden column of row ids.
pub const ID: &str = "#id";
/// Hidden column that is 1 where the row is one of the table's.
pub const PRESENT: &str = "#present";
/// Hidden column of the name other tables know the row by.
pub const SHOWN: &str = "#shown";
/// What stands in the id column of the totals row.
pub const TOTAL: &str = "#total";

/// Rows, from 0: the keys of the columns (hidden), the title, the headings, the first line.
pub const KEY_ROW: u32 = 0;
pub const TITLE_ROW: u32 = 1;
pub const HEADING_ROW: u32 = 2;
pub const FIRST_ROW: u32 = 3;
/// Blank rows under the last line, ready for more.
pub const SPARE: u32 = 5;

/// Columns of a header's sheet: the key (hidden), the label, the value.
pub const HEADER_KEY: u32 = 0;
pub const HEADER_LABEL: u32 = 1;
pub const HEADER_VALUE: u32 = 2;

/// One table's sheet.
#[derive(Clone, Debug)]
pub struct Area<'d> {
    pub table: &'d Table,
    /// Name of the sheet.
    pub sheet: String,
    /// Column of each field and of the hidden columns; of a header's field, its row.
    places: BTreeMap<String, u32>,
    /// Rows of the table, the spare ones included; 0 for a header.
    pub rows: u32,
}

/// All sheets.
pub struct Layout<'d> {
    pub definition: &'d Definition,
    pub areas: Vec<Area<'d>>,
}

impl<'d> Layout<'d> {
    /// Lays out every table that is shown; `lines` says how many rows one has.
    pub fn of(definition: &'d Definition, lines: impl Fn(&str) -> usize) -> Layout<'d> {
        let shown = definition.tables().map(|(_, table)| table);
        let areas = shown
            .filter(|table| table.kind != TableKind::Justifications)
            .map(|table| area(definition, table, &lines))
            .collect();
        Layout { definition, areas }
    }

    pub fn area(&self, table: &str) -> Option<&Area<'d>> {
        self.areas.iter().find(|area| area.table.key == table)
    }
}

fn area<'d>(definition: &'d Definition, table: &'d Table, lines: &impl Fn(&str) -> usize) -> Area<'d> {
    let sheet = table.title.chars().take(31).collect();
    let keys = table.fields.iter().map(|field| field.key.clone());
    if table.kind == TableKind::Header {
        let places = keys.zip(HEADING_ROW..).collect();
        return Area { table, sheet, places, rows: 0 };
    }
    let mut columns = vec![ID.to_string(), PRESENT.to_string()];
    let refers_here =
        |field: &Field| matches!(&field.kind, FieldKind::RowOf { table: of, .. } if *of == table.key);
    if definition.tables().any(|(_, other)| other.fields.iter().any(refers_here)) {
        columns.push(SHOWN.to_string());
    }
    columns.extend(keys);
    // What a row of another table is called stands in the field's column, its id beside the last.
    let rows_of = table.fields.iter().filter(|field| matches!(field.kind, FieldKind::RowOf { .. }));
    columns.extend(rows_of.map(|field| id_of(&field.key)));
    let rows = u32::try_from(lines(&table.key)).unwrap_or(u32::MAX - SPARE - FIRST_ROW) + SPARE;
    Area { table, sheet, places: columns.into_iter().zip(0..).collect(), rows }
}

/// Hidden column with the ids of the rows a field names.
pub fn id_of(field: &str) -> String {
    format!("#id of {field}")
}

impl Area<'_> {
    /// Its columns by key (of a header: its rows).
    pub fn places(&self) -> impl Iterator<Item = (&str, u32)> {
        self.places.iter().map(|(key, place)| (key.as_str(), *place))
    }

    pub fn place(&self, key: &str) -> Option<u32> {
        self.places.get(key).copied()
    }

    /// Row of the totals, from 0.
    pub fn total_row(&self) -> u32 {
        FIRST_ROW + self.rows
    }

    /// `D7`, for a formula in the same row.
    pub fn cell(&self, key: &str, row: u32) -> Option<String> {
        Some(address(row, self.place(key)?))
    }

    /// `'硬件设备运维费'!$D$4:$D$70`.
    pub fn range(&self, key: &str) -> Option<String> {
        let column = column_name(self.place(key)?);
        Some(format!("'{}'!${column}${}:${column}${}", self.sheet, FIRST_ROW + 1, self.total_row()))
    }

    /// `'基本情况'!$C$9`.
    pub fn header_cell(&self, key: &str) -> Option<String> {
        let row = self.place(key)? + 1;
        Some(format!("'{}'!${}${row}", self.sheet, column_name(HEADER_VALUE)))
    }
}

/// The columns with a total: fields of a table that some formula sums, and those that are sums of other tables.
pub fn summed<'d>(definition: &'d Definition, table: &str) -> Vec<&'d str> {
    let formulas =
        definition.tables().flat_map(|(_, t)| t.fields.iter().filter_map(|field| field.formula.as_ref()));
    let mut keys = Vec::new();
    for formula in formulas {
        collect(formula, table, &mut keys);
    }
    let own = definition.tables().filter(|(_, t)| t.key == table && t.kind == TableKind::Lines);
    for field in own.flat_map(|(_, t)| &t.fields) {
        let of_others = field.formula.as_ref().is_some_and(is_sum);
        if of_others && !keys.contains(&field.key.as_str()) {
            keys.push(&field.key);
        }
    }
    keys
}

/// Whether a formula adds up a column of another table.
fn is_sum(expr: &Expr) -> bool {
    match expr {
        Expr::Add(parts) => parts.iter().any(is_sum),
        Expr::Round { of, .. } => is_sum(of),
        Expr::Aggregate(aggregate) => matches!(aggregate.what, What::Sum(_)),
        _ => false,
    }
}

fn collect<'d>(expr: &'d Expr, table: &str, keys: &mut Vec<&'d str>) {
    match expr {
        Expr::Add(parts) | Expr::Mul(parts) => parts.iter().for_each(|part| collect(part, table, keys)),
        Expr::Round { of, .. } => collect(of, table, keys),
        Expr::Aggregate(aggregate) => {
            let Aggregate { what, table: of, .. } = aggregate.as_ref();
            if let What::Sum(Expr::Field(key)) = what
                && of == table
                && !keys.contains(&key.as_str())
            {
                keys.push(key);
            }
        }
        _ => {}
    }
}
