//! Laws of the engine: what an edit touches, undo, and that by-difference never differs from all-anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use shared::engine::document::Document;
use shared::engine::editing::NewRow;
use shared::engine::op::Op;
use shared::engine::session::{Cell, Session};
use shared::forms::case::{open, read_case};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{OpId, RowId};
use std::collections::BTreeMap;

fn case(name: &str) -> Document {
    let path = format!("{}/../tests/cases/{name}/request.json", env!("CARGO_MANIFEST_DIR"));
    read_case(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).unwrap()
}

fn op(changes: Vec<shared::engine::op::Change>) -> Op {
    Op { id: OpId::new("o"), changes }
}

/// Everything a person can see: texts, values, marks, findings, counts.
fn seen(session: &Session) -> (Document, Vec<String>, Vec<shared::kernel::finding::Finding>, (i64, i64)) {
    let mut texts = Vec::new();
    for (table, plan) in session.plan().tables.iter().enumerate() {
        for slot in session.rows(table) {
            for field in 0..plan.width() {
                let cell = Cell { table, slot: *slot, field };
                texts.push(format!("{}={:?}", session.text(cell), session.mark(cell)));
            }
        }
    }
    let tally = session.total_tally();
    (session.document(), texts, session.findings(), (tally.errors, tally.warnings))
}

#[test]
fn an_edit_in_row_4000_of_5000_evaluates_its_row_its_sums_and_its_rules_and_nothing_else() {
    let mut session = open(&case("large-5000")).unwrap();
    let table = session.plan().table("hardware").unwrap();
    let slot = session.rows(table)[4000];
    let field = session.plan().field(table, "unit_value").unwrap();
    let cell = Cell { table, slot, field };
    let change = session.typing(cell, "123456.78").unwrap();
    let changed = session.act(op(vec![change])).changed;
    let total = session.header("budget_request", "total").unwrap();
    assert!(changed.holds(cell) && changed.holds(total));
    // original_total, amount; the system's subtotal; category, total and growth.
    assert_eq!(changed.evaluated_cells, 6, "{:?}", changed.touched);
    // B-10 of the row, B-08 of the header, B-13 of the targets.
    assert_eq!(changed.evaluated_rules, 3);
}

#[test]
fn renaming_a_systems_secrecy_reaches_its_lines_only() {
    let mut session = open(&case("water-2024")).unwrap();
    let cell = session.cell("systems", "s5", "classified").unwrap();
    let before = session.total_tally().errors;
    let change = session.typing(cell, "true").unwrap();
    let changed = session.act(op(vec![change])).changed;
    let hardware = session.plan().table("hardware").unwrap();
    let system = session.plan().field(hardware, "system").unwrap();
    let lines = session.rows(hardware).iter();
    let of_s5 =
        lines.filter(|s| session.typed(Cell { table: hardware, slot: **s, field: system }) == Some("s5"));
    let touched = changed.within(hardware).iter().filter(|touched| touched.judged).count();
    assert_eq!(touched, of_s5.count());
    assert!(session.total_tally().errors > before);
}

#[test]
fn a_header_counts_from_nothing() {
    let session = open(&Document::new(FiscalYear(2024))).unwrap();
    let total = session.header("budget_request", "total").unwrap();
    assert_eq!(session.text(total), "0.00");
    assert_eq!(session.document(), Document::new(FiscalYear(2024)));
}

