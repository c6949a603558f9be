//! The review: remarks that stay with their cells, cuts to the fen, a return that opens only what was questioned, and a
//! leader who confirms what the leader read.

use super::main_job::confirm;
use shared::api::review::{KeepPending, RememberLook};
use shared::cases::kernel::Reason;
use shared::cases::kernel::Stage;
use shared::cases::request::Command;
use shared::cases::review::anchor::Anchor;
use shared::cases::review::cut::{CutLine, CutReason, HowMuch, Share};
use shared::cases::review::language::{Act, Step};
use shared::cases::review::sums::{Line, cuts, lines, sums};
use shared::cases::review::thread::{Kind, State};
use shared::engine::op::{Change, HEADER_ROW, Op};
use shared::kernel::ids::{CaseId, RowId, ThreadId};
use shared::kernel::money::Money;
use shared::policy::art11_target_review::ScoreSheet;
use tests::{Desk, Draft, fresh_id, on_each_database};

/// Reported, not yet taken: nothing has been said about it.
const ID: &str = "transport-2024";

struct People {
    filler: Desk,
    approver: Desk,
    reviewer: Desk,
    leader: Desk,
}

fn people(world: &tests::World) -> People {
    let people = People {
        filler: world.desk("transport.filler"),
        approver: world.desk("transport.approver"),
        reviewer: world.desk("bureau.reviewer"),
        leader: world.desk("bureau.leader"),
    };
    people.reviewer.tells(ID, Command::BureauTake {});
    people
}

fn remark(id: &str, anchor: Anchor, kind: Kind) -> Act {
    Act::Raise { thread: ThreadId::new(id), anchor, kind, text: "请补充说明。".into() }
}

fn summary() -> Anchor {
    Anchor::Cell { table: "budget_request".into(), row: RowId::new(HEADER_ROW), field: "summary".into() }
}

fn say(id: &str, step: Step, text: &str) -> Act {
    Act::Say { thread: ThreadId::new(id), step, text: text.into() }
}

fn asked(desk: &Desk) -> Vec<Line> {
    let session = shared::forms::case::open(&desk.reads(ID).document).expect("opens");
    lines(&session).into_iter().filter(|line| line.amount.is_positive()).collect()
}

fn cut(lines: &[Line], share: u32) -> Act {
    let how_much = HowMuch::Share(Share(share));
    let line = |line: &Line| CutLine {
        thread: ThreadId::new(format!("c-{}", line.row)),
        table: line.table.into(),
        row: line.row.clone(),
    };
    Act::Cut {
        lines: lines.iter().map(line).collect(),
        how_much,
        total: lines.iter().map(|line| how_much.of(line.amount)).sum(),
        reason: CutReason::OverStandard,
        article: 4,
        text: String::new(),
    }
}

#[test]
fn remarks_wait_unseen_until_they_are_published_together() {
    on_each_database(|world| {
        let People { filler, reviewer, leader, .. } = people(world);
        let keep = |id: &str, act| KeepPending {
            request: CaseId::new(ID),
            id: shared::kernel::ids::OpId::new(id),
            act,
        };
        reviewer.call(&keep("p1", Some(remark("t1", summary(), Kind::Question))));
        reviewer.call(&keep("p1", Some(remark("t1", summary(), Kind::MustFix))));
        reviewer.call(&keep("p2", Some(remark("t2", Anchor::Whole {}, Kind::Question))));
        reviewer.call(&keep("p3", Some(remark("t3", Anchor::Whole {}, Kind::Question))));
        reviewer.call(&keep("p3", None));
        let kept = reviewer.sees_review(ID).pending;
        assert_eq!(kept.len(), 2);
        for other in [&filler, &leader] {
            let seen = other.sees_review(ID);
            assert!(seen.pending.is_empty() && seen.review.threads.is_empty());
        }
        assert_eq!(filler.refused(&keep("x", Some(remark("t9", summary(), Kind::Question)))).status, 403);

        let acts = kept.iter().map(|pending| pending.act.clone()).collect();
        let mut batch = reviewer.review_of(ID, acts);
        batch.published = kept.iter().map(|pending| pending.id.clone()).collect();
        assert_eq!(reviewer.call(&batch), reviewer.call(&batch), "sent again it does nothing twice");
        let reused = shared::api::review::SendReview { acts: vec![say("t1", Step::Resolve, "")], ..batch };
        assert_eq!(reviewer.refused(&reused).code, "operation_reused");
        let seen = filler.sees_review(ID);
        assert_eq!((seen.review.threads.len(), seen.seq), (2, 1));
        assert_eq!(seen.review.threads[0].kind, Kind::MustFix);
        assert!(reviewer.sees_review(ID).pending.is_empty());
    });
}

