//! 副本: one device's side of a request that several edit: what it owes, how far it has followed and what a person
//! has to decide, kept together. The document itself is the page's; every answer says what to do to it.

use super::conflicts;
use super::difference::toward;
use super::follower::{Follower, Heard, RowAt};
use super::queue::{Declined, Queue, RefusedOperation};
use crate::api::operations::{LogEntry, OpResult};
use crate::api::problem::Problem;
use crate::engine::document::{Document, Row};
use crate::engine::op::{CellAt, Change, Conflict, Op};
use crate::kernel::ids::{OpId, RowId};
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub struct Replica {
    queue: Queue,
    follower: Follower,
    conflicts: Vec<Conflict>,
    /// Rows of which the server said that they are gone or other than mine: to be compared, then asked about.
    questions: BTreeSet<RowAt>,
    /// Rows the screen may show otherwise than the server has them, with nothing of mine at stake.
    suspects: BTreeSet<RowAt>,
}

/// What the receipts mean here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// Delivered operations with their numbers in the log.
    pub delivered: Vec<(Op, u64)>,
    /// The conflicts are other ones than before.
    pub asked: bool,
}

impl Replica {
    /// What this device kept from before, not shown by any page yet.
    pub fn restored(queue: Queue, conflicts: Vec<Conflict>) -> Replica {
        Replica { queue, conflicts, ..Replica::default() }
    }

    /// A page shows the document as of entry `seq` with [`Queue::unconfirmed`] on top, of which `misfits` did not
    /// fit: whether the server will take them is not on the screen.
    pub fn shown(&mut self, seq: u64, misfits: &[Conflict]) {
        self.follower = Follower::start(seq, self.queue.unconfirmed());
        self.suspects = misfits.iter().map(row_of).collect();
    }

    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Number of the last entry followed.
    pub fn seq(&self) -> u64 {
        self.follower.seq()
    }

    /// An act of this person, on the screen already. Returns it as it will be sent and the refused ones it shortens.
    pub fn acted(&mut self, op: Op) -> (Op, Vec<RefusedOperation>) {
        let (op, shortened) = self.queue.add(op);
        self.follower.acted(op.clone());
        for refused in shortened.iter().filter(|refused| refused.op.changes.is_empty()) {
            self.follower.dropped(&refused.op.id);
        }
        (op, shortened)
    }

    /// The operation is on the device's storage.
    pub fn mark_stored(&mut self, id: &OpId) {
        self.queue.mark_stored(id);
    }

    /// The server's receipts for `sent`.
    pub fn answered(&mut self, sent: &[Op], results: &[OpResult]) -> Answered {
        let mut answered = Answered::default();
        for result in results {
            let Some(op) = sent.iter().find(|op| op.id == result.op) else { continue };
            // An operation the document had already when it was opened: what others did to its rows since then
            // lies under it on the screen.
            if result.replayed && result.seq <= self.follower.seq() {
                self.suspects.extend(op.changes.iter().map(|c| (c.table().to_string(), c.row().clone())));
            }
            self.follower.answered(result);
            answered.delivered.push((op.clone(), result.seq));
            answered.asked |= self.settled(op, &result.conflicts);
            for conflict in &result.conflicts {
                match conflict {
                    Conflict::Row { .. } => {
                        self.questions.insert(row_of(conflict));
                    }
                    Conflict::Cell { .. } => {
                        conflicts::add(&mut self.conflicts, conflict.clone());
                        answered.asked = true;
                    }
                }
            }
        }
        self.queue.answered(results);
        answered
    }

    /// Where a later act of this person took effect, an earlier conflict is history.
    fn settled(&mut self, op: &Op, found: &[Conflict]) -> bool {
        let before = self.conflicts.len();
        let failed = |cell: &CellAt| conflicts::asks_about(found, cell);
        let took = |cell: &CellAt| {
            op.changes.iter().any(|c| matches!(c, Change::Set { at, .. } if at == cell && !failed(at)))
        };
        self.conflicts.retain(|c| !matches!(c, Conflict::Cell { at, .. } if took(at)));
        self.conflicts.len() < before
    }

