//! 处理处分规则 SAN-01 … SAN-06.

use super::flow::{Measure, Sanction, Stage, TargetKind};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::judge::refuse_if;
use crate::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::ledger::account::AccountCode;

pub fn propose(sanction: &Sanction, facts: &Facts) -> Result<(), Refusal> {
    let unfit = !is_known(sanction, facts) || !is_of_measure(sanction);
    refuse_if(unfit, 17, "SAN-01", "没有这一处理对象，或该措施不适用于它")?;
    let given = (sanction.amount.is_some(), sanction.deadline.is_some(), sanction.year.is_some());
    let wanted = match sanction.measure {
        Measure::Recover => (true, true, false),
        Measure::Cut => (true, false, true),
        Measure::Suspend => (false, false, false),
    };
    refuse_if(given != wanted, 17, "SAN-02", "收回须写金额和期限，调减须写金额和年度，暂停都不写")?;
    recoverable(sanction, facts)?;
    let past = sanction.deadline.is_some_and(|day| day <= facts.today)
        || sanction.year.is_some_and(|year| year <= facts.today.year());
    refuse_if(past, 17, "SAN-04", "期限须在今天之后，调减须为以后年度")?;
    let mut others = facts.of_kind::<Sanction>().filter(|(id, _)| *id != facts.case);
    let again = others.any(|(_, other)| {
        other.measure == Measure::Suspend
            && matches!(other.stage, Stage::Proposed | Stage::Effective)
            && (other.target_kind, &other.target) == (sanction.target_kind, &sanction.target)
    });
    let again = again && sanction.measure == Measure::Suspend;
    refuse_if(again, 17, "SAN-05", "同一对象已提出或已暂停拨付")
}

fn is_known(sanction: &Sanction, facts: &Facts) -> bool {
    let target = sanction.target.as_str();
    match sanction.target_kind {
        TargetKind::Department => facts.setting.departments.contains_key(&DepartmentId::new(target)),
        TargetKind::Provider => facts.provider(&CaseId::new(target)).is_some(),
        TargetKind::Contract => facts.contract(&CaseId::new(target)).is_some(),
        TargetKind::Line => facts.line(&LineId::new(target)).is_some(),
        TargetKind::Row => facts.rows.contains_key(&PackageRowId::new(target)),
    }
}

fn is_of_measure(sanction: &Sanction) -> bool {
    match sanction.measure {
        Measure::Suspend => sanction.target_kind != TargetKind::Row,
        Measure::Recover => matches!(sanction.target_kind, TargetKind::Line | TargetKind::Row),
        Measure::Cut => sanction.target_kind == TargetKind::Department,
    }
}

/// SAN-03: what is to be taken back is there, and nothing waits for it.
pub fn recoverable(sanction: &Sanction, facts: &Facts) -> Result<(), Refusal> {
    if sanction.measure != Measure::Recover {
        return Ok(());
    }
    let amount = sanction.amount.unwrap_or_default();
    let most: Money = match sanction.target_kind {
        TargetKind::Row => {
            facts.row_available(AccountCode::Paid, &PackageRowId::new(sanction.target.as_str()))
        }
        TargetKind::Line | TargetKind::Department | TargetKind::Provider | TargetKind::Contract => {
            let line = LineId::new(sanction.target.as_str());
            facts.available(AccountCode::Unspent, &line).min(facts.free(&line))
        }
    };
    let says = format!("最多可收回 {most} 元，其余已支付或已有合同等待支付，不能收回");
    refuse_if(amount > most, 17, "SAN-03", says)
}

pub fn collect(sanction: &Sanction) -> Result<(), Refusal> {
    refuse_if(sanction.measure != Measure::Recover, 17, "SAN-06", "不是收回资金，没有款项可登记")
}
