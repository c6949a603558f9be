//! 复制与粘贴: rectangles of cells to and from spreadsheets. A paste is one operation whatever its size.

use super::columns::Columns;
use super::cursor::{Block, CellPos, Selection};
use super::interaction::Event;
use super::state::GridState;
use super::values::TextReader;
use crate::kernel::random_id::new_id;
use shared::engine::definition::Field;
use shared::engine::definition::FieldKind;
use shared::engine::editing::NewRow;
use shared::engine::op::Change;
use shared::engine::plan::{FieldIx, Slot};
use shared::engine::session::{Cell, Session};
use shared::exchange::import::clipboard::{Rectangle, parse_html, to_tsv};
use shared::exchange::import::measured;
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;
use web_sys::{ClipboardEvent, DataTransfer};

impl GridState {
    /// While typing, the input handles the clipboard itself.
    pub fn copy(&self, event: &ClipboardEvent) {
        if let Some(data) = event.clipboard_data().filter(|_| !self.is_editing()) {
            event.prevent_default();
            let block = self.selection().block();
            let texts = self.texts(&block);
            let numeric: Vec<bool> = block.columns.clone().map(|column| self.is_numeric(column)).collect();
            // A clipboard that refuses a format keeps the other one.
            let _ = data.set_data("text/plain", &to_tsv(&texts));
            let _ = data.set_data("text/html", &to_html(&texts, &numeric));
        }
    }

    pub fn cut(&self, event: &ClipboardEvent) {
        if !self.is_editing() {
            self.copy(event);
            self.clear();
        }
    }

    pub fn paste(&self, event: &ClipboardEvent) {
        if let Some(data) = event.clipboard_data().filter(|_| !self.is_editing()) {
            event.prevent_default();
            self.paste_texts(&rectangle(&data));
        }
    }

    /// Whether a column holds numbers; every other cell is text to a spreadsheet, however it looks.
    fn is_numeric(&self, column: usize) -> bool {
        let field = self.layout.columns.borrow().field(column);
        self.sheet.read(|session| {
            let fields = &session.plan().tables[self.table].table.fields;
            field.is_none_or(|field| matches!(fields[field].kind, FieldKind::Number { .. }))
        })
    }

    fn texts(&self, block: &Block) -> Vec<Vec<String>> {
        let slots = self.slots(block);
        self.sheet.read(|session| {
            let columns = self.layout.columns.borrow();
            let text =
                |slot: Slot, at| columns.copied(session, Cell { table: self.table, slot, field: 0 }, at);
            slots.iter().map(|slot| block.columns.clone().map(|at| text(*slot, at)).collect()).collect()
        })
    }

    /// Puts a rectangle at the selection and repeats it where the selection is a multiple of it. Rows below the last
    /// one are added.
    fn paste_texts(&self, pasted: &Rectangle) {
        let (height, width) = (pasted.texts.len(), pasted.texts.first().map_or(0, Vec::len));
        if height == 0 || width == 0 {
            return;
        }
        let block = self.selection().block();
        let start = CellPos { row: *block.rows.start(), column: *block.columns.start() };
        let tiles = block.height().is_multiple_of(height) && block.width().is_multiple_of(width);
        let (height, width) = if tiles { (block.height(), block.width()) } else { (height, width) };
        let columns = start.column..self.width().min(start.column + width);
        let shown = self.layout.columns.borrow();
        let rows = self.rows.view.borrow().rows.clone();
        let (changes, added) = self.sheet.read(|session| {
            let mut paste = Paste::new(session, self.table, pasted, &shown, columns.clone());
            let here = (0..height).filter_map(|n| Some((n, *rows.get(start.row + n)?)));
            let mut changes: Vec<Change> = here.flat_map(|(n, slot)| paste.over_row(n, slot)).collect();
            let beyond = (rows.len().saturating_sub(start.row)).min(height)..height;
            let added: Vec<NewRow> = beyond.map(|n| paste.new_row(n)).collect();
            let count = added.len();
            if count > 0 {
                let last = session.rows(self.table).last().copied();
                changes.extend(session.inserting(self.table, last, added));
            }
            (changes, count)
        });
        drop(shown);
        self.sheet.act(changes);
        let last_row = if added > 0 { self.row_count().saturating_sub(1) } else { start.row + height - 1 };
        let end = CellPos { row: last_row, column: columns.end.saturating_sub(1) };
        self.dispatch(Event::SelectInPlace(Selection { cursor: start, end }));
    }
}

/// A rectangle on its way into a table.
struct Paste<'a> {
    reader: TextReader<'a>,
    session: &'a Session,
    fields: &'a [Field],
    table: usize,
    pasted: &'a Rectangle,
    shown: &'a Columns,
    columns: std::ops::Range<usize>,
}

