//! 逐项评价的表单: the form of an evaluation while it is filled in item by item.

use super::dialog::Target;
use super::survey_contracts::{ContractNames, read_contracts};
use super::typed::TypedForm;
use crate::cases::current_year;
use crate::kernel::random_id::new_id;
use leptos::prelude::*;
use shared::api::problem::Problem;
use shared::cases::execution::command_form::CommandForm;
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::survey::{Survey, SurveyStep};
use shared::engine::definition::Field as Definition;
use shared::engine::editing::NewRow;
use shared::engine::op::Change;
use shared::engine::session::{Cell, Session};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;

/// Name of the step in the address, counted from 1.
pub const STEP: &str = "step";
/// Id of the heading of a step.
pub const HEADING: &str = "survey-heading";

/// An evaluation being filled in.
#[derive(Clone, Copy)]
pub struct Answering {
    pub typed: TypedForm,
    pub survey: StoredValue<Survey>,
    pub target: StoredValue<Target>,
    pub contracts: ContractNames,
    address: StoredValue<String>,
}

impl Answering {
    /// Opens the form with what was typed before on this device, and as many rows as the sample needs.
    ///
    /// # Errors
    /// The command is not filled in item by item, or its form cannot be compiled.
    pub fn open(target: Target, command: OfferedCommand, address: String) -> Result<Answering, Problem> {
        let missing = || Problem::new(409, "survey.none", "不能逐项填写", "请在案卷页办理。");
        let survey = command.survey.clone().ok_or_else(missing)?;
        let form = CommandForm::new(command, FiscalYear(i32::from(current_year())), &BTreeMap::new());
        let typed = TypedForm::open(target.account.clone(), &target.case, form)?;
        let answering = Answering {
            typed,
            survey: StoredValue::new(*survey),
            target: StoredValue::new(target),
            contracts: read_contracts(),
            address: StoredValue::new(address),
        };
        answering.add_respondents(answering.read(Survey::absent_rows));
        Ok(answering)
    }

    /// Reads without following what is typed.
    pub fn read<R>(self, read: impl FnOnce(&Survey, &Session) -> R) -> R {
        self.survey.with_value(|survey| self.typed.sheet.read(|session| read(survey, session)))
    }

    /// Reads again after each change.
    pub fn follow<R>(self, read: impl FnOnce(&Survey, &Session) -> R) -> R {
        self.survey.with_value(|survey| self.typed.sheet.follow(|session| read(survey, session)))
    }

    /// A cell of a respondent's row and how its field is defined.
    pub fn cell(self, row: &RowId, key: impl FnOnce(&Survey) -> Option<&str>) -> Option<(Cell, Definition)> {
        self.read(|survey, session| {
            let cell = session.cell(&survey.table, row.as_str(), key(survey)?)?;
            Some((cell, session.plan().tables[cell.table].field(cell.field).clone()))
        })
    }

    pub fn add_respondents(self, count: usize) {
        let new = |_| NewRow { id: RowId::new(new_id("r")), cells: BTreeMap::new() };
        let changes = self.read(|survey, session| {
            let Some(table) = session.plan().table(&survey.table) else { return Vec::new() };
            session.inserting(table, session.rows(table).last().copied(), (0..count).map(new).collect())
        });
        self.typed.sheet.act(changes);
    }

    pub fn remove_respondent(self, row: &RowId) {
        let change = self.read(|survey, session| {
            let table = session.plan().table(&survey.table)?;
            let of = session.row(table, session.slot(table, row.as_str())?);
            Some(Change::RemoveRow {
                table: survey.table.clone(),
                row: of.id,
                rank: of.rank,
                cells: of.cells,
            })
        });
        self.typed.sheet.act(change.into_iter().collect());
    }

    /// The address of a step; follows the rows before it.
    pub fn address_of(self, step: &SurveyStep) -> String {
        let at = self.follow(|survey, session| survey.steps(session).iter().position(|other| other == step));
        self.address.with_value(|address| format!("{address}?{STEP}={}", at.unwrap_or_default() + 1))
    }
}
