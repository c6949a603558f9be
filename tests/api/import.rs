//! Import: the water department's own inventory, over HTTP, becomes the hardware lines of its request.

use shared::api::Method;
use shared::api::workbook::{PATH, Workbook};
use shared::engine::document::{Document, Row};
use shared::engine::op::{Change, Op};
use shared::exchange::import::header::propose;
use shared::exchange::import::merge::{MergeInto, MergeMode};
use shared::exchange::import::reading::{System, read};
use shared::exchange::import::target::ImportTable;
use shared::kernel::ids::RowId;
use tests::{Answer, Desk, Draft, fresh_id, on_each_database};

const WATER: &str = include_str!("../cases/water-2024/request.json");
const INVENTORY: &[u8] = include_bytes!("../cases/water-2024/inventory.xlsx");
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

fn posted(desk: &Desk, file: &[u8]) -> Answer {
    desk.raw(Method::Post, PATH, Some(file), &[OURS, ("content-type", "application/octet-stream")])
}

/// The changes that a person who accepts the proposal as it stands would confirm.
fn import(workbook: &Workbook, document: &Document) -> Vec<Change> {
    let forms = shared::forms::om_request();
    let target = ImportTable::of(forms.table("hardware").expect("hardware"));
    let text = |row: &Row, field: &str| row.cells.get(field).cloned().unwrap_or_default();
    let system = |row: &Row| System { row: row.id.clone(), name: text(row, "name"), code: text(row, "code") };
    let systems: Vec<System> = document.rows("systems").iter().map(system).collect();
    let proposal = propose(workbook, &target).expect("a header");
    let reading = read(workbook, &proposal, &target, &systems);
    assert_eq!((reading.rows.len(), reading.refused.len()), (64, 0));
    let into = MergeInto { target: &target, existing: document.rows("hardware") };
    let mut number = 0;
    let changes = into.changes(&reading, MergeMode::AppendNew, || {
        number += 1;
        RowId::new(format!("imported-{number}"))
    });
    changes.expect("one operation carries it")
}

fn total(document: &Document) -> String {
    let session = shared::forms::case::open(document).expect("opens");
    let cell = session.header("budget_request", "total").expect("a total");
    session.text(cell)
}

#[test]
fn an_imported_inventory_asks_for_the_same_money_and_one_undo_takes_it_back() {
    on_each_database(|world| {
        let filler = world.desk("ecology.filler");
        let id = "ecology-import";
        filler.opens(id);
        let mut typed = Draft::case(WATER);
        let whole = total(&typed);
        typed.tables.remove("hardware");
        filler.edits(id, Draft::typed(&typed));
        let before = filler.reads(id).document;
        assert_ne!(total(&before), whole);

        let answer = posted(&filler, INVENTORY);
        assert_eq!(answer.status, 200, "{}", answer.text);
        // Reading a file changes nothing.
        assert_eq!(filler.reads(id).document, before);
        let workbook: Workbook = serde_json::from_str(&answer.text).expect("a workbook");
        let changes = import(&workbook, &before);
        assert!(filler.edits(id, changes.clone()).conflicts.is_empty());
        let after = filler.reads(id).document;
        assert_eq!(after.rows("hardware").len(), 64);
        assert_eq!(total(&after), whole);

        let undo = Op { id: fresh_id(), changes }.inverse(fresh_id());
        assert!(filler.edits(id, undo.changes).conflicts.is_empty());
        assert_eq!(total(&filler.reads(id).document), total(&before));
    });
}

#[test]
fn only_fillers_upload_and_what_is_no_workbook_is_refused_with_the_way_out() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        assert_eq!(posted(&world.visitor(), INVENTORY).status, 401);
        for other in ["water.approver", "bureau.reviewer", "auditor", "admin.system"] {
            assert_eq!(posted(&world.desk(other), INVENTORY).status, 403, "{other}");
        }
        assert_eq!(filler.raw(Method::Post, PATH, Some(INVENTORY), &[]).status, 403);
        for (file, says) in [
            (b"a line of prose".as_slice(), "另存为 .xlsx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
            (&INVENTORY[..INVENTORY.len() / 2], "不完整或已损坏"),
            (b"", ".csv"),
        ] {
            let answer = posted(&filler, file);
            assert_eq!(answer.status, 422, "{}", answer.text);
            assert!(answer.problem().detail.contains(says), "{}", answer.text);
        }
    });
}
