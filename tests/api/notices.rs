//! Notices: whoever has to act on a return, an acceptance or a deadline is notified, by name, at once, and once.

use super::main_job::confirm;
use shared::api::cases::OpenCase;
use shared::api::live::path;
use shared::api::notices::{MarkNoticesRead, Notices, ReadNotices};
use shared::cases::Kind;
use shared::cases::kernel::Reason;
use shared::cases::request::Command;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, NoticeId};
use std::sync::mpsc;
use std::time::Duration;
use tests::{Database, Desk, Draft, World, on_each_database};

fn notices(desk: &Desk) -> Notices {
    desk.call(&ReadNotices {})
}

fn mark(desk: &Desk, id: &NoticeId) -> usize {
    desk.call(&MarkNoticesRead { notices: vec![id.clone()] })
}

fn back(text: &str) -> Command {
    Command::BureauReturn { reasons: vec![Reason { text: text.into(), place: None }] }
}

#[test]
fn a_return_is_told_to_the_department_and_nobody_else() {
    on_each_database(|world| {
        let reviewer = world.desk("bureau.reviewer");
        let (filler, approver) = (world.desk("education.filler"), world.desk("education.approver"));
        // What the bureau remarked on before stands there already.
        assert_eq!(notices(&filler).unread, 1);
        reviewer.tells("education-2024", back("请补充云资源的用量依据。"));

        let notices_read = notices(&filler);
        assert_eq!((notices_read.unread, notices_read.notices.len()), (2, 2));
        let notice = &notices_read.notices[0];
        assert_eq!(notice.text, "退回补正，1 条意见：请补充云资源的用量依据。");
        assert_eq!(notice.about, "省教育厅 2024 年度运维服务申请");
        let case = notice.case.as_ref().expect("a case");
        assert_eq!(
            (case.id.as_str(), case.kind.expect("an office's kind"), case.fiscal_year.0),
            ("education-2024", Kind::Request, 2024)
        );
        assert!(!notice.by.is_empty() && !notice.read);
        // The approver was asked to report it before.
        assert_eq!(notices(&approver).unread, 3);
        for other in ["water.filler", "bureau.reviewer", "finance.reviewer", "auditor"] {
            let notices_read = notices(&world.desk(other)).notices.into_iter().map(|n| n.text);
            assert!(
                !notices_read.collect::<String>().contains("退回补正，1 条意见：请补充云资源"),
                "{other}"
            );
        }

        // Read by one, it is still new to the other; marking again changes nothing.
        assert_eq!((mark(&filler, &notice.id), mark(&filler, &notice.id)), (1, 1));
        assert!(notices(&filler).notices[0].read);
        assert_eq!((notices(&filler).unread, notices(&approver).unread), (1, 3));
    });
}

#[test]
fn an_acceptance_is_told_and_a_refused_command_tells_nobody() {
    on_each_database(|world| {
        let leader = world.desk("bureau.leader");
        let filler = world.desk("culture.filler");
        let before = world.count("select count(*) from notices");
        let wrong = Command::BureauConfirm { content_hash: "0".repeat(64), review_hash: String::new() };
        leader.is_refused("culture-2024", wrong);
        assert_eq!(world.count("select count(*) from notices"), before);
        let case = leader.reads("culture-2024").case;
        leader.tells("culture-2024", confirm(&case));
        assert_eq!(notices(&filler).notices[0].text, "省局已审核通过");
    });
}

#[test]
fn the_stream_says_how_much_is_unread_and_a_reconnecting_browser_gets_what_it_missed() {
    on_each_database(|world| {
        let (reviewer, filler) = (world.desk("bureau.reviewer"), world.desk("education.filler"));
        let now = path("", None);
        let mut heard = filler.hears(&now, None);
        let (_, first) = heard.next().expect("where it stands");
        assert_eq!((first["type"].as_str(), first["unread"].as_u64()), (Some("unread"), Some(1)));
        reviewer.tells("education-2024", back("请补充合同。"));
        let (id, notices_read) = heard.next().expect("the notice");
        assert_eq!((id.as_str(), notices_read["type"].as_str()), ("2.0", Some("arrived")));
        assert_eq!(heard.next().expect("the count").1["unread"], 2);
        // Marked on another device, the count falls here.
        mark(&filler, &NoticeId::new("n2"));
        assert_eq!(heard.next().expect("the count").1["unread"], 1);

        // Its own reconnecting and ours, which names where it got to in the address.
        for mut again in [filler.hears(&now, Some("1.0")), filler.hears(&path("1.0", None), None)] {
            let (id, notices_read) = again.next().expect("what was missed");
            assert_eq!(
                (id.as_str(), notices_read["notice"]["case"]["id"].as_str()),
                ("2.0", Some("education-2024"))
            );
        }
        let mut nothing_missed = filler.hears(&now, Some("2.0"));
        assert_eq!(nothing_missed.next().expect("the count").1["type"], "unread");
        assert_eq!(filler.get(&path("2", None)).status, 422);
    });
}

