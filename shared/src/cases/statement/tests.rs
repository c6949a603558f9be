//! Statements as banks write them: by other headings, in another order, with cells nobody can read.

use super::*;
use crate::exchange::import::workbook::Worksheet;

fn workbook(rows: &[&[&str]]) -> Workbook {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect();
    Workbook { sheets: vec![Worksheet::of_texts("明细", &rows)], ..Workbook::default() }
}

const HEADINGS: &[&str] = &["日期", "收付", "金额", "凭证号", "对方账号", "对方户名", "摘要"];

fn plain(workbook: &Workbook) -> StatementReading {
    read(workbook, &BTreeMap::new())
}

#[test]
fn a_statement_in_its_own_headings_is_read_row_by_row() {
    let found = plain(&workbook(&[
        HEADINGS,
        &["2024-02-05", "收", "60,000.00", "国拨2024-001", "", "省财政厅", "预拨"],
        &["2024/2/20", "付", "54901.5", "省支2024-001", "040211000930100001", "晋云", "第一期"],
    ]));
    assert_eq!(found.faults, []);
    let [advance, payment] = &found.lines[..] else { panic!("{:?}", found.lines) };
    assert_eq!((advance.direction, advance.amount.fen()), (CashDirection::In, 6_000_000));
    assert_eq!((payment.direction, payment.amount.fen()), (CashDirection::Out, 5_490_150));
    assert_eq!((payment.date.to_string().as_str(), payment.voucher.as_str()), ("2024-02-20", "省支2024-001"));
    assert_eq!(payment.row().account.as_deref(), Some("040211000930100001"));
    assert_eq!(advance.row().account, None);
}

#[test]
fn other_headings_are_known_and_a_person_maps_the_rest() {
    let rows: &[&[&str]] = &[
        &["序号", "交易日期", "借贷标志", "发生额", "流水", "摘要"],
        &["1", "20240205", "贷", "100.00", "省支1", "往来"],
    ];
    let proposed = plain(&workbook(rows));
    assert_eq!(proposed.faults, []);
    assert_eq!(proposed.lines[0].direction, CashDirection::In);
    assert_eq!(proposed.lines[0].voucher, "");
    let chosen = BTreeMap::from([(4, Some("voucher".to_string()))]);
    assert_eq!(read(&workbook(rows), &chosen).lines[0].voucher, "省支1");
}

#[test]
fn every_cell_that_cannot_be_read_is_named_by_its_address() {
    let found = plain(&workbook(&[
        HEADINGS,
        &["2024-02-30", "收", "10.00", "a", "", "", ""],
        &["2024-02-05", "转", "10.00", "b", "", "", ""],
        &["2024-02-05", "付", "-3.00", "c", "", "", ""],
        &["2024-02-05", "付", "十元整吧", "d", "", "", ""],
        &["", "付", "10.00", "e", "", "", ""],
    ]));
    let addresses: Vec<&str> = found.faults.iter().map(|fault| fault.address.as_str()).collect();
    for address in ["明细!A2", "明细!B3", "明细!C4", "明细!C5", "明细!A6"] {
        assert_eq!(addresses.iter().filter(|of| **of == address).count(), 1, "{addresses:?}");
    }
    assert_eq!(found.lines, []);
}

#[test]
fn a_file_without_an_amount_says_which_column_is_missing() {
    let found = plain(&workbook(&[&["日期", "收付", "摘要"], &["2024-02-05", "收", "预拨"]]));
    assert_eq!((found.faults.len(), found.faults[0].address.as_str()), (1, "明细!A1"));
    assert!(found.faults[0].says.contains("金额"));
    let nothing = plain(&workbook(&[&["姓名", "电话"]]));
    assert!(nothing.faults[0].says.contains("找不到表头"));
}
