//! An entry applied to the state. Decides nothing: the same entries give the same state on every machine.

use super::merge::{self, OpenConflict, is_same_place};
use super::{EntryAuthor, FinalRecord, KnownOperation, VisitEntry, VisitState};
use crate::engine::op::Change;
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::{DeviceId, OpId};
use crate::sync::site::operation::{ConflictId, SeqHead, SiteAct, SiteOperation};
use crate::sync::site::receipt::{RejectReason, SiteResult};

impl VisitState {
    /// Applies the next entry of the log.
    pub fn evolve(&mut self, entry: &VisitEntry) {
        debug_assert_eq!(entry.rev, self.rev + 1, "entries come in order");
        self.rev = entry.rev;
        match &entry.author {
            EntryAuthor::Tablet { op, body } => self.evolve_tablet(op, body, entry),
            EntryAuthor::Desk { op, resolves, .. } => {
                self.change(&op.id, None, &op.changes, resolves.as_ref());
                self.remember_rev(None);
            }
        }
    }

    fn evolve_tablet(&mut self, op: &SiteOperation, body: &ContentHash, entry: &VisitEntry) {
        if op.seq == self.head(&op.device).seq + 1 {
            self.heads.insert(op.device.clone(), SeqHead { seq: op.seq, hash: body.clone() });
        }
        // The first body of an id stays its body.
        if entry.result != SiteResult::Rejected(RejectReason::OtherBody) {
            let known = KnownOperation { body: body.clone(), result: entry.result, rev: entry.rev };
            self.known.insert(op.op_id.clone(), known);
        }
        if !entry.result.is_in_document() {
            return;
        }
        let resolves = match &op.act {
            SiteAct::Resolve { conflict, .. } => Some(conflict),
            _ => None,
        };
        self.change(&op.op_id, Some(&op.device), &op.changes(), resolves);
        if let SiteAct::Finalize { manifest } = &op.act {
            self.record = Some(FinalRecord {
                manifest: manifest.manifest.clone(),
                device: op.device.clone(),
                seq: op.seq,
                rev: entry.rev,
            });
        }
        self.remember_rev(Some(op.device.clone()));
    }

    /// Applies changes and keeps the list of open conflicts: a later change of the same author in the same place replaces its
    /// earlier conflict, and so does a resolution.
    fn change(
        &mut self,
        id: &OpId,
        device: Option<&DeviceId>,
        changes: &[Change],
        resolves: Option<&ConflictId>,
    ) {
        let met = merge::apply(&mut self.document, changes);
        self.conflicts.retain(|open| {
            let is_replaced = open.device.as_ref() == device
                && changes.iter().any(|change| is_same_place(change, &open.mine));
            !is_replaced && resolves != Some(&open.id)
        });
        let rev = self.rev;
        self.conflicts.extend(met.into_iter().map(|(change, met)| OpenConflict {
            id: ConflictId { op: id.clone(), change },
            device: device.cloned(),
            mine: changes[change].clone(),
            met,
            rev,
        }));
    }

    fn remember_rev(&mut self, author: Option<DeviceId>) {
        match self.last_rev.iter_mut().find(|(of, _)| *of == author) {
            Some((_, rev)) => *rev = self.rev,
            None => self.last_rev.push((author, self.rev)),
        }
    }
}
