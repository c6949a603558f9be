//! Departments end: one is split into new ones of which one carries it on, one is closed once it has nothing under way.

use crate::accounts::{accept, assign, create, decide, order as account_order};
use crate::autumn::{opens, order};
use crate::departments::{a_week_later, agree, code, listed, merge, ordered, rename};
use serde_json::json;
use shared::api::accounts::{AskDepartmentChange, AskOrder, ListAccounts};
use shared::api::cases::{CaseView, ReadCase};
use shared::api::desk::{GrantLateWindow, ReadDesk};
use shared::api::problem::Problem;
use shared::api::session::ReadMe;
use shared::cases::Kind;
use shared::cases::account_order::OrderedAct;
use shared::cases::kernel::Stage;
use shared::cases::request::Command;
use shared::cases::separate;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Role;
use shared::policy::accounts::departments::{DepartmentChange, PartDepartment};
use tests::{Desk, World, fresh_id, on_each_database};

fn split(department: &str, into: &[(&str, &str)], successor: &str) -> AskDepartmentChange {
    let part =
        |(id, name): &(&str, &str)| PartDepartment { id: DepartmentId::new(*id), name: (*name).to_string() };
    let change = DepartmentChange::Split {
        department: DepartmentId::new(department),
        into: into.iter().map(part).collect(),
        successor: DepartmentId::new(successor),
    };
    ordered(change, "2023-07-20")
}

fn close(department: &str) -> AskDepartmentChange {
    ordered(DepartmentChange::Close { department: DepartmentId::new(department) }, "2023-07-20")
}

/// A person with their first post, signed in.
fn newcomer(world: &World, account: &str, role: Role, department: &str) -> Desk {
    let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
    let link = system.call(&create(account, &format!("P-{account}"))).link;
    let activation = security.call(&assign(account, role, Some(department))).code;
    let password = "Qing-shan-77";
    let accepted = accept(&world.visitor(), &link, activation.as_deref(), password);
    assert!(accepted.status < 300, "{}", accepted.text);
    let mut desk = world.visitor();
    desk.sign_in(account, password);
    desk
}

fn page(desk: &Desk, case: &str) -> CaseView {
    desk.call(&ReadCase { case: CaseId::new(case) })
}

fn is_hidden(desk: &Desk, case: &str) -> bool {
    desk.ask(&ReadCase { case: CaseId::new(case) }).status == 404
}

fn withdraws(desk: &Desk, case: &str) {
    let reason = "不再单独申请，并入年度申请。".to_string();
    desk.call(&order(case, 0, separate::Command::Withdraw { reason }));
}

fn sound(world: &World) {
    world.stop();
    let report = world.verified();
    assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
}

const PARTS: [(&str, &str); 2] = [("woods", "省林业局"), ("grass", "省草原局")];

#[test]
fn a_split_departments_cases_go_on_in_one_part_and_all_read_its_history() {
    on_each_database(|world| {
        let filler = world.desk("forest.filler");
        opens(&filler, "forest-alone", Kind::Separate);
        withdraws(&filler, "forest-alone");
        let (system, security) = a_week_later(world);
        for (wrong, expected) in [
            (split("forest", &PARTS[..1], "woods"), "department.split"),
            (split("forest", &PARTS, "forest"), "department.split"),
            (split("forest", &[("woods", "省林业局"), ("water", "省草原局")], "woods"), "department.split"),
            (split("nobody", &PARTS, "woods"), "ACT-12"),
        ] {
            assert_eq!(code(security.refused(&wrong)), expected);
        }
        let asked = split("forest", &PARTS, "woods");
        security.call(&asked);
        let line = system.call(&ListAccounts {}).orders.remove(0);
        assert!(
            line.name.starts_with("省林业和草原局拆分为省林业局、省草原局，由省林业局承接"),
            "{}",
            line.name
        );
        assert_eq!(security.refused(&agree(&asked)).status, 403, "not alone");
        system.call(&agree(&asked));

        // Posts and open cases pass to the part that carries the department on.
        let filler = world.desk("forest.filler");
        let own = filler.call(&ReadMe {}).actor.department;
        assert_eq!(own.as_ref().map(DepartmentId::as_str), Some("woods"));
        assert_eq!(filler.reads("forest-2024").department_name, "省林业局（原省林业和草原局）");
        assert!(!filler.call(&ReadDesk { fiscal_year: Some(2024) }).may_open, "it took a request over");
        let another = filler.post("/api/requests", &json!({ "request": "w1", "fiscal_year": 2024 }));
        assert_eq!(another.status, 409, "a year and a department have one request");
        let moved =
            world.desk("forest.approver").tells("forest-2024", Command::DepartmentApprove {}).case.stage;
        assert_eq!(moved, Stage::Submitted);

        reads_history(world);

        let listed = system.call(&ListAccounts {}).departments;
        let former =
            |id: &str| listed.iter().find(|line| line.id.as_str() == id).map(|line| line.former.clone());
        assert_eq!(former("forest"), None);
        for part in ["woods", "grass"] {
            assert_eq!(former(part).unwrap(), ["2023-07-20 由省林业和草原局拆分（晋编办〔2023〕3号）"]);
        }
        assert_eq!(code(system.refused(&rename("forest", "省林草局", "2023-07-21"))), "ACT-12");
        assert_eq!(code(system.refused(&merge(&["water"], "forest", "2023-07-21"))), "ACT-12");
        sound(world);
    });
}

