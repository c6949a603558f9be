//! Cases of `queue`.

use super::*;
use crate::api::problem::code;
use crate::engine::op::Typed;

fn at(field: &str) -> CellAt {
    CellAt { table: "hardware".into(), row: RowId::new("r1"), field: field.into() }
}

fn typed(text: &str) -> Typed {
    (!text.is_empty()).then(|| text.into())
}

fn set(field: &str, from: &str, to: &str) -> Change {
    Change::Set { at: at(field), from: typed(from), to: typed(to) }
}

fn op(id: &str, changes: Vec<Change>) -> Op {
    Op { id: OpId::new(id), changes }
}

fn receipt(id: &str, seq: u64) -> OpResult {
    OpResult { op: OpId::new(id), seq, conflicts: vec![], replayed: false }
}

fn ids(ops: &[Op]) -> Vec<&str> {
    ops.iter().map(|op| op.id.as_str()).collect()
}

/// A queue with these acts, all on the device.
fn queue(ops: Vec<Op>) -> Queue {
    Queue::restored(ops, vec![])
}

fn not_stored(cells: &[&str]) -> Problem {
    let place = |field: &&str| CellPlace {
        table: "hardware".into(),
        row: "r1".into(),
        field: (!field.is_empty()).then(|| field.to_string()),
    };
    let cells = cells.iter().map(|f| CellProblem { at: place(f), message: "过长".into() }).collect();
    Problem { cells, ..Problem::new(422, code::CELLS, "有内容不能保存", "过长") }
}

#[test]
fn nothing_is_sent_before_it_is_on_the_device_and_never_out_of_order() {
    let mut queue = Queue::default();
    for id in ["o1", "o2", "o3"] {
        queue.add(op(id, vec![set("price", "", "1")]));
    }
    assert_eq!(ids(&queue.next()), Vec::<&str>::new());
    queue.mark_stored(&OpId::new("o1"));
    queue.mark_stored(&OpId::new("o3"));
    assert_eq!(ids(&queue.next()), ["o1"]);
    queue.mark_stored(&OpId::new("o2"));
    assert_eq!(ids(&queue.next()), ["o1", "o2", "o3"]);
    assert_eq!((queue.unsent(), queue.unsaved()), (3, 0));
}

#[test]
fn an_act_leaves_only_with_its_receipt() {
    let mut queue = queue(vec![op("o1", vec![set("a", "", "1")]), op("o2", vec![set("b", "", "1")])]);
    let sent = queue.next();
    assert_eq!(queue.next(), sent);
    queue.answered(&[receipt("o1", 1)]);
    assert_eq!(ids(&queue.next()), ["o2"]);
}

#[test]
fn a_batch_keeps_the_servers_limits() {
    let many = |n: usize| op(&format!("o{n}"), vec![set("a", "", "1"); MOST_CHANGES_OF_ONE]);
    assert_eq!(queue((0..5).map(many).collect()).next().len(), 3);
    let small = (0..MOST_OPS + 7).map(|n| op(&format!("o{n}"), vec![set("a", "", "1")]));
    assert_eq!(queue(small.collect()).next().len(), MOST_OPS);
    let huge = op("o", vec![set("a", "", "1"); MOST_CHANGES + 1]);
    let pieces = pieces(huge);
    assert_eq!(ids(&pieces), ["o.1", "o.2", "o.3", "o.4"]);
    assert_eq!(pieces.iter().map(|piece| piece.changes.len()).sum::<usize>(), MOST_CHANGES + 1);
}

