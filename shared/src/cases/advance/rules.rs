//! 预拨规则 ADV-01 … ADV-06.

use super::flow::{Advance, Grant};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use std::collections::BTreeSet;

pub fn apply(year: i32, lines: &[Grant], facts: &Facts) -> Result<(), Refusal> {
    let unknown = lines.iter().any(|grant| facts.line_of_year(&grant.line, year).is_none());
    refuse_if(unknown, 6, "ADV-01", "该项尚未批复，请先办理预算批复")?;
    still_open(year, lines, facts)?;
    for grant in lines {
        let available = facts.available(AccountCode::Unadvanced, &grant.line);
        let says = format!("{} 超过批复未预拨额 {available} 元", grant.line);
        refuse_if(grant.amount > available, 6, "ADV-04", says)?;
    }
    Ok(())
}

/// ADV-02 and ADV-03, asked at every step up to the approval.
pub fn still_open(year: i32, lines: &[Grant], facts: &Facts) -> Result<(), Refusal> {
    let suspension = lines.iter().find_map(|grant| facts.line_suspended(&grant.line));
    if let Some(suspension) = suspension {
        let says = format!("已暂停拨付（{suspension}），解除后办理");
        return Err(Refusal::under(17, "ADV-02", says));
    }
    refuse_if(facts.is_after(year), 6, "ADV-03", "年度已结束，由清算补拨")
}

/// What is granted, in the order of the application; as applied for when finance names no lines.
pub fn review(advance: &Advance, lines: Option<&[Grant]>) -> Result<Vec<Grant>, Refusal> {
    let Some(lines) = lines else { return Ok(advance.lines.clone()) };
    let names = |grants: &[Grant]| grants.iter().map(|grant| grant.line.clone()).collect::<BTreeSet<_>>();
    let granted = |applied: &Grant| lines.iter().find(|grant| grant.line == applied.line).cloned();
    let granted: Vec<Grant> = advance.lines.iter().filter_map(granted).collect();
    let above = advance.lines.iter().zip(&granted).any(|(applied, grant)| grant.amount > applied.amount);
    let nothing = granted.iter().all(|grant| grant.amount == Money::ZERO);
    let misfit = names(lines) != names(&advance.lines) || above || nothing;
    refuse_if(misfit, 6, "ADV-05", "核定数应逐项不超过申请数，且不得全部为零")?;
    Ok(granted)
}

pub fn reverse(advance: &Advance, facts: &Facts) -> Result<(), Refusal> {
    let spent =
        advance.granted.iter().any(|grant| facts.available(AccountCode::Unspent, &grant.line) < grant.amount);
    refuse_if(spent, 6, "ADV-06", "已支付，不能整笔退回")
}
