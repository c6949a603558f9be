//! 留痕记录: an entry of a log, its link to the one before and its code. The link lets anybody check a copy; the code only
//! the holder of the key can make.

use crate::kernel::hash::{digest, keyed_digest};
use serde::{Deserialize, Serialize};

/// Characters of [`TrailKey::id`].
const ID_LENGTH: usize = 16;

/// Secret of the codes; never in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct TrailKey(Vec<u8>);

impl TrailKey {
    pub fn new(bytes: impl Into<Vec<u8>>) -> TrailKey {
        TrailKey(bytes.into())
    }

    /// HMAC-SM3 of texts, each ended by a zero byte.
    pub fn mac(&self, parts: &[&str]) -> String {
        keyed_digest(&self.0, parts)
    }

    /// 密钥编号: names the key in entries without giving it away.
    pub fn id(&self) -> String {
        self.mac(&["key"]).chars().take(ID_LENGTH).collect()
    }
}

/// 记录: one entry of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrailEntry {
    /// From 1, without gaps.
    pub seq: u64,
    /// Operation id.
    pub operation: String,
    pub account: String,
    /// `YYYY-MM-DD HH:MM:SS`.
    pub at: String,
    /// Canonical JSON.
    pub body: String,
    /// Link of the entry before; empty for the first.
    pub previous: String,
    #[serde(default)]
    pub link: String,
    /// Empty on entries written before there was a key.
    #[serde(default)]
    pub mac: String,
    /// [`TrailKey::id`] of the key that made `mac`; empty where there was only ever one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
}

impl TrailEntry {
    /// SM3 of everything in the entry and of the log it is in (alg 2).
    pub fn link_in(&self, log: &str) -> String {
        let TrailEntry { seq, operation, account, at, body, previous, .. } = self;
        digest(&["2", log, previous, &seq.to_string(), operation, account, at, body])
    }
}

/// The entry with its link and code.
pub fn sealed(key: &TrailKey, log: &str, entry: TrailEntry) -> TrailEntry {
    let link = entry.link_in(log);
    TrailEntry { mac: key.mac(&[&link]), link, ..entry }
}

/// An audit entry as it was chained before entries had keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainedRecord {
    pub previous: String,
    pub seq: u64,
    pub at: String,
    pub account: String,
    pub name: String,
    pub role: String,
    pub act: String,
    pub subject: String,
    pub detail: String,
}

/// The link of alg 1.
pub fn chain_link_1(record: &ChainedRecord) -> String {
    let ChainedRecord { previous, seq, at, account, name, role, act, subject, detail } = record;
    digest(&[previous, &seq.to_string(), at, account, name, role, act, subject, detail])
}

/// 链头: how far a log had grown, kept outside the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainHead {
    pub log: String,
    pub seq: u64,
    pub link: String,
    pub at: String,
    pub mac: String,
}

impl ChainHead {
    /// The head of a log whose last entry has this number and link.
    pub fn of(key: &TrailKey, log: &str, seq: u64, link: &str, at: &str) -> ChainHead {
        let mac = key.mac(&["head", log, &seq.to_string(), link, at]);
        ChainHead { log: log.to_string(), seq, link: link.to_string(), at: at.to_string(), mac }
    }

    /// Whether the holder of the key made it.
    pub fn is_genuine(&self, key: &TrailKey) -> bool {
        self.mac == key.mac(&["head", &self.log, &self.seq.to_string(), &self.link, &self.at])
    }
}
