//! 资金世界: the cases of the money kinds with the ledger under them. Pure data; the server builds the same from rows, a
//! script from nothing.

use super::facts::ApprovedLine;
use super::judge::PassedWarning;
use super::parameters::MoneyParameters;
use super::registry::AnyMoneyCase;
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
    pub departments: BTreeSet<DepartmentId>,
    /// Years some edition or extension covers (Art. 18).
    pub years: BTreeSet<i32>,
}

impl Setting {
    /// What the program ships: the defaults of the parameters, the calendar, the years some edition covers.
    ///
    /// # Errors
    /// The defaults cannot be read, which only a defect of their file can cause.
    pub fn shipped() -> serde_json::Result<Setting> {
        let register = Register::shipped();
        let covered = |year: &i32| register.edition_for(FiscalYear(*year)).is_ok();
        Ok(Setting {
            parameters: MoneyParameters::with(&serde_json::Map::new())?,
            calendar: register.calendar().clone(),
            departments: BTreeSet::new(),
            years: (1901..=2998).filter(covered).collect(),
        })
    }
}

/// The person who gives a command.
#[derive(Clone, Debug)]
pub struct Party {
    pub actor: Actor,
}

/// What commands changed since this was last taken, for whoever stores the world in rows.
#[derive(Clone, Debug, Default)]
pub struct WorldChanges {
    /// Events by case; the case the command was given to comes first.
    pub events: Vec<(CaseId, Vec<serde_json::Value>)>,
    pub lines: Vec<LineId>,
    pub rows: Vec<PackageRowId>,
    pub vouchers: Vec<String>,
    pub closed: Vec<i32>,
}

/// A case with who signed what and which warnings passed.
#[derive(Clone, Debug)]
pub struct CaseEntry {
    pub case: AnyMoneyCase,
    /// Commands in order with the person who gave them.
    pub signed: Vec<(&'static str, PersonId)>,
    pub passed: Vec<PassedWarning>,
}

#[derive(Clone, Debug)]
pub struct MoneyWorld {
    pub setting: Setting,
    pub cases: BTreeMap<CaseId, CaseEntry>,
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

impl MoneyWorld {
    pub fn new(setting: Setting) -> MoneyWorld {
        MoneyWorld {
            setting,
            cases: BTreeMap::new(),
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
