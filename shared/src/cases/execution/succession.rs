//! 承接: an execution case as it is read today, with the successors of the departments it names; and what a department still
//! has open, which is why it may not be closed.

use super::registry::AnyExecutionCase;
use super::world::{CaseEntry, ExecutionWorld, Party};
use crate::cases::contract;
use crate::cases::sanction::{Sanction, TargetKind};
use crate::kernel::ids::{CaseId, DepartmentId, LineId};
use crate::kernel::people::Actor;
use crate::ledger::account::AccountCode;
use crate::policy::accounts::succession::Succession;
use std::collections::BTreeSet;

impl Sanction {
    /// The department it is against.
    pub fn department(&self) -> Option<DepartmentId> {
        (self.target_kind == TargetKind::Department).then(|| DepartmentId::new(self.target.as_str()))
    }
}

impl AnyExecutionCase {
    /// The department the case is found by: its subject, or the one a sanction is against.
    pub fn department(&self) -> Option<DepartmentId> {
        match self {
            AnyExecutionCase::Sanction(sanction) => sanction.department(),
            _ => self.subject().department.cloned(),
        }
    }

    /// Puts their successors in the place of the departments it names. Cases of departments that were merged or split are
    /// read so wherever they are read.
    pub fn follow(&mut self, succession: &Succession) {
        let follow = |department: Option<&mut DepartmentId>| {
            if let Some(department) = department {
                succession.follow(department);
            }
        };
        match self {
            AnyExecutionCase::Request(of) => {
                follow(of.report.as_mut().map(|report| &mut report.department));
                follow(of.form.as_mut().map(|form| &mut form.department));
            }
            AnyExecutionCase::Sanction(of) => {
                if let Some(department) = of.department() {
                    of.target = succession.current(&department).to_string();
                }
            }
            AnyExecutionCase::Clearing(of) => follow(Some(&mut of.department)),
            AnyExecutionCase::UserEvaluation(of) => follow(of.department.as_mut()),
            AnyExecutionCase::ChangeOfUse(of) => follow(of.department.as_mut()),
            AnyExecutionCase::ExAnte(of) => follow(of.department.as_mut()),
            AnyExecutionCase::Monitoring(of) => follow(of.department.as_mut()),
            AnyExecutionCase::Correction(of) => follow(of.department.as_mut()),
            AnyExecutionCase::SelfEvaluation(of) => follow(of.department.as_mut()),
            AnyExecutionCase::KeyEvaluation(of) => follow(of.department.as_mut()),
            AnyExecutionCase::SiteVisit(of) => follow(of.department.as_mut()),
            AnyExecutionCase::Application(of) => follow(of.department.as_mut()),
            AnyExecutionCase::Provider(_)
            | AnyExecutionCase::Advance(_)
            | AnyExecutionCase::Procurement(_)
            | AnyExecutionCase::Contract(_)
            | AnyExecutionCase::Payment(_)
            | AnyExecutionCase::Acceptance(_)
            | AnyExecutionCase::Assessment(_)
            | AnyExecutionCase::Settlement(_)
            | AnyExecutionCase::YearClose(_) => {}
        }
    }

    /// Whether it is business under way: it waits for somebody, or is a contract that binds.
    pub fn is_open(&self) -> bool {
        match self {
            AnyExecutionCase::Contract(of) => match of.stage {
                contract::Stage::Returned | contract::Stage::Terminated | contract::Stage::Settled => {
                    self.is_waiting()
                }
                contract::Stage::Signed
                | contract::Stage::Approved
                | contract::Stage::InForce
                | contract::Stage::SupplementCheck => true,
            },
            _ => self.is_waiting(),
        }
    }

    /// Lines the case is about by itself, besides its department and its contract.
    fn own_lines(&self) -> BTreeSet<&LineId> {
        match self {
            AnyExecutionCase::Contract(of) => of.rows.iter().map(|row| &row.line).collect(),
            AnyExecutionCase::Procurement(of) => of.plan.lines.iter().map(|row| &row.line).collect(),
            AnyExecutionCase::Advance(of) => of.lines.iter().map(|grant| &grant.line).collect(),
            _ => BTreeSet::new(),
        }
    }
}

impl ExecutionWorld {
    /// What a department has under way: its own cases, and those about its contracts, packages and lines.
    pub fn open_cases_of<'a>(
        &'a self,
        department: &'a DepartmentId,
    ) -> impl Iterator<Item = (&'a CaseId, &'a CaseEntry)> {
        let is_its = |case: &AnyExecutionCase| self.is_about(case, department);
        self.cases.iter().filter(move |(_, entry)| entry.case.is_open() && is_its(&entry.case))
    }

    fn is_about(&self, case: &AnyExecutionCase, department: &DepartmentId) -> bool {
        let is_its = |line: &LineId| self.line(line).is_some_and(|line| line.department == *department);
        let of_contract =
            || Some(self.contract(case.subject().contract?)?.rows.iter().any(|row| is_its(&row.line)));
        let of_sanction = || match case {
            AnyExecutionCase::Sanction(of) => {
                of.target_kind == TargetKind::Line && is_its(&LineId::new(of.target.as_str()))
            }
            _ => false,
        };
        case.department().as_ref() == Some(department)
            || case.own_lines().into_iter().any(is_its)
            || of_contract().unwrap_or_default()
            || of_sanction()
    }

    /// Years that are not closed in which money of the department is not used up.
    pub fn unused_years_of(&self, department: &DepartmentId) -> BTreeSet<i32> {
        let has_money = |line: &LineId| {
            [AccountCode::Unadvanced, AccountCode::Unspent]
                .into_iter()
                .any(|code| self.posted(code, line).is_positive())
        };
        let own = self.lines.iter().filter(|(id, line)| {
            line.department == *department && !self.closed.contains_key(&line.year) && has_money(id)
        });
        own.map(|(_, line)| line.year).collect()
    }

    /// Whether the case is history the person's department reads: it was begun in a department that was split into this one
    /// and others, it is concluded, and the department that carries it on sees it.
    pub(super) fn is_history_of(&self, by: &Party, id: &CaseId, entry: &CaseEntry) -> bool {
        let Some((readers, own)) = self.readers.get(id).zip(by.actor.department.as_ref()) else {
            return false;
        };
        let Some(carrier) = entry.case.subject().department.filter(|_| readers.contains(own)) else {
            return false;
        };
        let actor = Actor { department: Some(carrier.clone()), ..by.actor.clone() };
        !entry.case.is_open() && entry.case.is_visible(id, &Party { actor }, self)
    }
}

#[cfg(test)]
mod tests;
