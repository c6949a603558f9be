//! 文书: 单位登记表, as a second person confirms the entry.

use super::flow::{Event, Provider};
use crate::cases::execution::facts::Facts;
use crate::cases::execution::paper::CasePaper;
use crate::kernel::people::Office;

pub fn papers(case: &Provider, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    match event {
        Event::Confirmed => vec![registration(case, facts)],
        Event::Registered(_) | Event::Changed(_) | Event::Blocked { .. } | Event::Unblocked { .. } => {
            Vec::new()
        }
    }
}

fn registration(case: &Provider, facts: &Facts) -> CasePaper {
    let form = &case.form;
    CasePaper::new("registration", "运维服务单位登记表", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .facts(vec![
            ("单位名称", form.name.clone()),
            ("统一社会信用代码", form.credit_code.clone()),
            ("联系人", form.contact.clone()),
            ("联系电话", form.phone.clone()),
            ("开户银行", form.bank.bank.clone()),
            ("银行账号", form.bank.account.clone()),
        ])
}
