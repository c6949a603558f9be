//! What a person does on the tablet. Each act is on the screen at once and in storage with the next transaction.

use super::content::{content_hash, photo_hash, void_signatures};
use super::device::{UnsavedAct, VisitDevice};
use super::operation::{
    ConflictId, FinalManifest, MOST_CHANGES_OF_OPERATION, PHOTOS, SIGNATURES, SignedContent, SiteAct,
    SitePhoto, SiteSignature,
};
use super::overlay::{fit, overlay};
use crate::engine::document::{RANK_STEP, Row};
use crate::engine::op::Change;
use crate::kernel::content_hash::ContentHash;
use crate::kernel::ids::RowId;

/// Why an act is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftRefusal {
    #[error("本次现场评价尚未下载，请联网下载后填写。")]
    NotDownloaded,
    #[error("已经定稿，内容不能再改；确需修改的，请选“更正”。")]
    ReadOnly,
    #[error("签字后内容有改动，签字作废，请重新签字后定稿。")]
    VoidSignature,
    #[error("没有这个签字，请刷新后再试。")]
    NoSignature,
}

/// What a finalize states besides the content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finalization {
    /// Id of the manifest, made by the tablet.
    pub manifest: String,
    /// Why the unit did not sign.
    pub refused: Option<String>,
    /// The device's claim.
    pub made_at: String,
}

impl VisitDevice {
    /// Types cells and rows. What a change replaces is what the draft has, whatever the change says.
    pub fn type_cells(&mut self, changes: Vec<Change>) -> Result<(), DraftRefusal> {
        self.require_open()?;
        for change in changes {
            let change = fit(&self.draft, &change);
            overlay(&mut self.draft, &change);
            self.add_change(change);
        }
        Ok(())
    }

    /// Adds a photo with its bytes; `photo.hash` is their SHA-256.
    pub fn add_photo(&mut self, row: RowId, photo: SitePhoto, content: Vec<u8>) -> Result<(), DraftRefusal> {
        self.require_open()?;
        let act = SiteAct::Photo { row, rank: self.last_rank(PHOTOS), photo };
        self.add(act, Some(content));
        Ok(())
    }

    /// Signs the content as it is on the screen; `content` of `signature` is set here.
    pub fn sign(&mut self, row: RowId, signature: SiteSignature) -> Result<(), DraftRefusal> {
        self.require_open()?;
        let signature = SiteSignature { content: self.content_hash(), ..signature };
        let act = SiteAct::Sign { row, rank: self.last_rank(SIGNATURES), signature };
        self.add(act, None);
        Ok(())
    }

    /// 撤销签字.
    pub fn unsign(&mut self, row: &RowId) -> Result<(), DraftRefusal> {
        self.require_open()?;
        let signature = self.draft.row(SIGNATURES, row).cloned().ok_or(DraftRefusal::NoSignature)?;
        self.add(SiteAct::Unsign { signature }, None);
        Ok(())
    }

    /// Chooses in a conflict: the changes to make instead, none to leave the server's value.
    pub fn resolve(&mut self, conflict: ConflictId, changes: Vec<Change>) -> Result<(), DraftRefusal> {
        self.require_open()?;
        let changes = changes.iter().map(|change| fit(&self.draft, change)).collect();
        self.add(SiteAct::Resolve { conflict, changes }, None);
        Ok(())
    }

    /// 定稿: states the content and lists what it consists of. Everything is read-only from here.
    pub fn finalize(&mut self, of: Finalization) -> Result<(), DraftRefusal> {
        self.require_open()?;
        if !void_signatures(&self.draft).is_empty() {
            return Err(DraftRefusal::VoidSignature);
        }
        let hashes = |table| self.draft.rows(table).iter().map(photo_hash).map(str::to_string);
        let signed = |row: &Row| {
            let text = |key: &str| row.cells.get(key).cloned().unwrap_or_default();
            let content = ContentHash::try_from(text("content")).ok()?;
            Some(SignedContent { who: text("who"), hash: text("hash"), content })
        };
        let manifest = FinalManifest {
            manifest: of.manifest,
            device: self.identity.device.clone(),
            form: self.identity.form_ver.clone(),
            fields: self.content_hash(),
            blobs: hashes(PHOTOS).collect(),
            signatures: self.draft.rows(SIGNATURES).iter().filter_map(signed).collect(),
            refused: of.refused,
            supersedes: self.latest_manifest(),
            made_at: of.made_at,
        };
        self.add(SiteAct::Finalize { manifest }, None);
        self.is_correcting = false;
        Ok(())
    }

