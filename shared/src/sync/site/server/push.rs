//! One batch of a tablet at the server: operation by operation, receipts sealed with the device's key.

use super::{Reception, SiteJudgement, VisitEntry, VisitState};
use crate::kernel::ids::DeviceId;
use crate::sync::site::operation::SiteOperation;
use crate::sync::site::receipt::{DeviceKey, SiteReceipt, SiteResult};
use crate::sync::site::transport::{PushReply, VisitSnapshot};

/// What one operation of a batch came to. The caller commits `entry` before it sends `receipt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedOperation {
    /// To append; nothing when the operation was here already.
    pub entry: Option<VisitEntry>,
    /// Whether to store the operation with the alarms.
    pub is_alarm: bool,
    pub receipt: SiteReceipt,
}

impl VisitState {
    /// Decides and applies one operation of a batch. `None` at a gap: the rest of the batch waits, 409.
    pub fn take(
        &mut self,
        op: &SiteOperation,
        key: &DeviceKey,
        judgement: &impl SiteJudgement,
    ) -> Option<ReceivedOperation> {
        let seal = |result: SiteResult, rev: u64| SiteReceipt::seal(key, op, &op.body_hash(), result, rev);
        match self.receive(op, judgement) {
            Reception::Append(entry) => {
                self.evolve(&entry);
                let receipt = seal(entry.result, entry.rev);
                let is_alarm = matches!(entry.result, SiteResult::Rejected(_));
                Some(ReceivedOperation { entry: Some(entry), is_alarm, receipt })
            }
            Reception::Replay(known) => {
                let receipt = seal(known.result, known.rev);
                Some(ReceivedOperation { entry: None, is_alarm: false, receipt })
            }
            Reception::Alarm { result, rev } => {
                Some(ReceivedOperation { entry: None, is_alarm: true, receipt: seal(result, rev) })
            }
            Reception::Gap => None,
        }
    }

    /// The answer to a batch of `device`: its receipts, and where the server is in the order of this device.
    pub fn push_reply(&self, device: &DeviceId, key: &DeviceKey, receipts: Vec<SiteReceipt>) -> PushReply {
        let head = self.head(device);
        let mac = key.head_mac(device, &self.visit, &head);
        PushReply { receipts, head, mac }
    }

    /// The visit as a tablet reads it.
    pub fn snapshot(&self, device: &DeviceId, key: &DeviceKey) -> VisitSnapshot {
        let mut snapshot = VisitSnapshot {
            rev: self.rev,
            document: self.document.clone(),
            conflicts: self.conflicts.clone(),
            head: self.head(device),
            record: self.record.clone(),
            mac: String::new(),
        };
        snapshot.mac = snapshot.expected_mac(key, device, &self.visit);
        snapshot
    }
}
