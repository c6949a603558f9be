//! 文书: 结算送审表 as the settlement is submitted; 结算评审结论 and, where money comes back, 退款通知 as it is approved.

use super::flow::{Event, Form, Settlement};
use super::table::{SettledLine, total};
use crate::cases::contract::Contract;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::labels::word_label;
use crate::cases::execution::paper::{CasePaper, PaperTable, in_words, plain};
use crate::cases::execution::parameters::printed;
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use rust_decimal::Decimal;

pub fn papers(case: &Settlement, event: &Event, facts: &Facts) -> Vec<CasePaper> {
    let Some(contract) = facts.contract(&case.contract) else { return Vec::new() };
    match event {
        Event::Submitted { form, .. } => vec![submission(form, contract, facts)],
        Event::Settled { .. } => {
            let refund = refund(case, contract, facts);
            [conclusion(case, contract, facts)].into_iter().chain(refund).collect()
        }
        Event::Asked { .. }
        | Event::Supplied { .. }
        | Event::Verified { .. }
        | Event::Accepted
        | Event::Confirmed
        | Event::Contested { .. }
        | Event::Refunded { .. } => Vec::new(),
    }
}

fn about(contract: &Contract, facts: &Facts) -> Vec<(&'static str, String)> {
    vec![
        ("合同编号", contract.number.clone()),
        ("运维服务单位", facts.provider_label(&contract.provider)),
        ("服务期", format!("{} 至 {}", contract.start, contract.end)),
        ("合同金额", in_words(contract.signed_amount() + contract.added_amount())),
    ]
}

fn submission(form: &Form, contract: &Contract, facts: &Facts) -> CasePaper {
    let claimed: Money = form.lines.iter().map(|claim| claim.claimed).sum();
    let rows = form.lines.iter().map(|claim| {
        let row = contract.row(&claim.row);
        let name = row.map(|row| facts.row_label(&row.row)).unwrap_or_default();
        vec![claim.row.clone(), name, claim.claimed.to_string()]
    });
    let cloud =
        contract.rows.iter().any(|row| facts.line(&row.line).is_some_and(|line| line.category == "cloud"));
    let required = facts.parameters().required_materials(cloud);
    let state =
        |material: &str| if form.materials.iter().any(|held| held == material) { "已收" } else { "缺" };
    let materials =
        facts.parameters().all_materials().into_iter().filter(|material| {
            required.contains(material) || form.materials.iter().any(|held| held == material)
        });
    let materials = materials.map(|material| {
        let kind = if required.contains(&material) { "必备" } else { "可选" };
        vec![word_label(material).to_string(), kind.to_string(), state(material).to_string()]
    });
    let sums = vec!["合计".into(), String::new(), claimed.to_string()];
    CasePaper::new("submission", "运维资金结算送审表", Office::Bureau, facts.today)
        .numbered(facts.case.as_str())
        .sent_to(Office::Finance.organ())
        .facts(about(contract, facts))
        .table(
            PaperTable::new("送审明细", &["行号", "项目", "#送审金额（元）"], rows.collect())
                .with_total(sums),
        )
        .table(PaperTable::new("送审材料", &["材料", "要求", "状态"], materials.collect()))
}

fn conclusion(case: &Settlement, contract: &Contract, facts: &Facts) -> CasePaper {
    let scores = case.scores.unwrap_or_default();
    let number = |value: Option<Decimal>| value.map(printed).unwrap_or_else(|| "—".to_string());
    let mut about = about(contract, facts);
    about.extend([
        ("考核得分", number(scores.assessment)),
        ("用户评价得分", number(scores.user)),
        ("综合得分", number(scores.score)),
        ("结算系数（%）", number(scores.coefficient)),
    ]);
    let labels = [
        "项目",
        "#送审金额",
        "#审定数量",
        "#审定金额",
        "#核减（增）",
        "#核减率（%）",
        "#扣款",
        "#结算金额",
        "#已支付",
        "#应付（应退）",
    ];
    let cells = |name: String, quantity: String, line: &SettledLine| {
        let amounts = [line.penalty, line.settled, line.paid, line.due()].map(|amount| amount.to_string());
        let rate = number(line.cut_rate());
        let first = [
            name,
            line.claimed.to_string(),
            quantity,
            line.verified.to_string(),
            line.cut().to_string(),
            rate,
        ];
        first.into_iter().chain(amounts).collect::<Vec<String>>()
    };
    let rows = case.table.iter().map(|line| cells(facts.row_label(&line.row), plain(line.quantity), line));
    let table = PaperTable::new("评审结论（金额单位：元）", &labels, rows.collect());
    let whole = total(&case.table);
    let table = match &whole {
        Some(whole) => table.with_total(cells("合计".into(), String::new(), whole)),
        None => table,
    };
    let settled = whole.map(|whole| whole.settled).unwrap_or_default();
    about.push(("结算金额", in_words(settled)));
    CasePaper::new("conclusion", "运维资金结算评审结论", Office::Finance, facts.today)
        .numbered(facts.case.as_str())
        .facts(about)
        .table(table)
}

/// `None` where nothing was overpaid.
fn refund(case: &Settlement, contract: &Contract, facts: &Facts) -> Option<CasePaper> {
    let overpaid: Vec<&SettledLine> = case.table.iter().filter(|line| line.due().is_negative()).collect();
    let total: Money = overpaid.iter().map(|line| -line.due()).sum();
    let rows = overpaid.iter().map(|line| {
        vec![
            facts.row_label(&line.row),
            line.paid.to_string(),
            line.settled.to_string(),
            (-line.due()).to_string(),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let text = format!(
        "经结算评审，你单位 {} 号合同已支付的资金超出结算金额 {}，请退回。",
        contract.number,
        in_words(total)
    );
    let labels = ["项目", "#已支付（元）", "#结算金额（元）", "#应退（元）"];
    (!rows.is_empty()).then(|| {
        CasePaper::new("refund", "退款通知", Office::Bureau, facts.today)
            .numbered(facts.case.as_str())
            .sent_to(facts.provider_label(&contract.provider))
            .paragraph(text)
            .table(PaperTable::new("应退明细", &labels, rows))
    })
}
