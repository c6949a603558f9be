//! One visit on one tablet: what is typed and not stored, what storage has, what the server answered and is not stored yet.
//!
//! The machine does no I/O. The shell carries out one transaction at a time: [`VisitDevice::next_transaction`], then
//! [`VisitDevice::committed`] or [`VisitDevice::failed`]. Typed text goes before replies. What the machine knows as stored changes only
//! at `committed`, so that the screen never calls something stored that is not.

use super::blob::{BlobRecord, BlobUpload};
use super::operation::{SeqHead, SiteAct, SiteOperation, operation_id};
use super::overlay::overlay;
use super::receipt::DeviceKey;
use super::storage::{DeliveredOperation, SiteStore, SiteTransaction, StoreFault, StoreWrite, StoredVisit};
use super::transport::{DeliveryFault, PushReply, VisitSnapshot};
use crate::engine::document::Document;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{AccountId, CaseId, DeviceId, OpId};
use std::collections::{BTreeMap, VecDeque};

/// Whose device works on which visit, with the versions it works by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitIdentity {
    pub device: DeviceId,
    pub account: AccountId,
    pub visit: CaseId,
    pub form_ver: String,
    pub policy_ver: String,
    pub app_ver: String,
    pub year: FiscalYear,
}

/// The clocks of the device. Claims on operations; the pauses between attempts count by `mono_ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceMoment {
    pub wall_ms: i64,
    /// Milliseconds since the device started.
    pub mono_ms: u64,
}

/// An act that is not in storage yet, with the revision the person had on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnsavedAct {
    pub act: SiteAct,
    pub base_rev: u64,
    /// Bytes of a photo.
    pub content: Option<Vec<u8>>,
}

/// A reply whose mac is the server's and that is not in storage yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum VerifiedReply {
    Push(PushReply),
    Snapshot(Box<VisitSnapshot>),
    Blob(BlobRecord),
}

/// The transaction that storage is working on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Writing {
    transaction: SiteTransaction,
    /// The operation it stores; nothing when it stores a reply.
    saves: Option<OpId>,
}

/// Attempts to reach the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DeliveryState {
    /// `seq` of the last operation of the batch that is on its way.
    pub sending: Option<u64>,
    /// Operations waiting when the outbox began to drain.
    pub goal: usize,
    pub failures: u32,
    /// By the clock `mono_ms`.
    pub not_before_ms: u64,
    pub fault: Option<DeliveryFault>,
    /// Hash of the blob that is on its way.
    pub sending_blob: Option<String>,
    /// The server answered with its offset since the last failure.
    pub is_offset_known: bool,
}

/// One visit on one device.
#[derive(Clone, Debug)]
pub struct VisitDevice {
    pub(super) identity: VisitIdentity,
    pub(super) key: DeviceKey,
    pub(super) stored: StoredVisit,
    /// The stored draft with what is not stored on top.
    pub(super) draft: Document,
    pub(super) unsaved: VecDeque<UnsavedAct>,
    pub(super) replies: VecDeque<VerifiedReply>,
    writing: Option<Writing>,
    pub(super) is_full: bool,
    /// The person has begun a correction of the record and not typed yet.
    pub(super) is_correcting: bool,
    pub(super) delivery: DeliveryState,
}

impl VisitDevice {
    /// Opens what storage has, after a start.
    pub fn open(identity: VisitIdentity, key: DeviceKey, stored: StoredVisit) -> VisitDevice {
        let draft = stored.draft_document(identity.year);
        VisitDevice {
            identity,
            key,
            stored,
            draft,
            unsaved: VecDeque::new(),
            replies: VecDeque::new(),
            writing: None,
            is_full: false,
            is_correcting: false,
            delivery: DeliveryState::default(),
        }
    }

    pub fn identity(&self) -> &VisitIdentity {
        &self.identity
    }

    /// What the person sees.
    pub fn draft(&self) -> &Document {
        &self.draft
    }

    /// What is durable, as far as storage has answered.
    pub fn stored(&self) -> &StoredVisit {
        &self.stored
    }