    /// 更正: opens a finalized visit for a successor that supersedes the record.
    pub fn correct(&mut self) {
        self.is_correcting = self.is_read_only();
    }

    /// Whether the visit was finalized, here or elsewhere, and no correction has begun.
    pub fn is_read_only(&self) -> bool {
        if self.is_correcting {
            return false;
        }
        let last = self.unsaved.back().map(|unsaved| &unsaved.act);
        let last = last.or_else(|| self.stored.last_operation().map(|op| &op.act));
        let has_finalized = matches!(last, Some(SiteAct::Finalize { .. }));
        has_finalized || !self.is_after_record()
    }

    /// Digest of what is on the screen.
    pub fn content_hash(&self) -> ContentHash {
        content_hash(&self.draft)
    }

    /// Whether what this device did last was done in knowledge of the record.
    fn is_after_record(&self) -> bool {
        let Some(record) = self.stored.base.as_ref().and_then(|base| base.record.as_ref()) else {
            return true;
        };
        if let Some(unsaved) = self.unsaved.back() {
            return unsaved.base_rev >= record.rev || record.device == self.identity.device;
        }
        self.stored.last_operation().is_some_and(|op| {
            op.base_rev >= record.rev || (record.device == self.identity.device && op.seq > record.seq)
        })
    }

    /// The manifest a further one corrects: the last of this device unless it was parked, else the server's record.
    fn latest_manifest(&self) -> Option<String> {
        let id = |act: &SiteAct| match act {
            SiteAct::Finalize { manifest } => Some(manifest.manifest.clone()),
            _ => None,
        };
        let unsaved = self.unsaved.iter().filter_map(|unsaved| id(&unsaved.act)).next_back();
        let waiting = self.stored.outbox.values().filter_map(|op| id(&op.act)).next_back();
        let record = self.stored.base.as_ref().and_then(|base| base.record.clone());
        let delivered = self.stored.delivered.values().rev().find_map(|delivered| {
            let is_newer = record.as_ref().is_none_or(|record| delivered.receipt.rev > record.rev);
            let counts = is_newer && !delivered.receipt.result.needs_attention();
            id(&delivered.op.act).filter(|_| counts)
        });
        unsaved.or(waiting).or(delivered).or(record.map(|record| record.manifest))
    }

    fn require_open(&self) -> Result<(), DraftRefusal> {
        if self.stored.base.is_none() {
            return Err(DraftRefusal::NotDownloaded);
        }
        if self.is_read_only() { Err(DraftRefusal::ReadOnly) } else { Ok(()) }
    }

    fn last_rank(&self, table: &str) -> i64 {
        self.draft.rows(table).last().map_or(0, |row| row.rank + RANK_STEP)
    }

    fn add(&mut self, act: SiteAct, content: Option<Vec<u8>>) {
        for change in act.changes() {
            overlay(&mut self.draft, &change);
        }
        self.unsaved.push_back(UnsavedAct { act, base_rev: self.base_rev(), content });
    }

    /// Adds a change to the typed cells that wait for storage: a key pressed again in the same cell is the same change.
    fn add_change(&mut self, change: Change) {
        let base_rev = self.base_rev();
        let is_taken = self.is_saving() && self.unsaved.len() == 1;
        if let Some(UnsavedAct { act: SiteAct::Cells { changes }, base_rev: seen, .. }) =
            self.unsaved.back_mut()
            && !is_taken
            && *seen == base_rev
        {
            if type_again(changes.last_mut(), &change) {
                return;
            }
            if changes.len() < MOST_CHANGES_OF_OPERATION {
                changes.push(change);
                return;
            }
        }
        self.unsaved.push_back(UnsavedAct {
            act: SiteAct::Cells { changes: vec![change] },
            base_rev,
            content: None,
        });
    }
}

/// Continues `last` when both are of the same cell.
fn type_again(last: Option<&mut Change>, change: &Change) -> bool {
    match (last, change) {
        (Some(Change::Set { at, to, .. }), Change::Set { at: same, to: typed, .. }) if at == same => {
            *to = typed.clone();
            true
        }
        _ => false,
    }
}
