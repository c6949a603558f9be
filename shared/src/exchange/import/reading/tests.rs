//! Reading on small sheets; the whole workbook of the water department is read in the server's tests.

use super::*;
use crate::exchange::import::header::propose;
use crate::exchange::import::sample::{hardware, sheet};
use crate::exchange::import::workbook::{Region, WorkbookCellKind, Worksheet};

const HEADINGS: [&str; 9] =
    ["所属系统", "设备分类", "设备名称", "品牌", "数量", "单价", "购置时间", "维保方式", "费率"];

fn systems() -> Vec<System> {
    let system = |row: &str, name: &str, code: &str| System {
        row: RowId::new(row),
        name: name.to_string(),
        code: code.to_string(),
    };
    vec![
        system("s1", "水资源管理平台", "省水-01"),
        system("s2", "档案系统", "省水-02"),
        system("s3", "档案系统", "省水-03"),
    ]
}

fn line(name: &str) -> [&str; 9] {
    ["水资源管理平台", "服务器", name, "浪潮", "2", "100", "2019-06-03", "原厂", "5%"]
}

fn read_sheet(sheet: Worksheet) -> ImportReading {
    let workbook = Workbook { date_1904: false, sheets: vec![sheet], ..Workbook::default() };
    let proposal = propose(&workbook, &hardware()).unwrap();
    read(&workbook, &proposal, &hardware(), &systems())
}

fn read_rows(rows: &[&[&str]]) -> ImportReading {
    let mut all: Vec<&[&str]> = vec![&HEADINGS];
    all.extend(rows);
    read_sheet(sheet("硬件设备台账", &all))
}

fn set(sheet: &mut Worksheet, row: u32, column: u32, kind: WorkbookCellKind, text: &str) {
    sheet.cells.retain(|c| (c.row, c.column) != (row, column));
    sheet.cells.push(WorkbookCell { kind, ..WorkbookCell::text(row, column, text) });
}

#[test]
fn titles_subtotals_blanks_and_footers_are_left_out_and_listed() {
    let reading = read_rows(&[
        &["一、服务器类"],
        &line("一号"),
        &["小 计", "服务器", "", "", "2"],
        &[],
        &HEADINGS,
        &line("合计显示屏"),
        &["合计：", "", "", "", "4"],
        &["", "", "", "审核人："],
        &["说明：本表由信息中心填报"],
    ]);
    let skipped: Vec<_> = reading.skipped.iter().map(|s| (s.row, s.reason)).collect();
    assert_eq!(
        skipped,
        [
            (1, Skip::Section),
            (3, Skip::Subtotal),
            (4, Skip::Blank),
            (5, Skip::Header),
            (7, Skip::Total),
            (8, Skip::Footer),
            (9, Skip::Footer),
        ]
    );
    assert_eq!(reading.skipped[1].text, "小 计 服务器 2");
    assert_eq!(reading.rows.iter().map(|r| r.row).collect::<Vec<_>>(), [2, 6]);
    assert_eq!(reading.refused, []);
}

#[test]
fn a_refused_cell_is_named_by_its_address_and_keeps_its_text() {
    let mut wrong = line("一号");
    (wrong[0], wrong[1], wrong[4], wrong[5], wrong[6]) = ("财务系统", "打印机", "若干", "12,34", "2019年6月");
    let reading = read_rows(&[&line("零号"), &wrong]);
    let named: Vec<_> = reading.refused.iter().map(|r| (r.address.as_str(), r.value.as_str())).collect();
    assert_eq!(
        named,
        [
            ("硬件设备台账!A3", "财务系统"),
            ("硬件设备台账!B3", "打印机"),
            ("硬件设备台账!E3", "若干"),
            ("硬件设备台账!F3", "12,34"),
            ("硬件设备台账!G3", "2019年6月"),
        ]
    );
    assert_eq!(reading.refused[0].reason, RejectReason::UnknownSystem);
    let fields: Vec<&str> = reading.rows[1].cells.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        ["brand", "kind", "name", "purchased", "quantity", "rate", "service_mode", "system", "unit_value"]
    );
    assert_eq!(reading.rows[1].cells["unit_value"], "12,34");
    assert_eq!(reading.unknown_systems()[0].cells, ["硬件设备台账!A3"]);
}