    /// Whether everything typed is in storage.
    pub fn is_saved(&self) -> bool {
        self.unsaved.is_empty()
    }

    /// Revision of the server's document under the draft.
    pub fn base_rev(&self) -> u64 {
        self.stored.base.as_ref().map_or(0, |base| base.rev)
    }

    /// What storage should do next, if anything; `random` becomes the id of an operation. Nothing while it works on another.
    pub fn next_transaction(&mut self, now: DeviceMoment, random: u128) -> Option<SiteTransaction> {
        if self.writing.is_some() {
            return None;
        }
        let writing = self.save(now, random).or_else(|| self.settle())?;
        let transaction = writing.transaction.clone();
        self.writing = Some(writing);
        Some(transaction)
    }

    /// The transaction is durable.
    pub fn committed(&mut self) {
        let Some(writing) = self.writing.take() else { return };
        self.stored.apply(&writing.transaction);
        self.is_full = false;
        if self.stored.outbox.is_empty() {
            self.delivery.goal = 0;
        }
        if writing.saves.is_some() {
            self.unsaved.pop_front();
        } else {
            self.replies.pop_front();
            self.show();
        }
    }

    /// The transaction is not known to be durable. After [`StoreFault::Unknown`] the machine waits for [`VisitDevice::reload`].
    pub fn failed(&mut self, fault: StoreFault) {
        match fault {
            StoreFault::Full => {
                self.writing = None;
                self.is_full = true;
            }
            StoreFault::Unknown => {}
        }
    }

    /// Storage was opened anew; typed text that it does not have stays unsaved.
    pub fn reload(&mut self, stored: StoredVisit) {
        self.stored = stored;
        let saved = self.writing.take().and_then(|writing| writing.saves);
        if saved.is_some_and(|id| self.stored.has(&id)) {
            self.unsaved.pop_front();
        }
        self.show();
    }

