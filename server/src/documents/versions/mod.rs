//! 版本: what a case froze, as canonical JSON with its SM3.

mod rows;

pub use rows::{
    TABLES, freeze, frozen, insert, keep_last_year, lines, load, rehash_all, rehashed, stored, totals_of_year,
};

use crate::documents::forms::Evaluation;
use crate::kernel::failure::Failure;
use serde::{Deserialize, Serialize};
use shared::cases::kernel::FormFacts;
use shared::cases::request::{RequestCase, sees_live};
use shared::engine::document::Document;
use shared::kernel::attachment::FrozenAttachment;
use shared::kernel::hash::sm3_hex;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Actor;
use std::sync::Arc;

/// Everything a confirmation binds to: the content, and the definition and edition it was judged by. Read tolerantly: an
/// older server may have written less, a newer one more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    pub request: CaseId,
    /// `None` for what belongs to no department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// Hash of the form definition.
    pub definition: String,
    /// 政策版本文号.
    pub edition: String,
    pub document: Document,
    /// What was attached to the case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<FrozenAttachment>,
}

/// The live content of a case as the engine judges it: what a submit freezes.
pub struct Judged {
    pub evaluation: Evaluation,
    pub frozen: FrozenSnapshot,
    pub definition: String,
    pub edition: String,
    pub document: Arc<Document>,
}

impl Judged {
    /// What the rules of the case see of it.
    pub fn facts(&self) -> FormFacts {
        FormFacts {
            findings: self.evaluation.findings.clone(),
            unjustified: self.evaluation.unjustified.clone(),
            hash: self.frozen.hash.clone(),
            document: Some(Document::clone(&self.document)),
        }
    }
}

/// A snapshot as it is stored: its bytes and their SM3.
#[derive(Clone, Debug)]
pub struct FrozenSnapshot {
    pub text: String,
    pub hash: String,
}

impl FrozenSnapshot {
    /// Canonical: fields in their order, tables by key, rows by rank, cells by key. Equal content gives equal bytes.
    pub fn of(content: &impl Serialize) -> Result<FrozenSnapshot, Failure> {
        let text = serde_json::to_string(content)?;
        let hash = sm3_hex(text.as_bytes());
        Ok(FrozenSnapshot { text, hash })
    }
}

/// The newest version this person may open: outside the department and the audit, the latest reported one.
pub fn newest_for(actor: &Actor, case: &RequestCase) -> u32 {
    if sees_live(actor, case) { case.version } else { case.reported_version }
}