    /// `sent` was refused for its content.
    pub fn declined(&mut self, sent: &[Op], problem: &Problem) -> Declined {
        let declined = self.queue.declined(sent, problem);
        if let Declined::Taken(taken) = &declined
            && let Some(rest) = &taken.rest
        {
            self.follower.acted(rest.clone());
        }
        declined
    }

    /// An entry of the log; the flag says whether the conflicts are other ones than before.
    pub fn heard(&mut self, entry: &LogEntry) -> (Heard, bool) {
        let before = self.conflicts.clone();
        let heard = self.follower.hear(entry, &mut self.conflicts, &mut self.suspects);
        if let Heard::Own(op) = &heard {
            // A row that was there already with the same content may stand in another place.
            let put = op.changes.iter().filter(|c| matches!(c, Change::InsertRow { .. }));
            let idle = put.filter(|change| !entry.op.changes.contains(change));
            self.suspects.extend(idle.map(|c| (c.table().to_string(), c.row().clone())));
        }
        (heard, before != self.conflicts)
    }

    /// What of a heard operation did not fit the screen. Somebody removed a row this person has been writing in:
    /// it stays until decided. Other misfits are compared when things are quiet.
    pub fn misfitted(&mut self, op: &Op, misfits: Vec<Conflict>) -> bool {
        let removed = |table: &str, row: &RowId| {
            let is =
                |c: &Change| matches!(c, Change::RemoveRow { .. }) && c.table() == table && c.row() == row;
            op.changes.iter().any(is)
        };
        let mut asked = false;
        for misfit in misfits {
            if matches!(&misfit, Conflict::Row { table, row } if removed(table, row)) {
                conflicts::add(&mut self.conflicts, misfit);
                asked = true;
            } else {
                self.suspects.insert(row_of(&misfit));
            }
        }
        asked
    }

    /// Whether rows are to be compared with the server's; only once nothing of mine is under way.
    pub fn wants_to_compare(&self) -> bool {
        self.queue.unsent() == 0
            && (!self.questions.is_empty() || self.suspects.iter().any(|row| !self.asks_about(row)))
    }

    fn asks_about(&self, row: &RowAt) -> bool {
        self.conflicts.iter().any(|conflict| row_of(conflict) == *row)
    }

    /// Compares rows of the screen with the server's document, as it is now or a little ahead of what was heard.
    /// Where mine differs the person is asked; returned is what brings the rest of the screen up to it.
    pub fn compared(&mut self, theirs: &Document, mine: impl Fn(&str, &RowId) -> Option<Row>) -> Vec<Change> {
        for (table, row) in std::mem::take(&mut self.questions) {
            if theirs.row(&table, &row) != mine(&table, &row).as_ref() {
                conflicts::add(&mut self.conflicts, Conflict::Row { table, row });
            }
        }
        // A row in question stays as it is until decided.
        let (asked, rest): (BTreeSet<_>, BTreeSet<_>) =
            std::mem::take(&mut self.suspects).into_iter().partition(|row| self.asks_about(row));
        self.suspects = asked;
        let toward = |(table, row): &RowAt| toward(table, mine(table, row).as_ref(), theirs.row(table, row));
        rest.iter().flat_map(toward).collect()
    }

    /// As [`Replica::compared`] where there is no screen or no document to compare: the questions are asked.
    pub fn asked_unseen(&mut self) {
        self.suspects.clear();
        for (table, row) in std::mem::take(&mut self.questions) {
            conflicts::add(&mut self.conflicts, Conflict::Row { table, row });
        }
    }

    /// A person has chosen.
    pub fn decided(&mut self, conflict: &Conflict) {
        let same_place = |other: &Conflict| match (conflict, other) {
            (Conflict::Cell { at, .. }, Conflict::Cell { at: other, .. }) => at == other,
            _ => conflict == other,
        };
        self.conflicts.retain(|other| !same_place(other));
    }
}

fn row_of(conflict: &Conflict) -> RowAt {
    match conflict {
        Conflict::Cell { at, .. } => (at.table.to_string(), at.row.clone()),
        Conflict::Row { table, row } => (table.clone(), row.clone()),
    }
}

#[cfg(test)]
mod tests;
