//! What a tablet has in storage for one visit, and the transactions that change it. The storage itself (IndexedDB, a simulated disk)
//! is elsewhere and keeps one promise: a transaction is durable as a whole, or nothing of it is.

use super::blob::BlobRecord;
use super::operation::{SeqHead, SiteAct, SiteOperation};
use super::overlay::overlay;
use super::receipt::SiteReceipt;
use super::transport::VisitSnapshot;
use crate::engine::document::{Document, Row};
use crate::engine::op::Change;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::RowId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The stores of one visit on one device: `bundle`, `draft`, `outbox`, `receipt`, `blob`, `meta`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredVisit {
    /// What was read from the server last. Nothing is typed before it is here.
    pub base: Option<VisitSnapshot>,
    /// The rows of the draft, by table and row.
    pub draft: BTreeMap<(String, RowId), Row>,
    /// 待送, by `seq`.
    pub outbox: BTreeMap<u64, SiteOperation>,
    /// Operations with their receipts, by `seq`; they stay until the visit is complete, for the offline package and for a server
    /// that was set back to a backup.
    pub delivered: BTreeMap<u64, DeliveredOperation>,
    /// By their hash.
    pub blobs: BTreeMap<String, BlobRecord>,
    /// The server's place in the order of this device, where it is ahead: this device has lost operations.
    pub adopted: Option<SeqHead>,
}

/// An operation and the server's answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredOperation {
    pub op: SiteOperation,
    pub receipt: SiteReceipt,
}

/// One change of the storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreWrite {
    Base(Box<VisitSnapshot>),
    /// `None` removes the row.
    Draft {
        table: String,
        row: RowId,
        content: Option<Row>,
    },
    PutOutbox(Box<SiteOperation>),
    RemoveOutbox(u64),
    PutDelivered(Box<DeliveredOperation>),
    RemoveDelivered(u64),
    /// The record; with `content` the bytes too.
    Blob {
        record: BlobRecord,
        content: Option<Vec<u8>>,
    },
    Adopted(SeqHead),
}

/// Writes that are durable together or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTransaction {
    pub writes: Vec<StoreWrite>,
}

/// Why a transaction is not known to be durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFault {
    /// 存储已满: nothing of it was written.
    Full,
    /// The connection closed: it may be written or not. Read the storage again ([`super::device::VisitDevice::reload`]).
    Unknown,
}

/// The promise of a storage. A browser keeps it with `durability: "strict"` and answers at `complete`.
pub trait SiteStore {
    /// Makes the whole transaction durable before it returns `Ok`, or writes nothing.
    fn commit(&mut self, transaction: &SiteTransaction) -> Result<(), StoreFault>;

    /// What is durable.
    fn load(&self) -> StoredVisit;
}

impl StoredVisit {
    /// What a transaction makes of the storage. Every storage behaves as this function does.
    pub fn apply(&mut self, transaction: &SiteTransaction) {
        for write in &transaction.writes {
            self.write(write);
        }
    }

    /// What one write makes of the storage.
    pub fn write(&mut self, write: &StoreWrite) {
        match write.clone() {
            StoreWrite::Base(base) => self.base = Some(*base),
            StoreWrite::Draft { table, row, content: Some(content) } => {
                self.draft.insert((table, row), content);
            }
            StoreWrite::Draft { table, row, content: None } => {
                self.draft.remove(&(table, row));
            }
            StoreWrite::PutOutbox(op) => {
                self.outbox.insert(op.seq, *op);
            }
            StoreWrite::RemoveOutbox(seq) => {
                self.outbox.remove(&seq);
            }
            StoreWrite::PutDelivered(delivered) => {
                self.delivered.insert(delivered.op.seq, *delivered);
            }
            StoreWrite::RemoveDelivered(seq) => {
                self.delivered.remove(&seq);
            }
            StoreWrite::Blob { record, .. } => {
                self.blobs.insert(record.hash.clone(), record);
            }
            StoreWrite::Adopted(head) => self.adopted = Some(head),
        }
    }

    /// The last operation made here, with or without a receipt.
    pub fn last_operation(&self) -> Option<&SiteOperation> {
        let waiting = self.outbox.values().next_back();
        let delivered = self.delivered.values().next_back().map(|delivered| &delivered.op);
        waiting.into_iter().chain(delivered).max_by_key(|op| op.seq)
    }

    /// Acts whose effect the base does not show yet, in the order they were made.
    pub fn acts_above_base(&self) -> Vec<&SiteAct> {
        let rev = self.base.as_ref().map_or(0, |base| base.rev);
        let newer = self.delivered.values().filter(|delivered| delivered.receipt.rev > rev);
        let mut ops: Vec<&SiteOperation> =
            newer.map(|delivered| &delivered.op).chain(self.outbox.values()).collect();
        ops.sort_by_key(|op| op.seq);
        ops.into_iter().map(|op| &op.act).collect()
    }

    /// The draft as it follows from base and operations. The stored rows always equal it.
    pub fn derived_draft(&self, year: FiscalYear) -> Document {
        let mut draft = self.base.as_ref().map_or_else(|| Document::new(year), |base| base.document.clone());
        for change in self.acts_above_base().into_iter().flat_map(SiteAct::changes) {
            overlay(&mut draft, &change);
        }
        draft
    }

    /// The draft as it is stored.
    pub fn draft_document(&self, year: FiscalYear) -> Document {
        let mut draft = Document::new(year);
        for ((table, _), row) in &self.draft {
            draft.tables.entry(table.clone()).or_default().push(row.clone());
        }
        for rows in draft.tables.values_mut() {
            rows.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
        }
        draft
    }

    /// Writes that put changes on top of the stored draft. Looks at no other row: a save happens at every pause in typing.
    pub fn draft_writes_of(&self, changes: &[Change], year: FiscalYear) -> Vec<StoreWrite> {
        let places: BTreeSet<(String, RowId)> =
            changes.iter().map(|change| (change.table().to_string(), change.row().clone())).collect();
        let mut rows = Document::new(year);
        for (at, row) in places.iter().filter_map(|at| Some((at, self.draft.get(at)?))) {
            rows.tables.entry(at.0.clone()).or_default().push(row.clone());
        }
        for change in changes {
            overlay(&mut rows, change);
        }
        let changed = places.into_iter().filter_map(|(table, row)| {
            let content = rows.row(&table, &row).cloned();
            let before = self.draft.get(&(table.clone(), row.clone()));
            (before != content.as_ref()).then_some(StoreWrite::Draft { table, row, content })
        });
        changed.collect()
    }

    /// Writes that turn the stored draft into `draft`.
    pub fn draft_writes(&self, draft: &Document) -> Vec<StoreWrite> {
        let wanted: BTreeMap<(String, RowId), &Row> = draft
            .tables
            .iter()
            .flat_map(|(table, rows)| rows.iter().map(move |row| ((table.clone(), row.id.clone()), row)))
            .collect();
        let gone = self.draft.keys().filter(|at| !wanted.contains_key(*at));
        let gone = gone.map(|(table, row)| StoreWrite::Draft {
            table: table.clone(),
            row: row.clone(),
            content: None,
        });
        let changed = wanted.iter().filter(|(at, row)| self.draft.get(*at) != Some(**row));
        let changed = changed.map(|((table, row), content)| StoreWrite::Draft {
            table: table.clone(),
            row: row.clone(),
            content: Some((*content).clone()),
        });
        gone.chain(changed).collect()
    }
}
