//! 照片上传: bytes go apart from operations, in chunks, and go on where the server is. Photo by photo; a broken one never holds up text.

use super::receipt::DeviceKey;
use crate::kernel::ids::DeviceId;
use serde::{Deserialize, Serialize};

/// Bytes of a chunk.
pub const CHUNK_BYTES: u64 = 512 * 1024;

/// A photo or signature picture on the tablet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobRecord {
    /// SHA-256 in hex.
    pub hash: String,
    pub bytes: u64,
    pub upload: BlobUpload,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlobUpload {
    /// The server does not know of it.
    Waiting,
    /// The server has so many bytes.
    Offset(u64),
    Delivered,
}

/// A step of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BlobRequest {
    /// [`super::api::AnnounceSiteBlob`].
    Announce { hash: String, bytes: u64 },
    /// [`super::api::SendSiteChunk`]: `length` bytes from `offset`.
    Chunk { hash: String, offset: u64, length: u64 },
    /// [`super::api::AskSiteBlob`].
    AskOffset { hash: String },
}

/// What the server has of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlobAnswer {
    /// All of it, and its hash is right.
    Have,
    /// Durable bytes from the start.
    Offset(u64),
    /// Nothing: announce it.
    Unknown,
}

/// Answer to a step, 200 or, when a chunk does not join, 409.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobReply {
    pub hash: String,
    pub answer: BlobAnswer,
    pub mac: String,
}

/// A blob that is arriving, as the server has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobArrival {
    pub bytes: u64,
    /// Durable bytes from the start.
    pub received: u64,
    /// All bytes are here and their hash is right.
    pub is_whole: bool,
}

/// The step after what is known of a blob.
pub fn next_request(record: &BlobRecord, is_offset_known: bool, chunk_bytes: u64) -> BlobRequest {
    let hash = record.hash.clone();
    match record.upload {
        BlobUpload::Offset(offset) if is_offset_known => {
            let length = record.bytes.saturating_sub(offset).min(chunk_bytes);
            BlobRequest::Chunk { hash, offset, length }
        }
        BlobUpload::Offset(_) | BlobUpload::Delivered => BlobRequest::AskOffset { hash },
        BlobUpload::Waiting => BlobRequest::Announce { hash, bytes: record.bytes },
    }
}

impl BlobRecord {
    /// The record after an answer of the server.
    pub fn answered(&self, answer: BlobAnswer) -> BlobRecord {
        let upload = match answer {
            BlobAnswer::Have => BlobUpload::Delivered,
            BlobAnswer::Offset(offset) => BlobUpload::Offset(offset.min(self.bytes)),
            BlobAnswer::Unknown => BlobUpload::Waiting,
        };
        BlobRecord { upload, ..self.clone() }
    }
}

impl BlobReply {
    pub fn seal(key: &DeviceKey, device: &DeviceId, hash: &str, answer: BlobAnswer) -> BlobReply {
        let mut reply = BlobReply { hash: hash.to_string(), answer, mac: String::new() };
        reply.mac = reply.expected_mac(key, device);
        reply
    }

    pub fn is_verified(&self, key: &DeviceKey, device: &DeviceId) -> bool {
        self.mac == self.expected_mac(key, device)
    }

    fn expected_mac(&self, key: &DeviceKey, device: &DeviceId) -> String {
        let answer = match self.answer {
            BlobAnswer::Have => "have".to_string(),
            BlobAnswer::Offset(offset) => format!("offset {offset}"),
            BlobAnswer::Unknown => "unknown".to_string(),
        };
        key.mac("blob", &[device.as_str(), &self.hash, &answer])
    }
}

impl BlobArrival {
    /// What the server answers about a blob it may have.
    pub fn answer(arrival: Option<&BlobArrival>) -> BlobAnswer {
        match arrival {
            None => BlobAnswer::Unknown,
            Some(arrival) if arrival.is_whole => BlobAnswer::Have,
            Some(arrival) => BlobAnswer::Offset(arrival.received),
        }
    }

    /// Whether a chunk joins what is here: it begins where the bytes end and goes not beyond the whole. Otherwise 409.
    pub fn joins(&self, offset: u64, length: u64) -> bool {
        let end = offset.checked_add(length);
        !self.is_whole && offset == self.received && end.is_some_and(|end| end <= self.bytes)
    }

    /// After a chunk is durable; `is_right` answers for the hash once all bytes are here. A wrong whole begins anew.
    pub fn received(self, length: u64, is_right: impl FnOnce() -> bool) -> BlobArrival {
        let received = self.received + length;
        if received < self.bytes {
            return BlobArrival { received, ..self };
        }
        match is_right() {
            true => BlobArrival { received, is_whole: true, ..self },
            false => BlobArrival { received: 0, ..self },
        }
    }
}
