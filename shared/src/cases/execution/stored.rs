//! 入库: a case of an execution kind as a row stores it, with its signatures and the warnings that passed.

use super::judge::PassedWarning;
use super::kind::ExecutionKind;
use super::registry::{AnyExecutionCase, ExecutionKindName, with_execution_kind};
use super::world::{CaseEntry, ExecutionWorld, Party};
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, DepartmentId, PersonId};
use serde::{Deserialize, Serialize};

/// `C` is the case as its kind reads it: read as any JSON first, a page of thousands of cases would take twice as long.
#[derive(Serialize, Deserialize)]
struct StoredEntry<C> {
    case: C,
    signed: Vec<(String, PersonId)>,
    #[serde(default)]
    passed: Vec<PassedWarning>,
}

impl CaseEntry {
    /// Reads the body of a stored case.
    ///
    /// # Errors
    /// It is not the JSON of a case of this kind.
    pub fn read(kind: ExecutionKindName, body: &str) -> serde_json::Result<CaseEntry> {
        let (case, signed, passed) = with_execution_kind!(kind, K => {
            let StoredEntry::<K> { case, signed, passed } = serde_json::from_str(body)?;
            (AnyExecutionCase::from(case), signed, passed)
        });
        let signed = signed.into_iter().filter_map(|(verb, person)| Some((kind.verb(&verb)?, person)));
        Ok(CaseEntry { case, signed: signed.collect(), passed })
    }

    /// The body to store.
    ///
    /// # Errors
    /// The case cannot be written as JSON, which only a defect of its type can cause.
    pub fn body(&self) -> serde_json::Result<String> {
        let signed = self.signed.iter().map(|(verb, person)| (verb.to_string(), person.clone())).collect();
        let passed = self.passed.clone();
        serde_json::to_string(&StoredEntry { case: self.case.body()?, signed, passed })
    }
}

impl ExecutionKindName {
    /// The verb as the table of the kind has it.
    pub fn verb(self, word: &str) -> Option<&'static str> {
        with_execution_kind!(self, K => {
            K::COMMANDS.iter().map(|row| row.verb).find(|verb| *verb == word)
        })
    }

    /// Whether the command begins a case, or one that was returned anew.
    pub fn opens(self, word: &str) -> bool {
        with_execution_kind!(self, K => K::COMMANDS.iter().any(|row| row.verb == word && row.opens))
    }

    /// What the screen calls the command.
    pub fn verb_label(self, word: &str) -> Option<&'static str> {
        with_execution_kind!(self, K => K::COMMANDS.iter().find(|row| row.verb == word).map(|row| row.label))
    }
}

impl ExecutionWorld {
    /// The case, if it exists for this person.
    pub fn visible(&self, by: &Party, id: &CaseId) -> Option<&CaseEntry> {
        let entry = self.cases.get(id)?;
        (entry.case.is_visible(id, by, self) || self.is_history_of(by, id, entry)).then_some(entry)
    }

    /// Year of a case: its own, or that of its contract; `None` for a provider.
    pub fn year_of(&self, case: &AnyExecutionCase) -> Option<FiscalYear> {
        let subject = case.subject();
        let of_contract = || Some(self.contract(subject.contract?)?.year);
        subject.year.or_else(of_contract).map(FiscalYear)
    }

    /// The department a case belongs to, where it belongs to one.
    pub fn department_of<'a>(&self, case: &'a AnyExecutionCase) -> Option<&'a DepartmentId> {
        case.subject().department
    }

    /// The provider a case is about: its own, or that of its contract.
    pub fn provider_of<'a>(&'a self, case: &'a AnyExecutionCase) -> Option<&'a CaseId> {
        let subject = case.subject();
        subject.provider.or_else(|| Some(&self.contract(subject.contract?)?.provider))
    }
}
