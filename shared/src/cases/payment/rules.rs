//! 支付规则 PAY-01 … PAY-15.

use super::flow::{Form, Payment, PaymentLine, Stage};
use crate::cases::acceptance::{self, Acceptance};
use crate::cases::contract::{self, Contract, Needs, Term};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::cases::sanction::TargetKind;
use crate::kernel::ids::{CaseId, LineId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use std::collections::BTreeMap;

/// The payment a form asks for.
pub fn apply(form: &Form, facts: &Facts) -> Result<Payment, Refusal> {
    let contract = effective_contract(&form.contract, facts)?;
    let foreign = form.lines.iter().any(|line| contract.row(&line.row).is_none());
    let Some(term) = contract.term(form.term).filter(|_| !foreign) else {
        return Err(Refusal::under(6, "PAY-03", "付款条款或合同行不符"));
    };
    let charged = charged_lines(form, contract);
    payable_now(&form.contract, contract, charged.iter().map(|(line, _)| line), facts)?;
    let misused = charged.iter().any(|(charged, paid)| *charged != paid.line);
    refuse_if(misused, 16, "PAY-06", "不得用于批复以外的用途，请先办理变更用途")?;
    let is_final = term.needs == Needs::Settlement;
    let mut others = facts.live_payments().filter(|(id, _)| *id != facts.case);
    let again =
        others.any(|(_, other)| other.contract == form.contract && other.term == form.term && !is_final);
    refuse_if(again, 6, "PAY-07", "本期款已申请或已支付")?;
    condition(&form.contract, contract, term, facts)?;
    let used = facts.live_payments().filter(|(id, _)| *id != facts.case).any(|(_, other)| {
        let other_contract = facts.contract(&other.contract);
        other.invoice == form.invoice && other_contract.is_some_and(|of| of.provider == contract.provider)
    });
    refuse_if(used, 6, "PAY-09", "发票已使用")?;
    before_settlement(&form.contract, contract, is_final, facts)?;
    let lines: Vec<PaymentLine> = charged.into_iter().map(|(_, paid)| paid).collect();
    amounts(contract, term, &lines, facts)?;
    Ok(Payment {
        stage: Stage::Applied,
        contract: form.contract.clone(),
        year: contract.year,
        term: form.term,
        is_final,
        invoice: form.invoice.clone(),
        lines,
    })
}

/// PAY-01 and PAY-02.
fn effective_contract<'a>(id: &CaseId, facts: &'a Facts) -> Result<&'a Contract, Refusal> {
    let contract = facts.world.contract(id).filter(|contract| match contract.stage {
        contract::Stage::Signed | contract::Stage::Returned => false,
        contract::Stage::Approved
        | contract::Stage::InForce
        | contract::Stage::SupplementCheck
        | contract::Stage::Terminated
        | contract::Stage::Settled => true,
    });
    let missing = || Refusal::under(6, "PAY-01", "没有生效的合同，请先签订并审核合同");
    let contract = contract.ok_or_else(missing)?;
    let unpublished = contract.stage == contract::Stage::Approved;
    refuse_if(unpublished, 6, "PAY-02", "合同未公告备案，采购程序未完成")?;
    Ok(contract)
}

/// The line each amount is charged to, beside what the row would have.
fn charged_lines(form: &Form, contract: &Contract) -> Vec<(LineId, PaymentLine)> {
    let lines = form.lines.iter().filter_map(|applied| {
        let row = contract.row(&applied.row)?;
        let charged = applied.line.clone().unwrap_or_else(|| row.line.clone());
        let paid = PaymentLine { row: row.row.clone(), line: row.line.clone(), amount: applied.amount };
        Some((charged, paid))
    });
    lines.collect()
}

