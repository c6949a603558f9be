//! What the server does with an operation of a tablet, as functions of values: `receive` decides, `evolve` applies. The caller
//! appends the entry, the new state and the receipt in one transaction of its database, one operation at a time.

mod evolve;
mod merge;
pub mod push;

pub use merge::OpenConflict;

use super::content::content_hash;
use super::operation::{FinalManifest, SeqHead, SiteAct, SiteOperation};
use super::receipt::{RejectReason, SiteResult};
use crate::engine::document::Document;
use crate::engine::op::Op;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::{AccountId, CaseId, DeviceId, OpId};
use crate::policy::art13_parking::ParkReason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// 一次现场评价 as the server has it: the fold of its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitState {
    pub visit: CaseId,
    pub document: Document,
    /// Number of entries.
    pub rev: u64,
    /// Last operation of each device.
    pub heads: BTreeMap<DeviceId, SeqHead>,
    /// What was answered to each operation. A caller with many loads those it is about to receive.
    pub known: BTreeMap<OpId, KnownOperation>,
    /// Conflicts nobody has resolved.
    pub conflicts: Vec<OpenConflict>,
    /// Revision of the last entry of each device; under `None` that of the desk.
    pub last_rev: Vec<(Option<DeviceId>, u64)>,
    /// The record, while there is one.
    pub record: Option<FinalRecord>,
}

/// An operation the server has answered; ids stay at least 400 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownOperation {
    pub body: ContentHash,
    pub result: SiteResult,
    pub rev: u64,
}

/// 正式记录: the manifest that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalRecord {
    pub manifest: String,
    pub device: DeviceId,
    pub seq: u64,
    pub rev: u64,
}

/// One line of the log of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitEntry {
    /// From 1 without gaps.
    pub rev: u64,
    pub author: EntryAuthor,
    /// A parked or rejected operation is in the log whole and changes nothing in the document.
    pub result: SiteResult,
}

/// Whose act an entry is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EntryAuthor {
    Tablet {
        op: Box<SiteOperation>,
        body: ContentHash,
    },
    /// Typed at a desk; `resolves` closes a conflict with the same act.
    Desk {
        account: AccountId,
        op: Op,
        resolves: Option<super::operation::ConflictId>,
    },
}

/// What to do with an operation that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reception {
    /// Append the entry, then answer its result and revision.
    Append(VisitEntry),
    /// It is here already: answer the same as the first time.
    Replay(KnownOperation),
    /// An earlier operation of this device is missing: 409 with the expected position.
    Gap,
    /// 报警: the id is known with another body. Store the operation with the alarms and answer the result.
    Alarm { result: SiteResult, rev: u64 },
}

/// The decisions of the case about an operation nobody has sent before: assignment, window, closure, revoked devices.
pub trait SiteJudgement {
    /// `Err` parks the operation; it never refuses.
    fn admit(&self, state: &VisitState, op: &SiteOperation) -> Result<(), ParkReason>;
}

impl<F: Fn(&VisitState, &SiteOperation) -> Result<(), ParkReason>> SiteJudgement for F {
    fn admit(&self, state: &VisitState, op: &SiteOperation) -> Result<(), ParkReason> {
        self(state, op)
    }
}

impl VisitState {
    /// A visit that was just sent out, with what the bureau typed into it.
    pub fn new(visit: CaseId, document: Document) -> VisitState {
        VisitState {
            visit,
            document,
            rev: 0,
            heads: BTreeMap::new(),
            known: BTreeMap::new(),
            conflicts: Vec::new(),
            last_rev: Vec::new(),
            record: None,
        }
    }

    /// A visit without any content.
    pub fn empty(visit: CaseId, year: FiscalYear) -> VisitState {
        VisitState::new(visit, Document::new(year))
    }

    /// The last operation of a device the server has.
    pub fn head(&self, device: &DeviceId) -> SeqHead {
        self.heads.get(device).cloned().unwrap_or_else(|| SeqHead::start(device, &self.visit))
    }

