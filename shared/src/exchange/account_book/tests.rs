//! What a workbook of accounts is judged to change, cell by cell.

use super::*;
use crate::exchange::import::workbook::{Workbook, WorkbookCell, WorkbookCellKind, Worksheet};
use crate::kernel::people::Role;
use crate::policy::accounts::posts::Post;

fn sheet(of: BookSheet, rows: &[&[&str]]) -> Worksheet {
    let heading = of.columns().iter().map(|column| column.label.to_string()).collect();
    let rows = rows.iter().map(|row| row.iter().map(|text| text.to_string()).collect());
    Worksheet::of_texts(of.label(), &std::iter::once(heading).chain(rows).collect::<Vec<Vec<String>>>())
}

fn workbook(departments: &[&[&str]], accounts: &[&[&str]]) -> Workbook {
    let sheets = vec![sheet(BookSheet::Departments, departments), sheet(BookSheet::Accounts, accounts)];
    Workbook { sheets, ..Workbook::default() }
}

fn roster() -> Roster {
    let water =
        KnownDepartment {
            id: "water".into(), name: "省水利厅".into(), credit_code: None, position: Some(1)
        };
    let of = |id: &str, person: &str, name: &str, role, department: Option<&str>| KnownAccount {
        id: id.into(),
        name: name.into(),
        person: person.into(),
        post: Some(Post { role, department: department.map(str::to_string), deputy_of: None }),
        mail: None,
        phone: None,
        is_disabled: false,
    };
    let accounts = vec![
        of("w.filler", "P-1", "王芳", Role::DepartmentFiller, Some("water")),
        of("sec", "P-9", "安管", Role::SecurityAdministrator, None),
    ];
    Roster { departments: vec![water], accounts }
}

/// Cells with their codes.
fn faults(departments: &[&[&str]], accounts: &[&[&str]]) -> Vec<(String, String)> {
    let book = read(&workbook(departments, accounts)).unwrap();
    let rows = plan(&book, &roster(), false).rows;
    rows.into_iter().flat_map(|row| row.faults).map(|fault| (fault.cell, fault.code)).collect()
}

fn one(account: &[&str]) -> Vec<(String, String)> {
    faults(&[], &[account])
}

fn at(cell: &str, code: &str) -> Vec<(String, String)> {
    vec![(cell.to_string(), code.to_string())]
}

#[test]
fn rows_are_new_the_same_or_changed() {
    let departments: &[&[&str]] = &[&["water", "省水利厅", "", ""], &["forest", "省林草局", "", "7"]];
    let accounts: &[&[&str]] = &[
        &["w.filler", "王芳", "p-1", "部门填报人", "water", "", ""],
        &["f.filler", "李明", "P-2", "部门填报人", "forest", "li@sx.gov.cn", "13800138000"],
    ];
    let book = read(&workbook(departments, accounts)).unwrap();
    let planned = plan(&book, &roster(), false);
    let outcomes: Vec<RowOutcome> = planned.rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [RowOutcome::Same, RowOutcome::New, RowOutcome::Same, RowOutcome::New]);
    assert_eq!(planned.rows[3].detail, "省林草局 部门填报人");
    // Taken over, the same file changes nothing.
    let mut after = roster();
    after.departments.extend(planned.departments.into_iter().map(|(department, _)| department));
    after.accounts.extend(planned.accounts.into_iter().map(|(account, _)| account));
    assert!(plan(&book, &after, false).is_idle());
    let change: &[&[&str]] = &[&["w.filler", "王芳", "P-1", "部门负责人", "water", "", ""]];
    let planned = plan(&read(&workbook(&[], change)).unwrap(), &roster(), false);
    assert_eq!(planned.rows[0].outcome, RowOutcome::Changed);
    assert_eq!(planned.rows[0].detail, "岗位：省水利厅 部门填报人 → 省水利厅 部门负责人");
}

