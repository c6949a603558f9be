//! 催报: the bureau nudges whoever a draft, a returned or a late case waits for; once a day per case and person.

use shared::api::audit::ReadAuditTrail;
use shared::api::notices::ReadNotices;
use shared::api::nudges::{NudgeLine, ReadNudges, SendNudges};
use shared::api::problem::Problem;
use shared::cases::kernel::{Reason, Verb};
use shared::cases::nudge::NudgeReason;
use shared::cases::request::Command;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Role;
use tests::{Desk, World, fresh_id, on_each_database};

fn sending(cases: &[&str], text: &str) -> SendNudges {
    let cases = cases.iter().map(|case| CaseId::new(*case)).collect();
    SendNudges { operation: fresh_id(), cases, text: text.into() }
}

fn line(desk: &Desk, case: &str) -> Option<NudgeLine> {
    desk.call(&ReadNudges {}).lines.into_iter().find(|line| line.case.as_str() == case)
}

fn code(problem: &Problem) -> &str {
    &problem.refusal.as_ref().expect("a refusal").code
}

fn nudges_of(desk: &Desk) -> Vec<String> {
    let notices = desk.call(&ReadNotices {}).notices;
    notices.into_iter().map(|notice| notice.text).filter(|text| text.starts_with("催报：")).collect()
}

/// Time passes, as far as nudges go.
fn a_day_later(world: &World) {
    world.execute("update nudges set second = second - 86400");
}

#[test]
fn a_draft_is_nudged_about_once_a_day_and_its_history_and_count_say_so() {
    on_each_database(|world| {
        let (reviewer, leader) = (world.desk("bureau.reviewer"), world.desk("bureau.leader"));
        let filler = world.desk("water.filler");
        let before = line(&reviewer, "water-2024").expect("the draft is listed");
        assert_eq!((before.reason, before.times, before.refusal), (NudgeReason::Draft, 0, None));
        assert!(before.waits_for.contains(&Role::DepartmentFiller), "{:?}", before.waits_for);

        let first = sending(&["water-2024"], "  窗口将关闭，请尽快报送。 ");
        let sent = reviewer.call(&first);
        assert!(sent.lines[0].people >= 1, "{sent:?}");
        assert_eq!(nudges_of(&filler), ["催报：窗口将关闭，请尽快报送。"]);
        // Repeated, the same reply and nothing more; under the same id something else is refused.
        assert_eq!(reviewer.call(&first), sent);
        assert_eq!(leader.refused(&first).status, 409);
        let other = SendNudges { text: "另一句话。".into(), ..first.clone() };
        assert_eq!(reviewer.refused(&other).status, 409);
        assert_eq!(nudges_of(&filler).len(), 1);

        // Within the day nobody nudges again, the leader neither.
        assert_eq!(code(&leader.refused(&sending(&["water-2024"], "请报送。"))), "NTF-01");
        let after = line(&leader, "water-2024").expect("still a draft");
        assert_eq!((after.times, after.refusal.map(|r| r.code)), (1, Some("NTF-01".to_string())));
        assert!(after.last.is_some());
        let steps = filler.reads("water-2024").history;
        let step = steps.iter().find(|line| line.verb == Verb::Nudge).expect("a line of the history");
        assert_eq!(
            (step.role, step.reasons[0].text.as_str()),
            (Role::BureauReviewer, "窗口将关闭，请尽快报送。")
        );

        a_day_later(world);
        leader.call(&sending(&["water-2024"], "今日截止，请报送。"));
        assert_eq!((nudges_of(&filler).len(), line(&leader, "water-2024").unwrap().times), (2, 2));
        world.stop();
        let verdict = world.verified();
        assert!(verdict.faults.is_empty(), "{:?}", verdict.faults);
    });
}

#[test]
fn many_are_nudged_about_at_once_and_each_says_what_became_of_it() {
    on_each_database(|world| {
        let reviewer = world.desk("bureau.reviewer");
        let back = vec![Reason { text: "请补充云资源的用量依据。".into(), place: None }];
        reviewer.tells("education-2024", Command::BureauReturn { reasons: back });
        assert_eq!(line(&reviewer, "education-2024").expect("returned").reason, NudgeReason::Returned);
        // What waits for the bureau itself, in time, is not nudged about.
        assert!(line(&reviewer, "culture-2024").is_none());
        reviewer.call(&sending(&["water-2024"], "请报送。"));
        let sent = reviewer.call(&sending(&["education-2024", "water-2024", "culture-2024"], "请办理。"));
        let outcome = |case: &str| {
            let line = sent.lines.iter().find(|line| line.case.as_str() == case).expect("a line");
            (line.people > 0, line.refusal.as_ref().map(|refusal| refusal.code.clone()))
        };
        assert_eq!(outcome("education-2024"), (true, None));
        assert_eq!(outcome("water-2024"), (false, Some("NTF-01".into())));
        assert_eq!(outcome("culture-2024"), (false, Some("NTF-03".into())));
        assert_eq!(nudges_of(&world.desk("education.filler")), ["催报：请办理。"]);
        assert!(nudges_of(&world.desk("culture.filler")).is_empty());

        // After the window, what is not reported is late.
        world.restart("2023-09-01");
        let late = line(&world.desk("bureau.reviewer"), "water-2024").expect("late");
        assert_eq!(late.reason, NudgeReason::Late);
    });
}

#[test]
fn only_the_bureau_nudges_and_only_about_what_it_sees() {
    on_each_database(|world| {
        for stranger in ["water.filler", "finance.leader", "auditor", "admin.system"] {
            let desk = world.desk(stranger);
            assert_eq!(desk.refused(&ReadNudges {}).status, 403, "{stranger}");
            assert_eq!(desk.refused(&sending(&["water-2024"], "请报送。")).status, 403, "{stranger}");
        }
        let reviewer = world.desk("bureau.reviewer");
        assert_eq!(reviewer.refused(&sending(&["no-such-case"], "请报送。")).status, 404);
        assert_eq!(reviewer.refused(&sending(&["water-2024", "no-such-case"], "请报送。")).status, 404);
        assert_eq!(world.count("select count(*) from nudges"), 0);
        for text in ["", "   ", &"字".repeat(201)] {
            let request = sending(&["water-2024"], text);
            assert_eq!(reviewer.refused(&request).status, 422, "{text:?}");
        }
        reviewer.call(&sending(&["water-2024"], "请报送。"));
        let read = ReadAuditTrail { text: Some("case.nudge".into()), ..ReadAuditTrail::default() };
        let trail = world.desk("admin.audit").call(&read);
        assert_eq!(trail.entries.len(), 1);
        assert_eq!(
            (trail.entries[0].subject.as_str(), trail.entries[0].act.as_str()),
            ("water-2024", "case.nudge")
        );
        assert!(!format!("{:?}", trail.entries[0]).contains("请报送"), "no texts in the trail");
    });
}
