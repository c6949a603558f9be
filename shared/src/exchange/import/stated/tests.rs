//! Units that stand around a table, inside it and in its lines.

use super::super::reading::{DoubtKind, ImportReading};
use super::super::sample::{column, read_table};

const H: &[&str] = &["所属系统", "设备分类", "设备名称", "数量", "单价", "购置日期", "运维方式", "费率"];
const IN_YUAN: &[&str] =
    &["所属系统", "设备分类", "设备名称", "数量", "单价（元）", "购置日期", "运维方式", "费率"];
const IN_WAN: &[&str] =
    &["所属系统", "设备分类", "设备名称", "数量", "单价（万元）", "购置日期", "运维方式", "费率"];

fn line(price: &'static str) -> [&'static str; 8] {
    ["甲系统", "服务器", "一号", "2", price, "2019-06-03", "原厂", "5%"]
}

fn prices(rows: &[&[&str]]) -> (ImportReading, bool) {
    let reading = read_table("hardware", rows);
    let asked = reading.doubts.iter().any(|doubt| doubt.kind == DoubtKind::Unit);
    (reading, asked)
}

fn check(rows: &[&[&str]], stored: &[&str]) {
    let (reading, asked) = prices(rows);
    assert_eq!(column(&reading, "unit_value"), stored, "{rows:?}");
    assert!(!asked, "{rows:?}");
}

fn asks(rows: &[&[&str]]) {
    let (reading, asked) = prices(rows);
    assert!(asked, "{:?} {rows:?}", column(&reading, "unit_value"));
}

#[test]
fn a_note_right_under_a_short_table_counts() {
    let (one, two) = (line("12.5"), line("8"));
    check(&[H, &one, &["单位：万元"]], &["125000.00"]);
    check(&[H, &one, &two, &["", "", "", "", "", "", "", "单位：千元。"]], &["12500.00", "8000.00"]);
    check(&[H, &["", "", "", "", "单位：万元"], &one], &["125000.00"]);
    check(&[H, &[], &["", "", "", "（台）", "（万元）"], &one], &["125000.00"]);
}

#[test]
fn a_unit_may_change_inside_the_table() {
    let (big, small) = (line("8000"), line("12.5"));
    check(
        &[H, &["一、服务器（单位：万元）"], &small, &["二、网络（单位：元）"], &big],
        &["125000.00", "8000.00"],
    );
    check(&[IN_YUAN, &big, IN_WAN, &small], &["8000.00", "125000.00"]);
    let (yuan, wan) = (["", "", "", "（台）", "（元）"], ["", "", "", "（台）", "（万元）"]);
    check(&[H, &yuan, &big, H, &wan, &small], &["8000.00", "125000.00"]);
    check(&[H, &big, &["以下单位：万元"], &small], &["8000.00", "125000.00"]);
    check(&[H, &["一、服务器（万元）"], &small, &["（一）机架"], &small], &["125000.00", "125000.00"]);
    check(&[H, &["一、服务器"], &wan, &small], &["125000.00"]);
    check(&[H, &["服务器类", "", "", "", "（万元）"], &small], &["125000.00"]);
    check(&[IN_WAN, &small, H, &small], &["125000.00", "125000.00"]);
}

#[test]
fn what_may_be_meant_for_either_part_is_asked() {
    let (big, small) = (line("8000"), line("12.5"));
    asks(&[H, &big, &["单位：万元"], &small]);
    asks(&[H, &["一、服务器（单位：万元）"], &small, &["二、网络"], &big]);
    asks(&[IN_YUAN, &["一、服务器（单位：万元）"], &small]);
    asks(&[H, &small, &["合计（万元）", "", "", "2", "12.5"]]);
    check(&[H, &small, &["合计（元）", "", "", "2", "12.5"]], &["12.50"]);
}

#[test]
fn a_line_may_state_its_own_unit() {
    let with = |header: &'static str, price: &'static str, unit: &'static str| {
        let heading = [H, &[header]].concat();
        let row = [&line(price)[..], &[unit]].concat();
        (heading, row)
    };
    for (header, unit, stored) in [
        ("金额单位", "万元", "125000.00"),
        ("单位", "元", "12.50"),
        ("单位", "台", "12.50"),
        ("备注", "单价单位：万元", "125000.00"),
        ("备注", "预算50万元以上须论证", "12.50"),
        ("使用单位", "万州区水务局", "12.50"),
    ] {
        let (heading, row) = with(header, "12.5", unit);
        check(&[&heading, &row], &[stored]);
    }
    let (heading, row) = with("计价单位", "12.5", "万");
    let (_, silent) = with("计价单位", "12.5", "");
    asks(&[&heading, &row, &silent]);
    let (heading, row) = with("币种", "12.5", "美元");
    asks(&[&heading, &row]);
    let yuan = [IN_YUAN, &["金额单位"]].concat();
    asks(&[&yuan, &row[..8].iter().copied().chain(["万元"]).collect::<Vec<_>>()]);
}

#[test]
fn an_amount_beside_a_silent_price_is_asked_about_unless_the_numbers_tell() {
    let heading = [H, &["总价（万元）"]].concat();
    let with = |price, total| [&line(price)[..], &[total]].concat();
    asks(&[&heading, &with("8", "16")]);
    check(&[&heading, &with("80000", "16")], &["80000.00"]);
}

#[test]
fn headings_of_another_table_say_nothing_of_this_one() {
    let own = line("12.5");
    check(&[&["类别", "金额（万元）"], &["服务器", "25"], &[], H, &own], &["12.50"]);
    check(&[&["项目", "金额（万元）"], &["服务器", "25"], &[], H, &own], &["12.50"]);
}

#[test]
fn a_note_over_the_next_table_says_nothing_of_this_one() {
    let own = line("12.5");
    let software: &[&str] = &["所属系统", "软件类别", "软件名称", "计价方式", "合同额", "费率"];
    let line: &[&str] = &["甲系统", "数据库", "库", "按费率", "50", "8%"];
    check(&[H, &own, &[], &["软件（单位：万元）"], software, line], &["12.50"]);
    asks(&[H, &own, &["软件（单位：万元）"], software, line]);
    let rows: [&[&str]; 7] = [H, &own, &["注：金额单位为千元"], &[], &["软件（单位：万元）"], software, line];
    check(&rows, &["12500.00"]);
    assert_eq!(column(&read_table("software", &rows), "contract_amount"), ["500000.00"]);
}

#[test]
fn a_hidden_heading_left_over_says_nothing_and_a_hidden_note_is_asked_about() {
    use super::super::header::propose;
    use super::super::reading::read;
    use super::super::sample::{hardware, sheet};
    use super::super::workbook::Workbook;
    let own = line("12.5");
    for (hidden, asked) in [(IN_WAN, false), (&["单位：万元"] as &[&str], true)] {
        let mut book = sheet("台账", &[hidden, H, &own]);
        book.hidden_rows = vec![0];
        let workbook = Workbook { sheets: vec![book], ..Workbook::default() };
        let reading = read(&workbook, &propose(&workbook, &hardware()).unwrap(), &hardware(), &[]);
        assert_eq!(column(&reading, "unit_value"), ["12.50"], "{hidden:?}");
        assert_eq!(!reading.doubts.is_empty(), asked, "{hidden:?}");
    }
}
