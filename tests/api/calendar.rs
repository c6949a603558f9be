//! The year's calendar (Art. 4, 18): outside the window nothing is submitted, unless the bureau leader said so.

use crate::main_job::justify_all;
use shared::api::desk::{GrantLateWindow, ReadDesk};
use shared::api::requests::OpenRequest;
use shared::cases::kernel::Stage;
use shared::cases::request::Command;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, DepartmentId, OpId};
use shared::policy::art04_calendar::WindowState;
use tests::on_each_database;

const ID: &str = "water-2024";

pub fn grant(until: &str, reason: &str) -> GrantLateWindow {
    GrantLateWindow {
        operation: OpId::new(format!("late-{until}")),
        department: DepartmentId::new("water"),
        fiscal_year: FiscalYear(2024),
        until: Date::parse(until).expect("a day"),
        reason: reason.into(),
    }
}

#[test]
fn a_submission_outside_the_window_is_refused_by_article_and_date_until_a_late_window_is_granted() {
    on_each_database(|world| {
        justify_all(&world.desk("water.filler"), ID);
        world.restart("2023-09-01");
        let (filler, leader) = (world.desk("water.filler"), world.desk("bureau.leader"));
        let problem = filler.is_refused(ID, Command::Submit {});
        let refusal = problem.refusal.expect("a refusal");
        assert_eq!((refusal.code.as_str(), refusal.article), ("window.closed", Some(4)));
        assert!(refusal.message.contains("2023-08-31"), "{}", refusal.message);
        // The button says the same.
        let offers = filler.reads(ID).offers;
        assert_eq!(offers[0].refusal.as_ref(), Some(&refusal));

        let reason = "机构改革，系统清单移交延误，同意延期。";
        assert_eq!(filler.refused(&grant("2023-09-10", reason)).status, 403);
        assert_eq!(
            leader.refused(&grant("2023-12-31", reason)).refusal.map(|r| r.code),
            Some("late.until".into())
        );
        let short = leader.refused(&grant("2023-09-10", "同意")).refusal;
        assert_eq!(short.map(|refusal| refusal.code), Some("late.reason".into()));
        leader.call(&grant("2023-09-10", reason));
        leader.call(&grant("2023-09-10", reason));
        assert_eq!(world.count("select count(*) from late_windows"), 1);
        let desk = filler.call(&ReadDesk { fiscal_year: None });
        assert_eq!(desk.calendar.map(|c| c.opening), Some(WindowState::Late { days_left: 10 }));
        assert_eq!(filler.tells(ID, Command::Submit {}).case.stage, Stage::DepartmentCheck);
    });
}

#[test]
fn what_was_reported_in_time_may_be_put_right_afterwards() {
    on_each_database(|world| {
        world.restart("2023-10-08");
        let (filler, approver) = (world.desk("health.filler"), world.desk("health.approver"));
        filler.tells("health-2024", Command::Submit {});
        assert_eq!(approver.tells("health-2024", Command::DepartmentApprove {}).case.stage, Stage::Submitted);
        // Still at the department when the window closed: it had not been reported.
        let problem = world.desk("forest.approver").is_refused("forest-2024", Command::DepartmentApprove {});
        assert_eq!(problem.refusal.map(|r| r.code), Some("window.closed".into()));
    });
}

#[test]
fn a_year_outside_every_edition_is_refused_by_article_18() {
    on_each_database(|world| {
        let filler = world.desk("ecology.filler");
        let open = |year: i32| OpenRequest { request: CaseId::new("x"), fiscal_year: FiscalYear(year) };
        let refusal = filler.refused(&open(2026)).refusal.expect("a refusal");
        assert_eq!((refusal.code.as_str(), refusal.article), ("edition.none", Some(18)));
        assert_eq!(filler.call(&ReadDesk { fiscal_year: Some(2026) }).calendar, None);
    });
}

#[test]
fn the_desk_says_what_waits_for_whom() {
    on_each_database(|world| {
        let waits = |account: &str| -> Vec<String> {
            let desk = world.desk(account).call(&ReadDesk { fiscal_year: None });
            desk.tasks.iter().map(|task| task.id.to_string()).collect()
        };
        assert_eq!(waits("water.filler"), ["water-2024"]);
        assert_eq!(waits("forest.approver"), ["forest-2024"]);
        assert_eq!(waits("bureau.leader"), ["culture-2024"]);
        let mut reviewer = waits("bureau.reviewer");
        reviewer.sort();
        assert_eq!(reviewer, ["education-2024", "transport-2024"]);
        assert!(waits("admin.system").is_empty());
        let bureau = world.desk("bureau.leader").call(&ReadDesk { fiscal_year: None });
        assert_eq!(bureau.departments.len(), 12);
        assert_eq!(bureau.departments[7].stage, None);
        assert_eq!(world.desk("water.filler").call(&ReadDesk { fiscal_year: None }).departments.len(), 1);
        assert!(world.desk("ecology.filler").call(&ReadDesk { fiscal_year: None }).may_open);
    });
}
