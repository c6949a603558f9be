//! Autosave: nothing shown as stored is lost, nothing is done twice, and two people see each other.

use shared::api::operations::{ReadOperations, SendOperations};
use shared::engine::document::Row;
use shared::engine::op::{Conflict, Op};
use shared::kernel::ids::{CaseId, OpId};
use tests::{Draft, on_each_database};

const ID: &str = "water-2024";

fn send(ops: Vec<Op>) -> SendOperations {
    SendOperations { request: CaseId::new(ID), ops }
}

fn contact(id: &str, from: &str, to: &str) -> Op {
    let change = Draft::header("budget_request", "contact", Some(from), Some(to));
    Op { id: OpId::new(id), changes: vec![change] }
}

#[test]
fn one_edit_writes_one_row_and_one_line_of_the_log() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let count = |sql| world.count(sql);
        let before = (count("select count(*) from draft_rows"), count("select count(*) from operations"));
        let trail = count("select count(*) from audit_trail");
        filler.edits(ID, vec![Draft::set("hardware", "h1", "basis", None, Some("合同附后"))]);
        filler.edits(ID, vec![Draft::set("hardware", "h1", "basis", Some("合同附后"), Some("见合同"))]);
        assert_eq!(count("select count(*) from draft_rows"), before.0);
        assert_eq!(count("select count(*) from operations"), before.1 + 2);
        assert_eq!(count("select count(*) from audit_trail"), trail);
    });
}

#[test]
fn an_operation_sent_again_answers_the_same_and_another_body_is_refused() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let first = filler.call(&send(vec![contact("op-a", "王芳", "王小芳")]));
        let again = filler.call(&send(vec![contact("op-a", "王芳", "王小芳")]));
        assert!(!first.results[0].replayed && again.results[0].replayed);
        assert_eq!(first.results[0].seq, again.results[0].seq);
        let problem = filler.refused(&send(vec![contact("op-a", "王小芳", "王大芳")]));
        assert_eq!((problem.status, problem.code.as_str()), (409, "operation_reused"));
        assert_eq!(filler.reads(ID).document.rows("budget_request")[0].cells["contact"], "王小芳");
    });
}

#[test]
fn the_same_cell_changed_twice_shows_both_values() {
    on_each_database(|world| {
        let (one, two) = (world.desk("water.filler"), world.desk("water.filler"));
        one.call(&send(vec![contact("op-1", "王芳", "赵一")]));
        let sent = two.call(&send(vec![contact("op-2", "王芳", "钱二")]));
        match &sent.results[0].conflicts[..] {
            [Conflict::Cell { mine, theirs, .. }] => {
                assert_eq!((mine.as_deref(), theirs.as_deref()), (Some("钱二"), Some("赵一")));
            }
            other => panic!("{other:?}"),
        }
        // What conflicts is not applied; what fits beside it is.
        let both = Op {
            id: OpId::new("op-3"),
            changes: vec![
                Draft::header("budget_request", "contact", Some("王芳"), Some("孙三")),
                Draft::header("budget_request", "phone", Some("0351-4666666"), Some("0351-4777777")),
            ],
        };
        let sent = two.call(&send(vec![both]));
        assert_eq!(sent.results[0].conflicts.len(), 1);
        let document = one.reads(ID).document;
        let cells = &document.rows("budget_request")[0].cells;
        assert_eq!((cells["contact"].as_str(), cells["phone"].as_str()), ("赵一", "0351-4777777"));
        let log = one.call(&ReadOperations { request: CaseId::new(ID), after: sent.results[0].seq - 1 });
        assert_eq!(log.entries[0].op.changes.len(), 1);
    });
}

