//! Accounts from a workbook: errors by cell and nothing half done, two administrators, two sheets in two hands.

use crate::accounts::{accept, create, sign_in};
use shared::api::Method;
use shared::api::account_imports::{
    AccountBook, AskImport, ImportPreview, PREVIEW, ReadImport, RowOutcome, SheetHalf, TEMPLATE, TakeSheet,
};
use shared::api::accounts::{AccountState, DecideOrder, ListAccounts};
use shared::api::problem::Problem;
use shared::api::workbook::{PATH, Workbook};
use shared::kernel::ids::OpId;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;
use tests::{Desk, World, fresh_id, on_each_database};

const DEPARTMENTS: [&str; 4] = ["编号*", "名称*", "信用代码", "排序"];
const ACCOUNTS: [&str; 7] = ["账号*", "姓名*", "人员编号*", "岗位*", "部门编号", "邮箱", "手机"];

type Rows = Vec<Vec<String>>;

fn rows(head: &[&str], lines: &[&[&str]]) -> Rows {
    let owned = |line: &[&str]| line.iter().map(|text| text.to_string()).collect();
    std::iter::once(owned(head)).chain(lines.iter().map(|line| owned(line))).collect()
}

fn sheet_xml(rows: &Rows) -> String {
    let mut xml = String::from(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (row, texts) in rows.iter().enumerate() {
        write!(xml, "<row r=\"{}\">", row + 1).unwrap();
        for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let letter = char::from(b'A' + column as u8);
            write!(xml, "<c r=\"{letter}{}\" t=\"inlineStr\"><is><t>{text}</t></is></c>", row + 1).unwrap();
        }
        xml.push_str("</row>");
    }
    xml + "</sheetData></worksheet>"
}

/// A workbook as a person would save it.
pub fn workbook(departments: &Rows, accounts: &Rows) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let relations = |lines: &str| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{lines}</Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns:r=\"{main}\"><sheets><sheet name=\"部门\" r:id=\"r1\"/><sheet name=\"账号\" r:id=\"r2\"/></sheets></workbook>"
    );
    let top = format!("<Relationship Id=\"r0\" Type=\"{main}/officeDocument\" Target=\"xl/workbook.xml\"/>");
    let sheets: String = (1..=2)
        .map(|n| {
            format!(
                "<Relationship Id=\"r{n}\" Type=\"{main}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            )
        })
        .collect();
    let parts = [
        ("[Content_Types].xml", types.to_string()),
        ("_rels/.rels", relations(&top)),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations(&sheets)),
        ("xl/worksheets/sheet1.xml", sheet_xml(departments)),
        ("xl/worksheets/sheet2.xml", sheet_xml(accounts)),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn posted<T: serde::de::DeserializeOwned>(desk: &Desk, path: &str, file: &[u8]) -> T {
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/octet-stream")];
    let answer = desk.raw(Method::Post, path, Some(file), &headers);
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

fn ask(book: AccountBook) -> AskImport {
    AskImport { order: fresh_id(), book, namesakes: false }
}

fn agree(order: &OpId) -> DecideOrder {
    DecideOrder { order: order.clone(), agree: true, reason: None, namesakes: false }
}

fn code(problem: Problem) -> String {
    problem.refusal.map_or(problem.code, |refusal| refusal.code)
}

fn take(order: &OpId) -> TakeSheet {
    TakeSheet { order: order.clone(), site: "https://omfund.example".into() }
}

/// The secrets of a sheet by account, as a spreadsheet would show them.
fn secrets(world: &World, desk: &Desk, order: &OpId) -> Vec<(String, String)> {
    let file = desk.call(&take(order));
    let bytes = decoded(&file.content);
    let read: Workbook = posted(&world.desk("water.filler"), PATH, &bytes);
    let cells = &read.sheets[0].cells;
    let text =
        |row, column| cells.iter().find(|c| (c.row, c.column) == (row, column)).map(|c| c.text.clone());
    let last = cells.iter().map(|cell| cell.row).max().unwrap_or(0);
    (2..=last).map(|row| (text(row, 0).expect("an account"), text(row, 4).expect("a secret"))).collect()
}

fn decoded(text: &str) -> Vec<u8> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits: Vec<u32> = text
        .bytes()
        .filter(|b| *b != b'=')
        .map(|b| letters.iter().position(|letter| *letter == b).expect("base64") as u32)
        .collect();
    let bytes = digits.chunks(4).flat_map(|group| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        let take = group.len() - 1;
        bits.to_be_bytes().into_iter().skip(1).take(take)
    });
    bytes.collect()
}

