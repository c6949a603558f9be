//! Rows that are no lines, and devices that only look so.

use super::super::reading::ImportReading;
use super::super::rows::Skip;
use super::super::sample::{column, read_table};

const H: &[&str] = &["所属系统", "设备分类", "设备名称", "数量", "单价", "购置日期", "运维方式", "费率"];

fn line(name: &'static str) -> [&'static str; 8] {
    ["甲系统", "服务器", name, "2", "100", "2019-06-03", "原厂", "5%"]
}

fn skipped(reading: &ImportReading) -> Vec<Skip> {
    reading.skipped.iter().map(|row| row.reason).filter(|skip| *skip != Skip::Blank).collect()
}

#[test]
fn sums_of_narrow_sheets_are_known_by_their_numbers() {
    let rows: [&[&str]; 6] = [
        &["设备名称", "数量", "单价"],
        &["一号", "1", "5"],
        &["二号", "2", "6"],
        &["服务器小计", "3", "11"],
        &["三号", "1", "4"],
        &["合 计", "4", "15"],
    ];
    let reading = read_table("hardware", &rows);
    assert_eq!(column(&reading, "name"), ["一号", "二号", "三号"]);
    assert_eq!(skipped(&reading), [Skip::Subtotal, Skip::Total]);
    let devices: [&[&str]; 3] = [&["设备名称", "数量", "单价"], &["一号", "1", "5"], &["合计", "9", "99"]];
    assert_eq!(column(&read_table("hardware", &devices), "name"), ["一号", "合计"]);
}

#[test]
fn a_sum_under_a_column_of_choices_is_a_sum() {
    let heading: &[&str] = &["类别", "服务名称", "数量", "单价", "次数"];
    let rows: [&[&str]; 4] = [
        heading,
        &["驻场", "驻场人员", "2", "10000", "12"],
        &["驻场小计", "", "2", "10000", "12"],
        &["合计", "", "2", "10000", "12"],
    ];
    let reading = read_table("other", &rows);
    assert_eq!(column(&reading, "name"), ["驻场人员"]);
    assert_eq!(skipped(&reading), [Skip::Subtotal, Skip::Total]);
}

#[test]
fn what_follows_an_empty_row_with_other_contents_is_no_line() {
    let one = line("一号");
    let rows: [&[&str]; 6] = [
        H,
        &one,
        &[],
        &["姓名", "职务", "联系电话", "部门"],
        &["张三", "工程师", "13800138000", "运维部"],
        &["开户行", "工行", "账号", "123"],
    ];
    let reading = read_table("hardware", &rows);
    assert_eq!(column(&reading, "name"), ["一号"]);
    assert_eq!(skipped(&reading), [Skip::OtherTable; 3]);
    let mut wrong = line("二号");
    wrong[1] = "打印机";
    let lines: [&[&str]; 4] = [H, &one, &[], &wrong];
    assert_eq!(column(&read_table("hardware", &lines), "name"), ["一号", "二号"]);
}

#[test]
fn numbers_of_columns_signatures_examples_and_placeholders_are_no_lines() {
    let one = line("一号");
    for (row, skip) in [
        (&["栏次", "—", "—", "1", "2", "3", "4", "5"] as &[&str], Skip::Numbering),
        (&["A", "B", "C", "D", "E=D×2", "F", "G", "H"], Skip::Numbering),
        (&["第1列", "第2列", "第3列", "第4列", "第5列", "第6列", "第7列", "第8列"], Skip::Numbering),
        (&["填表人", "张三", "日期", "", "", "2025-03-01"], Skip::Footer),
        (&["", "", "（示例）某服务器", "2", "100", "2019-06-03", "原厂", "5%"], Skip::Example),
        (&["1", "", "……"], Skip::Prefilled),
        (&["", "请选择", "", "", "", "请选择", "请选择"], Skip::Prefilled),
        (&["1、存储类", "", "", "2", "100"], Skip::Section),
        (&["二、网络类", "", "", "2", "100", "", "", "5%"], Skip::Section),
        (&["平均单价", "", "", "", "100"], Skip::Total),
    ] {
        let reading = read_table("hardware", &[H, row, &one]);
        assert_eq!(column(&reading, "name"), ["一号"], "{row:?}");
        assert_eq!(skipped(&reading), [skip], "{row:?}");
    }
}

#[test]
fn a_line_that_cannot_be_read_stays_a_line() {
    let heading = [H, &["备注"]].concat();
    let unpriced = ["", "", "一号", "", "-"];
    assert_eq!(column(&read_table("hardware", &[H, &unpriced]), "name"), ["一号"]);
    let row = ["甲系统", "打印机", "一号", "若干", "100", "长期", "自修", "5%", "说明：已报修"];
    assert_eq!(column(&read_table("hardware", &[&heading, &row]), "name"), ["一号"]);
}

#[test]
fn devices_with_the_words_of_sums_stay_lines() {
    for name in ["数据汇总平台", "总金额显示屏", "无线AP", "三", "一、二期存储", "合计（旧）", "示例系统"]
    {
        let own = line(name);
        assert_eq!(column(&read_table("hardware", &[H, &own]), "name"), [name]);
    }
}
