//! 冲突: what a person still has to decide. Each place stands here once, with the latest of both values.

use crate::engine::op::{CellAt, Change, Conflict, Op, Typed};

/// Adds what was found. A newer conflict of the same cell replaces the older one; once a whole row is in
/// question, its cells are not asked about one by one.
pub fn add(open: &mut Vec<Conflict>, found: Conflict) {
    match &found {
        Conflict::Cell { at, mine, theirs } => {
            let same_row = |c: &Conflict| matches!(c, Conflict::Row { table, row } if **table == *at.table && *row == at.row);
            if open.iter().any(same_row) {
                return;
            }
            open.retain(|c| !matches!(c, Conflict::Cell { at: other, .. } if other == at));
            if mine != theirs {
                open.push(found);
            }
        }
        Conflict::Row { table, row } => {
            open.retain(|c| match c {
                Conflict::Cell { at, .. } => *at.table != **table || at.row != *row,
                Conflict::Row { .. } => *c != found,
            });
            open.push(found);
        }
    }
}

/// Somebody else went on changing a cell in question: what is shown as theirs follows.
pub fn follow(open: &mut Vec<Conflict>, op: &Op) {
    for change in &op.changes {
        let Change::Set { at: changed, to, .. } = change else { continue };
        for conflict in open.iter_mut() {
            if let Conflict::Cell { at, theirs, .. } = conflict
                && at == changed
            {
                theirs.clone_from(to);
            }
        }
    }
    open.retain(|c| !matches!(c, Conflict::Cell { mine, theirs, .. } if mine == theirs));
}

/// Whether the cell waits for a decision.
pub fn asks_about(open: &[Conflict], cell: &CellAt) -> bool {
    open.iter().any(|c| matches!(c, Conflict::Cell { at, .. } if at == cell))
}

/// 保留我的: the change that puts mine over theirs. `now` is what this device shows: what was typed since wins.
pub fn keeping_mine(at: &CellAt, mine: &Typed, theirs: &Typed, now: &Typed) -> Change {
    let to = if now == theirs { mine.clone() } else { now.clone() };
    Change::Set { at: at.clone(), from: theirs.clone(), to }
}

/// 采用对方的: the change that puts theirs over mine. It is an act like any other, sent after what is still under
/// way: whatever of that reaches the server first, theirs is what stands in the end.
pub fn taking_theirs(at: &CellAt, theirs: &Typed, now: &Typed) -> Change {
    Change::Set { at: at.clone(), from: now.clone(), to: theirs.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{OpId, RowId};

    fn at(row: &str, field: &str) -> CellAt {
        CellAt { table: "hardware".into(), row: RowId::new(row), field: field.into() }
    }

    fn typed(text: &str) -> Typed {
        (!text.is_empty()).then(|| text.into())
    }

    fn cell(row: &str, mine: &str, theirs: &str) -> Conflict {
        Conflict::Cell { at: at(row, "price"), mine: typed(mine), theirs: typed(theirs) }
    }

    #[test]
    fn a_cell_is_asked_about_once_with_the_latest_of_both_values() {
        let mut open = Vec::new();
        add(&mut open, cell("r1", "1", "9"));
        add(&mut open, cell("r1", "12", "9"));
        add(&mut open, cell("r2", "1", "9"));
        assert_eq!(open, vec![cell("r1", "12", "9"), cell("r2", "1", "9")]);
        let change = Change::Set { at: at("r1", "price"), from: typed("9"), to: typed("10") };
        follow(&mut open, &Op { id: OpId::new("o"), changes: vec![change] });
        assert_eq!(open[0], cell("r1", "12", "10"));
        assert!(asks_about(&open, &at("r2", "price")));
        assert!(!asks_about(&open, &at("r2", "name")));
    }

    #[test]
    fn equal_values_are_no_conflict() {
        let mut open = vec![cell("r1", "1", "9")];
        let change = Change::Set { at: at("r1", "price"), from: typed("9"), to: typed("1") };
        follow(&mut open, &Op { id: OpId::new("o"), changes: vec![change] });
        assert_eq!(open, vec![]);
    }

    #[test]
    fn a_row_in_question_stands_for_its_cells() {
        let row = |row: &str| Conflict::Row { table: "hardware".into(), row: RowId::new(row) };
        let mut open = vec![cell("r1", "1", "9"), cell("r2", "1", "9")];
        add(&mut open, row("r1"));
        add(&mut open, row("r1"));
        add(&mut open, cell("r1", "2", "9"));
        assert_eq!(open, vec![cell("r2", "1", "9"), row("r1")]);
    }

    #[test]
    fn what_was_typed_since_is_what_is_kept() {
        let (mine, theirs) = (typed("1"), typed("9"));
        let keep = |now: &str| keeping_mine(&at("r1", "price"), &mine, &theirs, &typed(now));
        let set = |to: &str| Change::Set { at: at("r1", "price"), from: typed("9"), to: typed(to) };
        assert_eq!(keep("1"), set("1"));
        assert_eq!(keep("9"), set("1"));
        assert_eq!(keep("123"), set("123"));
    }
}
