//! Departments change their names and are merged: by two administrators and a document, with the names of the day on what
//! was begun before, and with posts, cases, sanctions and notices that go on.

use crate::accounts::{assign, create};
use crate::autumn::reasons;
use crate::money::verified;
use crate::money_issued::{drafted, give, year};
use crate::recipients::notices_of;
use serde_json::json;
use shared::api::accounts::{AskDepartmentChange, DecideOrder, ListAccounts};
use shared::api::cases::ReadCases;
use shared::api::problem::Problem;
use shared::api::session::ReadMe;
use shared::cases::kernel::Stage;
use shared::cases::request::Command;
use shared::kernel::calendar::Date;
use shared::kernel::ids::DepartmentId;
use shared::kernel::people::Role;
use shared::policy::accounts::departments::{DepartmentChange, OrderedChange};
use tests::{Desk, World, fresh_id, on_each_database};

/// It is with the approver of 省林业和草原局.
const REQUEST_OF_FOREST: &str = "forest-2024";

pub fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

pub fn ordered(change: DepartmentChange, from_day: &str) -> AskDepartmentChange {
    let from_day = Date::parse(from_day).unwrap();
    let change = OrderedChange { change, document: "晋编办〔2023〕3号".into(), from_day };
    AskDepartmentChange { order: fresh_id(), change }
}

pub fn rename(department: &str, name: &str, from_day: &str) -> AskDepartmentChange {
    let department = DepartmentId::new(department);
    ordered(DepartmentChange::Rename { department, name: name.into() }, from_day)
}

pub fn merge(from: &[&str], into: &str, from_day: &str) -> AskDepartmentChange {
    let from = from.iter().map(|id| DepartmentId::new(*id)).collect();
    ordered(DepartmentChange::Merge { from, into: DepartmentId::new(into) }, from_day)
}

pub fn agree(asked: &AskDepartmentChange) -> DecideOrder {
    DecideOrder { order: asked.order.clone(), agree: true, reason: None, namesakes: false }
}

/// What the list says of the department of a case.
pub fn listed(desk: &Desk, case: &str) -> Option<String> {
    let lines = desk.call(&ReadCases::default()).lines;
    lines.into_iter().find(|line| line.id.as_str() == case)?.department_name
}

/// Both administrators a week after the demonstration's day.
pub fn a_week_later(world: &World) -> (Desk, Desk) {
    world.restart("2023-07-22");
    (world.desk("admin.system"), world.desk("admin.security"))
}

