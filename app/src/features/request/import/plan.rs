//! 导入方案: everything that one confirmation does, as one operation: the table itself, other tables of the same
//! workbook, new systems.

use super::{ImportDraft, systems};
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::random_id::new_id;
use leptos::prelude::*;
use shared::engine::definition::TableKind;
use shared::engine::op::Change;
use shared::engine::session::Session;
use shared::exchange::import::header::{Proposal, survey};
use shared::exchange::import::merge::{
    MOST_LINES, MergeCounts, MergeInto, MergeMode, TooMany, register_systems,
};
use shared::exchange::import::reading::{ImportReading, System, read};
use shared::exchange::import::target::ImportTable;
use shared::exchange::import::workbook::Workbook;
use shared::kernel::ids::RowId;

/// A table of the workbook besides the one the dialog was opened for.
#[derive(Clone)]
pub struct OtherTable {
    pub target: ImportTable,
    pub proposal: Proposal,
    /// What a person reads about it.
    pub message: String,
    /// Nothing about it has to be asked first.
    pub fit: bool,
    pub chosen: bool,
}

/// Tables of the workbook that look like another table of the form.
pub fn others(
    session: &Session,
    workbook: &Workbook,
    own: &ImportTable,
    proposal: &Proposal,
) -> Vec<OtherTable> {
    let tables = || {
        session.plan().tables.iter().map(|plan| &plan.table).filter(|table| table.kind == TableKind::Lines)
    };
    let targets: Vec<ImportTable> = tables().map(ImportTable::of).collect();
    let titles: Vec<String> = tables().map(|table| table.title.clone()).collect();
    let known = systems(session);
    let found = survey(workbook, &targets).into_iter().filter(|found| {
        !found.proposal.is_same_table(proposal)
            && targets.get(found.target).is_some_and(|target| target.table != own.table)
    });
    found
        .filter_map(|found| {
            let target = targets.get(found.target)?.clone();
            let reading = read(workbook, &found.proposal, &target, &known);
            let fit = reading.unanswered().next().is_none();
            let sheet = workbook.sheets.get(found.proposal.sheet)?;
            let message = format!(
                "同时导入工作表“{}”第 {} 行起的另一张表：{} 行，到“{}”{}",
                sheet.name,
                found.proposal.header_row + 1,
                reading.rows.len(),
                titles.get(found.target)?,
                if fit { "" } else { "（单位须选定，请在那张表里单独导入）" }
            );
            let some = !reading.rows.is_empty();
            some.then_some(OtherTable { target, proposal: found.proposal, message, fit, chosen: false })
        })
        .collect()
}

impl ImportDraft {
    /// How the lines read stand to the rows that are there.
    pub fn counts(&self, reading: &ImportReading) -> MergeCounts {
        self.target.with_value(|target| {
            self.existing.with_value(|existing| MergeInto { target, existing }.counts(reading))
        })
    }

    /// Lines that the confirmation would add, change or remove.
    pub fn lines(&self, reading: &ImportReading) -> usize {
        let MergeCounts { new, changed, .. } = self.counts(reading);
        let existing = self.existing.with_value(Vec::len);
        let others = self.others.with(|others| others.iter().filter(|other| other.chosen).count());
        let own = match self.mode.get() {
            MergeMode::Replace if existing > 0 => reading.rows.len(),
            MergeMode::UpdateByName => new + changed,
            MergeMode::Replace | MergeMode::AppendNew => new,
        };
        own + others
    }

    pub fn choose_other(&self, at: usize, yes: bool) {
        self.others.update(|others| {
            if let Some(other) = others.get_mut(at) {
                other.chosen = yes;
            }
        });
    }

    /// The changes of the one act, with the number of lines it touches.
    pub fn changes(&self, sheet: FormSheet, reading: &ImportReading) -> Result<Vec<Change>, TooMany> {
        let document = sheet.read(Session::document);
        let mut known = self.systems.get_value();
        let new_row = || RowId::new(new_id("r"));
        let workbook = self.workbook.get_untracked();
        let mut chosen: Vec<OtherTable> =
            self.others.get_untracked().into_iter().filter(|other| other.chosen).collect();
        // Systems first: the lines of the other tables name them.
        chosen.sort_by_key(|other| other.target.table != "systems");
        let mut changes = Vec::new();
        let mut parts = vec![(self.target.get_value(), reading.clone(), self.mode.get_untracked())];
        for other in chosen {
            let Some(workbook) = &workbook else { break };
            let read = read(workbook, &other.proposal, &other.target, &known);
            if other.target.table == "systems" {
                let into = MergeInto { target: &other.target, existing: document.rows("systems") };
                let added = into.changes(&read, MergeMode::AppendNew, new_row)?;
                known.extend(added.iter().filter_map(registered));
                changes.extend(added);
                parts[0].1 = self.read_with(&known).unwrap_or_default();
            } else {
                parts.push((other.target, read, MergeMode::AppendNew));
            }
        }
        if self.register.get_untracked() {
            let last = document.rows("systems").iter().map(|row| row.rank).max().unwrap_or(0);
            let taken = i64::try_from(changes.len()).unwrap_or(0) + 1;
            let last = last.saturating_add(taken.saturating_mul(shared::engine::document::RANK_STEP));
            changes.extend(register_systems(parts.iter_mut().map(|(_, reading, _)| reading), last, new_row));
        }
        for (target, reading, mode) in &parts {
            let into = MergeInto { target, existing: document.rows(&target.table) };
            changes.extend(into.changes(reading, *mode, new_row)?);
        }
        if changes.len() > MOST_LINES * 2 { Err(TooMany) } else { Ok(changes) }
    }

    fn read_with(&self, systems: &[System]) -> Option<ImportReading> {
        let (workbook, proposal) = (self.workbook.get_untracked()?, self.proposal.get_untracked()?);
        Some(self.target.with_value(|target| read(&workbook, &proposal, target, systems)))
    }
}

/// A system that the same act inserts.
fn registered(change: &Change) -> Option<System> {
    let Change::InsertRow { row, cells, .. } = change else { return None };
    let text = |field: &str| cells.get(field).cloned().unwrap_or_default();
    Some(System { row: row.clone(), name: text("name"), code: text("code") })
}