/// The other part reads what is concluded, and nothing of what its sister works on; its own year begins at none.
fn reads_history(world: &World) {
    let grass = newcomer(world, "grass.filler", Role::DepartmentFiller, "grass");
    let view = page(&grass, "forest-alone");
    assert!(view.commands.is_empty() && view.locked.is_some(), "{:?}", view.commands);
    assert_eq!(listed(&grass, "forest-alone").as_deref(), Some("省林业局（原省林业和草原局）"));
    assert!(listed(&grass, "forest-2024").is_none() && grass.get("/api/requests/forest-2024").status == 404);
    assert!(is_hidden(&world.desk("water.filler"), "forest-alone"), "no other department reads it");
    let reason = "重新办理。".to_string();
    let refused = grass.refused(&order("forest-alone", 1, separate::Command::Withdraw { reason }));
    assert!(matches!(refused.status, 403 | 404 | 409), "{refused:?}");
    assert!(grass.call(&ReadDesk { fiscal_year: Some(2024) }).may_open);
    let opened = grass.post("/api/requests", &json!({ "request": "grass-2024", "fiscal_year": 2024 }));
    assert_eq!(opened.status, 200, "{}", opened.text);
    assert!(
        listed(&world.desk("forest.filler"), "grass-2024").is_none(),
        "a part reads no more of its sister"
    );
}

#[test]
fn a_department_is_closed_once_nothing_of_it_is_open_and_its_history_stays() {
    on_each_database(|world| {
        let (system, security) = a_week_later(world);
        let open = |problem: Problem| {
            let refusal = problem.refusal.expect("a refusal");
            assert_eq!(refusal.code, "department.open_cases");
            refusal.message
        };
        let message = open(system.refused(&close("forest")));
        assert!(
            message.contains("1 件") && message.contains("2024 年度运维服务申请（部门审核）"),
            "{message}"
        );
        let withdraw = Command::Withdraw { reason: "职能划出，不再申报。".into() };
        let approver = world.desk("forest.approver");
        approver.call(&approver.command("forest-2024", withdraw));

        let post = AskOrder {
            department: Some(DepartmentId::new("forest")),
            ..account_order(OrderedAct::ChangePost, "water.filler", Some(Role::DepartmentFiller))
        };
        system.call(&post);

        // What is opened between asking and agreeing is seen by whoever agrees.
        let asked = close("forest");
        system.call(&asked);
        let filler = world.desk("forest.filler");
        opens(&filler, "forest-alone", Kind::Separate);
        assert!(open(security.refused(&agree(&asked))).contains("单独申请"));
        withdraws(&filler, "forest-alone");
        security.call(&agree(&asked));

        assert_eq!(filler.refused(&ReadMe {}).status, 401, "its people are signed out");
        assert_eq!(code(security.refused(&decide(&post, true))), "ACT-12", "an order from before");
        assert_eq!(world.count("select count(*) from accounts where department = 'forest'"), 0);
        nothing_is_opened(world, &system, &security);

        // Whoever oversees reads on, under the name it had.
        let auditor = world.desk("auditor");
        assert_eq!(auditor.reads("forest-2024").department_name, "省林业和草原局");
        assert_eq!(page(&auditor, "forest-alone").head.id.as_str(), "forest-alone");
        assert_eq!(listed(&auditor, "forest-2024").as_deref(), Some("省林业和草原局"));
        assert!(is_hidden(&world.desk("water.filler"), "forest-alone"));
        let accounts = system.call(&ListAccounts {});
        let closed = &accounts.closed_departments[0];
        assert_eq!(closed.former, ["2023-07-20 撤销（晋编办〔2023〕3号）"]);
        assert!(accounts.departments.iter().all(|line| line.id != closed.id));
        let desk = world.desk("bureau.leader").call(&ReadDesk { fiscal_year: Some(2024) });
        assert!(desk.departments.iter().all(|state| state.department.as_str() != "forest"));
        sound(world);
    });
}

/// A closed department gets no person, no window and no further change.
fn nothing_is_opened(world: &World, system: &Desk, security: &Desk) {
    system.call(&create("late.comer", "P-late"));
    assert_eq!(security.refused(&assign("late.comer", Role::DepartmentFiller, Some("forest"))).status, 404);
    let window = GrantLateWindow {
        operation: fresh_id(),
        department: DepartmentId::new("forest"),
        fiscal_year: FiscalYear(2024),
        until: Date::parse("2023-09-10").unwrap(),
        reason: "机构调整期间未能按时申报，准予延期。".into(),
    };
    assert!(world.desk("bureau.leader").refused(&window).status >= 400);
    for again in
        [close("forest"), split("forest", &PARTS, "woods"), merge(&["forest"], "water", "2023-07-21")]
    {
        assert_eq!(code(system.refused(&again)), "ACT-12");
    }
    let reused = rename("ecology", "省林业和草原局", "2023-07-21");
    system.call(&reused);
    security.call(&agree(&reused));
}