fn office() -> (Rows, Rows) {
    let departments = rows(&DEPARTMENTS, &[&["fire", "省消防救援总队", "", "40"]]);
    let accounts = rows(
        &ACCOUNTS,
        &[
            &["fire.filler", "邹林", "P-501", "部门填报人", "fire", "zhao@sx.gov.cn", "13800138000"],
            &["fire.approver", "钱江", "P-502", "部门负责人", "fire", "", ""],
            &["bureau.second", "孙海", "P-503", "省局审核员", "", "", ""],
        ],
    );
    (departments, accounts)
}

#[test]
fn an_office_is_set_up_from_one_workbook_by_two_administrators_with_two_sheets() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let (_, template) = system.fetches(TEMPLATE);
        let empty: ImportPreview = posted(&system, PREVIEW, &template);
        assert_eq!(empty.faults[0].cell, "账号!A2");

        let (departments, accounts) = office();
        let preview: ImportPreview = posted(&system, PREVIEW, &workbook(&departments, &accounts));
        assert!(preview.faults.is_empty() && preview.rows.iter().all(|row| row.outcome == RowOutcome::New));
        let asked = ask(preview.book);
        system.call(&asked);
        let order = &asked.order;
        let listed = security.call(&ListAccounts {});
        assert_eq!(listed.orders[0].name, "1 个部门、3 个账号");
        let shown = security.call(&ReadImport { order: order.clone() });
        assert!(shown.is_open && shown.rows.len() == 4, "{shown:?}");
        // Nothing is there before it is agreed to, and nobody agrees to their own or in the audit's name.
        assert!(!listed.accounts.iter().any(|line| line.account.as_str() == "fire.filler"));
        assert_eq!(system.refused(&take(order)).status, 404);
        assert_eq!(code(system.refused(&agree(order))), "authority.same_person");
        assert_eq!(code(world.desk("admin.audit").refused(&agree(order))), "ACT-05");
        security.call(&agree(order));
        assert_eq!(system.call(&ListAccounts {}).sheets[0].half, SheetHalf::Links);
        assert_eq!(security.call(&ListAccounts {}).sheets[0].half, SheetHalf::Codes);

        // The links alone open nothing, also before the codes are taken.
        let links = secrets(world, &system, order);
        assert_eq!(links.len(), 3);
        assert!(links[0].1.starts_with("https://omfund.example/invitation#"), "{links:?}");
        let visitor = world.visitor();
        assert_eq!(accept(&visitor, &links[0].1, None, "a-long-password").status, 403);
        let codes = secrets(world, &security, order);
        assert_eq!(accept(&visitor, &links[0].1, Some("00000000"), "a-long-password").status, 403);
        assert_eq!(accept(&visitor, &links[0].1, Some(&codes[0].1), "a-long-password").status, 200);
        let me = world.visitor().sign_in("fire.filler", "a-long-password");
        assert_eq!(me.department_name.as_deref(), Some("省消防救援总队"));
        // Each sheet once, and to nobody else.
        assert_eq!(code(system.refused(&take(order))), "ACT-02");
        assert_eq!(code(security.refused(&take(order))), "ACT-02");
        assert_eq!(world.desk("admin.audit").refused(&take(order)).status, 404);
        assert!(system.call(&ListAccounts {}).sheets.is_empty());

        // Twice the same file: nothing.
        let again: ImportPreview = posted(&system, PREVIEW, &workbook(&departments, &accounts));
        assert!(again.rows.iter().all(|row| row.outcome == RowOutcome::Same), "{again:?}");
        assert_eq!(code(system.refused(&ask(again.book))), "account.nothing");
        world.stop();
        let report = world.verified();
        assert!(report.faults.is_empty() && report.unknown_tables.is_empty(), "{:#?}", report.lines());
    });
}

