//! 变更用途规则 CHG-01 … CHG-07.

use super::flow::{Form, Nature};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::kernel::ids::{DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use std::collections::BTreeMap;

/// The department whose lines a sound form moves.
pub fn apply(form: &Form, facts: &Facts) -> Result<DepartmentId, Refusal> {
    let unknown = form.lines().any(|line| facts.line_of_year(line, form.year).is_none());
    refuse_if(unknown, 16, "CHG-01", "没有这一批复行，或不属于本年度")?;
    let reduction = form.nature == Nature::Reduction;
    let misfit = form.moves.iter().any(|of| of.to.is_some() == reduction || of.to.as_ref() == Some(&of.from));
    refuse_if(misfit, 16, "CHG-02", "变更用途须写明不同的调入行，追减不写")?;
    let mut departments = form.lines().filter_map(|line| facts.line(line)).map(|line| &line.department);
    let first = departments.next().filter(|first| departments.all(|other| other == *first));
    // The bureau's treasurer is of no department and applies for any one of them.
    let applicant = facts.by.actor.department.as_ref();
    let department = first.filter(|first| applicant.is_none_or(|own| own == *first)).cloned();
    let foreign = || Refusal::under(16, "CHG-03", "跨部门须追减后追加，本部门只能变更自己的批复行");
    let department = department.ok_or_else(foreign)?;
    still_open(form, facts)?;
    let mut by_line: BTreeMap<&LineId, Money> = BTreeMap::new();
    for of in &form.moves {
        *by_line.entry(&of.from).or_default() += of.amount;
    }
    for (line, amount) in &by_line {
        let available = facts.available(AccountCode::Uncontracted, line);
        let says = format!("{line} 已签约部分不能变更，可变更 {available} 元");
        refuse_if(*amount > available, 16, "CHG-06", says)?;
    }
    for (line, amount) in &by_line {
        let unadvanced = facts.available(AccountCode::Unadvanced, line);
        let unspent = facts.available(AccountCode::Unspent, line);
        let available = if reduction { unadvanced } else { unadvanced + unspent };
        let says = format!("{line} 未支付的资金只有 {available} 元可变更");
        refuse_if(*amount > available, 16, "CHG-07", says)?;
    }
    Ok(department)
}

/// CHG-04 and CHG-05.
pub fn still_open(form: &Form, facts: &Facts) -> Result<(), Refusal> {
    refuse_if(facts.is_after(form.year), 16, "CHG-04", "年度已结束，不再变更")?;
    match form.lines().find_map(|line| facts.line_suspended(line)) {
        Some(case) => Err(Refusal::under(17, "CHG-05", format!("已暂停拨付（{case}），解除后办理"))),
        None => Ok(()),
    }
}