#[test]
fn rows_inserted_again_and_again_at_one_place_find_room() {
    let mut session = open(&case("water-2024")).unwrap();
    let table = session.plan().table("hardware").unwrap();
    let first = session.rows(table)[0];
    let mut expected = vec![session.row_id(table, first).to_string()];
    for n in 0..60 {
        let row = NewRow { id: RowId::new(format!("n{n}")), cells: BTreeMap::new() };
        let changes = session.inserting(table, Some(first), vec![row]);
        session.act(op(changes));
        expected.insert(1, format!("n{n}"));
    }
    let ids: Vec<String> =
        session.rows(table)[..61].iter().map(|s| session.row_id(table, *s).to_string()).collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_second_person_changing_the_same_cell_is_a_conflict_and_neither_value_is_lost() {
    let mut session = open(&case("water-2024")).unwrap();
    let cell = session.cell("hardware", "h1", "quantity").unwrap();
    let mine = session.typing(cell, "3").unwrap();
    let theirs = session.typing(cell, "4").unwrap();
    assert!(session.apply(&op(vec![theirs])).conflicts.is_empty());
    let conflicts = session.apply(&op(vec![mine])).conflicts;
    assert_eq!(session.text(cell), "4");
    let shown = serde_json::to_value(&conflicts).unwrap();
    assert_eq!(
        (shown[0]["cell"]["mine"].as_str(), shown[0]["cell"]["theirs"].as_str()),
        (Some("3"), Some("4"))
    );
}

/// One thing a clerk might do.
#[derive(Clone, Debug)]
enum Act {
    Type { table: usize, row: usize, field: usize, text: &'static str },
    Insert { table: usize, after: usize, copy: usize },
    Remove { table: usize, row: usize },
    Undo,
    Redo,
}

const TEXTS: [&str; 18] = [
    "",
    "0",
    "1",
    "3.005",
    "-2",
    "99",
    "1000000",
    "abc",
    "涉密",
    "s1",
    "s5",
    "s404",
    "按费率",
    "2019-06-05",
    "2024-07-31",
    "true",
    "安全",
    "产出",
];

fn act() -> impl Strategy<Value = Act> {
    let place = || (0..9usize, 0..80usize);
    prop_oneof![
        6 => (place(), 0..16usize, 0..TEXTS.len())
            .prop_map(|((table, row), field, text)| Act::Type { table, row, field, text: TEXTS[text] }),
        2 => (place(), 0..80usize).prop_map(|((table, after), copy)| Act::Insert { table, after, copy }),
        1 => place().prop_map(|(table, row)| Act::Remove { table, row }),
        1 => Just(Act::Undo),
        1 => Just(Act::Redo),
    ]
}

fn perform(session: &mut Session, act: &Act, n: usize) {
    let pick = |session: &Session, table: usize, row: usize| {
        let table = table % session.plan().tables.len();
        let rows = session.rows(table);
        (table, (!rows.is_empty()).then(|| rows[row % rows.len()]))
    };
    match act {
        Act::Type { table, row, field, text } => {
            let (table, Some(slot)) = pick(session, *table, *row) else { return };
            let field = field % session.plan().tables[table].width();
            if let Some(change) = session.typing(Cell { table, slot, field }, text) {
                session.act(op(vec![change]));
            }
        }
        Act::Insert { table, after, copy } => {
            let (table, slot) = pick(session, *table, *after);
            if session.plan().tables[table].is_header() {
                return;
            }
            let (_, source) = pick(session, table, *copy);
            let cells = source.map(|slot| session.row(table, slot).cells).unwrap_or_default();
            let row = NewRow { id: RowId::new(format!("n{n}")), cells };
            let changes = session.inserting(table, slot, vec![row]);
            session.act(op(changes));
        }
        Act::Remove { table, row } => {
            let (table, Some(slot)) = pick(session, *table, *row) else { return };
            if !session.plan().tables[table].is_header() {
                let change = session.removing(table, slot);
                session.act(op(vec![change]));
            }
        }
        Act::Undo => drop(session.undo(OpId::new("u"))),
        Act::Redo => drop(session.redo(OpId::new("r"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done, the session shows exactly what opening its document anew would show.
    #[test]
    fn by_difference_equals_all_anew(acts in prop::collection::vec(act(), 1..60)) {
        let mut session = open(&case("every-rule")).unwrap();
        for (n, act) in acts.iter().enumerate() {
            perform(&mut session, act, n);
        }
        prop_assert!(seen(&session) == seen(&session.reopened()));
        let shown = seen(&session);
        prop_assert!(session.validate().touched.is_empty());
        prop_assert!(seen(&session) == shown);
    }

    /// Undoing everything brings the first document back; redoing everything brings the last.
    #[test]
    fn undo_and_redo_are_exact(acts in prop::collection::vec(act(), 1..40)) {
        let mut session = open(&case("every-rule")).unwrap();
        let first = seen(&session);
        for (n, act) in acts.iter().enumerate() {
            perform(&mut session, act, n);
        }
        let last = seen(&session);
        let mut steps = 0;
        while session.undo(OpId::new("u")).is_some() {
            steps += 1;
        }
        prop_assert!(seen(&session).0 == first.0);
        for _ in 0..steps {
            session.redo(OpId::new("r"));
        }
        // Acts undone before the end are redone too, so compare only when none was.
        if !acts.iter().any(|a| matches!(a, Act::Undo)) {
            prop_assert!(seen(&session) == last);
        }
    }

    /// The plain document and the session merge the same operations to the same content.
    #[test]
    fn document_and_session_agree_on_every_merge(acts in prop::collection::vec(act(), 1..30)) {
        let mut session = open(&case("every-rule")).unwrap();
        let mut document = session.document();
        let mut other = open(&case("every-rule")).unwrap();
        for (n, act) in acts.iter().enumerate() {
            perform(&mut other, act, n);
        }
        // Two people's acts, one after the other, as the server would see them.
        let theirs = other.document();
        for (table, rows) in theirs.tables {
            for row in rows {
                for (field, to) in row.cells {
                    let at = shared::engine::op::CellAt { table: table.as_str().into(), row: row.id.clone(), field: field.into() };
                    let change = shared::engine::op::Change::Set { at, from: Some("1".into()), to: Some(to.into()) };
                    let op = op(vec![change]);
                    prop_assert_eq!(document.apply(&op), session.apply(&op).conflicts);
                }
            }
        }
        prop_assert!(document == session.document());
    }
}