#[test]
fn a_batch_with_one_thing_wrong_is_not_published_at_all() {
    on_each_database(|world| {
        let People { filler, reviewer, .. } = people(world);
        let gone = Anchor::Row { table: "hardware".into(), row: RowId::new("nobody") };
        let batch = vec![remark("t1", summary(), Kind::Question), remark("t2", gone, Kind::Question)];
        let problem = reviewer.refused(&reviewer.review_of(ID, batch));
        assert_eq!(problem.refusal.map(|r| r.code), Some("remark.anchor".into()));
        assert_eq!(filler.sees_review(ID).seq, 0);
        // Another department learns nothing, not even that there is a review.
        let stranger = world.desk("water.filler");
        let answer = stranger.refused(&stranger.review_of(ID, vec![say("t1", Step::Answer, "在")]));
        assert_eq!((answer.status, answer.code.as_str()), (404, "unknown"));
    });
}

#[test]
fn a_return_opens_what_was_questioned_and_the_server_refuses_the_rest() {
    on_each_database(|world| {
        let People { filler, approver, reviewer, .. } = people(world);
        let line = asked(&reviewer).into_iter().find(|line| line.table == "hardware").expect("hardware");
        let quantity =
            Anchor::Cell { table: "hardware".into(), row: line.row.clone(), field: "quantity".into() };
        reviewer.reviews(
            ID,
            vec![remark("t1", quantity.clone(), Kind::MustFix), cut(std::slice::from_ref(&line), 1000)],
        );
        let moved = reviewer.tells(ID, Command::BureauReturn { reasons: vec![] });
        assert_eq!(moved.case.stage, Stage::Returned, "open remarks are reason enough");

        let document = filler.reads(ID).document;
        let row = document.row("hardware", &line.row).expect("the row");
        let set = |field: &str, to: &str| {
            Draft::set(
                "hardware",
                line.row.as_str(),
                field,
                row.cells.get(field).map(String::as_str),
                Some(to),
            )
        };
        let op = shared::engine::op::Op { id: fresh_id(), changes: vec![set("name", "别的名称")] };
        let send = shared::api::operations::SendOperations { request: CaseId::new(ID), ops: vec![op] };
        let refusal = filler.refused(&send).refusal.expect("a refusal");
        assert_eq!((refusal.code.as_str(), refusal.article), ("returned.closed", Some(4)));
        let before: i64 = row.cells["quantity"].parse().expect("a number");
        assert!(filler.edits(ID, vec![set("quantity", &(before + 1).to_string())]).conflicts.is_empty());
        assert_eq!(
            filler.reads(ID).document.row("hardware", &line.row).expect("it").cells["name"],
            row.cells["name"]
        );

        // Answered in place; what the rules call for is open too.
        let cut_of = format!("c-{}", line.row);
        filler.reviews(
            ID,
            vec![say("t1", Step::Answer, "已按台账改正。"), say(&cut_of, Step::Contest, "单价已下调。")],
        );
        let session = shared::forms::case::open(&filler.reads(ID).document).expect("opens");
        let total =
            session.header("budget_request", "total").map(|cell| session.text(cell)).expect("a total");
        let fiscal = filler.reads(ID).document.rows("performance_targets")[0].cells["fiscal"].clone();
        filler.edits(ID, vec![Draft::header("performance_targets", "fiscal", Some(&fiscal), Some(&total))]);
        super::main_job::justify_all(&filler, ID);
        filler.tells(ID, Command::Submit {});
        approver.tells(ID, Command::DepartmentApprove {});
        reviewer.tells(ID, Command::BureauTake {});

        // The next version: the remark is with its cell, then and now.
        let view = reviewer.reads(ID);
        let session = shared::forms::case::open(&view.document).expect("opens");
        let thread = reviewer.sees_review(ID).review.threads.remove(0);
        assert_eq!((thread.state, thread.version), (State::Answered, 1));
        assert_eq!(thread.then.as_deref(), Some(row.cells["quantity"].as_str()));
        assert_eq!(quantity.now(&session).text(), Some((before + 1).to_string()));
        // The line asks for another amount now: the cut is stated anew before it counts as settled.
        assert_eq!(reviewer.sees_review(ID).progress.expect("a reviewer").cuts, 1);
    });
}