#[test]
fn every_fault_names_its_cell() {
    assert_eq!(one(&["水", "赵林", "P-7", "省局审核员", "", "", ""]), at("账号!A2", "ACT-01"));
    assert_eq!(one(&["W.filler", "赵林", "P-7", "省局审核员", "", "", ""]), at("账号!A2", "ACT-01"));
    assert_eq!(one(&["w.filler", "赵林", "P-7", "省局审核员", "", "", ""]), at("账号!A2", "ACT-01"));
    assert_eq!(one(&["new", "赵林", "编号", "省局审核员", "", "", ""]), at("账号!C2", "ACT-03"));
    assert_eq!(one(&["new", "赵林", "P_1", "省局审核员", "", "", ""]), at("账号!C2", "ACT-03"));
    assert_eq!(one(&["new", "赵", "P-7", "省局审核员", "", "", ""]), at("账号!B2", "ACT-04"));
    assert_eq!(one(&["new", "王芳", "P-7", "省局审核员", "", "", ""]), at("账号!B2", "ACT-11"));
    assert_eq!(one(&["new", "王芳", "P-1", "部门负责人", "water", "", ""]), at("账号!D2", "ACT-08"));
    assert_eq!(one(&["new", "赵林", "P-7", "部门填报人", "fire", "", ""]), at("账号!E2", "ACT-12"));
    assert_eq!(one(&["new", "赵林", "P-7", "部门填报人", "", "", ""]), at("账号!E2", "ACT-12"));
    assert_eq!(one(&["new", "赵林", "P-7", "审计管理员", "", "", ""]), at("账号!D2", "ACT-17"));
    assert_eq!(one(&["sec", "安管", "P-9", "省局审核员", "", "", ""]), at("账号!D2", "ACT-17"));
    assert_eq!(one(&["new", "赵林", "P-7", "厅长", "", "", ""]), at("账号!D2", "ACT-17"));
    assert_eq!(one(&["new", "赵林", "P-7", "省局审核员", "", "a@b", ""]), at("账号!F2", "ACT-17"));
    assert_eq!(one(&["new", "赵林", "P-7", "省局审核员", "", "", "无"]), at("账号!G2", "ACT-17"));
    let twice: &[&str] = &["new", "赵林", "P-7", "省局审核员", "", "", ""];
    assert_eq!(faults(&[], &[twice, twice]), at("账号!A3", "ACT-01"));
    assert_eq!(faults(&[&["water", "省水务厅", "", ""]], &[]), at("部门!B2", "ACT-17"));
    assert_eq!(faults(&[&["w2", "省水利厅", "", ""]], &[]), at("部门!B2", "ACT-17"));
    assert_eq!(faults(&[&["f", "省林草局", "1", "x"]], &[]).len(), 2);
}

#[test]
fn a_sheet_that_is_not_the_template_is_not_guessed_at() {
    let mut moved = workbook(&[], &[&["a"]]);
    moved.sheets[1].cells.iter_mut().filter(|cell| cell.row == 0).for_each(|cell| cell.column ^= 1);
    let cells: Vec<String> = read(&moved).unwrap_err().into_iter().map(|fault| fault.cell).collect();
    assert!(cells.contains(&"账号!A1".to_string()), "{cells:?}");
    let mut missing = workbook(&[], &[]);
    missing.sheets.remove(0);
    assert_eq!(read(&missing).unwrap_err()[0].cell, "部门!A1");
    assert_eq!(read(&workbook(&[], &[])).unwrap_err()[0].cell, "账号!A2");
    let mut odd = workbook(&[], &[&["new", "赵林"]]);
    let error = WorkbookCell { kind: WorkbookCellKind::Error, ..WorkbookCell::text(1, 2, "#REF!") };
    odd.sheets[1].cells.push(error);
    odd.sheets[1].cells.push(WorkbookCell::text(1, 9, "备注"));
    let cells: Vec<String> = read(&odd).unwrap_err().into_iter().map(|fault| fault.cell).collect();
    assert_eq!(cells, ["账号!C2", "账号!J2"]);
}
