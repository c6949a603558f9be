//! Departments change their names and are merged: by two administrators and a document, with the names of the day on what
//! was begun before, and with posts and cases that go on.

use crate::accounts::{assign, create};
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

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

fn ordered(change: DepartmentChange, from_day: &str) -> AskDepartmentChange {
    let from_day = Date::parse(from_day).unwrap();
    let change = OrderedChange { change, document: "晋编办〔2023〕3号".into(), from_day };
    AskDepartmentChange { order: fresh_id(), change }
}

fn rename(department: &str, name: &str, from_day: &str) -> AskDepartmentChange {
    let department = DepartmentId::new(department);
    ordered(DepartmentChange::Rename { department, name: name.into() }, from_day)
}

fn merge(from: &[&str], into: &str, from_day: &str) -> AskDepartmentChange {
    let from = from.iter().map(|id| DepartmentId::new(*id)).collect();
    ordered(DepartmentChange::Merge { from, into: DepartmentId::new(into) }, from_day)
}

fn agree(asked: &AskDepartmentChange) -> DecideOrder {
    DecideOrder { order: asked.order.clone(), agree: true, reason: None, namesakes: false }
}

/// What the list says of the department of a case.
fn listed(desk: &Desk, case: &str) -> Option<String> {
    let lines = desk.call(&ReadCases::default()).lines;
    lines.into_iter().find(|line| line.id.as_str() == case)?.department_name
}

/// Both administrators a week after the demonstration's day.
fn a_week_later(world: &World) -> (Desk, Desk) {
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