#[test]
fn a_new_name_is_ordered_by_two_and_what_was_begun_before_shows_the_old_one_too() {
    on_each_database(|world| {
        let (system, security) = a_week_later(world);
        assert_eq!(code(system.refused(&rename("nobody", "省水务厅", "2023-07-20"))), "ACT-12");
        assert_eq!(code(system.refused(&rename("water", "省水务厅", "2023-07-23"))), "department.day");
        assert_eq!(
            world.desk("water.filler").refused(&rename("water", "省水务厅", "2023-07-20")).status,
            403
        );
        let asked = rename("water", "省水务厅", "2023-07-20");
        system.call(&asked);
        assert_eq!(system.refused(&agree(&asked)).status, 403, "not alone");
        assert_eq!(world.desk("water.filler").reads("water-2024").department_name, "省水利厅");
        let line = security.call(&ListAccounts {}).orders.remove(0);
        assert_eq!(line.name, "省水利厅更名为省水务厅，自 2023-07-20 起，晋编办〔2023〕3号");
        security.call(&agree(&asked));

        let filler = world.desk("water.filler");
        assert_eq!(filler.call(&ReadMe {}).department_name.as_deref(), Some("省水务厅"));
        assert_eq!(filler.reads("water-2024").department_name, "省水务厅（原省水利厅）");
        assert_eq!(listed(&filler, "water-2024").as_deref(), Some("省水务厅（原省水利厅）"));
        let departments = system.call(&ListAccounts {}).departments;
        let water = departments.iter().find(|line| line.id.as_str() == "water").unwrap();
        assert_eq!((water.name.as_str(), water.former.len()), ("省水务厅", 1));
        assert!(water.former[0].contains("省水利厅") && water.former[0].contains("晋编办〔2023〕3号"));
        // A second name comes after the first, and its day is not before it.
        assert_eq!(code(system.refused(&rename("water", "省水利水务厅", "2023-07-20"))), "department.day");
        let again = rename("water", "省水利水务厅", "2023-07-22");
        security.call(&again);
        system.call(&agree(&again));
        assert_eq!(filler.reads("water-2024").department_name, "省水利水务厅（原省水利厅）");
        let agreed = "select count(*) from audit_trail where act = 'account.agree'";
        assert_eq!(world.count(agreed), 2);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn a_merged_departments_posts_and_cases_go_on_in_the_other() {
    on_each_database(|world| {
        let stranger = world.desk("water.approver");
        assert_eq!(stranger.get("/api/requests/forest-2024").status, 404);
        let (system, security) = a_week_later(world);
        let merged = world.desk("forest.filler");
        for (wrong, expected) in [
            (merge(&["water"], "water", "2023-07-20"), "department.merge"),
            (merge(&["nobody"], "water", "2023-07-20"), "ACT-12"),
        ] {
            assert_eq!(code(security.refused(&wrong)), expected);
        }
        let asked = merge(&["forest"], "water", "2023-07-20");
        security.call(&asked);
        assert_eq!(code(security.refused(&merge(&["culture"], "water", "2023-07-20"))), "exists");
        system.call(&agree(&asked));
        assert_eq!(
            merged.refused(&ReadMe {}).status,
            401,
            "pages of a department that is not there any more end"
        );

        // The people of the merged department fill for the other, and nobody is put into the one that is gone.
        let me = world.desk("forest.filler").call(&ReadMe {});
        assert_eq!(me.actor.department.as_ref().map(DepartmentId::as_str), Some("water"));
        assert_eq!(world.desk("forest.filler").reads("water-2024").department_name, "省水利厅");
        system.call(&create("late.comer", "P-late"));
        let gone = security.refused(&assign("late.comer", Role::DepartmentFiller, Some("forest")));
        assert_eq!(gone.status, 404);
        assert_eq!(code(system.refused(&merge(&["culture"], "forest", "2023-07-21"))), "ACT-12");

        // Its case goes on with the other's posts, under both names.
        let approver = world.desk("water.approver");
        let view = approver.reads("forest-2024");
        assert_eq!(view.case.department.as_str(), "water");
        let name = listed(&approver, "forest-2024").unwrap();
        assert!(name.starts_with("省水利厅（原省林"), "{name}");
        assert_eq!(view.department_name, name);
        assert_eq!(listed(&world.desk("water.filler"), "water-2024").as_deref(), Some("省水利厅"));
        let approved = approver.tells("forest-2024", Command::DepartmentApprove {});
        assert_eq!(approved.case.stage, Stage::Submitted);
        assert_eq!(approver.reads("forest-2024").department_name, name, "the case was written since");
        assert_eq!(world.desk("culture.filler").get("/api/requests/forest-2024").status, 404);
        // A year and a department have one request; the one it took over counts for none.
        let taken = world
            .desk("water.filler")
            .post("/api/requests", &serde_json::json!({"request": "w3", "fiscal_year": 2024}));
        assert_eq!(taken.status, 409);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

fn merges(world: &World, from: &str, into: &str, from_day: &str) {
    let asked = merge(&[from], into, from_day);
    world.desk("admin.system").call(&asked);
    world.desk("admin.security").call(&agree(&asked));
}

#[test]
fn a_sanction_against_a_merged_department_blocks_its_successor_until_it_is_lifted() {
    on_each_database(|world| {
        let issue = drafted(world);
        let (reviewer, leader) = (world.desk("finance.reviewer"), world.desk("finance.leader"));
        let suspend = |target: &str| {
            json!({ "verb": "propose", "measure": "暂停拨付", "target_kind": "department", "target": target,
                "basis": "办法第十七条", "facts": "上年度资金未按批复用途使用，整改期间先行暂停拨付。" })
        };
        let cut = json!({ "verb": "propose", "measure": "调减以后年度预算", "target_kind": "department",
            "target": "agriculture", "amount": "100000000.00", "year": 2024, "basis": "办法第十七条",
            "facts": "上年度资金未按批复用途使用，按规定调减以后年度预算。" });
        for (case, propose) in [("cut-1", cut), ("stop-1", suspend("agriculture"))] {
            assert_eq!(give(&reviewer, case, "sanction", 0, propose).status, 200);
            assert_eq!(give(&leader, case, "sanction", 1, json!({ "verb": "decide" })).status, 200);
        }
        merges(world, "agriculture", "ecology", "2023-10-19");

        let refused = |case: &str, command| code(give(&reviewer, case, "sanction", 0, command).problem());
        assert_eq!(refused("stop-2", suspend("agriculture")), "SAN-01", "it is there no more");
        assert_eq!(refused("stop-3", suspend("ecology")), "SAN-05", "the suspension passed on");
        assert_eq!(code(leader.refused(&issue)), "SAN-07", "so did the cut");
        let lift = json!({ "verb": "lift", "reason": "复核后不予调减，予以解除处理决定。" });
        assert_eq!(give(&leader, "cut-1", "sanction", 2, lift.clone()).status, 200);
        leader.call(&issue);

        let treasurer = world.desk("bureau.treasurer");
        let lines = year(&treasurer).lines;
        assert!(!lines.is_empty());
        for line in &lines {
            assert_eq!((line.department.as_str(), line.suspended), ("ecology", true), "{}", line.line);
        }
        assert_eq!(give(&leader, "stop-1", "sanction", 2, lift).status, 200);
        assert!(year(&treasurer).lines.iter().all(|line| !line.suspended));
        verified(world);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn whoever_fills_for_the_successor_hears_of_a_merged_departments_cases() {
    on_each_database(|world| {
        a_week_later(world);
        let evaluation = "ea-forest";
        let open = json!({ "verb": "open", "year": 2024, "object_kind": "经费增长" });
        assert_eq!(give(&world.desk("forest.filler"), evaluation, "ex_ante", 0, open).status, 200);
        merges(world, "forest", "water", "2023-07-20");

        let everyone = ["water.filler", "forest.filler", "culture.filler"].map(|name| world.desk(name));
        let [own, merged, other] = &everyone;
        let back = Command::DepartmentReturn { reasons: reasons("请补充林区站点的依据。") };
        world.desk("water.approver").tells(REQUEST_OF_FOREST, back);
        let heard = everyone.each_ref().map(|desk| notices_of(desk, REQUEST_OF_FOREST).len());
        assert_eq!(heard, [1, 1, 0], "both fillers of the successor, and no other department");

        // A case of the money's kinds is theirs too: they act on it, and hear of it.
        let withdraw = json!({ "verb": "withdraw", "reason": "两部门合并后统一发起评估。" });
        assert_eq!(give(other, evaluation, "ex_ante", 1, withdraw.clone()).status, 404);
        let withdrawn = give(own, evaluation, "ex_ante", 1, withdraw);
        assert_eq!(withdrawn.status, 200, "{}", withdrawn.text);
        assert_eq!(notices_of(merged, evaluation).len(), 1);
        assert_eq!(notices_of(other, evaluation).len(), 0);
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}