impl<'a> Paste<'a> {
    fn new(
        session: &'a Session,
        table: usize,
        pasted: &'a Rectangle,
        shown: &'a Columns,
        columns: std::ops::Range<usize>,
    ) -> Paste<'a> {
        let fields = &session.plan().tables[table].table.fields;
        Paste { reader: TextReader::new(session, table), session, fields, table, pasted, shown, columns }
    }

    /// The stored text for a column of the `n`-th row with its field; `None` where nobody types.
    fn text(&mut self, n: usize, column: usize) -> Option<(FieldIx, String)> {
        let field = self.shown.field(column).filter(|field| self.fields[*field].formula.is_none())?;
        let texts = &self.pasted.texts;
        let row = n % texts.len();
        let place = (column - self.columns.start) % texts[row].len();
        // A number merged over rows counts once.
        let repeats = !matches!(self.fields[field].kind, FieldKind::Number { .. });
        Some((field, self.reader.stored(field, self.pasted.text(row, place, repeats))))
    }

    fn over_row(&mut self, n: usize, slot: Slot) -> Vec<Change> {
        let mut texts = BTreeMap::new();
        for column in self.columns.clone() {
            texts.extend(self.text(n, column));
        }
        let (session, table) = (self.session, self.table);
        if measured::kept_apart(self.fields) {
            self.take_apart(slot, &mut texts);
        }
        let typing =
            |(field, text): (&FieldIx, &String)| session.typing(Cell { table, slot, field: *field }, text);
        texts.iter().flat_map(typing).collect()
    }

    /// `≥12次` pasted into 指标值 fills the sign and the unit beside it, unless something stands there.
    fn take_apart(&self, slot: Slot, texts: &mut BTreeMap<FieldIx, String>) {
        let shown = |field: FieldIx| self.session.text(Cell { table: self.table, slot, field });
        let key = |field: FieldIx| self.fields[field].key.clone();
        let value = texts.keys().copied().find(|field| self.fields[*field].key == "value");
        let Some(value) = value else { return };
        let before = texts.clone();
        let whole = |field: FieldIx| before.get(&field).cloned().unwrap_or_else(|| shown(field));
        let parts = (0..self.fields.len())
            .filter(|field| ["operator", "unit"].contains(&self.fields[*field].key.as_str()));
        let mut cells: BTreeMap<String, String> =
            parts.clone().chain([value]).map(|field| (key(field), whole(field))).collect();
        measured::take_apart(&mut cells);
        for field in parts.chain([value]) {
            if let Some(text) = cells.get(&key(field)).filter(|text| **text != whole(field)).cloned() {
                texts.insert(field, text);
            }
        }
    }

    fn new_row(&mut self, n: usize) -> NewRow {
        let mut cells = BTreeMap::new();
        for column in self.columns.clone() {
            if let Some((field, text)) = self.text(n, column).filter(|(_, text)| !text.is_empty()) {
                cells.insert(self.fields[field].key.clone(), text);
            }
        }
        if measured::kept_apart(self.fields) {
            measured::take_apart(&mut cells);
        }
        NewRow { id: RowId::new(new_id("r")), cells }
    }
}

/// Reads plain text first, as spreadsheets mean it; an HTML table where the text has one cell, or where it alone tells of
/// merged cells.
fn rectangle(data: &DataTransfer) -> Rectangle {
    let plain = Rectangle::of_text(&data.get_data("text/plain").unwrap_or_default());
    let single = plain.texts.len() <= 1 && plain.texts.first().is_none_or(|row| row.len() <= 1);
    let html = data.get_data("text/html").unwrap_or_default();
    match parse_html(&html) {
        Some(table) if single || (!table.merged.is_empty() && same_size(&table, &plain)) => table,
        _ => plain,
    }
}

fn same_size(one: &Rectangle, other: &Rectangle) -> bool {
    let size = |rectangle: &Rectangle| (rectangle.texts.len(), rectangle.texts.first().map_or(0, Vec::len));
    size(one) == size(other)
}

/// Cells of text carry the text format, so that a spreadsheet neither computes them nor drops their zeros.
fn to_html(texts: &[Vec<String>], numeric: &[bool]) -> String {
    let mut html = String::from("<meta charset=\"utf-8\"><table>");
    for row in texts {
        html.push_str("<tr>");
        for (column, text) in row.iter().enumerate() {
            let number = numeric.get(column) == Some(&true);
            html.push_str(if number { "<td>" } else { "<td style='mso-number-format:\"\\@\"'>" });
            for c in text.chars() {
                match c {
                    '&' => html.push_str("&amp;"),
                    '<' => html.push_str("&lt;"),
                    '>' => html.push_str("&gt;"),
                    '\n' => html.push_str("<br>"),
                    c => html.push(c),
                }
            }
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html
}
