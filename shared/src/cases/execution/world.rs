//! 执行世界: the cases of the execution kinds with the ledger under them. Pure data; the server builds the same from rows, a
//! script from nothing.

use super::announcement::Announcement;
use super::facts::ApprovedLine;
use super::judge::PassedWarning;
use super::paper::CasePaper;
use super::parameters::MoneyParameters;
use super::registry::AnyExecutionCase;
use crate::cases::performance::world::Surroundings;
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId, PersonId};
use crate::kernel::people::Actor;
use crate::ledger::log::Ledger;
use crate::ledger::reconcile::CashMovement;
use crate::policy::editions::clock::WorkingCalendar;
use crate::policy::editions::register::Register;
use std::collections::{BTreeMap, BTreeSet};

/// What holds for all commands of a world.
#[derive(Clone, Debug)]
pub struct Setting {
    pub parameters: MoneyParameters,
    pub calendar: WorkingCalendar,
    /// Names by id.
    pub departments: BTreeMap<DepartmentId, String>,
    /// Names of departments that ended: nothing is opened for them any more.
    pub ended: BTreeMap<DepartmentId, String>,
    /// Years some edition or extension covers (Art. 18).
    pub years: BTreeSet<i32>,
    /// Facts of the rest of the world for the kinds that judge performance.
    pub surroundings: Surroundings,
}

impl Setting {
    /// What a register says of the cases of a year; without a year, or of a year no edition covers any more, by its newest
    /// edition.
    ///
    /// # Errors
    /// The register is empty, or its edition cannot be read, which only a defect of the program can cause.
    pub fn of(register: &Register, year: Option<FiscalYear>) -> serde_json::Result<Setting> {
        let none = || <serde_json::Error as serde::de::Error>::custom("no edition is shipped");
        let of_year = year.and_then(|year| register.edition_for(year).ok());
        let edition = of_year.or_else(|| register.newest()).ok_or_else(none)?;
        let covered = |year: &i32| register.covers(FiscalYear(*year));
        Ok(Setting {
            parameters: MoneyParameters::of(&edition.parameters)?,
            calendar: register.calendar().clone(),
            departments: BTreeMap::new(),
            ended: BTreeMap::new(),
            years: (1901..=2998).filter(covered).collect(),
            surroundings: Surroundings::of(edition.parameters.clone()),
        })
    }
}

/// The person who gives a command.
#[derive(Clone, Debug)]
pub struct Party {
    pub actor: Actor,
}

impl Party {
    /// Whether the person belongs to this department.
    pub fn is_of(&self, department: Option<&DepartmentId>) -> bool {
        self.actor.department.is_some() && self.actor.department.as_ref() == department
    }
}

/// What commands changed since this was last taken, for whoever stores the world in rows.
#[derive(Clone, Debug, Default)]
pub struct WorldChanges {
    /// Events by case; the case the command was given to comes first.
    pub events: Vec<(CaseId, Vec<serde_json::Value>)>,
    /// 文书 that the commands made.
    pub papers: Vec<CasePaper>,
    pub lines: Vec<LineId>,
    pub rows: Vec<PackageRowId>,
    pub vouchers: Vec<String>,
    pub closed: Vec<i32>,
    /// What effects tell people besides those the command itself concerns.
    pub announcements: Vec<Announcement>,
}

/// A case with who signed what and which warnings passed.
#[derive(Clone, Debug)]
pub struct CaseEntry {
    pub case: AnyExecutionCase,
    /// Commands in order with the person who gave them.
    pub signed: Vec<(&'static str, PersonId)>,
    pub passed: Vec<PassedWarning>,
}

#[derive(Clone, Debug)]
pub struct ExecutionWorld {
    pub setting: Setting,
    pub cases: BTreeMap<CaseId, CaseEntry>,
    /// Departments that read a case once it is concluded, because the one it was begun in was split.
    pub readers: BTreeMap<CaseId, BTreeSet<DepartmentId>>,
    pub ledger: Ledger,
    pub lines: BTreeMap<LineId, ApprovedLine>,
    pub rows: BTreeMap<PackageRowId, LineId>,
    pub rows_by_line: BTreeMap<LineId, BTreeSet<PackageRowId>>,
    /// Vouchers some command recorded: none is recorded twice (LED-03).
    pub vouchers: BTreeSet<String>,
    /// Movements of the bureau's money, in ledger order.
    pub movements: Vec<CashMovement>,
    /// Closed years with the number of the last transfer of their closing.
    pub closed: BTreeMap<i32, u64>,
    pub changes: WorldChanges,
}

impl ExecutionWorld {
    pub fn new(setting: Setting) -> ExecutionWorld {
        ExecutionWorld {
            setting,
            cases: BTreeMap::new(),
            readers: BTreeMap::new(),
            ledger: Ledger::default(),
            lines: BTreeMap::new(),
            rows: BTreeMap::new(),
            rows_by_line: BTreeMap::new(),
            vouchers: BTreeSet::new(),
            movements: Vec::new(),
            closed: BTreeMap::new(),
            changes: WorldChanges::default(),
        }
    }
}

impl CaseEntry {
    /// Who gave `verb` last, since the case was last started.
    pub fn signer(&self, verb: &str) -> Option<&PersonId> {
        self.signed.iter().rev().find(|(signed, _)| *signed == verb).map(|(_, person)| person)
    }
}

/// A command as a person sends it.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    pub by: &'a Party,
    pub case: &'a CaseId,
    pub verb: &'a str,
    pub with: &'a serde_json::Value,
    pub today: Date,
}