    /// Decides what an operation becomes. The order of the questions: known, in sequence, sound, admitted, merged.
    pub fn receive(&self, op: &SiteOperation, judgement: &impl SiteJudgement) -> Reception {
        let (body, head) = (op.body_hash(), self.head(&op.device));
        let is_next = op.seq == head.seq + 1;
        let append = |result| {
            let author = EntryAuthor::Tablet { op: Box::new(op.clone()), body: body.clone() };
            Reception::Append(VisitEntry { rev: self.rev + 1, author, result })
        };
        if let Some(known) = self.known.get(&op.op_id) {
            let rejected = SiteResult::Rejected(RejectReason::OtherBody);
            return match (known.body == body, is_next) {
                (true, _) => Reception::Replay(known.clone()),
                (false, true) => append(rejected),
                (false, false) => Reception::Alarm { result: rejected, rev: self.rev },
            };
        }
        if op.seq > head.seq + 1 {
            return Reception::Gap;
        }
        if !op.is_well_formed() || !op.fits_form() {
            return append(SiteResult::Rejected(RejectReason::Malformed));
        }
        if op.visit != self.visit {
            return append(SiteResult::Rejected(RejectReason::OtherVisit));
        }
        append(self.admit(op, &head, judgement).map_or_else(SiteResult::Parked, |()| self.merge_result(op)))
    }

    /// What a person types at a desk, as an entry.
    pub fn desk_entry(
        &self,
        account: AccountId,
        op: Op,
        resolves: Option<super::operation::ConflictId>,
    ) -> VisitEntry {
        let is_conflict = !merge::trial(&self.document, &op.changes).is_empty();
        let result = if is_conflict { SiteResult::Conflict } else { SiteResult::Applied };
        VisitEntry { rev: self.rev + 1, author: EntryAuthor::Desk { account, op, resolves }, result }
    }

    fn admit(
        &self,
        op: &SiteOperation,
        head: &SeqHead,
        judgement: &impl SiteJudgement,
    ) -> Result<(), ParkReason> {
        if op.seq <= head.seq {
            return Err(ParkReason::Sequence);
        }
        if op.prev_hash != head.hash {
            return Err(ParkReason::Chain);
        }
        judgement.admit(self, op)?;
        match &op.act {
            SiteAct::Finalize { manifest } => self.admit_manifest(manifest),
            _ if self.knows_record(op) => Ok(()),
            _ => Err(ParkReason::Finalized),
        }
    }

    /// A manifest is the record when it states the content the server has, every signature is over that content, and it names the
    /// record it corrects.
    fn admit_manifest(&self, manifest: &FinalManifest) -> Result<(), ParkReason> {
        let is_signed_over = manifest.signatures.iter().all(|signed| signed.content == manifest.fields);
        if !is_signed_over || manifest.fields != content_hash(&self.document) {
            return Err(ParkReason::VoidSignature);
        }
        match &self.record {
            Some(record) if manifest.supersedes.as_ref() != Some(&record.manifest) => Err(ParkReason::Second),
            _ => Ok(()),
        }
    }

    /// Whether the author knew of the record: its own device made it, or it was on the screen.
    fn knows_record(&self, op: &SiteOperation) -> bool {
        self.record.as_ref().is_none_or(|record| {
            op.base_rev >= record.rev || (op.device == record.device && op.seq > record.seq)
        })
    }

    fn merge_result(&self, op: &SiteOperation) -> SiteResult {
        if !merge::trial(&self.document, &op.changes()).is_empty() {
            return SiteResult::Conflict;
        }
        let own = Some(op.device.clone());
        let is_alone = self.last_rev.iter().all(|(author, rev)| *author == own || *rev <= op.base_rev);
        if is_alone { SiteResult::Applied } else { SiteResult::Merged }
    }
}
