//! 推演政策版本、信息公开、账号事项: cases that watch the others. A step with `open` puts one there with the facts the server
//! would read, as effects do.

use super::world::no_case;
use crate::cases::account_order::{AccountOrder, AccountOrderFacts};
use crate::cases::edition::{EditionChange, EditionFacts};
use crate::cases::execution::body::take_justifications;
use crate::cases::execution::execute::unknown_command;
use crate::cases::oversight::judge::{OversightCase, judge};
use crate::cases::publication::{Publication, PublicationFacts};
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use crate::kernel::refusal::Refusal;
use crate::kernel::words::words;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

words! {
    /// Kinds that no edition judges.
    OversightKind {
        Edition "edition" "政策版本",
        Publication "publication" "信息公开",
        AccountOrder "account_order" "账号事项",
    }
}

/// What a case is opened with.
#[derive(Clone, Debug)]
pub enum OversightFacts {
    Edition(EditionFacts),
    Publication(PublicationFacts),
    AccountOrder(AccountOrderFacts),
}

/// A case of whatever of these kinds.
#[derive(Clone, Debug)]
pub enum WatchingCase {
    Edition(EditionChange),
    Publication(Publication),
    AccountOrder(AccountOrder),
}

impl OversightKind {
    pub fn from_word(word: &str) -> Option<OversightKind> {
        OversightKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    fn has_command(self, command: &str) -> bool {
        fn has<K: OversightCase>(command: &str) -> bool {
            K::RULES.iter().any(|rule| rule.word == command)
        }
        match self {
            OversightKind::Edition => has::<EditionChange>(command),
            OversightKind::Publication => has::<Publication>(command),
            OversightKind::AccountOrder => has::<AccountOrder>(command),
        }
    }
}

impl OversightFacts {
    /// # Errors
    /// They are not those of the kind.
    pub fn read(kind: OversightKind, facts: Value) -> serde_json::Result<OversightFacts> {
        Ok(match kind {
            OversightKind::Edition => OversightFacts::Edition(EditionFacts::deserialize(facts)?),
            OversightKind::Publication => OversightFacts::Publication(PublicationFacts::deserialize(facts)?),
            OversightKind::AccountOrder => {
                OversightFacts::AccountOrder(AccountOrderFacts::deserialize(facts)?)
            }
        })
    }

    fn open(&self, by: &Actor, today: Date) -> Result<WatchingCase, Refusal> {
        Ok(match self.clone() {
            OversightFacts::Edition(facts) => WatchingCase::Edition(EditionChange::open(by, facts, today)?),
            OversightFacts::Publication(facts) => {
                WatchingCase::Publication(Publication::open(by, facts, today)?)
            }
            OversightFacts::AccountOrder(facts) => {
                WatchingCase::AccountOrder(AccountOrder::open(by, facts, today)?)
            }
        })
    }
}

impl WatchingCase {
    fn kind(&self) -> OversightKind {
        match self {
            WatchingCase::Edition(_) => OversightKind::Edition,
            WatchingCase::Publication(_) => OversightKind::Publication,
            WatchingCase::AccountOrder(_) => OversightKind::AccountOrder,
        }
    }

    pub fn stage_word(&self) -> &'static str {
        match self {
            WatchingCase::Edition(case) => case.stage_word(),
            WatchingCase::Publication(case) => case.stage_word(),
            WatchingCase::AccountOrder(case) => case.stage_word(),
        }
    }

    /// What `case(ID)` answers.
    pub fn summary(&self) -> Value {
        json!({ "kind": self.kind().word(), "stage": self.stage_word() })
    }

    /// The case after the command.
    fn after(&self, by: &Actor, command: &str, with: &Value, today: Date) -> Result<WatchingCase, Refusal> {
        fn after<K: OversightCase + Clone>(
            case: &K,
            (by, command, with, today): (&Actor, &str, &Value, Date),
        ) -> Result<K, Refusal> {
            Ok(case.clone().evolve(judge(case, by, command, with, today)?))
        }
        let sent = (by, command, with, today);
        Ok(match self {
            WatchingCase::Edition(case) => WatchingCase::Edition(after(case, sent)?),
            WatchingCase::Publication(case) => WatchingCase::Publication(after(case, sent)?),
            WatchingCase::AccountOrder(case) => WatchingCase::AccountOrder(after(case, sent)?),
        })
    }
}

/// The cases of these kinds in a script.
#[derive(Debug, Default)]
pub struct WatchingCases(BTreeMap<CaseId, WatchingCase>);

impl WatchingCases {
    pub fn get(&self, id: &CaseId) -> Option<&WatchingCase> {
        self.0.get(id)
    }

    pub fn stages(&self) -> impl Iterator<Item = (&CaseId, &'static str)> {
        self.0.iter().map(|(id, case)| (id, case.stage_word()))
    }

    /// Puts a case there, whose name no other case may have; its stage.
    pub fn open(
        &mut self,
        id: CaseId,
        by: &Actor,
        facts: &OversightFacts,
        today: Date,
    ) -> Result<&'static str, Refusal> {
        let case = facts.open(by, today)?;
        let stage = case.stage_word();
        self.0.insert(id, case);
        Ok(stage)
    }

    /// Judges a command of a kind; the stage it leads to. Refused, it leaves the case as it was.
    pub fn carry(
        &mut self,
        (id, kind): (&CaseId, OversightKind),
        by: &Actor,
        (command, with): (&str, &Value),
        today: Date,
    ) -> Result<&'static str, Refusal> {
        if !kind.has_command(command) {
            return Err(unknown_command(command));
        }
        let case = self.0.get_mut(id).filter(|case| case.kind() == kind).ok_or_else(no_case)?;
        *case = case.after(by, command, &without_justifications(with), today)?;
        Ok(case.stage_word())
    }
}

/// Any command may bring reasons for warnings, and these kinds warn of nothing.
fn without_justifications(with: &Value) -> Value {
    let mut plain = with.clone();
    match plain.as_object_mut().map(take_justifications) {
        Some(Ok(_)) => plain,
        // Left in place, a misfit is refused with the body.
        Some(Err(_)) | None => with.clone(),
    }
}
