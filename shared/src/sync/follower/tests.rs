//! Cases of `follower`.

use super::*;
use crate::kernel::ids::AccountId;

fn at(field: &str) -> CellAt {
    CellAt { table: "hardware".into(), row: RowId::new("r1"), field: field.into() }
}

fn set(field: &str, from: &str, to: &str) -> Change {
    Change::Set { at: at(field), from: Some(from.into()), to: Some(to.into()) }
}

fn op(id: &str, changes: Vec<Change>) -> Op {
    Op { id: OpId::new(id), changes }
}

fn entry(seq: u64, op: Op) -> LogEntry {
    LogEntry {
        seq,
        op,
        account: AccountId::new("other"),
        name: "李明".into(),
        at: "2023-07-15 09:00:00".parse().unwrap(),
    }
}

#[test]
fn the_log_is_followed_in_order_without_gaps_or_repeats() {
    let mut follower = Follower::start(4, vec![]);
    let news = op("x1", vec![set("price", "1", "2")]);
    let hear = |follower: &mut Follower, seq| {
        follower.hear(&entry(seq, news.clone()), &mut vec![], &mut BTreeSet::new())
    };
    assert_eq!(hear(&mut follower, 4), Heard::Nothing);
    assert_eq!(hear(&mut follower, 6), Heard::Gap);
    assert_eq!(hear(&mut follower, 5), Heard::Apply(news.clone()));
    assert_eq!(hear(&mut follower, 5), Heard::Nothing);
    assert_eq!(follower.seq(), 5);
}

#[test]
fn an_own_act_coming_back_is_recognised() {
    let mut follower = Follower::start(0, vec![]);
    let mine = op("o1", vec![set("price", "1", "2")]);
    follower.acted(mine.clone());
    assert_eq!(follower.hear(&entry(1, mine.clone()), &mut vec![], &mut BTreeSet::new()), Heard::Own(mine));
    assert_eq!(follower.seq(), 1);
}

#[test]
fn what_is_being_typed_here_is_not_written_over() {
    let mut follower = Follower::start(0, vec![op("o1", vec![set("price", "1", "2")])]);
    let theirs = op("x1", vec![set("price", "1", "9"), set("name", "甲", "乙")]);
    let apply = Heard::Apply(op("x1", vec![set("name", "甲", "乙")]));
    assert_eq!(follower.hear(&entry(1, theirs), &mut vec![], &mut BTreeSet::new()), apply);
}

#[test]
fn an_act_holds_its_cells_until_its_own_entry_comes_by() {
    let mut follower = Follower::start(0, vec![]);
    let mine = op("o1", vec![set("price", "1", "2")]);
    follower.acted(mine.clone());
    // The answer arrives before the log: what the log tells first was before mine.
    follower.answered(&OpResult { op: OpId::new("o1"), seq: 3, conflicts: vec![], replayed: false });
    assert_eq!(
        follower.hear(&entry(1, op("x1", vec![set("price", "1", "5")])), &mut vec![], &mut BTreeSet::new()),
        Heard::Nothing
    );
    assert_eq!(
        follower.hear(&entry(2, op("x2", vec![set("price", "5", "1")])), &mut vec![], &mut BTreeSet::new()),
        Heard::Nothing
    );
    assert_eq!(follower.hear(&entry(3, mine.clone()), &mut vec![], &mut BTreeSet::new()), Heard::Own(mine));
    let after = op("x3", vec![set("price", "2", "7")]);
    assert_eq!(
        follower.hear(&entry(4, after.clone()), &mut vec![], &mut BTreeSet::new()),
        Heard::Apply(after)
    );
}

#[test]
fn an_act_the_log_had_passed_before_opening_holds_nothing_once_answered() {
    let mut follower = Follower::start(5, vec![op("o1", vec![set("price", "1", "2")])]);
    follower.answered(&OpResult { op: OpId::new("o1"), seq: 4, conflicts: vec![], replayed: true });
    let news = op("x1", vec![set("price", "2", "3")]);
    assert_eq!(follower.hear(&entry(6, news.clone()), &mut vec![], &mut BTreeSet::new()), Heard::Apply(news));
}

#[test]
fn a_cell_in_question_keeps_mine_and_learns_theirs() {
    let mut follower = Follower::start(0, vec![]);
    let mut open = vec![Conflict::Cell { at: at("price"), mine: Some("2".into()), theirs: Some("9".into()) }];
    let heard =
        follower.hear(&entry(1, op("x1", vec![set("price", "9", "10")])), &mut open, &mut BTreeSet::new());
    assert_eq!(heard, Heard::Nothing);
    let theirs = Conflict::Cell { at: at("price"), mine: Some("2".into()), theirs: Some("10".into()) };
    assert_eq!(open, vec![theirs]);
}

#[test]
fn an_entry_of_which_nothing_took_effect_still_counts() {
    let mut follower = Follower::start(0, vec![]);
    assert_eq!(follower.hear(&entry(1, op("x1", vec![])), &mut vec![], &mut BTreeSet::new()), Heard::Nothing);
    assert_eq!(follower.seq(), 1);
}
