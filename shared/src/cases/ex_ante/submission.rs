//! What the gate of Art. 10 reads of a request: its systems with what is asked for each, and what earlier years say.

use super::gate::{EvaluatedObject, Submission, SubmittedSystem};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::settlement::{self, Settlement};
use crate::engine::document::Document;
use crate::kernel::calendar::Date;
use crate::kernel::ids::DepartmentId;
use crate::kernel::money::Money;
use std::collections::BTreeMap;

/// Table of a request's systems.
const SYSTEMS: &str = "systems";

/// Amounts by row id of the system; 共用 under the empty text.
pub type SystemAmounts = BTreeMap<String, Money>;

/// Codes of the systems of a request's content.
pub fn system_codes(document: &Document) -> Vec<String> {
    let rows = document.rows(SYSTEMS).iter();
    rows.filter_map(|row| row.cells.get("code")).map(|code| code.trim().to_string()).collect()
}

/// The submission of a request's content. A system without a readable 上线日期 is new: the form refuses it anyway.
pub fn submission_of(
    document: &Document,
    amounts: &SystemAmounts,
    prior_systems: Option<Vec<String>>,
    last_year_settled: Option<Money>,
) -> Submission {
    let systems = document.rows(SYSTEMS).iter().map(|row| {
        let text = |field: &str| row.cells.get(field).map(|text| text.trim()).unwrap_or_default();
        let online = Date::parse(text("online_date"));
        SubmittedSystem {
            code: text("code").to_string(),
            online: online.unwrap_or_else(|| document.fiscal_year.first_day()),
            amount: amounts.get(row.id.as_str()).copied().unwrap_or_default(),
        }
    });
    Submission {
        year: document.fiscal_year.0,
        requested: amounts.values().copied().sum(),
        last_year_settled,
        systems: systems.collect(),
        prior_systems,
    }
}

impl Submission {
    /// The objects found at 报送 with what is to be approved of them: for a system its part, for the growth the whole.
    pub fn approved_objects(&self, objects: Vec<EvaluatedObject>) -> Vec<EvaluatedObject> {
        let amount = |object: &EvaluatedObject| match &object.system {
            None => self.requested,
            Some(code) => {
                let own = self.systems.iter().find(|system| system.code == *code);
                own.map_or(object.amount, |system| system.amount)
            }
        };
        let with_amount = |object: EvaluatedObject| EvaluatedObject { amount: amount(&object), ..object };
        objects.into_iter().map(with_amount).collect()
    }
}

impl ExecutionWorld {
    /// Σ settled rows of a department's lines of a year; `None` while nothing of them is settled.
    pub fn settled_of(&self, department: &DepartmentId, year: i32) -> Option<Money> {
        let settled = self.of_kind::<Settlement>().filter(|(_, of)| of.stage == settlement::Stage::Settled);
        let own = settled.flat_map(|(_, of)| &of.table).filter(|row| {
            let line = self.rows.get(&row.row).and_then(|line| self.lines.get(line));
            line.is_some_and(|line| (&line.department, line.year) == (department, year))
        });
        let amounts: Vec<Money> = own.map(|row| row.settled).collect();
        (!amounts.is_empty()).then(|| amounts.into_iter().sum())
    }
}