#[test]
fn a_returned_list_of_systems_opens_only_the_lines_a_rule_then_calls_for() {
    on_each_database(|world| {
        let People { filler, reviewer, .. } = people(world);
        let systems = Anchor::Section { table: "systems".into() };
        reviewer.reviews(ID, vec![remark("t1", systems, Kind::MustFix)]);
        reviewer.tells(ID, Command::BureauReturn { reasons: vec![] });

        let document = filler.reads(ID).document;
        let line = &document.rows("hardware")[0];
        let (system, name) = (line.cells["system"].as_str(), line.cells["name"].as_str());
        let elsewhere = document.rows("hardware").iter().find(|row| row.cells["system"] != *system);
        let elsewhere = elsewhere.expect("a line of another system");
        let secrecy = document.row("systems", &RowId::new(system)).expect("it").cells.get("classified");
        let secret = |from, to| Draft::set("systems", system, "classified", from, to);
        let named = |from, to| Draft::set("hardware", line.id.as_str(), "name", from, to);
        let sends = |changes: Vec<Vec<Change>>| {
            let ops = changes.into_iter().map(|changes| Op { id: fresh_id(), changes }).collect();
            shared::api::operations::SendOperations { request: CaseId::new(ID), ops }
        };
        let is_closed = |change: Change| {
            let refusal = filler.refused(&sends(vec![vec![change]])).refusal.expect("a refusal");
            assert_eq!(refusal.code, "returned.closed");
        };

        is_closed(named(Some(name), Some("别的名称")));
        // Sent at once, as after an hour without a network: the second is judged after the first.
        filler.call(&sends(vec![
            vec![secret(secrecy.map(String::as_str), Some("true"))],
            vec![named(Some(name), Some("涉密"))],
        ]));
        let other_name = elsewhere.cells["name"].as_str();
        is_closed(Draft::set("hardware", elsewhere.id.as_str(), "name", Some(other_name), Some("涉密")));
        // The rule is satisfied; what was written for it may still be put otherwise, and back.
        filler.edits(ID, vec![named(Some("涉密"), None)]);
        filler.edits(ID, vec![secret(Some("true"), secrecy.map(String::as_str))]);
        filler.edits(ID, vec![named(None, Some(name))]);
        assert_eq!(filler.reads(ID).document.row("hardware", &line.id), Some(line));
        is_closed(named(Some(name), Some("别的名称")));
    });
}

#[test]
fn requested_less_cuts_is_approved_and_the_leader_confirms_that_review() {
    on_each_database(|world| {
        let People { filler, reviewer, leader, .. } = people(world);
        let asked = asked(&reviewer);
        reviewer.reviews(ID, vec![cut(&asked, 1250)]);
        let review = reviewer.sees_review(ID).review;
        let total = sums(&asked, &cuts(&review)).total;
        let by_line: Money = asked.iter().map(|line| Share(1250).of(line.amount)).sum();
        assert_eq!((total.bureau_cut, review.threads.len()), (by_line, asked.len()));

        reviewer.looks_through(ID);
        let refused = |code: &str| {
            let problem = reviewer.is_refused(ID, Command::BureauPass {});
            assert_eq!(problem.refusal.map(|r| r.code).as_deref(), Some(code));
        };
        refused("review.cuts");
        let accept =
            |thread: &shared::cases::review::thread::Thread| say(thread.id.as_str(), Step::Accept, "");
        filler.reviews(ID, review.threads.iter().map(accept).collect());
        let sheet =
            |each: u8| ScoreSheet { points: vec![each; 8], opinion: "指标与资金不匹配。".into() };
        reviewer.reviews(ID, vec![Act::Score { sheet: sheet(5) }]);
        refused("targets.poor");
        reviewer.reviews(ID, vec![Act::Score { sheet: sheet(9) }]);
        refused("targets.middling");
        reviewer.reviews(ID, vec![Act::Score { sheet: sheet(10) }]);
        reviewer.tells(ID, Command::BureauPass {});

        // The leader reads it, sends it back, and the reviewer changes something: what was read no longer holds.
        let read = leader.reads(ID).case;
        let back = vec![Reason { text: "请再核对一处。".into(), place: None }];
        leader.tells(ID, Command::LeaderReturn { reasons: back });
        reviewer.reviews(ID, vec![remark("t1", Anchor::Whole {}, Kind::Question)]);
        reviewer.tells(ID, Command::BureauPass {});
        let problem = leader.is_refused(ID, confirm(&read));
        assert_eq!(problem.refusal.map(|r| r.code), Some("review.changed".into()));
        let case = leader.reads(ID).case;
        assert_eq!(leader.tells(ID, confirm(&case)).case.stage, Stage::Accepted);
        assert_eq!(leader.reads(ID).case.confirmation_stands(), Some(true));
        assert_eq!(leader.sees_review(ID).hash, case.review_hash.expect("passed"));
    });
}

#[test]
fn a_last_look_is_ones_own_and_a_publication_is_heard_at_once() {
    on_each_database(|world| {
        let People { filler, reviewer, approver, .. } = people(world);
        let heard = filler.listens(ID, 0);
        reviewer.reviews(ID, vec![remark("t1", summary(), Kind::Question)]);
        let heard_seq = heard.filter_map(|event| event.get("reviewed")?["seq"].as_u64()).next();
        assert_eq!(heard_seq, Some(1));
        assert_eq!(filler.sees_review(ID).look, None);
        filler.call(&RememberLook { request: CaseId::new(ID), version: 1, seq: 1 });
        let look = filler.sees_review(ID).look.expect("a look");
        assert_eq!((look.version, look.seq), (1, 1));
        assert_eq!(approver.sees_review(ID).look, None);
    });
}