/// Many who save at once are written together, yet each is answered for what they sent: a repeat is a repeat, an id of somebody else
/// is refused, a foreign case is unknown, and none of it takes the others' words with it.
#[test]
fn everyone_who_saves_at_once_gets_an_answer_of_their_own() {
    on_each_database(|world| {
        let (filler, approver, foreign) =
            (world.desk("water.filler"), world.desk("water.approver"), world.desk("forest.filler"));
        filler.call(&send(vec![contact("op-known", "王芳", "王小芳")]));
        let typed = filler.reads(ID).document;
        let basis = |row: usize| {
            let id = format!("h{row}");
            let stored = typed.rows("hardware").iter().find(|stored| stored.id.as_str() == id);
            let from = stored.and_then(|stored| stored.cells.get("basis"));
            let change = Draft::set("hardware", &id, "basis", from.map(String::as_str), Some("见合同"));
            send(vec![Op { id: OpId::new(format!("op-{row}")), changes: vec![change] }])
        };
        let before = world.count("select count(*) from operations");
        let statuses = std::thread::scope(|scope| {
            let (foreign, approver, filler, basis) = (&foreign, &approver, &filler, &basis);
            let mut waiting = Vec::new();
            for row in 1..=12 {
                waiting.push(scope.spawn(move || filler.ask(&basis(row)).status));
                // Sent twice, as after a lost answer, while the first may still be on its way.
                waiting.push(scope.spawn(move || filler.ask(&basis(row)).status));
            }
            waiting.push(scope.spawn(|| foreign.ask(&send(vec![contact("op-f", "王小芳", "赵一")])).status));
            waiting.push(
                scope.spawn(|| approver.ask(&send(vec![contact("op-known", "王芳", "王小芳")])).status),
            );
            waiting
                .push(scope.spawn(|| filler.ask(&send(vec![contact("op-known", "王芳", "王小芳")])).status));
            let unknown = Draft::set("no_such_table", "h1", "basis", None, Some("1"));
            let unknown = send(vec![Op { id: OpId::new("op-u"), changes: vec![unknown] }]);
            waiting.push(scope.spawn(move || filler.ask(&unknown).status));
            waiting.into_iter().map(|answer| answer.join().expect("an answer")).collect::<Vec<u16>>()
        });
        let (saved, others) = statuses.split_at(24);
        assert!(saved.iter().all(|status| *status == 200), "{saved:?}");
        assert_eq!(others, [404, 409, 200, 422]);
        assert_eq!(world.count("select count(*) from operations"), before + 12);
        let document = filler.reads(ID).document;
        let is_explained = |row: &&Row| row.cells.get("basis").is_some_and(|basis| basis == "见合同");
        assert_eq!(document.rows("hardware").iter().filter(is_explained).count(), 12);
        assert_eq!(world.verified().faults, []);
    });
}

#[test]
fn a_restart_loses_nothing_and_the_sessions_go_on() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        filler.call(&send(vec![contact("op-r", "王芳", "李四")]));
        let before = filler.reads(ID);
        world.restart("2023-07-16");
        let after = filler.reads(ID);
        assert_eq!((before.document, before.seq), (after.document, after.seq));
        let again = filler.call(&send(vec![contact("op-r", "王芳", "李四")]));
        assert!(again.results[0].replayed);
    });
}

#[test]
fn two_people_see_each_others_edits_live() {
    on_each_database(|world| {
        let (one, two) = (world.desk("water.filler"), world.desk("water.approver"));
        let seq = two.reads(ID).seq;
        let mut heard = two.listens(ID, seq);
        assert!(heard.next().expect("where it stands")["moved"].is_object());
        one.call(&send(vec![contact("op-l", "王芳", "周五")]));
        let event = heard.next().expect("the edit");
        let entry = &event["edited"]["entry"];
        assert_eq!(entry["name"], "王芳");
        assert_eq!(entry["op"]["changes"][0]["set"]["to"], "周五");
        // A reader who was away asks for what came since.
        let mut late = two.listens(ID, seq);
        assert_eq!(late.next().expect("the edit")["edited"]["entry"]["op"]["id"], "op-l");
    });
}

#[test]
fn the_log_retells_the_draft() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        filler.call(&send(vec![contact("op-t", "王芳", "吴六")]));
        let log = filler.call(&ReadOperations { request: CaseId::new(ID), after: 0 });
        let view = filler.reads(ID);
        let mut retold = shared::engine::document::Document::new(view.document.fiscal_year);
        for entry in &log.entries {
            assert!(retold.apply(&entry.op).is_empty());
        }
        assert_eq!((retold, log.latest), (view.document, view.seq));
    });
}
