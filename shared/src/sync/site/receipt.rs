//! 回执: what the server answers for one operation. Without a valid mac it is nothing: a captive portal's 200 confirms nothing.

use super::operation::{SeqHead, SiteOperation};
use crate::kernel::content_hash::ContentHash;
use crate::kernel::hash::keyed_digest;
use crate::kernel::ids::{CaseId, DeviceId, OpId};
use crate::kernel::words::words;
use crate::policy::art13_parking::ParkReason;
use serde::{Deserialize, Serialize};
use std::fmt;

words! {
    /// 不予接受原因: faults of the program or an attack, never of the person.
    RejectReason {
        Malformed "malformed" "操作格式不合要求",
        OtherVisit "other_visit" "不属于本次现场评价",
        OtherBody "other_body" "同一操作编号的内容不同",
    }
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", content = "reason", rename_all = "snake_case")]
pub enum SiteResult {
    /// Nobody else changed the visit since the author saw it.
    Applied,
    /// Others changed the visit, and nothing of it met this operation.
    Merged,
    /// At least one change met another value; both are preserved.
    Conflict,
    Parked(ParkReason),
    Rejected(RejectReason),
}

/// 回执 `{op_id, seq, result, reason?, rev, mac}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteReceipt {
    pub op_id: OpId,
    pub seq: u64,
    #[serde(flatten)]
    pub result: SiteResult,
    /// Revision of the visit after the operation.
    pub rev: u64,
    /// HMAC-SM3 in hex.
    pub mac: String,
}

/// Secret of one device, made at enrolment; only the device and the server have it.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceKey(Vec<u8>);

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}

impl SiteResult {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            SiteResult::Applied => "applied",
            SiteResult::Merged => "merged",
            SiteResult::Conflict => "conflict",
            SiteResult::Parked(_) => "parked",
            SiteResult::Rejected(_) => "rejected",
        }
    }

    /// The reason on the wire; empty where there is none.
    pub fn reason_word(self) -> &'static str {
        match self {
            SiteResult::Parked(reason) => reason.word(),
            SiteResult::Rejected(reason) => reason.word(),
            SiteResult::Applied | SiteResult::Merged | SiteResult::Conflict => "",
        }
    }

    /// Whether the operation changed the document, at least in part.
    pub fn is_in_document(self) -> bool {
        matches!(self, SiteResult::Applied | SiteResult::Merged | SiteResult::Conflict)
    }

    /// 需处理: whether a person has to look at it.
    pub fn needs_attention(self) -> bool {
        matches!(self, SiteResult::Parked(_) | SiteResult::Rejected(_))
    }
}

impl DeviceKey {
    /// At least 32 random bytes, from enrolment.
    pub fn new(secret: impl Into<Vec<u8>>) -> DeviceKey {
        DeviceKey(secret.into())
    }

    /// HMAC-SM3 in hex over a purpose and its parts: a mac for one purpose is none for another.
    pub fn mac(&self, purpose: &str, parts: &[&str]) -> String {
        let all: Vec<&str> = [purpose].into_iter().chain(parts.iter().copied()).collect();
        keyed_digest(&self.0, &all)
    }

    /// Mac of the place of a device in a visit.
    pub fn head_mac(&self, device: &DeviceId, visit: &CaseId, head: &SeqHead) -> String {
        let seq = head.seq.to_string();
        self.mac("head", &[device.as_str(), visit.as_str(), &seq, head.hash.as_str()])
    }
}

impl SiteReceipt {
    /// The receipt for `op`, whose body hash is `body`.
    pub fn seal(
        key: &DeviceKey,
        op: &SiteOperation,
        body: &ContentHash,
        result: SiteResult,
        rev: u64,
    ) -> SiteReceipt {
        let mut receipt =
            SiteReceipt { op_id: op.op_id.clone(), seq: op.seq, result, rev, mac: String::new() };
        receipt.mac = receipt.expected_mac(key, op, body);
        receipt
    }

    /// Whether this is the server's answer for exactly this operation: same id, position and body, with a valid mac.
    pub fn is_for(&self, key: &DeviceKey, op: &SiteOperation) -> bool {
        self.op_id == op.op_id
            && self.seq == op.seq
            && self.mac == self.expected_mac(key, op, &op.body_hash())
    }

    fn expected_mac(&self, key: &DeviceKey, op: &SiteOperation, body: &ContentHash) -> String {
        let (seq, rev) = (self.seq.to_string(), self.rev.to_string());
        let (word, reason) = (self.result.word(), self.result.reason_word());
        let parts = [op.device.as_str(), op.visit.as_str(), self.op_id.as_str(), &seq, body.as_str()];
        let parts: Vec<&str> = parts.into_iter().chain([word, reason, &rev]).collect();
        key.mac("receipt", &parts)
    }
}