/// Nobody is notified of a draft and the desk of the reviewer does not show it: the event says only that something moved.
#[test]
fn an_open_desk_hears_when_any_case_begins_or_moves() {
    on_each_database(|world| {
        let (reviewer, filler) = (world.desk("bureau.reviewer"), world.desk("water.filler"));
        let mut desk = reviewer.desk_changes();
        assert!(desk.next().is_some(), "at the start, for what happened before the stream was open");
        let case = CaseId::new("s-desk");
        filler.call(&OpenCase { case, kind: Kind::Separate, fiscal_year: FiscalYear(2024) });
        assert!(desk.next().is_some());
        reviewer.tells("education-2024", back("请补充合同。"));
        assert!(desk.next().is_some());
    });
}

#[test]
fn a_nearing_deadline_reminds_those_who_have_not_reported_and_again_when_it_is_close() {
    on_each_database(|world| {
        assert_eq!(notices(&world.desk("water.filler")).unread, 0);
        world.restart("2023-08-20");
        let filler = world.desk("water.filler");
        let notices_read = notices(&filler);
        assert!(
            notices_read.notices[0].text.contains("申报期还剩 12 天"),
            "{}",
            notices_read.notices[0].text
        );
        assert_eq!(mark(&filler, &notices_read.notices[0].id), 0);
        assert_eq!(notices(&world.desk("transport.filler")).notices, [], "has reported");
        world.restart("2023-08-30");
        assert_eq!(notices(&world.desk("water.filler")).unread, 1);
        world.restart("2023-10-20");
        assert!(notices(&world.desk("bureau.leader")).notices[0].text.contains("2023-10-31"));
    });
}

/// Waits for what must come at once, well before a stream would look by itself.
fn soon<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, outcome) = mpsc::channel();
    std::thread::spawn(move || done.send(wait()));
    outcome.recv_timeout(Duration::from_secs(15)).expect("it comes at once")
}

#[test]
fn what_others_do_is_heard_at_once_in_every_window() {
    on_each_database(|world| {
        let (filler, approver) = (world.desk("education.filler"), world.desk("education.approver"));
        let seq = filler.reads("education-2024").seq;
        let windows: Vec<_> = (0..3)
            .map(|_| {
                let mut events = approver.listens("education-2024", seq);
                assert!(events.next().expect("where it stands")["moved"].is_object());
                events
            })
            .collect();
        let mut bell = filler.hears(&path("", None), None);
        drop(bell.next());
        world.desk("bureau.reviewer").tells("education-2024", back("请补充合同。"));
        let notice = soon(move || bell.next().expect("the notice").1);
        assert_eq!(notice["notice"]["text"], "退回补正，1 条意见：请补充合同。");
        for mut events in windows {
            // What else is heard of the case comes on the same stream.
            soon(move || events.find(|heard| heard["moved"]["stage"] == "returned").expect("the step"));
        }
        let water = world.desk("water.filler");
        let old = water.reads("water-2024").document.rows("budget_request")[0].cells["contact"].clone();
        let seq = water.reads("water-2024").seq;
        let windows: Vec<_> = (0..3).map(|_| water.listens("water-2024", seq)).collect();
        water.edits("water-2024", vec![Draft::header("budget_request", "contact", Some(&old), Some("周五"))]);
        for events in windows {
            let edited = soon(move || events.into_iter().find(|event| event["edited"].is_object()));
            let change = &edited.expect("the edit")["edited"]["entry"]["op"]["changes"][0];
            assert_eq!(change["set"]["to"], "周五");
        }
    });
}

#[test]
fn two_servers_on_one_postgresql_are_as_one() {
    if !World::has_postgres() {
        return;
    }
    let world = World::demo(Database::Postgres);
    let second = world.another_server();
    let (here, there) = (world.desk("water.filler"), second.desk("water.approver"));
    let seq = there.reads("water-2024").seq;
    let mut edits = there.listens("water-2024", seq);
    assert!(edits.next().expect("where it stands")["moved"].is_object());
    let old = here.reads("water-2024").document.rows("budget_request")[0].cells["contact"].clone();
    here.edits("water-2024", vec![Draft::header("budget_request", "contact", Some(&old), Some("周五"))]);
    let event = soon(move || edits.next().expect("the edit"));
    assert_eq!(event["edited"]["entry"]["op"]["changes"][0]["set"]["to"], "周五");

    let mut notices_read = second.desk("education.filler").hears(&path("", None), None);
    assert_eq!(notices_read.next().expect("where it stands").1["unread"], 1);
    world.desk("bureau.reviewer").tells("education-2024", back("请补充合同。"));
    let notice = soon(move || notices_read.next().expect("the notice").1);
    assert_eq!(notice["notice"]["text"], "退回补正，1 条意见：请补充合同。");
}