#[test]
fn the_refused_act_is_found_and_the_others_go_on() {
    let mut queue =
        queue((0..4).map(|n| op(&format!("o{n}"), vec![set(&format!("f{n}"), "", "1")])).collect());
    let problem = not_stored(&["f1"]);
    assert_eq!(queue.declined(&queue.next(), &problem), Declined::Fewer);
    assert_eq!(ids(&queue.next()), ["o0", "o1"]);
    assert_eq!(queue.declined(&queue.next(), &problem), Declined::Fewer);
    assert_eq!(ids(&queue.next()), ["o0"]);
    queue.answered(&[receipt("o0", 1)]);
    assert_eq!(queue.declined(&queue.next(), &problem), Declined::Fewer);
    let Declined::Taken(taken) = queue.declined(&queue.next(), &problem) else { panic!() };
    assert_eq!((taken.op.as_str(), taken.rest), ("o1", None));
    assert_eq!(ids(&queue.next()), ["o2"]);
    assert_eq!(queue.refused().len(), 1);
    assert_eq!(ids(&queue.unconfirmed()), ["o2", "o3", "o1"]);
}

#[test]
fn what_can_be_stored_of_an_act_is() {
    let cells = BTreeMap::from([("name".to_string(), "服务器".to_string()), ("note".into(), "很长".into())]);
    let insert =
        |cells| Change::InsertRow { table: "hardware".into(), row: RowId::new("r1"), rank: 5, cells };
    let mut queue = queue(vec![op("o", vec![insert(cells), set("price", "", "1")])]);
    let Declined::Taken(taken) = queue.declined(&queue.next(), &not_stored(&["note"])) else { panic!() };
    let cells = BTreeMap::from([("name".to_string(), "服务器".to_string())]);
    assert_eq!(taken.rest, Some(op("o.1", vec![insert(cells), set("price", "", "1")])));
    assert_eq!(taken.refused.op.changes, vec![set("note", "", "很长")]);
    assert_eq!(queue.next(), vec![], "the rest waits for its place on the device");
    queue.mark_stored(&OpId::new("o.1"));
    assert_eq!(ids(&queue.next()), ["o.1"]);
}

#[test]
fn what_is_written_over_a_refused_value_starts_from_what_the_server_has() {
    let mut queue = queue(vec![op("o1", vec![set("note", "好", "太长")])]);
    queue.declined(&queue.next(), &not_stored(&["note"]));
    let (sent, shortened) = queue.add(op("o2", vec![set("note", "太长", "短")]));
    assert_eq!(sent.changes, vec![set("note", "好", "短")]);
    assert_eq!(shortened.len(), 1);
    assert!(shortened[0].op.changes.is_empty() && queue.refused().is_empty());
    let (again, _) = queue.add(op("o3", vec![set("note", "短", "更短")]));
    assert_eq!(again.changes, vec![set("note", "短", "更短")]);
}

#[test]
fn acts_already_waiting_behind_a_refused_one_start_from_what_the_server_has_too() {
    let mut queue = queue(vec![
        op("o1", vec![set("note", "好", "太长")]),
        op("o2", vec![set("note", "太长", "短")]),
        op("o3", vec![set("note", "短", "更短")]),
    ]);
    queue.limit = 1;
    let Declined::Taken(taken) = queue.declined(&queue.next(), &not_stored(&["note"])) else { panic!() };
    assert_eq!(taken.rewritten, vec![op("o2", vec![set("note", "好", "短")])]);
    assert!(taken.refused.op.changes.is_empty() && queue.refused().is_empty());
    assert_eq!(queue.unconfirmed()[1], op("o3", vec![set("note", "短", "更短")]));
}

#[test]
fn trouble_that_passes_is_told_from_a_refusal() {
    let of = |status| verdict(&Problem::new(status, "x", "", ""));
    for (status, expected) in [
        (0, RefusalScope::Later),
        (503, RefusalScope::Later),
        (429, RefusalScope::Later),
        (422, RefusalScope::Content),
        (413, RefusalScope::Content),
        (409, RefusalScope::Content),
        (401, RefusalScope::Access),
        (403, RefusalScope::Access),
        (404, RefusalScope::Access),
    ] {
        assert_eq!(of(status), expected, "{status}");
    }
    let away = Problem::new(503, "x", "", "");
    assert_eq!([1, 2, 3, 6, 60].map(|n| pause(n, &away)), [1, 2, 4, 30, 30]);
    assert_eq!(pause(1, &Problem { retry_after: Some(7), ..away }), 7);
}
