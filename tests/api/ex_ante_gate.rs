//! 事前绩效评估 before a real 报送 (Art. 10): a request with a large new system is reported only once an evaluation supports it.

use crate::main_job::filled;
use serde_json::{Value, json};
use shared::api::performance::{EvaluationNeed, ReadExAnte};
use shared::api::transition::{Moved, Transition};
use shared::cases::kernel::Stage;
use shared::cases::request::Command;
use shared::kernel::ids::CaseId;
use tests::{Desk, Draft, World, fresh_id, on_each_database};

const REQUEST: &str = "ecology-2024-x";

fn needs(desk: &Desk) -> Vec<EvaluationNeed> {
    desk.call(&ReadExAnte { request: CaseId::new(REQUEST) }).needs
}

/// A command to an evaluation.
fn gives(desk: &Desk, case: &str, seen: u64, verb: &str, with: Value) -> Moved {
    let mut command = with.as_object().cloned().unwrap_or_default();
    command.insert("verb".to_string(), json!(verb));
    desk.call(&Transition {
        request: CaseId::new(case),
        operation: fresh_id(),
        seen,
        command: Value::Object(command),
        kind: Some("ex_ante".to_string()),
    })
}

/// A request that passes its form, but for a system that went online in the year before.
fn with_a_new_system(world: &World) -> (Desk, Desk) {
    let (filler, approver) = (world.desk("ecology.filler"), world.desk("ecology.approver"));
    filled(&filler, REQUEST);
    let online =
        |from: &str, to: &str| vec![Draft::set("systems", "s1", "online_date", Some(from), Some(to))];
    assert!(filler.edits(REQUEST, online("2018-03-16", "2023-03-16")).conflicts.is_empty());
    crate::main_job::justify_all(&filler, REQUEST);
    (filler, approver)
}

/// An evaluation of the system, concluded for `supported` of `amount`.
fn evaluated(world: &World, case: &str, system: &str, amount: &str, supported: &str) {
    let (filler, approver) = (world.desk("ecology.filler"), world.desk("ecology.approver"));
    let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
    let opening = json!({ "year": 2024, "object_kind": "新增系统", "system_code": system });
    gives(&filler, case, 0, "open", opening);
    let reason = "本部门信息系统运行维护需要的具体情况和理由说明如下。";
    let header = json!({ "amount": amount, "background": reason, "plan": reason, "funding": reason });
    gives(&filler, case, 1, "fill", json!({ "document": { "header": header } }));
    gives(&filler, case, 2, "submit", json!({}));
    gives(&approver, case, 3, "report", json!({}));
    let rows =
        ["n1", "n2", "n3", "n4", "e1", "e2", "e3", "e4", "t1", "t2", "t3", "t4", "p1", "p2", "p3", "p4"];
    let rows = rows.iter().chain(&["f1", "f2", "f3", "f4"]).map(|id| json!({ "id": id, "grade": "优" }));
    let rows: Vec<Value> = rows.collect();
    let conclusion = if amount == supported { "予以支持" } else { "部分支持" };
    let header = json!({ "method": "自行评估", "conclusion": conclusion, "supported_amount": supported,
        "reason": "部分内容与现有平台重复，相应核减。" });
    gives(&reviewer, case, 4, "fill", json!({ "document": { "header": header, "criteria": rows } }));
    gives(&reviewer, case, 5, "propose", json!({}));
    gives(&leader, case, 6, "conclude", json!({}));
}

#[test]
fn a_large_new_system_is_reported_only_with_an_evaluation_that_covers_it() {
    on_each_database(|world| {
        let (filler, approver) = with_a_new_system(world);
        let need = needs(&filler).into_iter().next().expect("the system needs an evaluation");
        assert_eq!((need.kind.as_str(), need.system.as_deref()), ("新增系统", Some("省水-01")));
        assert_eq!(
            need.refusal.map(|refusal| (refusal.code, refusal.article)),
            Some(("EXA-01".into(), Some(10)))
        );
        let amount = need.amount.yuan().to_string();
        filler.tells(REQUEST, Command::Submit {});
        let refused = |code: &str| {
            let problem = approver.is_refused(REQUEST, Command::DepartmentApprove {});
            let refusal = problem.refusal.expect("a refusal");
            assert_eq!((problem.status, refusal.code.as_str(), refusal.article), (403, code, Some(10)));
            assert_eq!(approver.reads(REQUEST).case.stage, Stage::DepartmentCheck);
        };
        refused("EXA-01");
        let opening = json!({ "year": 2024, "object_kind": "新增系统", "system_code": "省水-01" });
        gives(&filler, "exa-open", 0, "open", opening);
        refused("EXA-02");
        gives(&filler, "exa-open", 1, "withdraw", json!({ "reason": "改由正式材料重新发起评估。" }));
        refused("EXA-01");
        evaluated(world, "exa-part", "省水-01", &amount, "400000.00");
        refused("EXA-04");
        evaluated(world, "exa-whole", "省水-01", &amount, &amount);
        let need = needs(&filler).into_iter().next().expect("it still needs one");
        assert_eq!((need.refusal, need.evaluation), (None, Some(CaseId::new("exa-whole"))));
        assert_eq!(approver.tells(REQUEST, Command::DepartmentApprove {}).case.stage, Stage::Submitted);
        assert_eq!(needs(&world.desk("bureau.reviewer")).len(), 1, "who reviews it sees it too");
    });
}

#[test]
fn old_systems_need_no_evaluation_and_another_department_does_not_hear_of_them() {
    on_each_database(|world| {
        let (filler, approver) = (world.desk("ecology.filler"), world.desk("ecology.approver"));
        filled(&filler, REQUEST);
        assert_eq!(needs(&filler), Vec::new());
        filler.tells(REQUEST, Command::Submit {});
        approver.tells(REQUEST, Command::DepartmentApprove {});
        let asked = ReadExAnte { request: CaseId::new(REQUEST) };
        assert_eq!(world.desk("water.filler").refused(&asked).status, 404);
        assert_eq!(world.desk("admin.system").refused(&asked).status, 404);
    });
}
