//! The water department's inventory becomes the hardware lines of its request.

use super::read_now;
use serde_json::Value;
use shared::engine::op::Change;
use shared::exchange::import::header::propose;
use shared::exchange::import::merge::{MergeInto, MergeMode};
use shared::exchange::import::normal::CellKind;
use shared::exchange::import::reading::{ImportReading, Skip, System, read};
use shared::exchange::import::target::ImportTable;
use shared::exchange::import::units::UnitWord;
use shared::exchange::import::workbook::Workbook;
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;

const CASE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/water-2024/");

fn workbook() -> Workbook {
    read_now(&std::fs::read(format!("{CASE}inventory.xlsx")).unwrap()).unwrap()
}

fn request() -> Value {
    let text = std::fs::read_to_string(format!("{CASE}request.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["budget_request"].take()
}

fn target() -> ImportTable {
    ImportTable::of(shared::forms::om_request().table("hardware").unwrap())
}

fn systems() -> Vec<System> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_string();
    let system = |row: &Value| System {
        row: RowId::new(text(row, "id")),
        name: text(row, "name"),
        code: text(row, "code"),
    };
    request()["systems"].as_array().unwrap().iter().map(system).collect()
}

fn reading() -> ImportReading {
    let workbook = workbook();
    let proposal = propose(&workbook, &target()).unwrap();
    assert_eq!((proposal.sheet, proposal.header_row), (0, 2));
    assert!(proposal.missing(&target()).is_empty());
    assert!(
        proposal.mapping.iter().filter(|m| m.field.is_some()).all(|m| m.sure && m.unit != UnitWord::Power(4))
    );
    read(&workbook, &proposal, &target(), &systems())
}

/// Content by what it means: `5.0` and `5` are one rate.
fn meaning(cells: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let target = target();
    let mut meant: Vec<(String, String)> = cells
        .map(|(field, text)| {
            let kind = &target.column(&field).unwrap().kind;
            let number = matches!(kind, CellKind::Money | CellKind::Percent | CellKind::Count);
            let text = if number { shared::exchange::import::normal::number(&text).unwrap() } else { text };
            (field, text)
        })
        .collect();
    meant.sort();
    meant
}

#[test]
fn the_inventory_equals_the_hardware_lines_of_the_request() {
    let reading = reading();
    assert_eq!(reading.refused, []);
    assert_eq!(reading.doubts, []);
    let mut read: Vec<_> = reading.rows.iter().map(|row| meaning(row.cells.clone().into_iter())).collect();
    // The inventory is grouped by kind and has no 测算依据, so lines are compared as a set and without it.
    let mut wanted: Vec<_> = request()["hardware"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cells = row.as_object().unwrap().iter();
            let found =
                cells.filter(|(field, value)| !matches!(field.as_str(), "id" | "basis") && !value.is_null());
            meaning(found.map(|(field, value)| (field.clone(), value.as_str().unwrap().to_string())))
        })
        .collect();
    read.sort();
    wanted.sort();
    assert_eq!(read.len(), 64);
    assert_eq!(read, wanted);
}

#[test]
fn what_is_no_line_is_listed_with_its_reason() {
    let skipped = reading().skipped;
    let rows_of =
        |reason| skipped.iter().filter(|s| s.reason == reason).map(|s| s.row + 1).collect::<Vec<_>>();
    assert_eq!(rows_of(Skip::Title), [1, 2]);
    assert_eq!(rows_of(Skip::Subtotal), [14, 31, 46, 59, 75]);
    assert_eq!(rows_of(Skip::Blank), [15, 47, 60, 77]);
    assert_eq!(rows_of(Skip::Total), [76]);
    assert_eq!(rows_of(Skip::Footer), [78]);
    assert_eq!(skipped[0].text, "省水利厅硬件设备维保台账（2024年度）");
}

#[test]
fn a_spoilt_cell_is_refused_by_its_address_and_the_others_stand() {
    let mut workbook = workbook();
    for (row, column, text) in [(16, 7, "约22万"), (16, 1, "财务系统"), (17, 8, "2020年8月")] {
        let cell = workbook.sheets[0].cells.iter_mut().find(|c| (c.row, c.column) == (row, column)).unwrap();
        cell.kind = shared::exchange::import::workbook::WorkbookCellKind::Text;
        cell.text = text.to_string();
    }
    let proposal = propose(&workbook, &target()).unwrap();
    let reading = read(&workbook, &proposal, &target(), &systems());
    let named: Vec<_> = reading.refused.iter().map(|r| (r.address.as_str(), r.reason.to_string())).collect();
    assert_eq!(named[0].0, "硬件设备台账!B17");
    assert_eq!(named[1], ("硬件设备台账!H17", "不是数字，请填写阿拉伯数字".to_string()));
    assert_eq!(named[2].0, "硬件设备台账!I18");
    assert_eq!(reading.rows.len(), 64);
}

#[test]
fn the_import_is_one_operation_and_one_undo() {
    let mut count = 0;
    let target = target();
    let into = MergeInto { target: &target, existing: &[] };
    let changes = into
        .changes(&reading(), MergeMode::AppendNew, || {
            count += 1;
            RowId::new(format!("new{count}"))
        })
        .unwrap();
    assert_eq!(changes.len(), 64);
    let mut document = shared::engine::document::Document::new(shared::kernel::calendar::FiscalYear(2024));
    let op = shared::engine::op::Op { id: shared::kernel::ids::OpId::new("o1"), changes };
    assert_eq!(document.apply(&op), []);
    let first = &document.rows("hardware")[0];
    let first: BTreeMap<&str, &str> = first.cells.iter().map(|(f, t)| (f.as_str(), t.as_str())).collect();
    assert_eq!((first["system"], first["unit_value"], first["rate"]), ("s6", "203243.12", "4.98"));
    assert!(op.changes.iter().all(|change| matches!(change, Change::InsertRow { .. })));
    assert_eq!(document.apply(&op.inverse(shared::kernel::ids::OpId::new("o2"))), []);
    assert_eq!(document.rows("hardware"), []);
}
