//! 资金流向: where the approved money of a department's year went (money.md § 5.6). Out of a node flows what came in.

use super::figures::MoneyFigures;
use crate::kernel::money::Money;

/// One flow: from, to, amount.
pub type Flow = (String, String, Money);

/// The flows of a year, zeros left out, sorted as text. `by_contract` lists contract, paid and refund due.
pub fn flows(figures: &MoneyFigures, by_contract: &[(String, Money, Money)]) -> Vec<Flow> {
    let flow = |from: &str, to: &str, amount| (from.to_string(), to.to_string(), amount);
    let mut flows = vec![
        flow("批复", "未预拨", figures.unadvanced),
        flow("批复", "结余", figures.lapsed),
        flow("批复", "结转", figures.carried),
        flow("批复", "预拨", figures.granted()),
        flow("预拨", "未支付", figures.unspent),
        flow("预拨", "退回财政", figures.returned),
        flow("预拨", "收回", figures.recovered),
    ];
    for (contract, paid, refund_due) in by_contract {
        flows.push(flow("预拨", &format!("已支付:{contract}"), *paid));
        flows.push(flow("预拨", &format!("应退:{contract}"), *refund_due));
    }
    flows.retain(|(_, _, amount)| *amount != Money::ZERO);
    flows.sort();
    flows
}
