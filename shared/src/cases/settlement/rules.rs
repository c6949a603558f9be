//! 结算规则 SET-01 … SET-15.

use super::flow::{Event, Form, Settlement, VerifiedRow};
use super::table::{Scores, SettledLine, missing_materials, scores, table};
use crate::cases::acceptance::accepted;
use crate::cases::assessment;
use crate::cases::contract::{self, Contract};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::cases::execution::parameters::printed;
use crate::cases::user_evaluation;
use crate::kernel::ids::CaseId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

pub fn submit(form: &Form, facts: &Facts) -> Result<Event, Refusal> {
    let effective = facts
        .contract(&form.contract)
        .filter(|contract| contract.is_performed() || contract.stage == contract::Stage::Settled);
    let contract = effective.ok_or_else(|| Refusal::under(7, "SET-01", "合同未生效"))?;
    refuse_if(facts.settlement_of(&form.contract).is_some(), 7, "SET-02", "已送审")?;
    let running = contract.stage != contract::Stage::Terminated && !facts.is_after(contract.year);
    refuse_if(running, 7, "SET-03", "运维年度未结束，年度结束后送审")?;
    no_open_reservation(contract, facts)?;
    exact_rows(contract, form.lines.iter().map(|line| line.row.as_str()))?;
    Ok(Event::Submitted { form: form.clone(), year: contract.year })
}

/// SET-04.
fn no_open_reservation(contract: &Contract, facts: &Facts) -> Result<(), Refusal> {
    let rows: BTreeSet<&str> = contract.rows.iter().map(|row| row.row.as_str()).collect();
    let codes = [AccountCode::Paid, AccountCode::RefundDue, AccountCode::Payable];
    let open = facts.has_reservation_on(&codes, &rows);
    refuse_if(open, 7, "SET-04", "有未办结的支付、补充合同或收回，请先办结")
}

/// SET-05.
fn exact_rows<'a>(contract: &Contract, named: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let rows: BTreeSet<&str> = contract.rows.iter().map(|row| row.id.as_str()).collect();
    let named: BTreeSet<&str> = named.collect();
    refuse_if(rows != named, 7, "SET-05", "应逐行填报合同的全部行")
}

fn contract_of<'a>(settlement: &Settlement, facts: &'a Facts) -> Result<&'a Contract, Refusal> {
    let contract = facts.world.contract(&settlement.contract);
    contract.ok_or_else(|| Refusal::under(7, "SET-01", "合同未生效"))
}

pub fn verify(settlement: &Settlement, found: &[VerifiedRow], facts: &Facts) -> Result<Event, Refusal> {
    let contract = contract_of(settlement, facts)?;
    exact_rows(contract, found.iter().map(|row| row.row.as_str()))?;
    let missing = missing_materials(facts, contract, &settlement.in_hand);
    let says = format!("缺：{}，请退回补正，不得按零计", missing.join("、"));
    refuse_if(!missing.is_empty(), 7, "SET-06", says)?;
    assessed(&settlement.contract, facts)?;
    evaluated(&settlement.contract, contract, facts)?;
    let above = found.iter().any(|row| row.quantity > accepted(facts, &settlement.contract, &row.row));
    refuse_if(above, 7, "SET-09", "审定数量超过验收数量")?;
    let scores = scores(facts, &settlement.contract);
    let lines = table(facts, contract, settlement, found, reached(&scores)?);
    reasoned(contract, &lines, found, facts)?;
    Ok(Event::Verified { found: found.to_vec(), scores, table: lines })
}

/// SET-07.
fn assessed(contract: &CaseId, facts: &Facts) -> Result<(), Refusal> {
    let stages: Vec<assessment::Stage> = facts.assessments_of(contract).map(|(_, of)| of.stage).collect();
    let open = stages.is_empty() || stages.iter().any(|stage| *stage != assessment::Stage::Final);
    refuse_if(open, 8, "SET-07", "考核未完成")
}

/// SET-08.
fn evaluated(id: &CaseId, contract: &Contract, facts: &Facts) -> Result<(), Refusal> {
    let evaluations: Vec<_> = facts.evaluations_of(id).map(|(_, of)| of).collect();
    let lacking = facts.departments_of(contract).into_iter().any(|department| {
        let own = evaluations.iter().filter(|of| of.department.as_ref() == Some(department));
        let stages: Vec<user_evaluation::Stage> = own.map(|of| of.stage).collect();
        stages.is_empty() || stages.iter().any(|stage| *stage != user_evaluation::Stage::Confirmed)
    });
    refuse_if(lacking, 8, "SET-08", "用户评价未完成")
}

/// SET-15: nothing is settled at 0 only because the edition has no row for a score.
fn reached(scores: &Scores) -> Result<Decimal, Refusal> {
    scores.coefficient.ok_or_else(|| {
        let score =
            scores.score.map_or_else(|| "无法计算".to_string(), |score| format!("为 {}", printed(score)));
        let says = format!(
            "综合得分{score}，政策版本没有与之对应的结算系数，请先补全结算系数与权重参数，不得按零计"
        );
        Refusal::under(8, "SET-15", says)
    })
}

/// SET-10 and SET-11: every penalty and every difference has its reason.
fn reasoned(
    contract: &Contract,
    lines: &[SettledLine],
    found: &[VerifiedRow],
    facts: &Facts,
) -> Result<(), Refusal> {
    let least = facts.parameters().note_length;
    let short = |reason: &Option<String>| reason.as_ref().is_none_or(|reason| reason.chars().count() < least);
    let pairs: Vec<(&SettledLine, &VerifiedRow)> = found
        .iter()
        .filter_map(|row| {
            let id = &contract.row(&row.row)?.row;
            Some((lines.iter().find(|line| line.row == *id)?, row))
        })
        .collect();
    let unfounded = pairs.iter().any(|(line, row)| {
        let unexplained = line.penalty.is_positive() && short(&row.penalty_reason);
        unexplained || line.penalty > line.before_penalty()
    });
    refuse_if(unfounded, 8, "SET-10", "扣款须有事由且不超过应结")?;
    let unexplained = pairs.iter().any(|(line, row)| line.cut() != Money::ZERO && short(&row.reason));
    refuse_if(unexplained, 7, "SET-11", format!("核减（增）须写明原因（不少于{least}字）"))
}

pub fn approve(settlement: &Settlement, facts: &Facts) -> Result<Event, Refusal> {
    let contract = contract_of(settlement, facts)?;
    no_open_reservation(contract, facts)?;
    let unsigned = !settlement.accepted || !settlement.confirmed;
    refuse_if(unsigned, 7, "SET-12", "双方尚未确认")?;
    let coefficient = reached(&scores(facts, &settlement.contract))?;
    let anew = table(facts, contract, settlement, &settlement.found, coefficient);
    refuse_if(anew != settlement.table, 7, "SET-13", "数额已变动，请重新评审")?;
    let after = facts.ledger.last_number();
    Ok(Event::Settled { after })
}

pub fn refund(settlement: &Settlement, row: &str, amount: Money, facts: &Facts) -> Result<(), Refusal> {
    let contract = contract_of(settlement, facts)?;
    let due = contract.row(row).map(|row| facts.row_available(AccountCode::RefundDue, &row.row));
    let above = due.is_none_or(|due| amount > due);
    refuse_if(above, 7, "SET-14", format!("超过应退额 {} 元", due.unwrap_or_default()))
}
