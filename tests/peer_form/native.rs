//! The form that engines are compared on, natively: its figures are exact, everything wrong is found, and an edit
//! costs the same however many rows there are.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "src/data.rs"]
mod data;
#[path = "src/form.rs"]
mod form;

use data::Amounts;
use form::{FORM, ITEMS};
use shared::engine::editing::NewRow;
use shared::engine::op::{Change, Op};
use shared::engine::parameters::Parameters;
use shared::engine::plan::Plan;
use shared::engine::session::{Cell, Session};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{OpId, RowId};
use std::collections::BTreeMap;
use std::sync::Arc;

fn open(rows: u32, amounts: Amounts) -> Session {
    let year = FiscalYear(data::YEAR);
    let plan = Plan::compile(form::declaration(), &Parameters::default(), year).unwrap();
    Session::read(Arc::new(plan), |table, intake| data::each_row(table, rows, amounts, intake))
}

fn cell(session: &Session, row: usize, field: &str) -> Cell {
    let table = session.plan().table(ITEMS).unwrap();
    let field = session.plan().field(table, field).unwrap();
    Cell { table, slot: session.rows(table)[row], field }
}

fn text(session: &Session, row: usize, field: &str) -> String {
    session.text(cell(session, row, field))
}

/// Performs one act and says how many cells and rules it evaluated.
fn cost(session: &mut Session, changes: Vec<Change>) -> (u64, u64) {
    let applied = session.act(Op { id: OpId::new("o"), changes });
    assert_eq!(applied.conflicts, Vec::new());
    (applied.changed.evaluated_cells, applied.changed.evaluated_rules)
}

fn typing(session: &mut Session, row: usize, field: &str, typed: &str) -> (u64, u64) {
    let change = session.typing(cell(session, row, field), typed).unwrap();
    cost(session, vec![change])
}

/// The cost of everything a person does to a form of so many rows, act by act.
fn costs(rows: u32) -> Vec<(u64, u64)> {
    let mut session = open(rows, Amounts::Any);
    let middle = rows as usize / 2;
    let table = session.plan().table(ITEMS).unwrap();
    let mut costs = ["1", "12", "123", "1234", "123", "wrong", ""]
        .map(|price| typing(&mut session, middle, "price", price))
        .to_vec();
    costs.push(typing(&mut session, middle, "price", "1234"));
    costs.push(typing(&mut session, middle, "basis", "Basis"));
    let other = if text(&session, middle, "category") == "Travel" { "Services" } else { "Travel" };
    costs.push(typing(&mut session, middle, "category", other));
    costs.push(typing(&mut session, 0, "name", ""));
    let undone = session.undo(OpId::new("u")).unwrap().1.changed;
    costs.push((undone.evaluated_cells, undone.evaluated_rules));
    let row = NewRow { id: RowId::new("new"), cells: BTreeMap::new() };
    let inserted = session.inserting(table, session.rows(table).last().copied(), vec![row]);
    costs.push(cost(&mut session, inserted));
    let removed = session.removing(table, session.rows(table)[0]);
    costs.push(cost(&mut session, vec![removed]));
    costs
}

#[test]
fn an_act_costs_the_same_in_fifty_thousand_rows_as_in_five_thousand() {
    let small = costs(5_000);
    assert_eq!(small, costs(50_000));
    // A price: its amount, the category's subtotal, the total; the rules on amount and ceiling.
    assert_eq!(small[1], (3, 2), "{small:?}");
}

#[test]
fn half_a_fen_is_rounded_up_in_every_row_and_in_the_total() {
    let session = open(200, Amounts::Ties);
    let hundredths = |text: &str| text.replace('.', "").parse::<u128>().unwrap();
    let mut total = 0;
    for row in 0..200 {
        let factors = ["price", "rate"].map(|field| hundredths(&text(&session, row, field)));
        let product = factors[0] * factors[1] * text(&session, row, "qty").parse::<u128>().unwrap();
        assert_eq!(product % 10_000, 5_000, "row {row} is a tie");
        let amount = product / 10_000 + 1;
        assert_eq!(hundredths(&text(&session, row, "amount")), amount, "row {row}");
        total += amount;
    }
    assert_eq!(hundredths(&session.text(session.header(FORM, "total").unwrap())), total);
}

#[test]
fn everything_wrong_is_found_as_it_is_typed_and_by_validating_all() {
    let mut session = open(1_000, Amounts::Any);
    assert_eq!(session.total_tally().errors, 0);
    // 90 × 1 234 = 111 060: without a basis, and above the ceiling.
    typing(&mut session, 500, "price", "1234");
    assert_eq!(session.total_tally().errors, 2);
    for (row, field, typed) in [(1, "name", "x"), (2, "name", ""), (4, "rate", "150.00"), (5, "name", "y")] {
        typing(&mut session, row, field, typed);
    }
    assert_eq!(session.total_tally().errors, 6);
    let checked = session.validate();
    // A rule per line and three of the header.
    assert_eq!((checked.touched.len(), checked.evaluated_rules), (0, 1_003));
    assert_eq!(session.total_tally().errors, 6);
    assert_eq!(session.findings().len(), 6);
}

/// Errors of the form with this text in a header field.
fn errors_with(field: &str, text: &str) -> i64 {
    let mut session = open(1, Amounts::Any);
    let at = session.header(FORM, field).unwrap();
    if let Some(change) = session.typing(at, text) {
        session.act(Op { id: OpId::new("o"), changes: vec![change] });
    }
    session.total_tally().errors
}

#[test]
fn code_and_phone_are_judged_as_the_harness_says() {
    // `^[0-9A-Z]{18}$`: no check digit, no letter left out.
    for code in ["91350100M000100Y43", "91350100M000100Y44", "IOSVZIOSVZIOSVZIOS", "000000000000000000"] {
        assert_eq!(errors_with("code", code), 0, "{code}");
    }
    for code in [
        "91350100M000100Y4",
        "91350100M000100Y430",
        "91350100m000100Y43",
        "91350100M000100-43",
        "91350100M０00100Y43",
    ] {
        assert_eq!(errors_with("code", code), 1, "{code}");
    }
    // `^[0-9 +()-]{7,20}$`.
    for phone in ["+86 591 8700 1234", "1234567", "(0591) 8700-1234 000", "-------"] {
        assert_eq!(errors_with("phone", phone), 0, "{phone}");
    }
    for phone in ["123456", "(0591) 8700-1234 0000", "0591-8700x12", "０591 8700 1234", "0591.8700.1234"] {
        assert_eq!(errors_with("phone", phone), 1, "{phone}");
    }
    for field in ["code", "phone"] {
        assert_eq!(errors_with(field, ""), 1, "{field}");
    }
}
