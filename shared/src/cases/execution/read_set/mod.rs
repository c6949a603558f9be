//! 读取范围: the cases, lines and rows a command can touch, so that a store reads these and not those of every year.
//!
//! A store asks [`ReadSet::take`] for what to read, hands over what it found, and asks again until nothing is wanted. Too
//! much is harmless: the rules look at what they are about. Too little is a defect, which the tests of the worked years find.
//! What a command changed is handed over like what was read, so that the next of the same set finds what it leads to.

mod key;

pub use key::CaseKey;

use super::facts::ApprovedLine;
use super::registry::{AnyExecutionCase, ExecutionKindName};
use super::world::{CaseEntry, ExecutionWorld, WorldChanges};
use crate::cases::ex_ante;
use crate::cases::monitoring::Monitoring;
use crate::cases::performance::target::INDICATORS;
use crate::cases::sanction::{Sanction, TargetKind};
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a store reads next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub cases: BTreeSet<CaseId>,
    /// Cases found by one of these keys.
    pub keys: BTreeSet<CaseKey>,
    pub lines: BTreeSet<LineId>,
    /// Package rows by id; those that serve a line read go without saying.
    pub rows: BTreeSet<PackageRowId>,
    /// All lines of a year, of one department or of all.
    pub years: BTreeSet<(i32, Option<DepartmentId>)>,
}

/// The read set of commands that are judged one after the other, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct ReadSet {
    /// The cases the commands are given to, and their kinds.
    given: BTreeMap<CaseId, Option<ExecutionKindName>>,
    /// Numbers contracts are to be signed under.
    numbers: BTreeSet<String>,
    /// Cases whose surroundings the rules look at; of any other case only what it names.
    subjects: BTreeSet<CaseId>,
    wanted: Wanted,
    asked: Wanted,
    /// Keys of ledger accounts.
    accounts: BTreeSet<String>,
}

/// A text a command carries, as the rules read it.
fn text<'a>(with: &'a Value, key: &str) -> Option<&'a str> {
    with.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

