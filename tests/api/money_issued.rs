//! An issued batch opens the money of its requests, or is not issued.

use crate::autumn::{batch, draft, opens, order, reported};
use crate::money::verified;
use serde_json::{Value, json};
use shared::api::finance::ReadResult;
use shared::api::money::{MoneyYearView, ReadMoneyYear};
use shared::api::transition::Transition;
use shared::cases::Kind;
use shared::cases::approval;
use shared::cases::request::Command;
use shared::kernel::ids::CaseId;
use shared::kernel::money::Money;
use std::collections::BTreeMap;
use tests::{Desk, World, fresh_id, on_each_database};

pub const REQUEST: &str = "agriculture-2024";

/// A drafted batch that answers one request, ready to be issued; the command that issues it.
pub fn drafted(world: &World) -> Transition {
    reported(world);
    let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
    reviewer.tells(REQUEST, Command::FinancePass {});
    opens(&reviewer, "batch-1", Kind::Batch);
    reviewer.call(&order("batch-1", 0, draft("晋财行〔2024〕12号", &[REQUEST])));
    let (frozen, _) = batch(&leader, "batch-1").frozen.expect("a draft");
    order("batch-1", 1, approval::Command::IssueBatch { content_hash: frozen.hash })
}

pub fn year(desk: &Desk) -> MoneyYearView {
    desk.call(&ReadMoneyYear { fiscal_year: 2024, department: None })
}

pub fn give(desk: &Desk, case: &str, kind: &str, seen: u64, command: Value) -> tests::Answer {
    desk.ask(&Transition {
        request: CaseId::new(case),
        operation: fresh_id(),
        seen,
        command,
        kind: Some(kind.to_string()),
    })
}

#[test]
fn an_issued_batch_opens_what_it_approved_line_by_line_and_once() {
    on_each_database(|world| {
        let issue = drafted(world);
        let (leader, treasurer) = (world.desk("finance.leader"), world.desk("bureau.treasurer"));
        assert!(year(&treasurer).lines.is_empty());
        let first = leader.ask(&issue);
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(leader.ask(&issue).text, first.text, "the same operation is answered the same");

        let approved = world.desk("agriculture.filler").call(&ReadResult { request: CaseId::new(REQUEST) });
        let mut of_category: BTreeMap<String, Money> = BTreeMap::new();
        for line in &approved.lines {
            *of_category.entry(line.category.clone()).or_default() += line.amounts.approved();
        }
        of_category.retain(|_, amount| amount.is_positive());
        let opened = year(&treasurer);
        let mut found: BTreeMap<String, Money> = BTreeMap::new();
        for line in &opened.lines {
            assert_eq!(line.department.as_str(), "agriculture");
            assert!(line.line.as_str().starts_with("money-agriculture-2024/"), "{}", line.line);
            *found.entry(line.category.clone()).or_default() += line.figures["approved"];
        }
        assert_eq!(found, of_category);
        assert_eq!(opened.total["approved"], approved.total.approved());
        let named = approved.lines.iter().filter(|line| line.amounts.approved().is_positive()).count();
        assert_eq!(opened.lines.len(), named, "one line of money for each line that got some");
        assert_eq!(world.count("select count(*) from cases where kind = 'money.request'"), 1);
        verified(world);

        // What was opened is there to be advanced.
        let line = opened.lines[0].line.to_string();
        let apply = json!({ "verb": "apply", "year": 2024, "lines": [{ "line": line, "amount": "1.00" }] });
        world.restart("2024-02-01");
        let advanced = give(&treasurer, "adv-1", "advance", 0, apply);
        assert_eq!(advanced.status, 200, "{}", advanced.text);
    });
}

#[test]
fn a_batch_that_leaves_a_decided_cut_untaken_is_not_issued_and_opens_nothing() {
    on_each_database(|world| {
        let issue = drafted(world);
        let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let propose = json!({ "verb": "propose", "measure": "调减以后年度预算", "target_kind": "department",
            "target": "agriculture", "amount": "100000000.00", "year": 2024, "basis": "办法第十七条",
            "facts": "上年度资金未按批复用途使用，按规定调减以后年度预算。" });
        assert_eq!(give(&reviewer, "cut-1", "sanction", 0, propose).status, 200);
        assert_eq!(give(&leader, "cut-1", "sanction", 1, json!({ "verb": "decide" })).status, 200);
        let refused = leader.refused(&issue);
        assert_eq!(refused.refusal.map(|refusal| refusal.code).as_deref(), Some("SAN-07"));
        assert_eq!(world.count("select count(*) from transfers"), 0);
        assert_eq!(world.count("select count(*) from cases where stage = 'issued'"), 0);
        assert!(world.desk("agriculture.filler").reads(REQUEST).case.approval.is_none());

        let lift = json!({ "verb": "lift", "reason": "复核后不予调减，予以解除处理决定。" });
        assert_eq!(give(&leader, "cut-1", "sanction", 2, lift).status, 200);
        leader.call(&issue);
        assert!(world.count("select count(*) from transfers") > 0);
        verified(world);
    });
}
