//! 采购规则 PRC-01 … PRC-16.

use super::clock::{earliest_deadline, intent_is_due};
use super::flow::{Award, Ground, Method, Plan, Procurement};
use crate::cases::contract;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::kernel::calendar::Date;
use crate::kernel::ids::LineId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

pub fn plan(plan: &Plan, facts: &Facts, judge: &mut Judge) -> Result<(), Refusal> {
    let unknown = plan.lines.iter().any(|row| facts.line_of_year(&row.line, plan.year).is_none());
    refuse_if(unknown, 6, "PRC-01", "该项尚未批复，请先办理预算批复")?;
    let mut by_line: BTreeMap<&LineId, Money> = BTreeMap::new();
    for row in &plan.lines {
        *by_line.entry(&row.line).or_default() += row.budget;
    }
    for (line, budget) in by_line {
        let available = facts.available(AccountCode::Uncontracted, line);
        refuse_if(budget > available, 6, "PRC-02", format!("{line} 超过批复未签约额 {available} 元"))?;
    }
    method(plan, facts, judge)?;
    let late = facts.is_after(plan.year) || plan.intent_on.is_some_and(|day| day > facts.today);
    refuse_if(late, 6, "PRC-08", "日期不合顺序：计划应在年度内备案，意向公开日不得晚于今天")
}

/// PRC-03 … PRC-07: whether the method fits the amount.
fn method(plan: &Plan, facts: &Facts, judge: &mut Judge) -> Result<(), Refusal> {
    let parameters = facts.parameters();
    let total = plan.total().yuan();
    let below = plan.method == Method::BelowLimit;
    let reaches = below && total >= parameters.procurement_limit;
    refuse_if(reaches, 6, "PRC-03", "达到采购限额，应履行政府采购程序")?;
    let unapproved = plan.method != Method::OpenTender && plan.approval.is_none();
    let tender_due = total >= parameters.open_tender_limit && unapproved;
    refuse_if(tender_due, 6, "PRC-04", "达到公开招标数额，须先经财政批准（采购法27）")?;
    let original = plan.original.as_ref().and_then(|id| facts.contract(id));
    let running = original.is_some_and(|contract| {
        matches!(contract.stage, contract::Stage::InForce | contract::Stage::SupplementCheck)
    });
    let addition = plan.ground == Some(Ground::Addition);
    let misfit = (plan.method == Method::SingleSource) != plan.ground.is_some()
        || addition != plan.original.is_some()
        || (addition && !running);
    refuse_if(misfit, 6, "PRC-05", "单一来源须写明理由及原合同，其他方式不写")?;
    if let (true, Some(contract)) = (addition, original) {
        let others = others(facts).filter(|other| {
            other.plan.ground == Some(Ground::Addition) && other.plan.original == plan.original
        });
        let additions = total + sum(others);
        let above =
            additions * Decimal::ONE_HUNDRED > contract.signed_amount().yuan() * parameters.addition_limit;
        refuse_if(above, 6, "PRC-06", format!("添购超过原合同{}%", parameters.addition_limit))?;
    }
    let alike = |other: &&Procurement| other.plan.item == plan.item && other.plan.year == plan.year;
    let untendered = sum(others(facts)
        .filter(alike)
        .filter(|other| other.plan.method != Method::OpenTender && other.plan.approval.is_none()));
    let small = sum(others(facts).filter(alike).filter(|other| other.plan.method == Method::BelowLimit));
    let split_tender = unapproved && total + untendered > parameters.open_tender_limit;
    let split_small = below && total + small >= parameters.procurement_limit;
    let together = total + if split_tender { untendered } else { small };
    let says = format!("同一品目累计{together}元，可能化整为零（条例28）");
    judge.warn_if(split_tender || split_small, 6, "PRC-07", says)
}

/// Live packages beside this one.
fn others<'a>(facts: &'a Facts) -> impl Iterator<Item = &'a Procurement> {
    let all = facts.world.of_kind::<Procurement>();
    all.filter(|(id, package)| *id != facts.case && package.is_live()).map(|(_, package)| package)
}

fn sum<'a>(packages: impl Iterator<Item = &'a Procurement>) -> Decimal {
    packages.map(|package| package.total().yuan()).sum()
}

