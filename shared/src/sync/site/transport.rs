//! What travels between tablet and server, and when the tablet believes it: content type, JSON and mac, all three.

use super::operation::{SeqHead, SiteOperation};
use super::receipt::{DeviceKey, SiteReceipt};
use super::server::{FinalRecord, OpenConflict};
use crate::engine::document::Document;
use crate::kernel::ids::{CaseId, DeviceId};
use crate::policy::editions::json::canonical;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Content type of every reply the tablet counts.
pub const CONTENT_TYPE: &str = "application/omfund+json";
/// Most operations of a batch.
pub const MOST_BATCH_OPS: usize = 200;
/// Most bytes of the operations of a batch; one larger operation goes alone.
pub const MOST_BATCH_BYTES: usize = 256 * 1024;

/// A batch in the order of `seq`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushBatch {
    pub ops: Vec<SiteOperation>,
}

/// Answer to a batch, 200 or, at a gap, 409.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    pub receipts: Vec<SiteReceipt>,
    /// The last operation of this device the server has; it expects the next.
    pub head: SeqHead,
    /// Mac of `head`.
    pub mac: String,
}

/// The visit as a tablet reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitSnapshot {
    pub rev: u64,
    pub document: Document,
    pub conflicts: Vec<OpenConflict>,
    pub head: SeqHead,
    pub record: Option<FinalRecord>,
    /// Mac of everything else.
    pub mac: String,
}

/// A reply as it came out of the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawReply {
    /// 0 when nothing answered.
    pub status: u16,
    pub content_type: String,
    pub retry_after_ms: Option<u64>,
    pub body: String,
}

/// Why a reply confirms nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryFault {
    /// 离线: nothing answered.
    Offline,
    /// 请重新登录: the session has ended; everything stays.
    SignedOut,
    /// The server is busy or failed.
    Unavailable { retry_after_ms: Option<u64> },
    /// 未经核实: not from the server, or damaged on the way.
    Unverified,
    /// 需处理: the server expects an operation that this device does not have any more.
    BrokenOff { expected: u64 },
}

impl PushBatch {
    /// The longest batch that begins with the first of `ops` and keeps to both limits.
    pub fn of<'a>(ops: impl Iterator<Item = &'a SiteOperation>) -> PushBatch {
        let mut bytes = 0;
        let fits = ops.take(MOST_BATCH_OPS).enumerate().take_while(|(at, op)| {
            bytes += op.to_json().len();
            *at == 0 || bytes <= MOST_BATCH_BYTES
        });
        PushBatch { ops: fits.map(|(_, op)| op.clone()).collect() }
    }
}

impl RawReply {
    /// The network gave nothing.
    pub fn nothing() -> RawReply {
        RawReply { status: 0, content_type: String::new(), retry_after_ms: None, body: String::new() }
    }

    /// A reply of the server.
    pub fn of(status: u16, content: &impl Serialize) -> RawReply {
        // Texts, integers and lists always become JSON.
        let body = serde_json::to_string(content).unwrap_or_default();
        RawReply { status, content_type: CONTENT_TYPE.to_string(), retry_after_ms: None, body }
    }

    /// The content, where status and content type are a server's of ours. Its mac is the caller's to check.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, DeliveryFault> {
        match self.status {
            0 => Err(DeliveryFault::Offline),
            401 => Err(DeliveryFault::SignedOut),
            200 | 409 if self.content_type == CONTENT_TYPE => {
                serde_json::from_str(&self.body).map_err(|_| DeliveryFault::Unverified)
            }
            408 | 429 | 500.. => Err(DeliveryFault::Unavailable { retry_after_ms: self.retry_after_ms }),
            _ => Err(DeliveryFault::Unverified),
        }
    }
}

impl PushReply {
    /// Whether `head` is the server's word.
    pub fn is_verified(&self, key: &DeviceKey, device: &DeviceId, visit: &CaseId) -> bool {
        self.mac == key.head_mac(device, visit, &self.head)
    }
}

impl VisitSnapshot {
    pub fn is_verified(&self, key: &DeviceKey, device: &DeviceId, visit: &CaseId) -> bool {
        self.mac == self.expected_mac(key, device, visit)
    }

    /// Mac of everything but the mac.
    pub fn expected_mac(&self, key: &DeviceKey, device: &DeviceId, visit: &CaseId) -> String {
        let unsealed = VisitSnapshot { mac: String::new(), ..self.clone() };
        let json = canonical(&serde_json::to_value(&unsealed).unwrap_or(Value::Null));
        key.mac("snapshot", &[device.as_str(), visit.as_str(), &json])
    }
}
