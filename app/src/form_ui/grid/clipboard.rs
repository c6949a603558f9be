//! 复制与粘贴: rectangles of cells to and from spreadsheets. A paste is one operation whatever its size.

use super::columns::Columns;
use super::cursor::{Block, CellPos, Selection};
use super::interaction::Event;
use super::state::GridState;
use super::values::TextReader;
use crate::kernel::random_id::new_id;
use shared::engine::definition::Field;
use shared::engine::editing::NewRow;
use shared::engine::op::Change;
use shared::engine::plan::{FieldIx, Slot};
use shared::engine::session::{Cell, Session};
use shared::exchange::import::clipboard::{parse, parse_html, to_tsv};
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;
use web_sys::{ClipboardEvent, DataTransfer};

impl GridState {
    /// While typing, the input handles the clipboard itself.
    pub fn copy(&self, event: &ClipboardEvent) {
        if let Some(data) = event.clipboard_data().filter(|_| !self.is_editing()) {
            event.prevent_default();
            let texts = self.texts(&self.selection().block());
            // A clipboard that refuses a format keeps the other one.
            let _ = data.set_data("text/plain", &to_tsv(&texts));
            let _ = data.set_data("text/html", &to_html(&texts));
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
    fn paste_texts(&self, texts: &[Vec<String>]) {
        let (height, width) = (texts.len(), texts.first().map_or(0, Vec::len));
        if height == 0 || width == 0 {
            return;
        }
        let block = self.selection().block();
        let start = CellPos { row: *block.rows.start(), column: *block.columns.start() };
        let tiles = block.height().is_multiple_of(height) && block.width().is_multiple_of(width);
        let (height, width) = if tiles { (block.height(), block.width()) } else { (height, width) };
        let columns = start.column..self.width().min(start.column + width);
        let standing = self.layout.columns.borrow();
        let rows = self.rows.view.borrow().rows.clone();
        let (changes, added) = self.sheet.read(|session| {
            let mut paste = Paste::new(session, self.table, texts, &standing, columns.clone());
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
        drop(standing);
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
    texts: &'a [Vec<String>],
    standing: &'a Columns,
    columns: std::ops::Range<usize>,
}

impl<'a> Paste<'a> {
    fn new(
        session: &'a Session,
        table: usize,
        texts: &'a [Vec<String>],
        standing: &'a Columns,
        columns: std::ops::Range<usize>,
    ) -> Paste<'a> {
        let fields = &session.plan().tables[table].table.fields;
        Paste { reader: TextReader::new(session, table), session, fields, table, texts, standing, columns }
    }

    /// The stored text for a column of the `n`-th row with its field; `None` where nobody types.
    fn text(&mut self, n: usize, column: usize) -> Option<(FieldIx, String)> {
        let field = self.standing.field(column).filter(|field| self.fields[*field].formula.is_none())?;
        let row = &self.texts[n % self.texts.len()];
        let typed = &row[(column - self.columns.start) % row.len()];
        Some((field, self.reader.stored(field, typed)))
    }

    fn over_row(&mut self, n: usize, slot: Slot) -> Vec<Change> {
        let mut changes = Vec::new();
        for column in self.columns.clone() {
            let Some((field, text)) = self.text(n, column) else { continue };
            changes.extend(self.session.typing(Cell { table: self.table, slot, field }, &text));
        }
        changes
    }

    fn new_row(&mut self, n: usize) -> NewRow {
        let mut cells = BTreeMap::new();
        for column in self.columns.clone() {
            if let Some((field, text)) = self.text(n, column).filter(|(_, text)| !text.is_empty()) {
                cells.insert(self.fields[field].key.clone(), text);
            }
        }
        NewRow { id: RowId::new(new_id("r")), cells }
    }
}

/// Reads plain text first, as spreadsheets mean it; an HTML table only where the text has one cell.
fn rectangle(data: &DataTransfer) -> Vec<Vec<String>> {
    let plain = data.get_data("text/plain").unwrap_or_default();
    if !plain.contains(['\t', '\n']) {
        let html = data.get_data("text/html").unwrap_or_default();
        if let Some(table) = parse_html(&html) {
            return table;
        }
    }
    parse(&plain)
}

fn to_html(texts: &[Vec<String>]) -> String {
    let mut html = String::from("<meta charset=\"utf-8\"><table>");
    for row in texts {
        html.push_str("<tr>");
        for text in row {
            html.push_str("<td>");
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
