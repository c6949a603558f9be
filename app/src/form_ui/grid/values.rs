//! 单元格的文字: between what a document stores and what a person reads, copies and types.
//!
//! Showing never changes what is stored: 千分位 and names of systems exist on the screen only.

use shared::engine::definition::{Field, FieldKind, Measure};
use shared::engine::plan::TableIx;
use shared::engine::session::{Cell, Session};
use shared::exchange::import::normal::{CellKind, normalise};
use shared::exchange::import::reading::{System, match_system};
use shared::kernel::ids::RowId;
use shared::kernel::money::grouped;
use std::borrow::Cow;
use std::collections::HashMap;

/// What a cell shows while nobody types into it.
pub fn shown(session: &Session, cell: Cell) -> Cow<'_, str> {
    let field = session.plan().tables[cell.table].field(cell.field);
    let text = match field.formula {
        None => Cow::Borrowed(session.typed(cell).unwrap_or("")),
        Some(_) => Cow::Owned(session.text(cell)),
    };
    match &field.kind {
        FieldKind::Number { measure: Measure::Percent, .. } => with_two_decimals(text),
        FieldKind::Number { .. } if text.len() > 3 => Cow::Owned(grouped(&text)),
        FieldKind::Flag | FieldKind::RowOf { .. } => spoken(session, field, text),
        _ => text,
    }
}

/// A rate as a column of rates reads: `5` as `5.00`. What is no number stays as it was typed.
fn with_two_decimals(text: Cow<'_, str>) -> Cow<'_, str> {
    let (whole, decimals) = text.split_once('.').unwrap_or((&*text, ""));
    let plain =
        !whole.is_empty() && [whole, decimals].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if plain && decimals.len() < 2 { Cow::Owned(format!("{whole}.{decimals:0<2}")) } else { text }
}

/// The text given to the clipboard and to the editor: as stored, but with names in place of ids.
pub fn spoken_text(session: &Session, cell: Cell) -> String {
    let field = session.plan().tables[cell.table].field(cell.field);
    spoken(session, field, Cow::Owned(session.text(cell))).into_owned()
}

fn spoken<'a>(session: &'a Session, field: &Field, text: Cow<'a, str>) -> Cow<'a, str> {
    match (&field.kind, &*text) {
        (FieldKind::Flag, "true") => Cow::Borrowed("是"),
        (FieldKind::Flag, "false") => Cow::Borrowed("否"),
        (FieldKind::RowOf { table, label }, id) if !id.is_empty() => {
            let name = session.cell(table, id, label).and_then(|cell| session.typed(cell));
            match name {
                Some(name) => Cow::Borrowed(name),
                None if RowId::is_made(id) => Cow::Borrowed("（已删除）"),
                None => text,
            }
        }
        _ => text,
    }
}

/// Turns what people type or paste into the texts to store in one table. Made for one act: it caches its look-ups.
pub struct TextReader<'a> {
    session: &'a Session,
    table: TableIx,
    kinds: Vec<CellKind>,
    rows: HashMap<String, Vec<System>>,
    known: HashMap<(usize, String), String>,
}

impl<'a> TextReader<'a> {
    pub fn new(session: &'a Session, table: TableIx) -> TextReader<'a> {
        let fields = &session.plan().tables[table].table.fields;
        let kinds = fields.iter().map(|field| CellKind::from(&field.kind)).collect();
        TextReader { session, table, kinds, rows: HashMap::new(), known: HashMap::new() }
    }

    /// The text to store. What cannot be read is kept exactly as typed: the rules then mark it.
    pub fn stored(&mut self, field: usize, typed: &str) -> String {
        let session = self.session;
        match &session.plan().tables[self.table].field(field).kind {
            FieldKind::RowOf { table, label } => self.row(field, table, label, typed),
            _ => normalise(&self.kinds[field], typed).unwrap_or_else(|_| typed.to_string()),
        }
    }

    fn row(&mut self, field: usize, table: &str, label: &str, typed: &str) -> String {
        let key = (field, typed.trim().to_string());
        if key.1.is_empty() {
            return String::new();
        }
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let rows = self.rows.entry(table.to_string()).or_insert_with(|| named(self.session, table, label));
        let id = match match_system(&key.1, rows) {
            Ok(id) => id.to_string(),
            Err(_) => key.1.clone(),
        };
        self.known.insert(key, id.clone());
        id
    }
}

/// The rows of a table that can be referred to, with their names and codes.
pub fn named(session: &Session, table: &str, label: &str) -> Vec<System> {
    let plan = session.plan();
    let Some(table_ix) = plan.table(table) else { return Vec::new() };
    let code = plan.tables[table_ix].table.fields.iter().find(|field| field.unique);
    let text = |row: &str, field: &str| {
        let cell = session.cell(table, row, field);
        cell.and_then(|cell| session.typed(cell)).unwrap_or("").to_string()
    };
    let rows = session.rows(table_ix).iter().map(|slot| session.row_id(table_ix, *slot));
    rows.map(|row| System {
        row: RowId::new(row),
        name: text(row, label),
        code: code.map_or_else(String::new, |code| text(row, &code.key)),
    })
    .collect()
}

/// Small letters, for looking something up. By letter: what a whole text needs besides is Greek, and 4 KB of the first form.
pub fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether each key typed into a field is applied at once; fields with a list change when a choice is made.
pub fn live(kind: &FieldKind) -> bool {
    !matches!(kind, FieldKind::Choice { .. } | FieldKind::RowOf { .. } | FieldKind::Flag)
}

/// One entry of a field's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    pub text: String,
    /// The code of a system, by which it is found too.
    pub code: String,
    pub stored: String,
}

impl ChoiceOption {
    pub fn plain(text: &str, stored: &str) -> ChoiceOption {
        ChoiceOption { text: text.to_string(), code: String::new(), stored: stored.to_string() }
    }
}

/// What a field offers in a list, for the row it is on; `None` where it has no list.
pub fn choice_options(session: &Session, cell: Cell) -> Option<Vec<ChoiceOption>> {
    let plan = &session.plan().tables[cell.table];
    match &plan.field(cell.field).kind {
        FieldKind::Flag => Some(vec![ChoiceOption::plain("是", "true"), ChoiceOption::plain("否", "false")]),
        FieldKind::Choice { choices, by } => {
            let other = by.as_ref().and_then(|by| plan.by_key.get(by));
            let beside = other.and_then(|field| session.typed(Cell { field: *field, ..cell }));
            let fits = |wanted: &Option<String>| match (wanted, beside) {
                (Some(wanted), Some(beside)) => wanted == beside,
                _ => true,
            };
            Some(
                choices
                    .iter()
                    .filter(|c| fits(&c.beside))
                    .map(|c| ChoiceOption::plain(&c.value, &c.value))
                    .collect(),
            )
        }
        FieldKind::RowOf { table, label } => {
            let offer = |row: System| {
                let text = if row.name.is_empty() { row.code.clone() } else { row.name };
                ChoiceOption { text, code: row.code, stored: row.row.to_string() }
            };
            Some(named(session, table, label).into_iter().map(offer).collect())
        }
        _ => None,
    }
}
