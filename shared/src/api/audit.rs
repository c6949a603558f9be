//! 审计日志: who did what and when, for the audit administrator and the auditor to read.

use super::{Endpoint, Method};
use serde::{Deserialize, Serialize};
use validator::Validate;

/// Entries of one page.
pub const PAGE: usize = 100;

/// The newest entries, or those before entry `before`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadAuditTrail {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::number_if_given")]
    pub before: Option<u64>,
}

impl Endpoint for ReadAuditTrail {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/audit-trail";
    type Reply = AuditTrail;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditTrail {
    /// Newest first, at most [`PAGE`].
    pub entries: Vec<AuditEntry>,
    /// Whether there are older ones.
    pub more: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub seq: u64,
    /// A [`Timestamp`](crate::kernel::timestamp::Timestamp) as the row holds it: a tampered entry is shown, too.
    pub at: String,
    /// Empty where nobody had signed in.
    pub account: String,
    pub name: String,
    pub role: String,
    /// What was done, for example `transition.submit`.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    pub detail: String,
    /// SM3 over this entry and the hash of the one before.
    pub hash: String,
}