/// PAY-04 and PAY-05.
fn payable_now<'a>(
    id: &CaseId,
    contract: &Contract,
    charged: impl Iterator<Item = &'a LineId>,
    facts: &Facts,
) -> Result<(), Refusal> {
    let inactive = !facts.is_provider_active(&contract.provider);
    refuse_if(inactive, 6, "PAY-04", "收款单位停用或账户待确认")?;
    let targets = [(TargetKind::Contract, id.as_str()), (TargetKind::Provider, contract.provider.as_str())];
    let suspension = facts.suspensions(&targets).first().copied();
    let suspension = suspension.or_else(|| charged.into_iter().find_map(|line| facts.line_suspended(line)));
    match suspension {
        Some(case) => Err(Refusal::under(17, "PAY-05", format!("已暂停拨付（{case}），解除后办理"))),
        None => Ok(()),
    }
}

/// PAY-08: what the term waits for has happened.
fn condition(id: &CaseId, contract: &Contract, term: &Term, facts: &Facts) -> Result<(), Refusal> {
    match term.needs {
        Needs::Signature => Ok(()),
        Needs::Acceptance => {
            let before = contract.terms.iter();
            let rank = before.filter(|of| of.needs == Needs::Acceptance && of.no <= term.no).count();
            let acceptances = facts.of_kind::<Acceptance>().filter(|(_, acceptance)| {
                acceptance.contract == *id && acceptance.stage == acceptance::Stage::Confirmed
            });
            refuse_if(acceptances.count() < rank, 6, "PAY-08", "尚未验收，请先办理验收")
        }
        Needs::Settlement => {
            let open = contract.stage != contract::Stage::Settled;
            refuse_if(open, 7, "PAY-08", "尚未结算评审，请先办理结算")
        }
    }
}

/// PAY-10 and PAY-11.
fn before_settlement(id: &CaseId, contract: &Contract, is_final: bool, facts: &Facts) -> Result<(), Refusal> {
    let late = !is_final && facts.is_after(contract.year);
    refuse_if(late, 7, "PAY-10", "年度已结束，由结算办理")?;
    let settling = contract.stage == contract::Stage::Terminated || facts.settlement_of(id).is_some();
    refuse_if(!is_final && settling, 7, "PAY-11", "已进入结算，只支付结算尾款")
}

/// PAY-12, PAY-13 and PAY-14.
fn amounts(contract: &Contract, term: &Term, lines: &[PaymentLine], facts: &Facts) -> Result<(), Refusal> {
    let total: Money = lines.iter().map(|line| line.amount).sum();
    let cap = contract.term_cap(term);
    let above = term.needs != Needs::Settlement && total > cap;
    refuse_if(above, 6, "PAY-12", format!("超过本期付款比例（{cap} 元）"))?;
    for line in lines {
        let payable = facts.row_available(AccountCode::Payable, &line.row);
        let says = format!("{} 超过合同未付额 {payable} 元", line.row);
        refuse_if(line.amount > payable, 6, "PAY-13", says)?;
    }
    let mut by_line: BTreeMap<&LineId, Money> = BTreeMap::new();
    for line in lines {
        *by_line.entry(&line.line).or_default() += line.amount;
    }
    for (line, amount) in by_line {
        let unspent = facts.available(AccountCode::Unspent, line);
        let says = format!("{line} 超过已预拨未支付额 {unspent} 元，请先申请预拨");
        refuse_if(amount > unspent, 6, "PAY-14", says)?;
    }
    Ok(())
}

pub fn approve(payment: &Payment, facts: &Facts) -> Result<(), Refusal> {
    let gone = || Refusal::under(6, "PAY-01", "没有生效的合同，请先签订并审核合同");
    let contract = facts.contract(&payment.contract).ok_or_else(gone)?;
    payable_now(&payment.contract, contract, payment.lines.iter().map(|line| &line.line), facts)?;
    if let Some(term) = contract.term(payment.term) {
        condition(&payment.contract, contract, term, facts)?;
    }
    before_settlement(&payment.contract, contract, payment.is_final, facts)
}

pub fn bounce(payment: &Payment, facts: &Facts) -> Result<(), Refusal> {
    let settling = facts.settlement_of(&payment.contract).is_some();
    let taken =
        payment.lines.iter().any(|line| facts.row_available(AccountCode::Paid, &line.row) < line.amount);
    refuse_if(settling || taken, 7, "PAY-15", "已结算，退款走结算退回")
}
