//! 待送: what was typed on this device and the server has not confirmed, in the order it was typed. Peek, send,
//! confirm; nothing leaves before its receipt, and what the server will not store stays here with the reason.

use crate::api::operations::{MOST_CHANGES, MOST_OPS, OpResult};
use crate::api::problem::{CellPlace, CellProblem, Problem};
use crate::engine::op::{CellAt, Change, Op};
use crate::kernel::ids::{OpId, RowId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Most changes of one operation; a larger act is sent as several, still one undo step here.
const MOST_CHANGES_OF_ONE: usize = MOST_CHANGES / 3;

#[derive(Debug)]
struct PendingOperation {
    op: Op,
    /// It is on this device's storage: only then it may be sent.
    stored: bool,
}

/// 未被接受: content the server will not store, and why. It stays on the screen and on this device until the
/// person writes something else there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedOperation {
    pub op: Op,
    pub reason: String,
}

#[derive(Debug)]
pub struct Queue {
    waiting: VecDeque<PendingOperation>,
    /// Operations sent at once; fewer while looking for the one that is refused.
    limit: usize,
    refused: Vec<RefusedOperation>,
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalScope {
    /// Passing trouble: the same again later.
    Later,
    /// The case or the person: nothing of it can be sent now.
    Access,
    /// What was sent.
    Content,
}

/// What becomes of operations refused for their content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declined {
    /// Not known yet which one it is: send fewer.
    Fewer,
    Taken(Taken),
}

/// An operation taken out for its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub op: OpId,
    /// What of it can be stored, in its place.
    pub rest: Option<Op>,
    /// What cannot; without changes when later acts have written over all of it.
    pub refused: RefusedOperation,
    /// Later acts that now start from what the server has.
    pub rewritten: Vec<Op>,
}

pub fn verdict(problem: &Problem) -> RefusalScope {
    match problem.status {
        0 | 408 | 425 | 429 | 500.. => RefusalScope::Later,
        400 | 409 | 413 | 415 | 422 => RefusalScope::Content,
        _ => RefusalScope::Access,
    }
}

/// Seconds to wait after `failures` in a row: what the server asked for, else 1, 2, 4 … 30.
pub fn pause(failures: u32, problem: &Problem) -> u64 {
    problem.retry_after.unwrap_or_else(|| 1 << failures.saturating_sub(1).min(5)).clamp(1, 30)
}

/// An act of any size as operations the server takes.
pub fn pieces(op: Op) -> Vec<Op> {
    if op.changes.len() <= MOST_CHANGES_OF_ONE {
        return vec![op];
    }
    let chunks = op.changes.chunks(MOST_CHANGES_OF_ONE);
    let piece = |(n, changes): (usize, &[Change])| Op { id: part(&op.id, n + 1), changes: changes.to_vec() };
    chunks.enumerate().map(piece).collect()
}

/// Id of the `n`th part of an operation.
fn part(id: &OpId, n: usize) -> OpId {
    let whole = id.as_str();
    OpId::new(format!("{}.{n}", whole.chars().take(56).collect::<String>()))
}

impl Default for Queue {
    fn default() -> Queue {
        Queue { waiting: VecDeque::new(), limit: MOST_OPS, refused: Vec::new() }
    }
}

impl Queue {
    /// What this device kept from before.
    pub fn restored(ops: Vec<Op>, refused: Vec<RefusedOperation>) -> Queue {
        let waiting = ops.into_iter().map(|op| PendingOperation { op, stored: true }).collect();
        Queue { waiting, refused, ..Queue::default() }
    }

    /// Adds an act. Returns it as it will be sent, and the refused ones it shortens: where the server never took
    /// what stood in a cell, the act starts from what the server has.
    pub fn add(&mut self, mut op: Op) -> (Op, Vec<RefusedOperation>) {
        let mut shortened = Vec::new();
        for refused in &mut self.refused {
            if replace(refused, &mut op) {
                shortened.push(refused.clone());
            }
        }
        self.refused.retain(|refused| !refused.op.changes.is_empty());
        self.waiting.push_back(PendingOperation { op: op.clone(), stored: false });
        (op, shortened)
    }

