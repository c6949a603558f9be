//! 案件种类: the contract of a kind of case. A kind is data (stages, commands, authority) and pure functions; everything
//! that stores, lists, shows, audits and notifies is written once against this trait.

use super::command::CommandSpec;
use super::head::CaseHead;
use super::letter::Letter;
use super::listing::{CellValue, Column};
use super::notification::CaseNotifications;
use super::reasons::Reason;
use super::stage::Stage;
use super::verb::Verb;
use crate::cases::authority::{AuthorityRow, Capability, Permit};
use crate::cases::request;
use crate::engine::definition::Definition;
use crate::engine::document::Document;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, PersonId};
use crate::kernel::people::{Actor, Office, Signature};
use crate::kernel::refusal::Refusal;
use crate::policy::editions::register::ConfirmedChange;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One kind of case: its state, what can be done to it and what follows.
pub trait CaseKind: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What a person tells the case to do; tagged with the command's word on the wire.
    type Command: NamedCommand;
    /// What happened; the events of a case are its history.
    type Event: Clone + Serialize + DeserializeOwned + Send + Sync;
    /// What the kind knows of the rest of the world when a command is judged.
    type Facts: Send + Sync;

    const KIND: crate::cases::Kind;
    /// 权限表: who may do what in which stage, by which article.
    const AUTHORITY: &'static [AuthorityRow];
    /// What the command bar shows; a command that has a page element of its own may be absent.
    const COMMANDS: &'static [CommandSpec];
    /// What people fill in; `None` for a kind without a form.
    const FORM: Option<fn() -> Definition> = None;
    /// Form and header field of the figure that the list of versions shows.
    const TOTAL: Option<(&'static str, &'static str)> = None;
    /// Columns of its lists besides those of every kind.
    const COLUMNS: &'static [Column] = &[];
    /// What must be known before a case of the kind is begun.
    const NOTE: Option<&'static str> = None;
    /// The page of a case, with `{case}` and `{year}` in it; the general one where the kind has none of its own.
    const PAGE: &'static str = "/cases/{case}";
    /// The right to begin a case from the list of its kind; `None` for a kind that is begun elsewhere.
    const OPEN: Option<Capability> = None;

    /// Number of the form of its stored body; raised when [`CaseKind::upcast`] has something to do.
    const SCHEMA: u64 = 1;

    /// Brings a stored body of an older number to the present form, for what defaults cannot say.
    fn upcast(_from: u64, _body: &mut Map<String, Value>) {}

    fn id(&self) -> &CaseId;
    fn stage(&self) -> Stage;
    fn head(&self) -> CaseHead;

    /// Whether it exists for this person at all. What does not is answered as unknown, never as forbidden.
    fn visible_to(&self, actor: &Actor) -> bool;

    /// The frozen version of the form this person reads instead of the live content.
    fn showing_version(&self, actor: &Actor) -> Option<u32> {
        let live = matches!(actor.role.office(), Office::Department | Office::Audit);
        (!live).then(|| self.head().version)
    }

    /// The case as this person reads it: without what an office has drafted and not signed.
    fn read_by(self, _actor: &Actor) -> Self {
        self
    }

    /// What stood in the case before its kind had a form: the content of a form nothing was ever typed into.
    fn initial_document(&self) -> Option<Document> {
        None
    }

    /// The tables of its form that concern it, by key; `None` for all.
    fn shown_tables(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// What the case page says of the case besides its form.
    fn summary(&self) -> Vec<SummaryLine> {
        Vec::new()
    }

    /// 公文 of the case that are signed, to its department `department`.
    fn letters(&self, _department: &str) -> Vec<Letter> {
        Vec::new()
    }

    /// What it says in each of [`CaseKind::COLUMNS`].
    fn cells(&self) -> Vec<CellValue> {
        Vec::new()
    }

    /// The person an act must differ from, with what they did and what the act is called.
    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>>;

    /// Everybody whose signature the case carries, with the office they signed for.
    fn signers(&self) -> Vec<(&PersonId, Office)> {
        Vec::new()
    }

    /// What depends on the case and the day rather than on role and stage.
    fn preconditions(&self, actor: &Actor, verb: Verb, today: Date) -> Result<(), Refusal> {
        let _ = (actor, verb, today);
        Ok(())
    }

    /// The events a command leads to, or why it is refused.
    fn decide(
        &self,
        permit: &Permit,
        command: &Self::Command,
        facts: &Self::Facts,
        today: Date,
    ) -> Result<Vec<Self::Event>, Refusal>;

    /// The case after the event.
    fn evolve(self, event: &Self::Event) -> Self;

    /// The case before its first event: what no event says stays.
    fn begun(&self) -> Self;

    /// What follows elsewhere from an event; `self` is the case after all events of the command.
    fn effects(&self, event: &Self::Event, facts: &Self::Facts) -> Vec<Effect>;

    /// Whether the case waits for `verb` to be done, rather than merely allowing it: what makes it a task (待办).
    fn waits_for(&self, verb: Verb) -> bool {
        verb != Verb::Withdraw
    }

    /// Short title in lists that already say department and year.
    fn label(&self) -> String {
        Self::KIND.label().to_string()
    }

    /// What a person wrote, as the history shows it.
    fn reasons(event: &Self::Event) -> Vec<Reason>;
}

/// One line of what a case page says: `意见文号：晋政信函〔2023〕8号`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryLine {
    /// Stays the same whatever the label says: how pages and tests find the line.
    pub key: String,
    pub label: String,
    pub text: String,
}

impl SummaryLine {
    pub fn of(key: &str, label: &str, text: impl Into<String>) -> SummaryLine {
        SummaryLine { key: key.to_string(), label: label.to_string(), text: text.into() }
    }
}

/// A command knows its word.
pub trait NamedCommand: Clone + Serialize + DeserializeOwned + Send + Sync {
    fn verb(&self) -> Verb;
}

/// 两人办理: an act and the earlier act that another person must have done.
#[derive(Clone, Copy, Debug)]
pub struct SecondPerson<'a> {
    pub signer: &'a Signature,
    /// What that person did, `填报`.
    pub did: &'static str,
    /// What this act is called, `审核`.
    pub does: &'static str,
}

impl<'a> SecondPerson<'a> {
    /// `None` while nobody has signed the earlier act.
    pub fn of(
        signer: Option<&'a Signature>,
        did: &'static str,
        does: &'static str,
    ) -> Option<SecondPerson<'a>> {
        signer.map(|signer| SecondPerson { signer, did, does })
    }
}

/// What follows from an event outside its case; carried out in the same transaction.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Freezes what the command was about as this version of the case.
    Freeze { version: u32 },
    /// Stores what the bureau left of each sum with the version the leader confirmed.
    RestateSums,
    /// Moves another case along.
    AdvanceRequest { case: Box<request::RequestCase>, events: Vec<request::Event> },
    /// 批复资金: opens the money of a request under the 文号 of its approval.
    OpenMoney { case: Box<request::RequestCase>, number: String },
    /// 政策版本库: records a confirmed change of the register.
    RecordChange(Box<ConfirmedChange>),
    /// Tells people.
    Notify(CaseNotifications),
}