impl ReadSet {
    /// Adds what a command names. `kind` is the kind it is sent to, `department` that of the person who gives it.
    pub fn add_command(
        &mut self,
        kind: Option<ExecutionKindName>,
        case: &CaseId,
        with: &Value,
        department: Option<&DepartmentId>,
    ) {
        let named = ["contract", "package", "provider", "original", "supplements", "request", "target"];
        let named = named.into_iter().filter_map(|key| text(with, key)).map(CaseId::new);
        let subjects: BTreeSet<CaseId> = named.chain([case.clone()]).collect();
        self.wanted.cases.extend(subjects.iter().cloned());
        self.subjects.extend(subjects);
        self.given.insert(case.clone(), kind);
        self.numbers.extend(text(with, "number").map(str::to_string));
        self.add_named_lines(with);
        self.add_named_target(with);
        let own = text(with, "department").map(DepartmentId::new);
        let year = with.get("year").and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok());
        if let Some(year) = year {
            self.add_year(kind, year, own.as_ref().or(department));
            self.wanted.keys.extend(text(with, "item").map(|item| CaseKey::item(year, item)));
        }
        self.wanted.keys.extend(text(with, "credit_code").map(CaseKey::credit_code));
        self.wanted.keys.extend(text(with, "invoice").map(CaseKey::invoice));
    }

    fn add_named_lines(&mut self, with: &Value) {
        let tables = ["lines", "moves", "carry"].into_iter().filter_map(|key| with.get(key)?.as_array());
        for row in tables.flatten() {
            let lines = ["line", "from", "to"].into_iter().filter_map(|key| text(row, key));
            self.wanted.lines.extend(lines.map(LineId::new));
        }
    }

    fn add_named_target(&mut self, with: &Value) {
        let Some(target) = text(with, "target") else { return };
        for kind in TargetKind::ALL {
            self.add_target(kind, target);
        }
    }

    fn add_target(&mut self, kind: TargetKind, target: &str) {
        self.wanted.keys.insert(CaseKey::target(kind, target));
        match kind {
            TargetKind::Line => self.wanted.lines.extend([LineId::new(target)]),
            TargetKind::Row => self.wanted.rows.extend([PackageRowId::new(target)]),
            // The decision names them.
            TargetKind::Provider | TargetKind::Contract => self.wanted.cases.extend([CaseId::new(target)]),
            TargetKind::Department => {}
        }
    }

    /// What the rules ask of a year: by department, or of all of it when the year is closed.
    fn add_year(&mut self, kind: Option<ExecutionKindName>, year: i32, department: Option<&DepartmentId>) {
        self.add_sources(year);
        if let Some(department) = department {
            self.wanted.keys.insert(CaseKey::department_year(department, year));
        }
        let all = match kind {
            Some(ExecutionKindName::YearClose) => None,
            Some(ExecutionKindName::Clearing) if department.is_some() => department.cloned(),
            _ => return,
        };
        if all.is_none() {
            self.wanted.keys.insert(CaseKey::year(year));
        }
        self.wanted.years.insert((year, all));
    }

    /// The sources of a year and of the one after it, into which money is carried.
    fn add_sources(&mut self, year: i32) {
        self.accounts.extend([year, year.saturating_add(1)].map(|year| year.to_string()));
    }

    /// What to read next; `None` when all there is to read was handed over.
    pub fn take(&mut self) -> Option<Wanted> {
        let mut next = std::mem::take(&mut self.wanted);
        next.cases.retain(|case| self.asked.cases.insert(case.clone()));
        next.keys.retain(|key| self.asked.keys.insert(key.clone()));
        next.lines.retain(|line| self.asked.lines.insert(line.clone()));
        next.rows.retain(|row| self.asked.rows.insert(row.clone()));
        next.years.retain(|year| self.asked.years.insert(year.clone()));
        (next != Wanted::default()).then_some(next)
    }

    /// Keys of the ledger accounts that the command can debit, credit or ask for.
    pub fn accounts(&self) -> &BTreeSet<String> {
        &self.accounts
    }

    /// A line that was read.
    pub fn add_line(&mut self, id: &LineId, line: &ApprovedLine) {
        self.accounts.insert(id.to_string());
        self.add_sources(line.year);
        let department = (TargetKind::Department, line.department.as_str());
        let targets = [(TargetKind::Line, id.as_str()), department];
        self.wanted.keys.extend(targets.map(|(kind, target)| CaseKey::target(kind, target)));
        if self.asked.years.contains(&(line.year, Some(line.department.clone()))) {
            self.wanted.keys.insert(CaseKey::serving(id));
        }
    }

    /// A package row that was read.
    pub fn add_row(&mut self, row: &PackageRowId, line: &LineId) {
        self.accounts.insert(row.to_string());
        self.wanted.lines.insert(line.clone());
    }

    /// Cases that were read or changed, by their ids; `cases` are all that are known.
    pub fn add_cases(&mut self, ids: &BTreeSet<CaseId>, cases: &BTreeMap<CaseId, CaseEntry>) {
        // What a given case names is looked at whole, also where it was read for something else before.
        let is_given = |id: &&CaseId| self.given.contains_key(*id);
        let (given, later): (Vec<&CaseId>, Vec<&CaseId>) = ids.iter().partition(is_given);
        let mut later: BTreeSet<&CaseId> = later.into_iter().collect();
        for id in given {
            let Some(entry) = cases.get(id) else { continue };
            for named in entry.case.named_cases() {
                if self.subjects.insert(named.clone()) {
                    later.extend(cases.get_key_value(named).map(|(known, _)| known));
                }
            }
            self.given.insert(id.clone(), Some(entry.case.kind()));
            self.add_given(&entry.case);
            self.add_case(id, &entry.case);
        }
        for id in later {
            if let Some(entry) = cases.get(id) {
                self.add_case(id, &entry.case);
            }
        }
    }

    /// What a command changed: the cases, and the lines and rows it opened.
    pub fn add_changes(&mut self, changes: &WorldChanges, world: &ExecutionWorld) {
        for (id, line) in changes.lines.iter().filter_map(|id| world.lines.get_key_value(id)) {
            self.add_line(id, line);
        }
        for (row, line) in changes.rows.iter().filter_map(|row| world.rows.get_key_value(row)) {
            self.add_row(row, line);
        }
        let cases = changes.events.iter().map(|(id, _)| id.clone()).collect();
        self.add_cases(&cases, &world.cases);
    }

    fn add_case(&mut self, id: &CaseId, case: &AnyExecutionCase) {
        self.wanted.cases.extend(case.named_cases().into_iter().cloned());
        if self.subjects.contains(id) {
            self.add_subject(id, case);
        }
        if let AnyExecutionCase::Contract(contract) = case {
            self.accounts.extend(contract.rows.iter().map(|row| row.row.to_string()));
        }
    }

    /// What only the case at hand looks at.
    fn add_given(&mut self, case: &AnyExecutionCase) {
        let subject = case.subject();
        if let Some(year) = subject.year {
            self.add_year(Some(case.kind()), year, subject.department);
        }
        match case {
            AnyExecutionCase::Procurement(package) => {
                self.wanted.keys.insert(CaseKey::item(package.plan.year, &package.plan.item));
            }
            AnyExecutionCase::Sanction(sanction) => self.add_sanction(sanction),
            AnyExecutionCase::ExAnte(of) if of.stage == ex_ante::Stage::Concluding => {
                self.wanted.keys.insert(CaseKey::ex_antes());
            }
            AnyExecutionCase::Monitoring(monitoring) => self.add_corrections(monitoring),
            _ => {}
        }
        if let Some(request) = case.request() {
            self.add_free_names(&format!("app-{request}"));
        }
    }

    fn add_sanction(&mut self, sanction: &Sanction) {
        self.add_target(sanction.target_kind, &sanction.target);
        if let Some(year) = sanction.year {
            self.add_sources(year);
        }
    }

    /// The names of the corrections a red lamp may open.
    fn add_corrections(&mut self, monitoring: &Monitoring) {
        let indicators = monitoring.content.rows(INDICATORS).iter().map(|row| row.id.as_str());
        for subject in indicators.chain(["execution"]) {
            self.add_free_names(&format!("cor-{}-{}-{subject}", monitoring.request, monitoring.period));
        }
    }

    fn add_free_names(&mut self, base: &str) {
        self.wanted.cases.insert(CaseId::new(base));
        self.wanted.keys.insert(CaseKey::name(base));
    }

    /// What stands around a case the command is about.
    fn add_subject(&mut self, id: &CaseId, case: &AnyExecutionCase) {
        let wanted = &mut self.wanted;
        match case {
            AnyExecutionCase::Contract(contract) => {
                let provider = CaseKey::target(TargetKind::Provider, contract.provider.as_str());
                let own = CaseKey::target(TargetKind::Contract, id.as_str());
                wanted.keys.extend([CaseKey::naming(id), own, provider]);
                wanted.lines.extend(contract.rows.iter().map(|row| row.line.clone()));
            }
            AnyExecutionCase::Procurement(package) => {
                wanted.keys.insert(CaseKey::naming(id));
                let numbers = self.numbers.iter().map(|number| CaseKey::number(package.plan.year, number));
                wanted.keys.extend(numbers);
                wanted.lines.extend(package.plan.lines.iter().map(|row| row.line.clone()));
            }
            AnyExecutionCase::Request(allocation) => {
                let lines = allocation.form.iter().flat_map(|form| &form.lines);
                wanted.lines.extend(lines.map(|line| LineId::new(format!("{id}/{}", line.id))));
                if self.given.values().flatten().any(|kind| kind.has_form()) {
                    wanted.keys.insert(CaseKey::naming(id));
                    wanted.keys.extend(case.subject().department.map(CaseKey::requests));
                }
            }
            AnyExecutionCase::Payment(payment) => {
                wanted.lines.extend(payment.lines.iter().map(|line| line.line.clone()));
            }
            AnyExecutionCase::Advance(advance) => {
                wanted.lines.extend(advance.lines.iter().map(|grant| grant.line.clone()));
            }
            AnyExecutionCase::Clearing(clearing) => {
                wanted.lines.extend(clearing.lines.iter().map(|line| line.line.clone()));
            }
            AnyExecutionCase::YearClose(of) => {
                wanted.lines.extend(of.carry.iter().map(|carry| carry.line.clone()));
            }
            AnyExecutionCase::ChangeOfUse(of) => {
                let lines = of.form.iter().flat_map(|form| form.lines());
                wanted.lines.extend(lines.cloned());
            }
            AnyExecutionCase::Provider(_)
            | AnyExecutionCase::Acceptance(_)
            | AnyExecutionCase::Assessment(_)
            | AnyExecutionCase::UserEvaluation(_)
            | AnyExecutionCase::Settlement(_)
            | AnyExecutionCase::Sanction(_)
            | AnyExecutionCase::ExAnte(_)
            | AnyExecutionCase::Monitoring(_)
            | AnyExecutionCase::Correction(_)
            | AnyExecutionCase::SelfEvaluation(_)
            | AnyExecutionCase::KeyEvaluation(_)
            | AnyExecutionCase::SiteVisit(_)
            | AnyExecutionCase::Application(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
