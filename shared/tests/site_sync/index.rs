//! What is in the log of the server, for the checks.

use shared::engine::op::Change;
use shared::kernel::ids::OpId;
use shared::sync::site::operation::{SiteAct, SiteOperation};
use shared::sync::site::receipt::{RejectReason, SiteResult};
use shared::sync::site::server::{EntryAuthor, VisitEntry};
use std::collections::{BTreeMap, BTreeSet};

/// The texts and operations of a log, read as it grows.
#[derive(Default)]
pub struct LogIndex {
    read: usize,
    pub texts: BTreeSet<String>,
    /// A text that two operations carry. People of a story type each text once.
    pub doubled: Option<String>,
    /// How often each operation is there, with its result and revision.
    pub operations: BTreeMap<OpId, Vec<(SiteResult, u64)>>,
}

impl LogIndex {
    pub fn read(&mut self, log: &[VisitEntry]) {
        for entry in &log[self.read.min(log.len())..] {
            let Some(op) = operation(entry) else { continue };
            for text in texts(op) {
                let is_typed = text.starts_with('v');
                if !self.texts.insert(text.clone()) && is_typed {
                    self.doubled = Some(text);
                }
            }
            if entry.result != SiteResult::Rejected(RejectReason::OtherBody) {
                self.operations.entry(op.op_id.clone()).or_default().push((entry.result, entry.rev));
            }
        }
        self.read = log.len();
    }
}

pub fn operation(entry: &VisitEntry) -> Option<&SiteOperation> {
    match &entry.author {
        EntryAuthor::Tablet { op, .. } => Some(op),
        EntryAuthor::Desk { .. } => None,
    }
}

/// Every text an operation carries into the document, and the manifest of a finalize.
pub fn texts(op: &SiteOperation) -> Vec<String> {
    let mut texts = Vec::new();
    for change in op.changes() {
        match change {
            Change::Set { to, .. } => texts.extend(to.map(|text| text.to_string())),
            Change::InsertRow { cells, .. } => texts.extend(cells.into_values()),
            Change::RemoveRow { .. } | Change::MoveRow { .. } => {}
        }
    }
    if let SiteAct::Finalize { manifest } = &op.act {
        texts.push(manifest.manifest.clone());
    }
    texts
}
