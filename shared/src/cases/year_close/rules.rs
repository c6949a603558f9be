//! 关账规则 CLR-10 … CLR-14.

use super::flow::Carry;
use crate::cases::clearing::{self, Clearing, table, unsettled};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::kernel::ids::{DepartmentId, LineId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use std::collections::BTreeSet;

pub fn has_lines(year: i32, facts: &Facts) -> Result<(), Refusal> {
    let none = facts.lines_of(year, None).next().is_none();
    refuse_if(none, 7, "F-04", "该年度没有批复行，请核对年度")
}

pub fn may_close(year: i32, carry: &[Carry], facts: &Facts) -> Result<(), Refusal> {
    refuse_if(!facts.is_after(year), 7, "CLR-10", "运维年度未结束")?;
    let lines: Vec<&LineId> = facts.lines_of(year, None).collect();
    let departments: BTreeSet<&DepartmentId> =
        lines.iter().filter_map(|line| facts.line(line)).map(|line| &line.department).collect();
    if let Some(open) = departments.into_iter().find(|department| !is_level(year, department, facts)) {
        return Err(Refusal::under(7, "CLR-11", format!("{open} 尚未清算，或有合同未结算、差额未结清")));
    }
    let open = open_items(&lines, facts);
    let says = format!("有未办结事项：{}", open.join("、"));
    refuse_if(!open.is_empty(), 7, "CLR-12", says)?;
    refuse_if(carry.iter().any(|carry| is_above(year, carry, facts)), 7, "CLR-13", "超过未执行数")?;
    let again = carry.iter().filter_map(|carry| facts.line(&carry.line));
    let again = again.map(|line| line.carried + 1).any(|times| times >= facts.parameters().carry_years);
    refuse_if(again, 7, "CLR-14", "连续两年未用完，按结余收回")?;
    let none = !carry.is_empty() && !facts.setting.years.contains(&(year + 1));
    let says = format!("{} 年度不在政策有效期内，请登记延续执行文件", year + 1);
    refuse_if(none, 18, "edition.none", says)
}

/// Whether a department's year is cleared and level.
fn is_level(year: i32, department: &DepartmentId, facts: &Facts) -> bool {
    let mut clearings = facts.of_kind::<Clearing>();
    let cleared = clearings.any(|(_, clearing)| {
        clearing.stage == clearing::Stage::Cleared
            && (clearing.year, &clearing.department) == (year, department)
    });
    let level = table(facts, year, department).iter().all(|line| line.difference() == Money::ZERO);
    cleared && level && !unsettled(facts, facts.lines_of(year, Some(department)))
}

/// Accounts of the year that are reserved or must be 0 and are not.
fn open_items(lines: &[&LineId], facts: &Facts) -> Vec<String> {
    let line_keys: BTreeSet<&str> = lines.iter().map(|line| line.as_str()).collect();
    let rows: Vec<_> = lines.iter().flat_map(|line| facts.rows_of(line)).collect();
    let row_keys: BTreeSet<&str> = rows.iter().map(|row| row.as_str()).collect();
    let of_year = |key: &str| line_keys.contains(key) || row_keys.contains(key);
    let reserved = facts.ledger.open().filter(|row| of_year(&row.debit.key) || of_year(&row.credit.key));
    let mut open: Vec<String> =
        reserved.map(|row| format!("{} {} {} 元", row.origin.case, row.code.label(), row.amount)).collect();
    for line in lines {
        let unspent = facts.posted(AccountCode::Unspent, line);
        if unspent != Money::ZERO {
            open.push(format!("{line} 预拨未支付 {unspent} 元"));
        }
    }
    for row in rows {
        for code in [AccountCode::RefundDue, AccountCode::Payable] {
            let left = facts.row_posted(code, row);
            if left != Money::ZERO {
                open.push(format!("{row} {} {left} 元", code.label()));
            }
        }
    }
    open
}

/// Whether more is to be carried than was never contracted, or the line is none of the year.
fn is_above(year: i32, carry: &Carry, facts: &Facts) -> bool {
    if facts.line_of_year(&carry.line, year).is_none() {
        return true;
    }
    let left =
        facts.posted(AccountCode::Unadvanced, &carry.line) + facts.posted(AccountCode::Returned, &carry.line);
    carry.amount > left.min(facts.posted(AccountCode::Uncontracted, &carry.line))
}
