//! 离线包: everything of one visit on one device, to carry by hand. It can be imported at any desk, any number of times, before or
//! after the same operations arrived by network.

use super::device::VisitDevice;
use super::operation::SiteOperation;
use super::receipt::{DeviceKey, SiteReceipt};
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

/// An operation, with its receipt if the device has one. Whoever carries a package can write into it: only the mac shows that the
/// device wrote an operation, where the network would have shown it by the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackedOperation {
    pub op: SiteOperation,
    pub receipt: Option<SiteReceipt>,
    /// HMAC-SM3 in hex over the body, with the key of the device.
    pub mac: String,
}

impl PackedOperation {
    fn seal(key: &DeviceKey, op: &SiteOperation, receipt: Option<&SiteReceipt>) -> PackedOperation {
        PackedOperation { op: op.clone(), receipt: receipt.cloned(), mac: packed_mac(key, op) }
    }

    /// Whether the device with this key wrote it.
    pub fn is_sealed_with(&self, key: &DeviceKey) -> bool {
        self.mac == packed_mac(key, &self.op)
    }
}

fn packed_mac(key: &DeviceKey, op: &SiteOperation) -> String {
    key.mac("packed", &[op.device.as_str(), op.visit.as_str(), op.body_hash().as_str()])
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
    /// Everything that storage has of a visit, sealed with the key of the device.
    pub fn of(visit: CaseId, stored: &StoredVisit, key: &DeviceKey) -> OfflinePackage {
        let delivered = stored.delivered.values();
        let delivered = delivered.map(|of| PackedOperation::seal(key, &of.op, Some(&of.receipt)));
        let waiting = stored.outbox.values().map(|op| PackedOperation::seal(key, op, None));
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

impl VisitDevice {
    /// 导出离线包: everything that is in storage.
    pub fn export(&self) -> OfflinePackage {
        OfflinePackage::of(self.identity.visit.clone(), &self.stored, &self.key)
    }
}