#[test]
fn a_workbook_with_one_wrong_cell_changes_nothing_also_when_it_goes_wrong_later() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let (departments, mut accounts) = office();
        accounts.push(["w2", "李明", "P-504", "部门填报人", "nowhere", "", ""].map(String::from).to_vec());
        let preview: ImportPreview = posted(&system, PREVIEW, &workbook(&departments, &accounts));
        let faults: Vec<_> = preview.rows.iter().flat_map(|row| &row.faults).collect();
        assert_eq!((faults[0].cell.as_str(), faults[0].code.as_str()), ("账号!E5", "ACT-12"));
        assert_eq!(code(system.refused(&ask(preview.book))), "ACT-12");

        // Right when it was asked for; then somebody takes one of its names.
        accounts.pop();
        let preview: ImportPreview = posted(&system, PREVIEW, &workbook(&departments, &accounts));
        let asked = ask(preview.book);
        security.call(&asked);
        assert_eq!(security.refused(&ask(asked.book.clone())).status, 409, "one import at a time");
        system.call(&create("bureau.second", "P-999"));
        assert_eq!(code(system.refused(&agree(&asked.order))), "ACT-01");
        let listed = system.call(&ListAccounts {});
        assert!(!listed.departments.iter().any(|department| department.id.as_str() == "fire"));
        assert!(!listed.accounts.iter().any(|line| line.account.as_str() == "fire.filler"));
        // Declined, the way is free.
        let decline = DecideOrder {
            agree: false,
            reason: Some("账号名已被占用，请改名后重新提出。".into()),
            ..agree(&asked.order)
        };
        system.call(&decline);
        assert!(security.call(&ListAccounts {}).orders.is_empty());
    });
}

#[test]
fn an_import_changes_posts_and_never_those_of_its_own_hands() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let filler = world.desk("water.filler");
        let listed = system.call(&ListAccounts {});
        let known = listed.accounts.iter().find(|line| line.account.as_str() == "water.filler").unwrap();
        let (name, person) = (known.name.clone(), known.person.to_string());
        let line = ["water.filler", name.as_str(), person.as_str(), "部门填报人", "forest", "", ""];
        let file = workbook(&rows(&DEPARTMENTS, &[]), &rows(&ACCOUNTS, &[&line]));
        let preview: ImportPreview = posted(&system, PREVIEW, &file);
        assert_eq!(preview.rows[0].outcome, RowOutcome::Changed, "{preview:?}");
        let asked = ask(preview.book);
        system.call(&asked);
        security.call(&agree(&asked.order));
        assert_eq!(
            filler.call(&shared::api::session::ReadMe {}).actor.department.unwrap().as_str(),
            "forest"
        );
        // An account in use is invited to nothing.
        assert!(system.call(&ListAccounts {}).sheets.is_empty());

        let own = ["admin.two", "系统乙", "P-admin.system", "审计纪检", "", "", ""];
        let file = workbook(&rows(&DEPARTMENTS, &[]), &rows(&ACCOUNTS, &[&own]));
        let preview: ImportPreview = posted(&system, PREVIEW, &file);
        assert!(["ACT-08", "ACT-03"].contains(&preview.rows[0].faults[0].code.as_str()), "{preview:?}");
    });
}

#[test]
fn two_thousand_rows_are_taken_over_in_one_go() {
    on_each_database(|world| {
        let (system, security) = (world.desk("admin.system"), world.desk("admin.security"));
        let line = |n: usize| {
            let texts =
                [format!("user.{n}"), format!("测试{}", letters(n)), format!("Q{n:05}"), "评价员".into()];
            texts.into_iter().chain([String::new(), String::new(), String::new()]).collect::<Vec<String>>()
        };
        let accounts: Rows = rows(&ACCOUNTS, &[]).into_iter().chain((2..2_002).map(line)).collect();
        let preview: ImportPreview = posted(&system, PREVIEW, &workbook(&rows(&DEPARTMENTS, &[]), &accounts));
        assert_eq!(preview.rows.iter().flat_map(|row| &row.faults).next(), None);
        let asked = ask(preview.book);
        system.call(&asked);
        let begun = Instant::now();
        security.call(&agree(&asked.order));
        println!("2 000 accounts in {:?}", begun.elapsed());
        let listed = system.call(&ListAccounts {});
        let invited = listed.accounts.iter().filter(|line| line.state == AccountState::Invited).count();
        assert_eq!(invited, 2_000);
        assert_eq!(secrets(world, &security, &asked.order).len(), 2_000);
        assert_eq!(world.visitor().refused(&sign_in("user.2", "whatever-it-is")).status, 401);
    });
}

/// A number in letters that nobody takes for another.
fn letters(n: usize) -> String {
    let hanzi: Vec<char> = "甲乙丙丁戊己庚辛壬癸".chars().collect();
    n.to_string().bytes().map(|digit| hanzi[usize::from(digit - b'0')]).collect()
}
