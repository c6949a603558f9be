//! 采购时限: the days the procurement law counts (采购法 35, 46, 47; 条例 38, 43, 50).

use super::flow::{Ground, Method, Procurement};
use crate::cases::contract;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::world::ExecutionWorld;
use crate::kernel::calendar::Date;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use serde::Serialize;

/// The clocks of a package; `None` where one has not begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Clock {
    pub notice_from: Option<Date>,
    pub deadline_from: Option<Date>,
    pub result_by: Option<Date>,
    pub sign_by: Option<Date>,
    pub publish_by: Option<Date>,
    pub file_by: Option<Date>,
}

/// The clocks of a package as it stands.
pub fn clock(world: &ExecutionWorld, id: &CaseId, package: &Procurement) -> Clock {
    let parameters = world.parameters();
    let signed = world.contract_of(id).filter(|(_, contract)| contract.stage != contract::Stage::Returned);
    let signed_on = signed.map(|(_, contract)| contract.signed_on);
    let award = package.award.as_ref().map(|award| award.on);
    Clock {
        notice_from: package.plan.intent_on.map(|day| world.days_after(day, parameters.intent_days)),
        deadline_from: package.notice_on.and_then(|notice| earliest_deadline(world, package, notice)),
        result_by: award.map(|day| world.workdays_after(day, parameters.result_days)),
        sign_by: award.map(|day| world.days_after(day, parameters.sign_days)),
        publish_by: signed_on.map(|day| world.workdays_after(day, parameters.publish_days)),
        file_by: signed_on.map(|day| world.workdays_after(day, parameters.file_days)),
    }
}

/// Earliest day bids, or objections to a single source, may end; `None` where no such clock runs.
pub fn earliest_deadline(world: &ExecutionWorld, package: &Procurement, notice: Date) -> Option<Date> {
    let parameters = world.parameters();
    match package.plan.method {
        Method::OpenTender | Method::InvitedTender => Some(world.days_after(notice, parameters.tender_days)),
        Method::Consultation => Some(world.days_after(notice, parameters.consult_days)),
        Method::Negotiation => Some(world.workdays_after(notice, parameters.negotiate_days)),
        Method::Inquiry => Some(world.workdays_after(notice, parameters.inquiry_days)),
        Method::SingleSource => {
            let published = package.plan.ground == Some(Ground::OnlyProvider)
                && package.total().yuan() >= parameters.open_tender_limit;
            published.then(|| world.workdays_after(notice, parameters.single_notice_days))
        }
        Method::Framework | Method::BelowLimit => None,
    }
}

/// Whether the intent was published long enough before the notice (PRC-09), or need not be.
pub fn intent_is_due(facts: &Facts, package: &Procurement, notice: Date) -> bool {
    let plan = &package.plan;
    let exempt = small(facts, package.total())
        || matches!(plan.method, Method::BelowLimit | Method::Framework)
        || plan.ground == Some(Ground::Urgent);
    let from = plan.intent_on.map(|day| facts.days_after(day, facts.parameters().intent_days));
    exempt || from.is_some_and(|from| from <= notice)
}

fn small(facts: &Facts, total: Money) -> bool {
    total.yuan() < facts.parameters().procurement_limit
}
