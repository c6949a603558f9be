//! 跟随: signals for what a page shows outside the grid. Each follows exactly what it names, so that a key typed in
//! one cell wakes only the figures it changes.

use super::store::FormSheet;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::engine::definition::FieldKind;
use shared::engine::plan::TableIx;
use shared::engine::session::{Cell, Session, Tally};
use shared::kernel::finding::Finding;
use std::cell::RefCell;
use std::rc::Rc;

/// A cell as shown to a reader: numbers with 千分位, references by their row's name.
pub fn shown(session: &Session, cell: Cell) -> String {
    let text = session.text(cell);
    match &session.plan().tables[cell.table].field(cell.field).kind {
        FieldKind::Number { .. } => shared::kernel::money::grouped(&text),
        FieldKind::RowOf { .. } => session.row_label(cell, &text),
        FieldKind::Flag => super::words::flag(&text).to_string(),
        _ => text,
    }
}

/// [`shown`] as a signal.
pub fn figure(sheet: FormSheet, cell: Cell) -> ReadSignal<String> {
    let (read, write) = signal(sheet.read(|session| shown(session, cell)));
    sheet.listen(move |session, changed| {
        if changed.holds(cell) {
            write.set(shown(session, cell));
        }
    });
    read
}

/// The findings of one cell.
pub fn cell_findings(sheet: FormSheet, cell: Cell) -> ReadSignal<Vec<Finding>> {
    let (read, write) = signal(sheet.read(|session| session.cell_findings(cell)));
    sheet.listen(move |session, changed| {
        let row_judged_anew = changed.judged(cell.table, cell.slot);
        // A standing finding's message names values that may have changed.
        let stale_words = read.with_untracked(|f| !f.is_empty())
            && changed.within(cell.table).iter().any(|t| t.fields != 0);
        if row_judged_anew || stale_words {
            let now = session.cell_findings(cell);
            if read.with_untracked(|before| *before != now) {
                write.set(now);
            }
        }
    });
    read
}

/// What tells a finding as it is shown from every other: its words may change while it stands.
pub fn finding_key(finding: &Finding) -> String {
    format!("{}|{}", finding.key(), finding.message)
}

/// How a table stands: what the task list shows of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableStatus {
    pub tally: Tally,
    pub filled: u64,
    pub required: u64,
    pub rows: usize,
}

impl TableStatus {
    fn of(session: &Session, table: TableIx) -> TableStatus {
        let (filled, required) = session.completeness(table);
        TableStatus { tally: session.tally(table), filled, required, rows: session.rows(table).len() }
    }

    pub fn done(&self) -> bool {
        self.tally.errors == 0 && self.filled == self.required && self.rows > 0
    }
}

/// How a table stands, counted again only when its findings or rows change.
pub fn table_status(sheet: FormSheet, table: TableIx) -> ReadSignal<TableStatus> {
    let (read, write) = signal(sheet.read(|session| TableStatus::of(session, table)));
    sheet.listen(move |session, changed| {
        let judged = changed.within(table).iter().any(|touched| touched.judged);
        let recounted = session.tally(table) != read.with_untracked(|s| s.tally);
        if judged || recounted || changed.rows.contains(&table) {
            write.set(TableStatus::of(session, table));
        }
    });
    read
}

/// Errors and warnings of the whole.
pub fn total_tally(sheet: FormSheet) -> ReadSignal<Tally> {
    let (read, write) = signal(sheet.read(Session::total_tally));
    sheet.listen(move |session, _| {
        let now = session.total_tally();
        if read.with_untracked(|before| *before != now) {
            write.set(now);
        }
    });
    read
}

/// Counts the times rows of a table came, went or moved.
pub fn row_changes(sheet: FormSheet, table: TableIx) -> ReadSignal<u64> {
    let (read, write) = signal(0);
    sheet.listen(move |_, changed| {
        if changed.rows.contains(&table) {
            write.update(|n| *n += 1);
        }
    });
    read
}

/// Counts the pauses after changes: what is costly to make (a list of all findings, a comparison of versions) is
/// made once nothing has changed for `pause` milliseconds. A timer by design: a pause in typing is no event.
pub fn rests(sheet: FormSheet, pause: u32) -> ReadSignal<u64> {
    let (read, write) = signal(0);
    let timer: Rc<RefCell<Option<Timeout>>> = Rc::default();
    sheet.listen(move |_, _| {
        // Replacing the timer cancels the one before.
        let tick = Timeout::new(pause, move || {
            // The page may have been left meanwhile.
            let _ = write.try_update(|n| *n += 1);
        });
        timer.replace(Some(tick));
    });
    read
}