    /// Carries out what waits, one transaction after the other, on a storage that answers at once. Stops at the first fault.
    pub fn persist(
        &mut self,
        store: &mut impl SiteStore,
        now: DeviceMoment,
        mut random: impl FnMut() -> u128,
    ) -> Result<(), StoreFault> {
        while let Some(transaction) = self.next_transaction(now, random()) {
            match store.commit(&transaction) {
                Ok(()) => self.committed(),
                Err(fault) => {
                    self.failed(fault);
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    /// The first unsaved act as an operation, its rows and its bytes: one transaction.
    fn save(&self, now: DeviceMoment, random: u128) -> Option<Writing> {
        let unsaved = self.unsaved.front()?;
        let head = self.head();
        let identity = self.identity.clone();
        let op = SiteOperation {
            op_id: operation_id(random),
            device: identity.device,
            account: identity.account,
            visit: identity.visit,
            seq: head.seq + 1,
            base_rev: unsaved.base_rev,
            form_ver: identity.form_ver,
            policy_ver: identity.policy_ver,
            act: unsaved.act.clone(),
            prev_hash: head.hash,
            wall_ms: now.wall_ms,
            mono_ms: now.mono_ms,
            app_ver: identity.app_ver,
        };
        let mut writes = self.stored.draft_writes_of(&op.changes(), self.identity.year);
        if let (SiteAct::Photo { photo, .. }, Some(content)) = (&unsaved.act, &unsaved.content)
            && !self.stored.blobs.contains_key(&photo.hash)
        {
            let record =
                BlobRecord { hash: photo.hash.clone(), bytes: photo.bytes, upload: BlobUpload::Waiting };
            writes.push(StoreWrite::Blob { record, content: Some(content.clone()) });
        }
        let saves = Some(op.op_id.clone());
        writes.push(StoreWrite::PutOutbox(Box::new(op)));
        Some(Writing { transaction: SiteTransaction { writes }, saves })
    }

    /// The first reply that changes storage, as a transaction; replies that change nothing are dropped.
    fn settle(&mut self) -> Option<Writing> {
        while let Some(reply) = self.replies.front() {
            let writes = match reply {
                VerifiedReply::Push(reply) => self.with_draft(self.settle_push(reply)),
                VerifiedReply::Snapshot(snapshot) => {
                    let base = StoreWrite::Base(snapshot.clone());
                    let writes = [base].into_iter().chain(self.follow_head(&snapshot.head)).collect();
                    self.with_draft(writes)
                }
                VerifiedReply::Blob(record) => {
                    vec![StoreWrite::Blob { record: record.clone(), content: None }]
                }
            };
            if !writes.is_empty() {
                return Some(Writing { transaction: SiteTransaction { writes }, saves: None });
            }
            self.replies.pop_front();
        }
        None
    }

    /// An operation leaves the outbox in the transaction that stores its receipt.
    fn settle_push(&self, reply: &PushReply) -> Vec<StoreWrite> {
        let mut writes = Vec::new();
        for receipt in &reply.receipts {
            let Some(op) = self.stored.outbox.get(&receipt.seq).filter(|op| receipt.is_for(&self.key, op))
            else {
                continue;
            };
            writes.push(StoreWrite::RemoveOutbox(op.seq));
            let delivered = DeliveredOperation { op: op.clone(), receipt: receipt.clone() };
            writes.push(StoreWrite::PutDelivered(Box::new(delivered)));
        }
        writes.extend(self.follow_head(&reply.head));
        writes
    }

    /// Adds what the writes make of the draft: what the server merged shows as it is there, what it has not seen stays on top.
    fn with_draft(&self, mut writes: Vec<StoreWrite>) -> Vec<StoreWrite> {
        if !writes.is_empty() {
            let mut after = self.stored.clone();
            after.apply(&SiteTransaction { writes: writes.clone() });
            writes.extend(after.draft_writes(&after.derived_draft(self.identity.year)));
        }
        writes
    }

    /// What the server's place in the order of this device leads to. A server that was set back to a backup is sent again what it
    /// lost; a device that has lost operations goes on behind the server's.
    fn follow_head(&self, head: &SeqHead) -> Vec<StoreWrite> {
        let lost = self.stored.delivered.range(head.seq + 1..);
        let again = lost.flat_map(|(seq, delivered)| {
            [StoreWrite::RemoveDelivered(*seq), StoreWrite::PutOutbox(Box::new(delivered.op.clone()))]
        });
        let ahead = (head.seq > self.head().seq).then(|| StoreWrite::Adopted(head.clone()));
        again.chain(ahead).collect()
    }

    /// Where the next operation goes on from.
    fn head(&self) -> SeqHead {
        let start = SeqHead::start(&self.identity.device, &self.identity.visit);
        let own = self.stored.last_operation().map(SiteOperation::head);
        let adopted = self.stored.adopted.clone();
        own.into_iter().chain(adopted).max_by_key(|head| head.seq).unwrap_or(start)
    }

    /// Shows what storage has with what it does not have on top.
    fn show(&mut self) {
        self.draft = self.stored.draft_document(self.identity.year);
        let changes: Vec<_> = self.unsaved.iter().flat_map(|unsaved| unsaved.act.changes()).collect();
        for change in changes {
            overlay(&mut self.draft, &change);
        }
    }

    /// Bytes of photos that are not in storage yet, by hash.
    pub fn unsaved_content(&self) -> BTreeMap<&str, &[u8]> {
        let photos = self.unsaved.iter().filter_map(|unsaved| match (&unsaved.act, &unsaved.content) {
            (SiteAct::Photo { photo, .. }, Some(content)) => Some((photo.hash.as_str(), content.as_slice())),
            _ => None,
        });
        photos.collect()
    }

    /// Whether storage works on the first unsaved act, which therefore takes no further change.
    pub(super) fn is_saving(&self) -> bool {
        self.writing.as_ref().is_some_and(|writing| writing.saves.is_some())
    }
}

impl StoredVisit {
    /// Whether an operation is here, with or without its receipt.
    pub fn has(&self, id: &OpId) -> bool {
        self.outbox.values().any(|op| op.op_id == *id)
            || self.delivered.values().any(|delivered| delivered.op.op_id == *id)
    }
}
