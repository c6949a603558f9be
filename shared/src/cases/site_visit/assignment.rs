//! 派出: who is sent where, when and with which checklist.

use super::flow::{Event, SiteVisit};
use super::form::CHECKLIST;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::cases::performance::content::{Cells, Content, ContentRow};
use crate::cases::performance::facts::require_request;
use crate::kernel::calendar::Date;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::people::{Office, Role};
use crate::kernel::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    pub id: String,
    pub leaf: Option<String>,
    pub matter: String,
    pub method: Option<String>,
    pub weight: Decimal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub request: CaseId,
    pub unit: String,
    #[serde(default)]
    pub evaluators: Vec<String>,
    pub from: Date,
    pub to: Date,
    pub form: String,
    pub checklist: Vec<ChecklistItem>,
}

impl SiteVisit {
    pub fn open(opening: &Opening, facts: &Facts) -> Result<Event, Refusal> {
        let form = require_request(facts, &opening.request, 13, "SIT-04")?;
        require_evaluators(&opening.evaluators, facts)?;
        refuse_if(opening.from > opening.to, 13, "SIT-03", "起始日期晚于截止日期，请核对")?;
        let (department, year) = (form.department.clone(), form.year);
        let organizer = facts.by.actor.role.office();
        Ok(Event::Opened { opening: opening.clone(), organizer, department, year })
    }

    pub fn reassign(
        &self,
        remove: &[String],
        add: &[String],
        reason: &str,
        facts: &Facts,
    ) -> Result<Event, Refusal> {
        let stay = self.evaluators.iter().filter(|evaluator| !remove.contains(evaluator));
        let mut evaluators: Vec<String> = stay.cloned().collect();
        for account in add {
            if !evaluators.contains(account) {
                evaluators.push(account.clone());
            }
        }
        require_evaluators(&evaluators, facts)?;
        Ok(Event::Reassigned { evaluators, reason: reason.to_string() })
    }
}

fn require_evaluators(evaluators: &[String], facts: &Facts) -> Result<(), Refusal> {
    let surroundings = &facts.setting.surroundings;
    let people = surroundings.count_people(evaluators.iter().map(String::as_str));
    refuse_if(people < 2, 13, "SIT-01", "现场评价须由两名以上评价人员进行，同一人的两个账号只算一人")?;
    let fits = |account: &String| {
        let role = surroundings.accounts.get(account).and_then(|holder| holder.role);
        role.is_some_and(|role| {
            matches!(role, Role::Evaluator | Role::BureauReviewer | Role::FinanceReviewer)
        })
    };
    let misfit = !evaluators.iter().all(fits);
    refuse_if(misfit, 13, "SIT-02", "评价人员须为评价机构人员或省局、财政审核员")
}

/// A visit as it is sent out.
pub fn opened(opening: &Opening, organizer: Office, department: &DepartmentId, year: i32) -> SiteVisit {
    let row = |item: &ChecklistItem| {
        let cells = [
            item.leaf.clone().map(|leaf| ("leaf", leaf)),
            Some(("matter", item.matter.clone())),
            item.method.clone().map(|method| ("method", method)),
            Some(("weight", item.weight.to_string())),
        ];
        ContentRow { id: item.id.clone(), cells: Cells::of(cells.into_iter().flatten()) }
    };
    let mut content = Content::default();
    content.tables.insert(CHECKLIST.to_string(), opening.checklist.iter().map(row).collect());
    SiteVisit {
        request: opening.request.clone(),
        department: Some(department.clone()),
        year,
        organizer,
        unit: opening.unit.clone(),
        evaluators: opening.evaluators.clone(),
        sent_to: opening.evaluators.iter().cloned().collect(),
        from: opening.from,
        to: opening.to,
        form: opening.form.clone(),
        content,
        ..SiteVisit::default()
    }
}
