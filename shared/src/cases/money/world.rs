//! 资金世界: the cases of the money kinds with the ledger under them. Pure data; the server builds the same from rows, a
//! script from nothing.

use super::facts::ApprovedLine;
use super::judge::PassedWarning;
use super::parameters::MoneyParameters;
use super::registry::AnyMoneyCase;
use crate::cases::performance::world::Surroundings;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId, PersonId};
use crate::kernel::people::Actor;
use crate::ledger::log::Ledger;
use crate::ledger::reconcile::CashMovement;
use crate::policy::editions::clock::WorkingCalendar;
use std::collections::{BTreeMap, BTreeSet};

/// What holds for all commands of a world.
#[derive(Clone, Debug)]
pub struct Setting {
    pub parameters: MoneyParameters,
    pub calendar: WorkingCalendar,
    pub departments: BTreeSet<DepartmentId>,
    /// Years some edition or extension covers (Art. 18).
    pub years: BTreeSet<i32>,
    /// What the kinds that judge performance are told of the rest of the world.
    pub surroundings: Surroundings,
}

/// The person who gives a command.
#[derive(Clone, Debug)]
pub struct Party {
    pub actor: Actor,
    /// The provider an account of the role provider acts for.
    pub provider: Option<CaseId>,
    /// The institution an account of the role evaluator works for.
    pub institution: Option<String>,
}

impl Party {
    /// Whether the person belongs to this department.
    pub fn is_of(&self, department: Option<&DepartmentId>) -> bool {
        self.actor.department.is_some() && self.actor.department.as_ref() == department
    }
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
    /// Commands carried out so far: what came later has the greater number.
    pub acts: u64,
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
            acts: 0,
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
