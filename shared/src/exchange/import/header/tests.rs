//! Headers of small sheets.

use super::*;
use crate::exchange::import::sample::{hardware, sheet};
use crate::exchange::import::units::UnitWord;
use crate::exchange::import::workbook::Region;

fn fields(proposal: &Proposal) -> Vec<(&str, Option<&str>)> {
    proposal.mapping.iter().map(|m| (m.header.as_str(), m.field.as_deref())).collect()
}

fn book(rows: &[&[&str]]) -> Workbook {
    Workbook { date_1904: false, sheets: vec![sheet("台账", rows)], ..Workbook::default() }
}

#[test]
fn the_header_is_found_below_titles_and_each_field_is_taken_once() {
    let book = book(&[
        &["2024年硬件设备台账"],
        &["填表日期：2023年7月10日", "", "金额单位：元"],
        &[
            "序号",
            "所属系统",
            "设备类别",
            "名称",
            "设备名称（必填）",
            "台数",
            "购置单价（元）",
            "总价",
            "维保费率%",
        ],
        &["1", "甲系统", "服务器", "x", "服务器一号", "2", "100", "200", "5"],
    ]);
    let target = hardware();
    let proposal = propose(&book, &target).unwrap();
    assert_eq!(proposal.header_row, 2);
    assert_eq!(
        fields(&proposal),
        [
            ("序号", None),
            ("所属系统", Some("system")),
            ("设备类别", Some("kind")),
            ("名称", None),
            ("设备名称（必填）", Some("name")),
            ("台数", Some("quantity")),
            ("购置单价（元）", Some("unit_value")),
            ("总价", None),
            ("维保费率%", Some("rate")),
        ]
    );
    assert!(proposal.mapping.iter().all(|m| matches!(m.unit, UnitWord::Silent | UnitWord::Power(0))));
    let missing: Vec<&str> = proposal.missing(&target).iter().map(|c| c.field.as_str()).collect();
    assert_eq!(missing, ["purchased", "service_mode"]);
}

#[test]
fn a_person_corrects_a_column_and_the_field_moves() {
    let book = book(&[&["系统", "名称", "设备名称"]]);
    let mut proposal = propose_at(&book, 0, 0, &hardware()).unwrap();
    proposal.assign(1, Some("name"));
    assert_eq!(fields(&proposal)[1..], [("名称", Some("name")), ("设备名称", None)]);
    proposal.assign(1, None);
    assert_eq!(proposal.mapping[1].field, None);
}

#[test]
fn the_best_sheet_wins_and_prose_is_no_header() {
    let prose = sheet("说明", &[&["请各部门按所属系统填报设备名称"], &["名称一栏必填"]]);
    let good = sheet("台账", &[&["所属系统", "设备名称", "数量"]]);
    let both = Workbook { date_1904: false, sheets: vec![prose.clone(), good], ..Workbook::default() };
    assert_eq!(propose(&both, &hardware()).unwrap().sheet, 1);
    assert_eq!(
        propose(&Workbook { date_1904: false, sheets: vec![prose], ..Workbook::default() }, &hardware()),
        None
    );
}

#[test]
fn headings_merged_over_two_rows_are_read_with_the_lower_row() {
    let mut two = sheet(
        "台账",
        &[
            &["所属系统", "设备名称", "购置信息", ""],
            &["", "", "单价", "购置时间"],
            &["甲系统", "服务器", "1", "2019-01-01"],
        ],
    );
    two.merged = vec![
        Region { top: 0, left: 0, bottom: 1, right: 0 },
        Region { top: 0, left: 1, bottom: 1, right: 1 },
        Region { top: 0, left: 2, bottom: 0, right: 3 },
    ];
    let proposal =
        propose(&Workbook { date_1904: false, sheets: vec![two], ..Workbook::default() }, &hardware())
            .unwrap();
    assert_eq!(proposal.header_row, 1);
    let mapped: Vec<_> = proposal.mapping.iter().map(|m| m.field.as_deref()).collect();
    assert_eq!(mapped, [Some("system"), Some("name"), Some("unit_value"), Some("purchased")]);
}

#[test]
fn the_unit_is_seen_wherever_it_stands() {
    let unit = |book: &Workbook| {
        let proposal = propose(book, &hardware()).unwrap();
        let mapped = proposal.mapping.iter().find(|m| m.field.as_deref() == Some("unit_value"));
        mapped.map(|m| m.unit.clone()).unwrap()
    };
    for (rows, power) in [
        (&[&["设备名称", "数量", "单价（万元）"] as &[&str]] as &[&[&str]], 4),
        (&[&["设备名称", "数量", "单价（千）"]], 3),
        (&[&["单位：万元"], &["设备名称", "数量", "单价"]], 4),
        (&[&["填报单位：千山局", "", "金额单位：千元"], &["设备名称", "数量", "单价"]], 3),
        (&[&["单位：万元"], &["设备名称", "数量", "单价（元）"]], 0),
        (&[&["设备名称", "数量", "单价"], &["", "（台）", "（万元）"]], 4),
        (&[&["设备名称", "购置信息（百万元）", ""], &["", "数量", "单价"]], 6),
        (&[&["设备名称", "数量", "单价"], &["一号", "2", "3"], &["注：金额以万元为单位"]], 4),
    ] {
        assert_eq!(unit(&book(rows)), UnitWord::Power(power), "{rows:?}");
    }
    assert!(matches!(unit(&book(&[&["设备名称", "数量", "单价（美元）"]])), UnitWord::Unclear(_)));
    let named = sheet("台账（万元）", &[&["设备名称", "数量", "单价"]]);
    assert_eq!(unit(&Workbook { sheets: vec![named], ..Workbook::default() }), UnitWord::Power(4));
}

#[test]
fn every_table_of_a_workbook_is_found_with_the_form_it_looks_like() {
    let definition = crate::forms::om_request();
    let tables = ["systems", "hardware", "software", "indicators"];
    let targets: Vec<ImportTable> =
        tables.iter().map(|key| ImportTable::of(definition.table(key).unwrap())).collect();
    let both = sheet(
        "台账",
        &[
            &["硬件设备台账"],
            &["所属系统", "设备分类", "设备名称", "数量", "单价", "购置时间", "维保方式", "费率"],
            &["甲系统", "服务器", "一号", "2", "1", "2019-06-03", "原厂", "5%"],
            &[],
            &["软件台账（单位：万元）"],
            &["所属系统", "软件类别", "软件名称", "合同额", "费率"],
            &["甲系统", "数据库", "库", "50", "9%"],
        ],
    );
    let list = sheet("系统", &[&["系统编号", "系统名称", "上线日期"], &["01", "甲系统", "2019-01-01"]]);
    let found = survey(&Workbook { sheets: vec![both, list], ..Workbook::default() }, &targets);
    let seen: Vec<_> = found
        .iter()
        .map(|f| (tables[f.target], f.proposal.sheet, f.proposal.top, f.proposal.header_row))
        .collect();
    assert_eq!(seen, [("hardware", 0, 0, 1), ("software", 0, 2, 5), ("systems", 1, 0, 0)]);
    let money = found[1].proposal.mapping.iter().find(|m| m.field.as_deref() == Some("contract_amount"));
    assert_eq!(money.map(|m| m.unit.clone()), Some(UnitWord::Power(4)));
}
