//! 案件种类: the contract of a kind of case. A kind is data (stages, commands, authority) and pure functions; everything
//! that stores, lists, shows, audits and notifies is written once against this trait.

use super::command::CommandSpec;
use super::head::CaseHead;
use super::notification::CaseNotifications;
use super::reasons::Reason;
use super::stage::Stage;
use super::verb::Verb;
use crate::cases::authority::{AuthorityRow, Permit};
use crate::cases::request;
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::people::{Actor, Signature};
use crate::kernel::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One kind of case: its state, what can be done to it and what follows.
pub trait CaseKind: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What a person tells the case to do; tagged with the command's word on the wire.
    type Command: NamedCommand;
    /// What happened; the events of a case are its history.
    type Event: Clone + Serialize + DeserializeOwned + Send + Sync;
    /// What the kind is told of the rest of the world when a command is judged.
    type Facts: Send + Sync;

    const KIND: crate::cases::Kind;
    /// 权限表: who may do what in which stage, by which article.
    const AUTHORITY: &'static [AuthorityRow];
    /// What the command bar shows; a command that has a page element of its own may be absent.
    const COMMANDS: &'static [CommandSpec];

    fn id(&self) -> &CaseId;
    fn stage(&self) -> Stage;
    fn head(&self) -> CaseHead;

    /// Whether it exists for this person at all. What does not is answered as unknown, never as forbidden.
    fn visible_to(&self, actor: &Actor) -> bool;

    /// The person an act must differ from, with what they did and what the act is called.
    fn earlier_signer(&self, verb: Verb) -> Option<SecondPerson<'_>>;

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
    /// Keeps what the bureau left of each sum beside the version the leader confirmed.
    RestateSums,
    /// Moves another case along.
    AdvanceRequest { case: Box<request::RequestCase>, events: Vec<request::Event> },
    /// Tells people.
    Notify(CaseNotifications),
}