#[test]
fn cells_of_every_kind_are_read_by_what_their_column_is() {
    let mut book = sheet("台账", &[&HEADINGS, &line("一号"), &line("二号"), &line("三号")]);
    set(&mut book, 1, 2, WorkbookCellKind::Number, "5500");
    set(&mut book, 1, 5, WorkbookCellKind::Number, "203243.12000000001");
    set(&mut book, 1, 6, WorkbookCellKind::Date, "43299");
    set(&mut book, 1, 8, WorkbookCellKind::Number, "5.5E-2");
    book.cells.last_mut().unwrap().format = "0.0%".to_string();
    set(&mut book, 2, 5, WorkbookCellKind::Date, "43299");
    set(&mut book, 2, 6, WorkbookCellKind::Number, "20190603");
    set(&mut book, 2, 8, WorkbookCellKind::Number, "0.055");
    set(&mut book, 3, 4, WorkbookCellKind::Uncomputed, "");
    book.cells.last_mut().unwrap().formula = true;
    set(&mut book, 3, 5, WorkbookCellKind::Error, "#REF!");
    set(&mut book, 3, 6, WorkbookCellKind::Number, "2019");
    set(&mut book, 3, 3, WorkbookCellKind::Text, "／");
    let reading = read_sheet(book);
    let cell = |row: usize, field: &str| reading.rows[row].cells.get(field).map(String::as_str);
    assert_eq!(cell(0, "name"), Some("5500"));
    assert_eq!(cell(0, "unit_value"), Some("203243.12"));
    assert_eq!(cell(0, "purchased"), Some("2018-07-18"));
    assert_eq!(cell(0, "rate"), Some("5.5"));
    assert_eq!(cell(1, "purchased"), Some("2019-06-03"));
    assert_eq!(cell(1, "rate"), Some("0.055"));
    assert_eq!(cell(2, "brand"), None);
    let refused: Vec<_> = reading.refused.iter().map(|r| (r.address.as_str(), r.reason.clone())).collect();
    assert_eq!(
        refused,
        [
            ("台账!F3", RejectReason::DateForNumber),
            ("台账!E4", RejectReason::FormulaWithoutResult),
            ("台账!F4", RejectReason::ErrorValue),
            ("台账!G4", RejectReason::NotADate),
        ]
    );
    assert_eq!(reading.doubts.len(), 1);
    assert_eq!(reading.doubts[0].address, "台账!I3");
    assert_eq!(reading.doubts[0].question, "按 0.055% 读入；如果原意是 5.5%，请导入后改正");
}

#[test]
fn a_merged_system_counts_for_each_row_but_a_merged_number_only_once() {
    let mut book = sheet("台账", &[&HEADINGS, &line("一号"), &line("二号")]);
    book.cells.retain(|c| !(c.row == 2 && (c.column == 0 || c.column == 4)));
    book.merged = [0, 4].map(|column| Region { top: 1, left: column, bottom: 2, right: column }).to_vec();
    let reading = read_sheet(book);
    assert_eq!(reading.rows[1].cells.get("system").map(String::as_str), Some("s1"));
    assert_eq!(reading.rows[1].cells.get("quantity"), None);
    assert_eq!(reading.refused[0].address, "台账!E3");
    assert_eq!(reading.refused[0].reason, RejectReason::MergedNumber);
}

#[test]
fn systems_are_matched_by_name_then_by_code() {
    let systems = systems();
    assert_eq!(match_system(" 水资源　管理平台", &systems), Ok(&RowId::new("s1")));
    assert_eq!(match_system("省水－０２", &systems), Ok(&RowId::new("s2")));
    assert_eq!(match_system("档案系统", &systems), Err(RejectReason::AmbiguousSystem));
    assert_eq!(match_system("水资源", &systems), Err(RejectReason::UnknownSystem));
}