    /// The operation is on the device's storage.
    pub fn mark_stored(&mut self, id: &OpId) {
        if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.op.id == *id) {
            waiting.stored = true;
        }
    }

    /// Whether there is something to send.
    pub fn ready(&self) -> bool {
        self.waiting.front().is_some_and(|waiting| waiting.stored)
    }

    /// What to send next, oldest first; they stay until [`Queue::answered`].
    pub fn next(&self) -> Vec<Op> {
        let mut changes = 0;
        let sendable = self.waiting.iter().take_while(|waiting| waiting.stored).take(self.limit);
        let fits = sendable.enumerate().take_while(|(n, waiting)| {
            changes += waiting.op.changes.len();
            *n == 0 || changes <= MOST_CHANGES
        });
        fits.map(|(_, waiting)| waiting.op.clone()).collect()
    }

    /// Takes out what has its receipt.
    pub fn answered(&mut self, results: &[OpResult]) {
        for result in results {
            self.waiting.retain(|waiting| waiting.op.id != result.op);
        }
        self.limit = (self.limit * 2).min(MOST_OPS);
    }

    /// `sent` was refused for its content.
    pub fn declined(&mut self, sent: &[Op], problem: &Problem) -> Declined {
        let [op] = sent else {
            self.limit = (sent.len() / 2).max(1);
            return Declined::Fewer;
        };
        let (rest, out) = split(op, &problem.cells);
        let mut refused = RefusedOperation { op: out, reason: problem.detail.clone() };
        let mut rewritten = Vec::new();
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.op.id == op.id) {
            self.waiting.remove(at);
            for later in self.waiting.range_mut(at..) {
                if replace(&mut refused, &mut later.op) {
                    rewritten.push(later.op.clone());
                }
            }
            if let Some(rest) = &rest {
                self.waiting.insert(at, PendingOperation { op: rest.clone(), stored: false });
            }
        }
        if !refused.op.changes.is_empty() {
            self.refused.push(refused.clone());
        }
        Declined::Taken(Taken { op: op.id.clone(), rest, refused, rewritten })
    }

    /// Everything not confirmed, oldest first, as operations to put on top of the server's document.
    pub fn unconfirmed(&self) -> Vec<Op> {
        let refused = self.refused.iter().map(|refused| refused.op.clone());
        self.waiting.iter().map(|waiting| waiting.op.clone()).chain(refused).collect()
    }

    pub fn refused(&self) -> &[RefusedOperation] {
        &self.refused
    }

    /// Operations without a receipt.
    pub fn unsent(&self) -> usize {
        self.waiting.len()
    }

    /// Operations not on the device's storage yet.
    pub fn unsaved(&self) -> usize {
        self.waiting.iter().filter(|waiting| !waiting.stored).count()
    }
}

/// Where `later` writes a cell whose value was refused, it starts from what the server has and the refused value
/// is history. Returns whether it did.
fn replace(refused: &mut RefusedOperation, later: &mut Op) -> bool {
    let before = refused.op.changes.len();
    for change in &mut later.changes {
        let Change::Set { at, from, .. } = change else { continue };
        let same = |c: &Change| matches!(c, Change::Set { at: other, .. } if other == at);
        if let Some(n) = refused.op.changes.iter().position(same)
            && let Change::Set { from: server, .. } = refused.op.changes.remove(n)
        {
            *from = server;
        }
    }
    refused.op.changes.len() < before
}

/// Parts an operation into what can be stored and what cannot. Without cells named it is refused whole.
fn split(op: &Op, named: &[CellProblem]) -> (Option<Op>, Op) {
    let is_named = |table: &str, row: &RowId, field: Option<&str>| {
        named.iter().any(|problem| {
            let CellPlace { table: t, row: r, field: f } = &problem.at;
            t == table && r == row.as_str() && (f.is_none() || f.as_deref() == field)
        })
    };
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for change in &op.changes {
        match change {
            Change::InsertRow { table, row, rank, cells } if !is_named(table, row, None) => {
                let (out, cells): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    cells.clone().into_iter().partition(|(field, _)| is_named(table, row, Some(field)));
                good.push(Change::InsertRow { table: table.clone(), row: row.clone(), rank: *rank, cells });
                bad.extend(out.into_iter().map(|(field, text)| {
                    let at = CellAt { table: Arc::from(&**table), row: row.clone(), field: Arc::from(field) };
                    Change::Set { at, from: None, to: Some(Arc::from(text)) }
                }));
            }
            Change::Set { at, .. } if !is_named(&at.table, &at.row, Some(&at.field)) => {
                good.push(change.clone())
            }
            Change::MoveRow { table, row, .. } if !is_named(table, row, None) => good.push(change.clone()),
            _ => bad.push(change.clone()),
        }
    }
    if bad.is_empty() || good.is_empty() {
        return (None, op.clone());
    }
    (Some(Op { id: part(&op.id, 1), changes: good }), Op { id: op.id.clone(), changes: bad })
}

#[cfg(test)]
mod tests;
