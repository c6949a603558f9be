//! 跟进: follows the request's log. Decides of each entry whether it is news here, and keeps what this person has
//! typed and the log has not reached yet from being written over.

use super::conflicts;
use crate::api::operations::{LogEntry, OpResult};
use crate::engine::op::{CellAt, Change, Conflict, Op};
use crate::kernel::ids::{OpId, RowId};
use std::collections::BTreeSet;

/// A row by table and id.
pub type RowAt = (String, RowId);

/// What to do about an entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Known, or nothing in it for this device.
    Nothing,
    /// This device's own, as it was sent.
    Own(Op),
    /// Apply this here.
    Apply(Op),
    /// Entries before it are missing: read the log after [`Follower::seq`].
    Gap,
}

/// Where this device stands in the log.
#[derive(Debug, Default)]
pub struct Follower {
    seq: u64,
    /// Own operations applied here that the log has not shown yet, oldest first. They hold their cells: the
    /// server decides by its own order and names the conflict in its answer.
    ahead: Vec<Op>,
}

impl Follower {
    /// Starts after entry `seq` with the operations applied on top of it.
    pub fn start(seq: u64, ahead: Vec<Op>) -> Follower {
        Follower { seq, ahead }
    }

    /// Number of the last entry followed.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// An act of this person, applied here just now.
    pub fn acted(&mut self, op: Op) {
        self.ahead.push(op);
    }

    /// An operation that will never be sent as it is no longer holds anything.
    pub fn dropped(&mut self, id: &OpId) {
        self.ahead.retain(|op| op.id != *id);
    }

    /// The server has answered. What the log passed already holds nothing any more; the rest does until its
    /// own entry comes by.
    pub fn answered(&mut self, result: &OpResult) {
        if result.seq <= self.seq {
            self.dropped(&result.op);
        }
    }

    /// Decides about an entry. `standing` are the conflicts a person has not decided yet: theirs follows, mine
    /// stays on the screen. `crossed` collects rows where theirs and mine under way met.
    pub fn hear(
        &mut self,
        entry: &LogEntry,
        open: &mut Vec<Conflict>,
        crossed: &mut BTreeSet<RowAt>,
    ) -> Heard {
        if entry.seq <= self.seq {
            return Heard::Nothing;
        }
        if entry.seq > self.seq + 1 {
            return Heard::Gap;
        }
        self.seq = entry.seq;
        if let Some(own) = self.ahead.iter().position(|op| op.id == entry.op.id) {
            return Heard::Own(self.ahead.remove(own));
        }
        let held = Held::by(&self.ahead);
        let asked = |c: &Change| matches!(c, Change::Set { at, .. } if conflicts::asks_about(open, at));
        let meets = |c: &&Change| held.holds(c) || asked(c);
        let (met, free): (Vec<&Change>, Vec<&Change>) = entry.op.changes.iter().partition(meets);
        crossed.extend(met.iter().map(|c| (c.table().to_string(), c.row().clone())));
        let changes: Vec<Change> = free.into_iter().cloned().collect();
        conflicts::follow(open, &entry.op);
        if changes.is_empty() {
            Heard::Nothing
        } else {
            Heard::Apply(Op { id: entry.op.id.clone(), changes })
        }
    }
}

/// What own operations under way hold.
#[derive(Default)]
struct Held<'o> {
    cells: BTreeSet<&'o CellAt>,
    moves: BTreeSet<(&'o str, &'o RowId)>,
    /// Rows with something under way: whether they are there is for the server to say.
    rows: BTreeSet<(&'o str, &'o RowId)>,
    /// Rows put in or taken out here: all of them is for the server to say.
    whole: BTreeSet<(&'o str, &'o RowId)>,
}

impl<'o> Held<'o> {
    fn by(ahead: &'o [Op]) -> Held<'o> {
        let mut held = Held::default();
        for change in ahead.iter().flat_map(|op| &op.changes) {
            let row = (change.table(), change.row());
            held.rows.insert(row);
            match change {
                Change::Set { at, .. } => held.cells.insert(at),
                Change::MoveRow { .. } => held.moves.insert(row),
                Change::InsertRow { .. } | Change::RemoveRow { .. } => held.whole.insert(row),
            };
        }
        held
    }

    fn holds(&self, change: &Change) -> bool {
        let row = (change.table(), change.row());
        self.whole.contains(&row)
            || match change {
                Change::Set { at, .. } => self.cells.contains(at),
                Change::MoveRow { .. } => self.moves.contains(&row),
                Change::InsertRow { .. } | Change::RemoveRow { .. } => self.rows.contains(&row),
            }
    }
}

#[cfg(test)]
mod tests;
