//! 定稿清单: what a tablet hands in, and what the server makes of it. Nothing handed in is refused for a business reason and
//! nothing is deleted: what cannot be the record is parked whole.

use super::flow::{SiteVisit, Stage};
use crate::cases::execution::facts::Facts;
use crate::cases::performance::world::Surroundings;
use crate::kernel::ids::AccountId;
use crate::kernel::words::words;
use crate::policy::art13_parking::ParkReason;
use crate::policy::written_reasons::REFUSED_SIGNATURE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whose signature a manifest names for the evaluated unit.
pub const SIGNED_BY_UNIT: &str = "unit";

words! {
    /// 清单状态.
    ManifestState {
        Record "record" "正式记录",
        Parked "parked" "待处理",
        Superseded "superseded" "已被替代",
        SetAside "set_aside" "已搁置",
    }
}

/// One signature a manifest names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestSignature {
    /// An account, or `unit`.
    pub who: String,
    pub hash: String,
    /// Digest of the content that was signed.
    pub content: String,
}

/// What a tablet hands in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub manifest: String,
    pub device: String,
    /// Version of the form it was filled with.
    pub form: String,
    /// Digest of the content.
    pub fields: String,
    #[serde(default)]
    pub blobs: Vec<String>,
    #[serde(default)]
    pub signatures: Vec<ManifestSignature>,
    pub refused: Option<String>,
    pub supersedes: Option<String>,
    pub made_at: String,
}

/// 收件回执: what the sender is answered, also when the same manifest comes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub result: String,
    pub reason: Option<ParkReason>,
    /// Blobs that are not here yet.
    pub missing: usize,
    /// It was filled with another version of the form, and is judged by that.
    pub pinned: bool,
}

/// A manifest as the server keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedManifest {
    pub manifest: Manifest,
    pub sender: AccountId,
    pub receipt: Receipt,
    pub state: ManifestState,
}

impl Manifest {
    /// Blobs that are not here yet.
    pub fn missing(&self, blobs: &BTreeSet<String>) -> usize {
        self.blobs.iter().filter(|hash| !blobs.contains(*hash)).count()
    }

    fn is_signed(&self, visit: &SiteVisit, surroundings: &Surroundings) -> bool {
        let signed = |who: &str| self.signatures.iter().any(|signature| signature.who == who);
        let signers = visit.evaluators.iter().map(String::as_str).filter(|evaluator| signed(evaluator));
        let evaluators = surroundings.count_people(signers);
        let refused =
            self.refused.as_ref().is_some_and(|reason| reason.chars().count() >= REFUSED_SIGNATURE as usize);
        evaluators >= 2 && (signed(SIGNED_BY_UNIT) || refused)
    }
}

impl SiteVisit {
    /// Why whatever a device of `sender` hands in waits, the first reason in the order the server asks; `None` when it is taken.
    pub fn park_sender(&self, sender: &AccountId, device: &str, facts: &Facts) -> Option<ParkReason> {
        let revoked = facts.setting.surroundings.revoked.get(device);
        let last = facts.days_after(self.to, facts.edition().site_grace_days);
        let reasons = [
            (revoked.is_some_and(|on| *on <= facts.today), ParkReason::Revoked),
            (self.stage == Stage::Closed, ParkReason::Closed),
            (self.stage == Stage::Accepted, ParkReason::Accepted),
            (!self.is_assigned(sender), ParkReason::Reassigned),
            (facts.today > last, ParkReason::Late),
        ];
        first_reason(reasons)
    }

    /// Why a manifest of `sender` cannot be the record; `None` when it is.
    pub fn park(&self, manifest: &Manifest, sender: &AccountId, facts: &Facts) -> Option<ParkReason> {
        let replaced = self.current.is_none() || self.current == manifest.supersedes;
        let altered = manifest.signatures.iter().any(|signature| signature.content != manifest.fields);
        let reasons = [
            (altered, ParkReason::VoidSignature),
            (!manifest.is_signed(self, &facts.setting.surroundings), ParkReason::Unsigned),
            (!replaced, ParkReason::Second),
        ];
        self.park_sender(sender, &manifest.device, facts).or_else(|| first_reason(reasons))
    }

    /// The receipt of a manifest nobody has handed in before.
    pub fn receive(&self, manifest: &Manifest, facts: &Facts) -> Receipt {
        let missing = manifest.missing(&self.blobs);
        let reason = self.park(manifest, &facts.by.actor.account, facts);
        let result = match (reason, missing) {
            (Some(_), _) => ManifestState::Parked.word(),
            (None, 0) => Stage::Complete.word(),
            (None, _) => Stage::Received.word(),
        };
        let pinned = manifest.form != self.form;
        Receipt { result: result.to_string(), reason, missing, pinned }
    }

    /// Makes a manifest the record, and the one before superseded.
    pub fn make_record(&mut self, id: &str) {
        for received in &mut self.manifests {
            if received.state == ManifestState::Record {
                received.state = ManifestState::Superseded;
            }
            if received.manifest.manifest == id {
                received.state = ManifestState::Record;
            }
        }
        self.current = Some(id.to_string());
        self.stage = if self.is_record_whole() { Stage::Complete } else { Stage::Received };
    }

    /// Whether all blobs of the record are here.
    pub fn is_record_whole(&self) -> bool {
        let record = self.manifests.iter().find(|received| received.state == ManifestState::Record);
        record.is_some_and(|received| received.manifest.missing(&self.blobs) == 0)
    }
}

fn first_reason(reasons: impl IntoIterator<Item = (bool, ParkReason)>) -> Option<ParkReason> {
    reasons.into_iter().find(|(parked, _)| *parked).map(|(_, reason)| reason)
}
