//! The worked vectors of editions, their lookup, the working calendar and disclosure days.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use shared::vectors::{VectorFile, evaluate, shipped_files};

fn reproduces(file: &str, count: usize) {
    let path = format!("{}/../tests/cases/oversight/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let file: VectorFile = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(file.vectors.len(), count);
    for vector in &file.vectors {
        let got = evaluate(&vector.call, &vector.with, &shipped_files);
        assert_eq!(got.as_ref().ok(), vector.expect.as_ref(), "{}: {got:?}", vector.id);
    }
}

#[test]
fn an_edition_file_is_judged_and_known_by_its_hash() {
    reproduces("edition", 32);
}

#[test]
fn a_year_is_judged_by_the_edition_it_began_with_and_an_extension_closes_the_gap() {
    reproduces("lookup", 21);
}

#[test]
fn clocks_run_over_holidays_and_worked_weekends() {
    reproduces("workdays", 35);
}

#[test]
fn every_item_has_its_last_day_or_what_it_waits_for() {
    reproduces("due", 17);
}

#[test]
fn what_must_not_be_public_leaves_text_and_documents() {
    reproduces("redaction", 24);
}

#[test]
fn a_draft_edition_is_run_dry_over_a_reported_year() {
    reproduces("dry-run", 3);
}

#[test]
fn last_year_comes_over_without_what_changes_every_year() {
    reproduces("takeover", 3);
}

#[test]
fn names_are_found_by_characters_and_by_pinyin() {
    reproduces("search", 26);
}

#[test]
fn accounts_sign_ins_and_posts_are_judged() {
    reproduces("accounts", 73);
}

#[test]
fn every_tampering_is_reported_where_it_happened() {
    reproduces("tamper", 25);
}

#[test]
fn editions_publications_and_account_orders_take_two_people() {
    reproduces("flows", 5);
}
