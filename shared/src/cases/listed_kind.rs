//! 一览的种类: every kind whose cases are listed, those that offices handle and those of the execution of a budget, under the
//! word by which rows and addresses know it.

use super::Kind;
use super::execution::registry::ExecutionKindName;
use super::kernel::{Column, Verb};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::CaseId;
use crate::kernel::people::Actor;
use serde::{Deserialize, Serialize};

/// What the word of an execution kind begins with: `money.contract`.
const EXECUTION: &str = "money.";

/// A kind whose cases are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ListedKind {
    Office(Kind),
    Execution(ExecutionKindName),
}

impl From<Kind> for ListedKind {
    fn from(kind: Kind) -> ListedKind {
        ListedKind::Office(kind)
    }
}

impl From<ExecutionKindName> for ListedKind {
    fn from(kind: ExecutionKindName) -> ListedKind {
        ListedKind::Execution(kind)
    }
}

impl From<ListedKind> for String {
    fn from(kind: ListedKind) -> String {
        kind.word()
    }
}

impl TryFrom<String> for ListedKind {
    type Error = String;

    fn try_from(word: String) -> Result<ListedKind, String> {
        ListedKind::from_word(&word).ok_or_else(|| format!("没有“{word}”这个案件种类"))
    }
}

impl ListedKind {
    /// Every kind that the product stores cases of.
    pub fn all() -> Vec<ListedKind> {
        let execution = ExecutionKindName::ALL.into_iter();
        Kind::ALL.into_iter().map(ListedKind::from).chain(execution.map(ListedKind::from)).collect()
    }

    /// The word in rows and addresses.
    pub fn word(self) -> String {
        match self {
            ListedKind::Office(kind) => kind.word().to_string(),
            ListedKind::Execution(kind) => format!("{EXECUTION}{}", kind.word()),
        }
    }

    pub fn from_word(word: &str) -> Option<ListedKind> {
        match word.strip_prefix(EXECUTION) {
            Some(word) => ExecutionKindName::from_word(word).map(ListedKind::Execution),
            None => Kind::from_word(word).map(ListedKind::Office),
        }
    }

    /// What the screen says.
    pub fn label(self) -> &'static str {
        match self {
            ListedKind::Office(kind) => kind.label(),
            ListedKind::Execution(kind) => kind.label(),
        }
    }

    /// Columns of its lists besides those of every kind.
    pub fn columns(self) -> &'static [Column] {
        match self {
            ListedKind::Office(kind) => kind.columns(),
            ListedKind::Execution(kind) => kind.columns(),
        }
    }

    /// What must be known before a case is begun.
    pub fn note(self) -> Option<&'static str> {
        match self {
            ListedKind::Office(kind) => kind.note(),
            ListedKind::Execution(_) => None,
        }
    }

    /// The address of the page of a case.
    pub fn address(self, case: &CaseId, year: Option<FiscalYear>) -> String {
        match self {
            ListedKind::Office(kind) => kind.address(case, year.unwrap_or(FiscalYear(0))),
            ListedKind::Execution(_) => format!("/money-cases/{case}"),
        }
    }

    /// Whether a person of this role may see cases of the kind, or begin one.
    pub fn is_for(self, actor: &Actor) -> bool {
        match self {
            ListedKind::Office(kind) => {
                let rows = kind.authority().iter().filter(|row| row.verb == Verb::Read);
                rows.flat_map(|row| row.roles).any(|role| *role == actor.role)
            }
            ListedKind::Execution(kind) => kind.is_for(actor.role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_own_word() {
        let all = ListedKind::all();
        let words: std::collections::BTreeSet<String> = all.iter().map(|kind| kind.word()).collect();
        assert_eq!(words.len(), all.len(), "two kinds share a word");
        for kind in all {
            assert_eq!(ListedKind::from_word(&kind.word()), Some(kind));
            let written = serde_json::to_string(&kind).unwrap();
            assert_eq!(serde_json::from_str::<ListedKind>(&written).unwrap(), kind);
        }
        assert_eq!(ListedKind::from_word("money.flight"), None);
        assert!(serde_json::from_str::<ListedKind>("\"flight\"").is_err());
    }
}
