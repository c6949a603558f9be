//! Years for months, tenths for percent, prices by the year.

use super::super::reading::{DoubtKind, ImportReading};
use super::super::sample::{column, read_table};

fn cloud(headings: [&'static str; 4], cells: [&'static str; 4]) -> ImportReading {
    let heading = [&["所属系统", "类别", "规格"] as &[&str], &headings].concat();
    let row = [&["甲系统", "计算", "8核"] as &[&str], &cells].concat();
    read_table("cloud", &[&heading, &row])
}

const H: [&str; 4] = ["数量", "单价(元/月)", "月数", "折扣"];

#[test]
fn a_measure_that_turns_into_the_fields_own_is_turned() {
    for (headings, cells, months, discount) in [
        (H, ["4", "300", "1年", "8.5折"], "12", "85"),
        (H, ["4", "300", "2个季度", "85折"], "6", "85"),
        (H, ["4", "300", "6个月", "850‰"], "6", "85"),
        (["数量", "单价(元/月)", "时长（年）", "折扣（折）"], ["4", "300", "1", "8.5"], "12", "85"),
        (["数量", "单价(元/月)", "月数", "折扣（‰）"], ["4", "300", "6", "850"], "6", "85"),
    ] {
        let reading = cloud(headings, cells);
        assert_eq!(column(&reading, "months"), [months], "{headings:?} {cells:?}");
        assert_eq!(column(&reading, "discount"), [discount], "{headings:?} {cells:?}");
        assert_eq!((reading.doubts.len(), reading.refused.len() - 1), (0, 0), "{headings:?} {cells:?}");
    }
}

#[test]
fn what_does_not_turn_is_refused_and_keeps_its_measure() {
    for (headings, cells, field, text) in [
        (H, ["4年", "300", "12", "85"], "quantity", "4年"),
        (H, ["2分", "300", "12", "85"], "quantity", "2分"),
        (H, ["4", "36000元/年", "12", "85"], "unit_price", "36000元/年"),
        (H, ["4", "300元/天", "12", "85"], "unit_price", "300元/天"),
        (H, ["4", "300", "30天", "85"], "months", "30天"),
        (H, ["4", "300", "12", "0.5万"], "discount", "0.5万"),
        (["数量", "单价(元/月)", "月数（天）", "折扣"], ["4", "300", "30", "85"], "months", "30天"),
    ] {
        let reading = cloud(headings, cells);
        assert_eq!(column(&reading, field), [text], "{headings:?} {cells:?}");
        assert!(reading.refused.iter().any(|cell| cell.field == field), "{headings:?} {cells:?}");
    }
}

#[test]
fn a_price_by_another_period_is_asked_about() {
    for heading in ["单价（元·年）", "单价（元/年）", "年单价", "单价（元/季度）"] {
        let reading = cloud(["数量", heading, "月数", "折扣"], ["4", "3600", "12", "85"]);
        assert!(reading.unanswered().next().is_some(), "{heading}");
    }
    let monthly = cloud(["数量", "单价（元/月）", "月数", "折扣"], ["4", "300", "12", "85"]);
    assert!(monthly.doubts.is_empty());
}

#[test]
fn a_bare_one_or_tenth_of_a_discount_is_asked_about() {
    for (discount, asked) in [("1", true), ("0.85", true), ("8.5", true), ("85", false), ("100", false)] {
        let reading = cloud(H, ["4", "300", "12", discount]);
        let fraction = reading.doubts.iter().any(|doubt| doubt.kind == DoubtKind::Fraction);
        assert_eq!(fraction, asked, "{discount}");
    }
}

#[test]
fn work_is_counted_in_person_months() {
    let heading = ["所属系统", "软件类别", "软件名称", "计价方式", "工作量（人月）", "人月单价"];
    let row = |work, price| ["甲系统", "定制复杂", "库", "按人月", work, price];
    let read = |work, price| read_table("software", &[&heading, &row(work, price)]);
    assert_eq!(column(&read("2.5人月", "1.5万元/人月"), "person_months"), ["2.5"]);
    assert_eq!(column(&read("2人年", "1.5万元/人月"), "person_months"), ["24"]);
    assert_eq!(column(&read("2.5", "1.5万元/人月"), "monthly_price"), ["15000.00"]);
    assert_eq!(column(&read("20人天", "800元/人天"), "person_months"), ["20人天"]);
    let days = ["所属系统", "软件类别", "软件名称", "计价方式", "工作量（人天）", "人月单价"];
    assert_eq!(column(&read_table("software", &[&days, &row("20", "15000")]), "person_months"), ["20人天"]);
}
