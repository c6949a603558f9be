//! 现场操作: one act on a tablet, as it is stored, chained and sent. What the server makes of it is in `server.rs`.

use crate::engine::document::Row;
use crate::engine::op::{Change, Typed};
use crate::kernel::content_hash::ContentHash;
use crate::kernel::hash::hex;
use crate::kernel::ids::{AccountId, CaseId, DeviceId, OpId, RowId};
use crate::policy::editions::json::canonical;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Table of the photos.
pub const PHOTOS: &str = "photos";
/// Table of the signatures.
pub const SIGNATURES: &str = "signatures";
/// Most changes of one operation; a larger act is stored as several.
pub const MOST_CHANGES_OF_OPERATION: usize = 100;

/// One act of one person on one device. It never changes after the transaction that stored it: its hash is in the next.
/// A field that a later version adds is optional and not written while it is absent, so that the hash of an older tablet's
/// operation stays what the tablet took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteOperation {
    /// 128 random bits in hex.
    pub op_id: OpId,
    pub device: DeviceId,
    pub account: AccountId,
    pub visit: CaseId,
    /// Position in the order of this device and visit, from 1 without gaps.
    pub seq: u64,
    /// Revision of the server's document the person had on the screen.
    pub base_rev: u64,
    pub form_ver: String,
    pub policy_ver: String,
    #[serde(flatten)]
    pub act: SiteAct,
    /// Body hash of the operation before it; [`chain_start`] for the first.
    pub prev_hash: ContentHash,
    /// The device's claim; orders nothing.
    pub wall_ms: i64,
    /// Milliseconds since the device started; orders nothing.
    pub mono_ms: u64,
    pub app_ver: String,
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum SiteAct {
    /// Typed cells and rows, each with what it replaces.
    Cells { changes: Vec<Change> },
    /// 拍照: the row of a photo; its bytes travel in the blob queue.
    Photo { row: RowId, rank: i64, photo: SitePhoto },
    /// 签字.
    Sign { row: RowId, rank: i64, signature: SiteSignature },
    /// 撤销签字: removes the row as the person saw it.
    Unsign { signature: Row },
    /// 处理冲突: closes a conflict; `changes` are empty when the server's value stays.
    Resolve { conflict: ConflictId, changes: Vec<Change> },
    /// 定稿.
    Finalize { manifest: FinalManifest },
}

/// A photo as the document lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitePhoto {
    /// SHA-256 of the bytes, 64 hexadecimal digits.
    pub hash: String,
    pub item: Typed,
    pub asset: Typed,
    pub caption: Typed,
    /// The device's claim.
    pub taken_at: Typed,
    /// The device's claim.
    pub gps: Typed,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// A signature as the document lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSignature {
    /// 评价人员一, 评价人员二 or 被评价单位.
    pub who: String,
    pub name: String,
    /// SHA-256 of strokes and picture.
    pub hash: String,
    /// Digest of the content that was signed.
    pub content: ContentHash,
    /// 手写 or 姓名+PIN.
    pub method: String,
}

/// Which change of which operation met another value on the server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictId {
    pub op: OpId,
    pub change: usize,
}

/// 定稿清单, with the same fields as the manifest of the case `site_visit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinalManifest {
    pub manifest: String,
    pub device: DeviceId,
    pub form: String,
    /// Digest of the content ([`super::content::content_hash`]).
    pub fields: ContentHash,
    pub blobs: Vec<String>,
    pub signatures: Vec<SignedContent>,
    /// Why the unit did not sign.
    pub refused: Option<String>,
    /// The manifest this one corrects.
    pub supersedes: Option<String>,
    /// The device's claim.
    pub made_at: String,
}

/// One signature a manifest names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedContent {
    pub who: String,
    pub hash: String,
    pub content: ContentHash,
}

/// Where a device is in the order of a visit: its last operation and that operation's body hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeqHead {
    pub seq: u64,
    pub hash: ContentHash,
}

/// The id of an operation from 128 random bits.
pub fn operation_id(random: u128) -> OpId {
    OpId::new(hex(&random.to_be_bytes()))
}

/// What the first operation of a device and visit names as the one before it.
pub fn chain_start(device: &DeviceId, visit: &CaseId) -> ContentHash {
    ContentHash::of(format!("{device}\0{visit}\0").as_bytes())
}

impl SeqHead {
    /// Before the first operation.
    pub fn start(device: &DeviceId, visit: &CaseId) -> SeqHead {
        SeqHead { seq: 0, hash: chain_start(device, visit) }
    }
}

impl SiteOperation {
    /// SM3 of the canonical JSON of the whole operation.
    pub fn body_hash(&self) -> ContentHash {
        ContentHash::of(self.to_json().as_bytes())
    }

    /// Canonical JSON, as it is hashed, stored and sent.
    pub fn to_json(&self) -> String {
        // Texts, integers and lists always become JSON.
        canonical(&serde_json::to_value(self).unwrap_or(Value::Null))
    }

    /// The place of this operation in its order.
    pub fn head(&self) -> SeqHead {
        SeqHead { seq: self.seq, hash: self.body_hash() }
    }

    /// Whether ids and position can be what a tablet makes.
    pub fn is_well_formed(&self) -> bool {
        let id = self.op_id.as_str();
        let is_random = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let ids = self.device.well_formed() && self.account.well_formed() && self.visit.well_formed();
        is_random && ids && self.seq > 0 && self.changes().iter().all(|change| change.row().well_formed())
    }

    /// What the act does to the document.
    pub fn changes(&self) -> Vec<Change> {
        self.act.changes()
    }
}

impl SiteAct {
    /// What the act does to the document. A finalize changes nothing in it.
    pub fn changes(&self) -> Vec<Change> {
        match self {
            SiteAct::Cells { changes } | SiteAct::Resolve { changes, .. } => changes.clone(),
            SiteAct::Photo { row, rank, photo } => {
                vec![insert(PHOTOS, row, *rank, photo.cells())]
            }
            SiteAct::Sign { row, rank, signature } => {
                vec![insert(SIGNATURES, row, *rank, signature.cells())]
            }
            SiteAct::Unsign { signature } => vec![Change::RemoveRow {
                table: SIGNATURES.to_string(),
                row: signature.id.clone(),
                rank: signature.rank,
                cells: signature.cells.clone(),
            }],
            SiteAct::Finalize { .. } => Vec::new(),
        }
    }
}

fn insert(table: &str, row: &RowId, rank: i64, cells: BTreeMap<String, String>) -> Change {
    Change::InsertRow { table: table.to_string(), row: row.clone(), rank, cells }
}

impl SitePhoto {
    fn cells(&self) -> BTreeMap<String, String> {
        let texts = [
            ("item", &self.item),
            ("asset", &self.asset),
            ("caption", &self.caption),
            ("taken_at", &self.taken_at),
            ("gps", &self.gps),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?.to_string())));
        let counts = [
            ("hash", self.hash.clone()),
            ("width", self.width.to_string()),
            ("height", self.height.to_string()),
            ("bytes", self.bytes.to_string()),
        ];
        texts.chain(counts).map(|(key, text)| (key.to_string(), text)).collect()
    }
}

impl SiteSignature {
    fn cells(&self) -> BTreeMap<String, String> {
        let cells = [
            ("who", self.who.as_str()),
            ("name", &self.name),
            ("hash", &self.hash),
            ("content", self.content.as_str()),
            ("method", &self.method),
        ];
        cells.into_iter().map(|(key, text)| (key.to_string(), text.to_string())).collect()
    }
}
