//! 现场评价的办理: assignment, typing, handing in, what is done with parked manifests, acceptance.

use super::assignment::{Opening, opened};
use super::form::{ASSETS, CHECKLIST, FORM, PHOTOS, SCORES};
use super::manifest::{Manifest, ManifestState, Receipt, ReceivedManifest};
use super::rules::{judge, person_fact};
use super::table::COMMANDS;
use crate::cases::execution::effect::Effect;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::execution::kind::{CommandRow, ExecutionKind, stages};
use crate::cases::execution::world::{ExecutionWorld, Party};
use crate::cases::performance::content::Content;
use crate::cases::performance::facts::judge_form;
use crate::cases::performance::form::Part;
use crate::cases::performance::judgement::{FormFacts, Judgement};
use crate::cases::performance::performance_kind;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::hash::sm3_hex;
use crate::kernel::ids::{AccountId, CaseId, DepartmentId};
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::json::canonical;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

stages! {
    Assigned "assigned" "已派出",
    Received "received" "待补附件",
    Complete "complete" "已收齐",
    Accepted "accepted" "已验收",
    Closed "closed" "已关闭",
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteVisit {
    pub stage: Stage,
    pub request: CaseId,
    pub department: Option<DepartmentId>,
    pub year: i32,
    /// The office that sends the evaluators.
    pub organizer: Office,
    pub unit: String,
    pub evaluators: Vec<String>,
    /// Accounts it is or was sent to.
    pub sent_to: BTreeSet<String>,
    pub from: Date,
    pub to: Date,
    /// Version of the form.
    pub form: String,
    pub content: Content,
    pub manifests: Vec<ReceivedManifest>,
    /// The manifest that is the record.
    pub current: Option<String>,
    /// Blobs that are here.
    pub blobs: BTreeSet<String>,
}

impl Default for SiteVisit {
    fn default() -> SiteVisit {
        let day = FiscalYear(1901).first_day();
        SiteVisit {
            stage: Stage::default(),
            request: CaseId::new(""),
            department: None,
            year: 0,
            organizer: Office::Bureau,
            unit: String::new(),
            evaluators: Vec::new(),
            sent_to: BTreeSet::new(),
            from: day,
            to: day,
            form: String::new(),
            content: Content::default(),
            manifests: Vec::new(),
            current: None,
            blobs: BTreeSet::new(),
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    Open(Opening),
    Reassign {
        #[serde(default)]
        remove: Vec<String>,
        #[serde(default)]
        add: Vec<String>,
        reason: String,
    },
    Close {
        reason: String,
    },
    Fill {
        document: Value,
    },
    Finalize(Manifest),
    Blob {
        hash: String,
    },
    Adopt {
        manifest: String,
        reason: String,
    },
    SetAside {
        manifest: String,
        reason: String,
    },
    Accept {},
}

/// What became of a blob that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlobResult {
    Stored,
    Have,
    /// No manifest names it.
    Orphan,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Opened { opening: Opening, organizer: Office, department: DepartmentId, year: i32 },
    Reassigned { evaluators: Vec<String>, reason: String },
    Closed { reason: String },
    Filled { content: Content },
    Received { manifest: Manifest, sender: AccountId, receipt: Receipt },
    Replayed { receipt: Receipt },
    BlobReceived { hash: String, result: BlobResult },
    Adopted { manifest: String, reason: String },
    SetAside { manifest: String, reason: String },
    Accepted,
}

impl SiteVisit {
    pub fn is_assigned(&self, account: &AccountId) -> bool {
        self.evaluators.iter().any(|evaluator| evaluator == account.as_str())
    }

    fn was_sent_to(&self, by: &Party) -> bool {
        self.sent_to.contains(by.actor.account.as_str())
    }

    /// Digest of what is signed: the content without the signatures.
    pub fn content_hash(&self) -> String {
        let content = &self.content;
        let photos: Vec<&str> = content.rows(PHOTOS).iter().map(|row| row.cells.text("hash")).collect();
        let signed = json!({
            "header": content.header, CHECKLIST: content.rows(CHECKLIST), SCORES: content.rows(SCORES),
            ASSETS: content.rows(ASSETS), PHOTOS: photos,
        });
        sm3_hex(canonical(&signed).as_bytes())
    }

    pub fn judge(&self, world: &ExecutionWorld) -> Judgement {
        judge_form(&FORM, judge, &self.content, world, &self.form_facts(world))
    }

    fn finalize(&self, manifest: &Manifest, facts: &Facts) -> Result<Event, Refusal> {
        self.require_sent_to(facts.by)?;
        let known = self.manifests.iter().find(|known| known.manifest.manifest == manifest.manifest);
        let Some(known) = known else {
            let (sender, receipt) = (facts.by.actor.account.clone(), self.receive(manifest, facts));
            return Ok(Event::Received { manifest: manifest.clone(), sender, receipt });
        };
        let other = known.manifest != *manifest || known.sender != facts.by.actor.account;
        refuse_if(other, 13, "SIT-08", "同一定稿编号的内容或报送人不同，请联系省局核查")?;
        Ok(Event::Replayed { receipt: known.receipt.clone() })
    }

    fn receive_blob(&self, hash: &str) -> Event {
        let named = self.manifests.iter().any(|of| of.manifest.blobs.iter().any(|blob| blob == hash));
        let result = match (self.blobs.contains(hash), named) {
            (true, _) => BlobResult::Have,
            (false, true) => BlobResult::Stored,
            (false, false) => BlobResult::Orphan,
        };
        Event::BlobReceived { hash: hash.to_string(), result }
    }

    fn require_sent_to(&self, by: &Party) -> Result<(), Refusal> {
        match self.was_sent_to(by) {
            true => Ok(()),
            false => Err(Refusal::new("authority.role", "本次现场评价未派给您，请联系组织单位。")),
        }
    }

    fn require_parked(&self, manifest: &str) -> Result<(), Refusal> {
        let parked = self
            .manifests
            .iter()
            .any(|of| of.manifest.manifest == manifest && of.state == ManifestState::Parked);
        refuse_if(!parked, 13, "SIT-06", "该定稿不在待处理之列，请核对")
    }
}

impl ExecutionKind for SiteVisit {
    performance_kind!(13, |case| Some(case.year), judge);

    fn form_facts(&self, world: &ExecutionWorld) -> FormFacts {
        let facts = [
            ("content_hash", self.content_hash()),
            ("window_from", self.from.to_string()),
            ("window_to", self.to.to_string()),
        ];
        let mut facts: FormFacts = facts.into_iter().map(|(name, text)| (name.to_string(), text)).collect();
        let accounts = &world.setting.surroundings.accounts;
        let holders = self.sent_to.iter().filter_map(|account| Some((account, accounts.get(account)?)));
        facts.extend(holders.map(|(account, of)| (person_fact(account), of.person.to_string())));
        facts
    }

    const COMMANDS: &'static [CommandRow<Stage>] = COMMANDS;

    fn is_visible(&self, _: &CaseId, by: &Party, _: &ExecutionWorld) -> bool {
        match by.actor.role.office() {
            office @ (Office::Bureau | Office::Finance) => {
                self.organizer == office || self.stage == Stage::Accepted || self.was_sent_to(by)
            }
            Office::Outside => by.actor.role == Role::Evaluator && self.was_sent_to(by),
            Office::Audit => true,
            Office::Department | Office::Administration => false,
        }
    }

    fn is_given_to(&self, verb: &str, by: &Party) -> bool {
        ["fill", "finalize", "blob"].contains(&verb) || by.actor.role.office() == self.organizer
    }

    fn is_offered_to(&self, verb: &str, by: &Party) -> bool {
        match verb {
            "fill" => self.is_assigned(&by.actor.account),
            "finalize" | "blob" => self.was_sent_to(by),
            _ => self.is_given_to(verb, by),
        }
    }

    fn request(&self) -> Option<&CaseId> {
        Some(&self.request)
    }

    fn caption(&self, _: &ExecutionWorld) -> Option<String> {
        Some(self.unit.clone())
    }

    fn summary(&self, _: &CaseId, _: &ExecutionWorld) -> Value {
        let shown = |of: &ReceivedManifest| {
            let missing = of.manifest.missing(&self.blobs);
            let state = json!({ "state": of.state, "reason": of.receipt.reason, "missing": missing });
            (of.manifest.manifest.clone(), state)
        };
        let manifests: Map<String, Value> = self.manifests.iter().map(shown).collect();
        json!({ "evaluators": self.evaluators, "current": self.current, "manifests": manifests })
    }

    fn due(&self, _: &ExecutionWorld) -> Option<Date> {
        matches!(self.stage, Stage::Assigned | Stage::Received).then_some(self.to)
    }

    fn decide(&self, command: &Command, facts: &Facts, _: &mut Judge) -> Result<Vec<Event>, Refusal> {
        Ok(vec![match command {
            Command::Open(opening) => SiteVisit::open(opening, facts)?,
            Command::Reassign { remove, add, reason } => self.reassign(remove, add, reason, facts)?,
            Command::Close { reason } => Event::Closed { reason: reason.clone() },
            Command::Fill { document } => {
                if !self.is_assigned(&facts.by.actor.account) {
                    let says = "本次现场评价未派给您，请由评价人员填写。";
                    return Err(Refusal::new("authority.role", says));
                }
                Event::Filled { content: self.content.fill(&FORM, &[Part::Whole], document)? }
            }
            Command::Finalize(manifest) => self.finalize(manifest, facts)?,
            Command::Blob { hash } => {
                self.require_sent_to(facts.by)?;
                self.receive_blob(hash)
            }
            Command::Adopt { manifest, reason } => {
                self.require_parked(manifest)?;
                let accepted = self.stage == Stage::Accepted;
                refuse_if(accepted, 13, "SIT-07", "现场评价已验收，不再采用其他定稿")?;
                Event::Adopted { manifest: manifest.clone(), reason: reason.clone() }
            }
            Command::SetAside { manifest, reason } => {
                self.require_parked(manifest)?;
                Event::SetAside { manifest: manifest.clone(), reason: reason.clone() }
            }
            Command::Accept {} => Event::Accepted,
        }])
    }

    fn evolve(mut self, event: &Event) -> SiteVisit {
        match event {
            Event::Opened { opening, organizer, department, year } => {
                return opened(opening, *organizer, department, *year);
            }
            Event::Reassigned { evaluators, .. } => {
                self.sent_to.extend(evaluators.iter().cloned());
                self.evaluators = evaluators.clone();
            }
            Event::Closed { .. } => self.stage = Stage::Closed,
            Event::Filled { content } => self.content = content.clone(),
            Event::Received { manifest, sender, receipt } => {
                let id = manifest.manifest.clone();
                let is_record = receipt.reason.is_none();
                self.manifests.push(ReceivedManifest {
                    manifest: manifest.clone(),
                    sender: sender.clone(),
                    receipt: receipt.clone(),
                    state: ManifestState::Parked,
                });
                if is_record {
                    self.make_record(&id);
                }
            }
            Event::Replayed { .. } => {}
            Event::BlobReceived { hash, .. } => {
                self.blobs.insert(hash.clone());
                if self.stage == Stage::Received && self.is_record_whole() {
                    self.stage = Stage::Complete;
                }
            }
            Event::Adopted { manifest, .. } => self.make_record(manifest),
            Event::SetAside { manifest, .. } => {
                let aside = self.manifests.iter_mut().find(|of| of.manifest.manifest == *manifest);
                if let Some(aside) = aside {
                    aside.state = ManifestState::SetAside;
                }
            }
            Event::Accepted => self.stage = Stage::Accepted,
        }
        self
    }

    fn effects(&self, event: &Event, _: &Facts) -> Vec<Effect> {
        match event {
            Event::Received { receipt, .. } => reply(receipt),
            Event::Replayed { receipt } => {
                reply(receipt).into_iter().chain([Effect::Reply("replay", json!(true))]).collect()
            }
            Event::BlobReceived { result, .. } => vec![Effect::Reply("result", json!(result))],
            Event::Opened { .. }
            | Event::Reassigned { .. }
            | Event::Closed { .. }
            | Event::Filled { .. }
            | Event::Adopted { .. }
            | Event::SetAside { .. }
            | Event::Accepted => Vec::new(),
        }
    }
}

/// The receipt as the sender is answered.
fn reply(receipt: &Receipt) -> Vec<Effect> {
    let parts = [
        Some(("result", json!(receipt.result))),
        receipt.reason.map(|reason| ("reason", json!(reason))),
        Some(("missing", json!(receipt.missing))),
        receipt.pinned.then(|| ("flag", json!("pinned"))),
    ];
    parts.into_iter().flatten().map(|(key, value)| Effect::Reply(key, value)).collect()
}
