//! The server of the simulation: the pure core around a log that survives every crash.

use super::fault::Defect;
use super::places::PLACES;
use shared::engine::document::{Document, RANK_STEP, Row};
use shared::engine::op::{CellAt, Change, Op};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::hash::sha256_hex;
use shared::kernel::ids::{AccountId, CaseId, DeviceId, OpId, RowId};
use shared::policy::art13_parking::ParkReason;
use shared::sync::site::blob::{BlobAnswer, BlobArrival, BlobReply, BlobRequest};
use shared::sync::site::operation::{SeqHead, SiteOperation};
use shared::sync::site::overlay::overlay;
use shared::sync::site::package::{ImportCount, OfflinePackage};
use shared::sync::site::receipt::DeviceKey;
use shared::sync::site::server::{VisitEntry, VisitState};
use shared::sync::site::transport::{PushBatch, RawReply};
use std::collections::{BTreeMap, BTreeSet};

pub const YEAR: FiscalYear = FiscalYear(2024);

#[derive(Clone)]
pub struct Office {
    pub state: VisitState,
    pub log: Vec<VisitEntry>,
    pub alarms: Vec<SiteOperation>,
    /// What has arrived of each blob, with its bytes.
    pub blobs: BTreeMap<String, (BlobArrival, Vec<u8>)>,
    pub revoked: BTreeSet<DeviceId>,
    pub is_closed: bool,
    pub defect: Defect,
}

/// The visit as the bureau sends it out.
pub fn sent_out() -> Document {
    let mut document = Document::new(YEAR);
    let item = |n: i64| Row {
        id: RowId::new(format!("c{n}")),
        rank: n * RANK_STEP,
        cells: [("matter", format!("第 {n} 项")), ("weight", "10".to_string())]
            .map(|(key, text)| (key.to_string(), text))
            .into(),
    };
    document.tables.insert("checklist".to_string(), (1..=3).map(item).collect());
    document
}

pub fn visit() -> CaseId {
    CaseId::new("visit-1")
}

impl Office {
    pub fn new(defect: Defect) -> Office {
        Office {
            state: VisitState::new(visit(), sent_out()),
            log: Vec::new(),
            alarms: Vec::new(),
            blobs: BTreeMap::new(),
            revoked: BTreeSet::new(),
            is_closed: false,
            defect,
        }
    }

    /// Receives the first `most` operations of a batch.
    pub fn push(&mut self, device: &DeviceId, key: &DeviceKey, batch: &PushBatch, most: usize) -> RawReply {
        let mut receipts = Vec::new();
        let mut is_gap = false;
        for op in batch.ops.iter().take(most) {
            self.break_rules(op);
            let (revoked, is_closed) = (self.revoked.clone(), self.is_closed);
            let judgement = |_: &VisitState, op: &SiteOperation| admit(&revoked, is_closed, op);
            let Some(received) = self.state.take(op, key, &judgement) else {
                is_gap = true;
                break;
            };
            let discards =
                self.defect == Defect::DiscardingServer && received.receipt.result.needs_attention();
            if discards && received.entry.is_some() {
                self.state.rev -= 1;
            } else {
                self.log.extend(received.entry);
            }
            if received.is_alarm {
                self.alarms.push(op.clone());
            }
            receipts.push(received.receipt);
        }
        let reply = self.state.push_reply(device, key, receipts);
        RawReply::of(if is_gap { 409 } else { 200 }, &reply)
    }

    pub fn pull(&self, device: &DeviceId, key: &DeviceKey) -> RawReply {
        RawReply::of(200, &self.state.snapshot(device, key))
    }

    /// Carries out a step of an upload; `content` is the whole blob on the tablet.
    pub fn blob(
        &mut self,
        device: &DeviceId,
        key: &DeviceKey,
        request: &BlobRequest,
        content: &[u8],
    ) -> RawReply {
        let (hash, status) = match request {
            BlobRequest::Announce { hash, bytes } => {
                let arrival = BlobArrival { bytes: *bytes, received: 0, is_whole: false };
                self.blobs.entry(hash.clone()).or_insert((arrival, Vec::new()));
                (hash, 200)
            }
            BlobRequest::AskOffset { hash } => (hash, 200),
            BlobRequest::Chunk { hash, offset, length } => {
                (hash, if self.chunk(hash, *offset, *length, content) { 200 } else { 409 })
            }
        };
        let answer = BlobArrival::answer(self.blobs.get(hash).map(|(arrival, _)| arrival));
        RawReply::of(status, &BlobReply::seal(key, device, hash, answer))
    }

    pub fn desk(&mut self, n: usize, place: usize, text: &str) {
        let at: CellAt = PLACES[place % PLACES.len()].at();
        let from = shared::sync::site::overlay::cell(self.state.document.row(&at.table, &at.row), &at.field);
        let change = Change::Set { at, from, to: Some(text.into()) };
        self.desk_entry(n, vec![change], None);
    }

    /// Leaves the server's value in the first open conflict.
    pub fn desk_resolve(&mut self, n: usize) {
        if let Some(open) = self.state.conflicts.first() {
            let id = open.id.clone();
            self.desk_entry(n, Vec::new(), Some(id));
        }
    }

    pub fn import(&mut self, package: &OfflinePackage) -> ImportCount {
        let (revoked, is_closed) = (self.revoked.clone(), self.is_closed);
        let judgement = |_: &VisitState, op: &SiteOperation| admit(&revoked, is_closed, op);
        let (entries, count) = package.import(&mut self.state, &judgement);
        self.log.extend(entries);
        count
    }

    fn desk_entry(
        &mut self,
        n: usize,
        changes: Vec<Change>,
        resolves: Option<shared::sync::site::operation::ConflictId>,
    ) {
        let op = Op { id: OpId::new(format!("desk{n}")), changes };
        let entry = self.state.desk_entry(AccountId::new("desk"), op, resolves);
        self.state.evolve(&entry);
        self.log.push(entry);
    }

    fn chunk(&mut self, hash: &str, offset: u64, length: u64, content: &[u8]) -> bool {
        let Some((arrival, bytes)) = self.blobs.get_mut(hash) else { return false };
        if !arrival.joins(offset, length) {
            return false;
        }
        let (from, to) = (usize::try_from(offset).unwrap(), usize::try_from(offset + length).unwrap());
        bytes.extend(&content[from..to]);
        *arrival = arrival.received(length, || sha256_hex(bytes) == hash);
        if BlobArrival::answer(Some(arrival)) == BlobAnswer::Offset(0) {
            bytes.clear();
        }
        true
    }

    /// What a faulty server does to its own state before it receives an operation.
    fn break_rules(&mut self, op: &SiteOperation) {
        match self.defect {
            Defect::ForgetfulServer => self.state.known.clear(),
            Defect::UnorderedServer if !self.state.known.contains_key(&op.op_id) => {
                let head = SeqHead { seq: op.seq - 1, hash: op.prev_hash.clone() };
                self.state.heads.insert(op.device.clone(), head);
            }
            Defect::LastWriterWins if !self.state.known.contains_key(&op.op_id) => {
                for change in op.changes() {
                    if let Change::Set { at, from, .. } = change {
                        overlay(&mut self.state.document, &Change::Set { at, from: None, to: from });
                    }
                }
            }
            _ => {}
        }
    }
}

fn admit(revoked: &BTreeSet<DeviceId>, is_closed: bool, op: &SiteOperation) -> Result<(), ParkReason> {
    match (revoked.contains(&op.device), is_closed) {
        (true, _) => Err(ParkReason::Revoked),
        (false, true) => Err(ParkReason::Closed),
        (false, false) => Ok(()),
    }
}
