//! 合同规则 CON-01 … CON-12.

use super::flow::{AddedRow, Contract, ContractRow, Event, Form, Needs, Stage};
use crate::cases::execution::facts::{Facts, last_day};
use crate::cases::execution::judge::{Judge, refuse_if};
use crate::cases::procurement::{self, Award, Procurement, clock, row_id};
use crate::kernel::calendar::{Date, FiscalYear};
use crate::kernel::ids::LineId;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// CON-12.
pub fn in_year(year: i32, facts: &Facts) -> Result<(), Refusal> {
    let says = "年度已结束，不再新增合同，请退回并终止采购";
    refuse_if(facts.is_after(year), 6, "CON-12", says)
}

pub fn sign(form: &Form, facts: &Facts, judge: &mut Judge) -> Result<Event, Refusal> {
    let awarded = facts.package(&form.package).filter(|of| of.stage == procurement::Stage::Awarded);
    let taken = facts.contract_of(&form.package).is_some_and(|(holder, _)| holder != facts.case);
    let package = awarded.and_then(|package| Some((package, package.award.as_ref()?)));
    let Some((package, award)) = package.filter(|_| !taken) else {
        return Err(Refusal::under(6, "CON-01", "尚未成交或已有合同，请先完成采购程序"));
    };
    let year = package.plan.year;
    refuse_if(!is_as_awarded(form, package), 6, "CON-02", "合同金额须与成交价一致，逐行填报")?;
    let in_order = award.on <= form.signed_on
        && form.signed_on <= facts.today
        && form.signed_on <= form.end
        && FiscalYear(year).first_day() <= form.start
        && form.start <= form.end
        && form.end <= last_day(year);
    refuse_if(!in_order, 6, "CON-03", "日期不在运维年度内或早于成交")?;
    let days = facts.parameters().sign_days;
    let late = award.on.days_until(form.signed_on) > i64::from(days);
    judge.warn_if(late, 6, "CON-04", format!("超过成交后{days}日签订（采购法46）"))?;
    refuse_if(
        !has_sound_terms(form, facts),
        6,
        "CON-05",
        "付款条款不合规定：比例合计100%、一项结算、签约款不超过上限",
    )?;
    let mut others = facts.of_kind::<Contract>().filter(|(id, _)| *id != facts.case);
    let taken = others.any(|(_, other)| {
        other.year == year && other.stage != Stage::Returned && other.number == form.number
    });
    refuse_if(taken, 6, "CON-06", "合同编号重复")?;
    in_year(year, facts)?;
    Ok(signed(form, package, award))
}

fn is_as_awarded(form: &Form, package: &Procurement) -> bool {
    let rows: BTreeSet<&str> = package.plan.lines.iter().map(|row| row.id.as_str()).collect();
    let signed: BTreeSet<&str> = form.lines.iter().map(|row| row.row.as_str()).collect();
    rows == signed && form.lines.iter().all(|row| package.price(&row.row) == Some(row.amount()))
}

fn has_sound_terms(form: &Form, facts: &Facts) -> bool {
    let shares = |needs: Option<Needs>| -> Decimal {
        let terms = form.terms.iter().filter(|term| needs.is_none_or(|needs| term.needs == needs));
        terms.map(|term| term.share).sum()
    };
    let finals = form.terms.iter().filter(|term| term.needs == Needs::Settlement).count();
    shares(None) == Decimal::ONE_HUNDRED
        && finals == 1
        && shares(Some(Needs::Signature)) <= facts.parameters().prepay_limit
}

/// The event of a form that breaks no rule; rows in the order of the form.
fn signed(form: &Form, package: &Procurement, award: &Award) -> Event {
    let rows = form.lines.iter().filter_map(|signed| {
        Some(ContractRow {
            id: signed.row.clone(),
            row: row_id(&form.package, &signed.row),
            line: package.row(&signed.row)?.line.clone(),
            quantity: signed.quantity,
            unit: signed.unit.clone(),
            price: signed.price,
            added: Decimal::ZERO,
            added_amount: Money::ZERO,
        })
    });
    Event::Signed {
        form: form.clone(),
        provider: award.provider.clone(),
        year: package.plan.year,
        rows: rows.collect(),
    }
}

pub fn publish(
    contract: &Contract,
    published_on: Date,
    filed_on: Date,
    facts: &Facts,
    judge: &mut Judge,
) -> Result<(), Refusal> {
    let range = contract.signed_on..=facts.today;
    let misfit = !range.contains(&published_on) || !range.contains(&filed_on);
    refuse_if(misfit, 6, "CON-07", "日期有误：不得早于签订日，也不得晚于今天")?;
    let package = facts.package(&contract.package);
    let clock = package.map(|package| clock(facts, &contract.package, package)).unwrap_or_default();
    let late =
        clock.publish_by.is_some_and(|by| published_on > by) || clock.file_by.is_some_and(|by| filed_on > by);
    judge.warn_if(late, 6, "CON-08", "逾期公告或备案")
}

pub fn supplement(contract: &Contract, lines: &[AddedRow], facts: &Facts) -> Result<(), Refusal> {
    let foreign = lines.iter().any(|added| contract.row(&added.row).is_none());
    let misfit = foreign || facts.today > contract.end;
    refuse_if(misfit, 6, "CON-09", "只能在履行期内就原有内容补充")?;
    // In 元: quantities nobody contracted yet may come to more than the ledger could hold.
    let mut by_line: BTreeMap<&LineId, Decimal> = BTreeMap::new();
    for added in lines {
        if let Some(row) = contract.row(&added.row) {
            *by_line.entry(&row.line).or_default() += row.amount_of(added.quantity).yuan();
        }
    }
    let limit = facts.parameters().supplement_limit;
    let added = contract.added_amount().yuan() + by_line.values().sum::<Decimal>();
    let above = added * Decimal::ONE_HUNDRED > contract.signed_amount().yuan() * limit;
    refuse_if(above, 6, "CON-10", format!("补充合同累计超过原合同{limit}%（采购法49）"))?;
    for (line, amount) in by_line {
        let available = facts.available(AccountCode::Uncontracted, line);
        let says = format!("{line} 批复未签约额不足（{available} 元），请先办理变更用途或追加");
        refuse_if(amount > available.yuan(), 6, "CON-11", says)?;
    }
    in_year(contract.year, facts)
}