pub fn announce(package: &Procurement, on: Date, facts: &Facts) -> Result<(), Refusal> {
    in_order(package.begun_on, on, facts)?;
    let due = intent_is_due(facts, package, on);
    let days = facts.parameters().intent_days;
    refuse_if(!due, 6, "PRC-09", format!("采购意向公开不足{days}日"))
}

/// PRC-08: a milestone is not in the future and not before the one before it.
fn in_order(before: Option<Date>, on: Date, facts: &Facts) -> Result<(), Refusal> {
    let misfit = on > facts.today || before.is_some_and(|before| on < before);
    refuse_if(misfit, 6, "PRC-08", "日期不合顺序：不得晚于今天，也不得早于上一环节")
}

pub fn award(package: &Procurement, award: &Award, facts: &Facts) -> Result<(), Refusal> {
    in_order(package.notice_on, award.on, facts)?;
    let earliest = package.notice_on.and_then(|notice| earliest_deadline(facts, package, notice));
    if let Some(earliest) = earliest {
        let short = award.deadline.is_none_or(|deadline| deadline < earliest || deadline > award.on);
        let says = format!("响应期（公示期）不足：截止日应不早于 {earliest} 且不晚于成交日");
        refuse_if(short, 6, "PRC-10", says)?;
    }
    let method = package.plan.method;
    let few = award.bidders < facts.parameters().fewest_bidders
        && !matches!(method, Method::SingleSource | Method::Framework | Method::BelowLimit);
    refuse_if(few, 6, "PRC-11", "不足三家，应予废标（采购法36）")?;
    let original = package.plan.original.as_ref().and_then(|id| facts.contract(id));
    let addition = package.plan.ground == Some(Ground::Addition);
    let other = addition && original.is_none_or(|contract| contract.provider != award.provider);
    let unfit = !facts.is_provider_active(&award.provider) || other;
    refuse_if(unfit, 6, "PRC-12", "单位未在册或账户未确认，添购须由原单位承接")?;
    let rows: BTreeSet<&str> = package.plan.lines.iter().map(|row| row.id.as_str()).collect();
    let priced: BTreeSet<&str> = award.prices.iter().map(|price| price.row.as_str()).collect();
    let above =
        award.prices.iter().any(|price| package.row(&price.row).is_some_and(|row| price.price > row.budget));
    refuse_if(rows != priced || above, 6, "PRC-13", "成交价应逐行填报且不超过预算，超过预算应予废标")
}

/// The plan of a new start: what is absent is as before, and a ground goes with 单一来源 alone.
pub fn restarted(
    before: &Plan,
    method: Option<Method>,
    ground: Option<Ground>,
    approval: Option<&str>,
) -> Plan {
    let method = method.unwrap_or(before.method);
    let earlier = before.ground.filter(|_| method == Method::SingleSource);
    let ground = ground.or(earlier);
    let original = before.original.clone().filter(|_| ground == Some(Ground::Addition));
    let approval = approval.map(str::to_string).or_else(|| before.approval.clone());
    Plan { method, ground, original, approval, ..before.clone() }
}

pub fn restart(package: &Procurement, plan: &Plan, facts: &Facts, judge: &mut Judge) -> Result<(), Refusal> {
    method(plan, facts, judge)?;
    let left_tender = package.plan.method == Method::OpenTender && plan.method != Method::OpenTender;
    let unapproved = left_tender && plan.approval.is_none();
    refuse_if(unapproved, 6, "PRC-14", "变更采购方式须经财政批准（采购法37）")
}

pub fn cancel(facts: &Facts) -> Result<(), Refusal> {
    let contract = facts.contract_of(facts.case);
    let signed = contract.is_some_and(|(_, contract)| contract.stage != contract::Stage::Returned);
    refuse_if(signed, 6, "PRC-15", "已签合同，不能终止采购")
}

pub fn archive(facts: &Facts) -> Result<(), Refusal> {
    let contract = facts.contract_of(facts.case);
    let settled = contract.is_some_and(|(_, contract)| contract.stage == contract::Stage::Settled);
    refuse_if(!settled, 7, "PRC-16", "合同尚未结算，材料未齐")
}
