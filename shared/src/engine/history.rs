//! 撤销记录: the acts that can be taken back, and those taken back that can be done again.

use super::op::{Change, Op};
use std::collections::VecDeque;

/// Cells written by all acts that can be taken back; the oldest are forgotten first. About 15 MB: five pastes of
/// 1 000 × 10, or more typing than a day has.
const MOST_CELLS: usize = 50_000;

#[derive(Debug, Default)]
pub struct History {
    done: VecDeque<Op>,
    undone: Vec<Op>,
    /// Written by what is done.
    cells: usize,
}

impl History {
    /// A new act: what was taken back before cannot be done again.
    pub fn remember(&mut self, op: Op) {
        self.undone.clear();
        self.did(op);
    }

    /// An act, done for the first time or again. The last is kept however large it is.
    pub fn did(&mut self, op: Op) {
        self.cells += written(&op);
        self.done.push_back(op);
        while self.cells > MOST_CELLS && self.done.len() > 1 {
            self.cells -= self.done.pop_front().as_ref().map_or(0, written);
        }
    }

    pub fn took_back(&mut self, op: Op) {
        self.undone.push(op);
    }

    /// The act to take back next, which is no longer among those done.
    pub fn last_done(&mut self) -> Option<Op> {
        let op = self.done.pop_back()?;
        self.cells -= written(&op);
        Some(op)
    }

    /// What was taken back last, which is no longer among those.
    pub fn last_undone(&mut self) -> Option<Op> {
        self.undone.pop()
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

fn written(op: &Op) -> usize {
    let cells = |change: &Change| match change {
        Change::Set { .. } | Change::MoveRow { .. } => 1,
        Change::InsertRow { cells, .. } | Change::RemoveRow { cells, .. } => 1 + cells.len(),
    };
    op.changes.iter().map(cells).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{OpId, RowId};

    fn act(n: usize, moves: usize) -> Op {
        let step = Change::MoveRow { table: "t".to_string(), row: RowId::new("r"), from: 0, to: 1 };
        Op { id: OpId::new(n.to_string()), changes: vec![step; moves] }
    }

    fn taken_back(mut history: History) -> Vec<String> {
        std::iter::from_fn(|| history.last_done()).map(|op| op.id.to_string()).collect()
    }

    #[test]
    fn the_oldest_acts_are_forgotten_where_there_are_too_many() {
        let mut history = History::default();
        (0..12).for_each(|n| history.remember(act(n, MOST_CELLS / 10)));
        assert_eq!(taken_back(history), ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2"]);
    }

    #[test]
    fn the_last_act_can_be_taken_back_however_large_it_is() {
        let mut history = History::default();
        history.remember(act(0, 1));
        history.remember(act(1, MOST_CELLS + 1));
        assert_eq!(taken_back(history), ["1"]);
    }

    #[test]
    fn what_was_taken_back_is_not_counted() {
        let mut history = History::default();
        for n in 0..4 {
            history.remember(act(n, MOST_CELLS / 2));
            if n > 0 {
                assert_eq!(history.last_done(), Some(act(n, MOST_CELLS / 2)));
            }
        }
        assert_eq!(taken_back(history), ["0"]);
    }
}
