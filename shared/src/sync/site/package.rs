//! 离线包: everything of one visit on one device, to carry by hand. It can be imported at any desk, any number of times, before or
//! after the same operations arrived by network.

use super::operation::SiteOperation;
use super::receipt::SiteReceipt;
use super::server::{Reception, SiteJudgement, VisitEntry, VisitState};
use super::storage::StoredVisit;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};

/// The content of an offline package; encryption and the bytes of the blobs are the shell's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfflinePackage {
    pub visit: CaseId,
    /// In the order of `seq`.
    pub operations: Vec<PackedOperation>,
    /// Hashes of the blobs that go with it.
    pub blobs: Vec<String>,
}

/// An operation, with its receipt if the device has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedOperation {
    pub op: SiteOperation,
    pub receipt: Option<SiteReceipt>,
}

/// What an import did: 新增 n · 已有 m · 搁置 k.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCount {
    pub added: usize,
    pub known: usize,
    /// Parked, refused, or waiting for an earlier operation that is not in the package either.
    pub held: usize,
}

impl ImportCount {
    /// What the screen says.
    pub fn text(self) -> String {
        format!("新增 {} · 已有 {} · 搁置 {}", self.added, self.known, self.held)
    }
}

impl OfflinePackage {
    /// Everything that storage has of a visit.
    pub fn export(visit: CaseId, stored: &StoredVisit) -> OfflinePackage {
        let delivered = stored
            .delivered
            .values()
            .map(|of| PackedOperation { op: of.op.clone(), receipt: Some(of.receipt.clone()) });
        let waiting = stored.outbox.values().map(|op| PackedOperation { op: op.clone(), receipt: None });
        let mut operations: Vec<PackedOperation> = delivered.chain(waiting).collect();
        operations.sort_by_key(|packed| packed.op.seq);
        OfflinePackage { visit, operations, blobs: stored.blobs.keys().cloned().collect() }
    }

    /// Receives every operation as if its device had sent it; returns the entries to append and the counts.
    pub fn import(
        &self,
        state: &mut VisitState,
        judgement: &impl SiteJudgement,
    ) -> (Vec<VisitEntry>, ImportCount) {
        let (mut entries, mut count) = (Vec::new(), ImportCount::default());
        for packed in &self.operations {
            match state.receive(&packed.op, judgement) {
                Reception::Append(entry) => {
                    state.evolve(&entry);
                    let held = entry.result.needs_attention();
                    *(if held { &mut count.held } else { &mut count.added }) += 1;
                    entries.push(entry);
                }
                Reception::Replay(_) => count.known += 1,
                Reception::Gap | Reception::Alarm { .. } => count.held += 1,
            }
        }
        (entries, count)
    }
}
