//! Tables that stand side by side.

use super::super::header::{propose, survey};
use super::super::reading::read;
use super::super::sample::{column, read_table, sheet};
use super::super::target::ImportTable;
use super::super::workbook::Workbook;

#[test]
fn a_table_to_the_right_is_one_of_its_own() {
    let definition = crate::forms::om_request();
    let targets = ["hardware", "software"].map(|key| ImportTable::of(definition.table(key).unwrap()));
    let rows: [&[&str]; 4] = [
        &["", "", "", "", "", "", "", "", "单位：万元"],
        &[
            "所属系统",
            "设备分类",
            "设备名称",
            "数量",
            "单价",
            "购置日期",
            "",
            "所属系统",
            "软件类别",
            "软件名称",
            "合同额",
        ],
        &["甲系统", "服务器", "一号", "2", "100", "2019-06-03", "", "甲系统", "数据库", "库", "12"],
        &["", "", "", "", "", "", "", "乙系统", "中间件", "件", "13"],
    ];
    let book = Workbook { sheets: vec![sheet("台账", &rows)], ..Workbook::default() };
    let hardware = read(&book, &propose(&book, &targets[0]).unwrap(), &targets[0], &[]);
    assert_eq!(column(&hardware, "name"), ["一号"]);
    assert!(hardware.unanswered().next().is_some(), "the note stands over the other table");
    let found = survey(&book, &targets);
    let places: Vec<_> = found.iter().map(|f| (f.target, f.proposal.columns)).collect();
    assert_eq!(places, [(0, (0, 6)), (1, (7, 10))]);
    let software = read(&book, &found[1].proposal, &targets[1], &[]);
    assert_eq!(column(&software, "contract_amount"), ["120000.00", "130000.00"]);
    assert!(software.doubts.is_empty());
}

#[test]
fn a_list_in_two_halves_is_one_table() {
    let rows: [&[&str]; 4] = [
        &["设备名称", "数量", "单价（千元）", "设备名称", "数量", "单价（千元）"],
        &["一号", "1", "10", "三号", "3", "30"],
        &["二号", "2", "20", "", "", ""],
        &["", "", "", "合计", "6", "60"],
    ];
    let reading = read_table("hardware", &rows);
    assert_eq!(column(&reading, "name"), ["一号", "二号", "三号"]);
    assert_eq!(column(&reading, "unit_value"), ["10000.00", "20000.00", "30000.00"]);
}

#[test]
fn an_empty_column_does_not_divide_a_table() {
    let rows: [&[&str]; 2] =
        [&["所属系统", "设备名称", "", "数量", "单价"], &["甲系统", "一号", "", "1", "10"]];
    let reading = read_table("hardware", &rows);
    assert_eq!(column(&reading, "unit_value"), ["10.00"]);
    assert_eq!(column(&reading, "name"), ["一号"]);
}
