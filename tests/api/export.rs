//! What people carry away: a workbook whose formulas say what the system says, which comes back without harm.

use crate::main_job::filled;
use shared::api::Method;
use shared::api::export::{BATCH, PRINT, REVIEW, WHOLE, WORKBOOK, path};
use shared::engine::op::Change;
use shared::exchange::import::returned::{WorkbookChanges, difference};
use shared::exchange::import::workbook::Workbook;
use shared::kernel::ids::{CaseId, RowId};
use std::io::{Read, Write};
use std::process::Command;
use tests::{Desk, Draft, on_each_database};

const WATER: &str = "water-2024";

fn exported(desk: &Desk, id: &str) -> Vec<u8> {
    let (headers, bytes) = desk.fetches(&path(WORKBOOK, &CaseId::new(id), None));
    let disposition = headers.iter().find(|(name, _)| name == "content-disposition").expect("a name");
    assert!(disposition.1.contains("filename*=UTF-8''%E7%9C%81"), "{}", disposition.1);
    bytes
}

/// The workbook as the server reads it back.
fn read(desk: &Desk, bytes: &[u8]) -> Workbook {
    let headers = [("content-type", "application/octet-stream"), ("sec-fetch-site", "same-origin")];
    let answer = desk.raw(Method::Post, shared::api::workbook::PATH, Some(bytes), &headers);
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).expect("a workbook")
}

fn differs(desk: &Desk, id: &str, workbook: &Workbook) -> WorkbookChanges {
    let view = desk.reads(id);
    let definition = shared::forms::om_request();
    let request = CaseId::new(id);
    difference(workbook, &definition, &view.definition, &request, &view.document, || RowId::new("new-1"))
        .expect("our own export")
}

#[test]
fn an_unchanged_export_changes_nothing_and_a_changed_cell_is_found_by_its_address() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let mut workbook = read(&filler, &exported(&filler, WATER));
        assert_eq!(differs(&filler, WATER, &workbook), WorkbookChanges::default());

        let sheet = workbook.sheets.iter_mut().find(|s| s.name == "硬件设备运维费").expect("the sheet");
        let column = sheet.cells.iter().find(|c| c.row == 0 && c.text == "quantity").expect("its key").column;
        let cell = sheet.cells.iter_mut().find(|c| c.row == 7 && c.column == column).expect("the cell");
        let before = std::mem::replace(&mut cell.text, "77".into());
        let found = differs(&filler, WATER, &workbook);
        assert_eq!(found.found.len(), 1, "{:?}", found.found);
        let change = &found.found[0];
        assert_eq!((change.from.as_str(), change.to.as_str()), (before.as_str(), "77"));
        assert!(change.address.starts_with("硬件设备运维费!") && change.address.ends_with('8'));
        assert!(filler.edits(WATER, found.changes).conflicts.is_empty());
        assert_eq!(differs(&filler, WATER, &workbook), WorkbookChanges::default(), "it is here already");
    });
}

#[test]
fn rows_that_came_and_went_are_found_and_what_happened_here_meanwhile_is_said() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let mut workbook = read(&filler, &exported(&filler, WATER));
        let sheet = workbook.sheets.iter_mut().find(|s| s.name == "云资源服务").expect("the sheet");
        let at = |sheet: &shared::exchange::import::workbook::Worksheet, key: &str| {
            sheet.cells.iter().find(|c| c.row == 0 && c.text == key).expect("its key").column
        };
        let (spec, ids) = (at(sheet, "spec"), at(sheet, "#id"));
        let gone = sheet.cells.iter().find(|c| c.row == 3 && c.column == ids).expect("a row").text.clone();
        let spare = sheet.cells.iter().filter(|c| c.column == ids && c.text.starts_with("x-")).map(|c| c.row);
        let spare = spare.min().expect("a spare row");
        sheet.cells.retain(|cell| cell.row != 3);
        let kept = sheet.cells.iter().find(|c| c.row == 4 && c.column == spec).expect("a cell").clone();
        sheet.cells.push(shared::exchange::import::workbook::WorkbookCell {
            row: spare,
            text: "新增规格".into(),
            ..kept.clone()
        });
        for cell in sheet.cells.iter_mut().filter(|c| c.row == 4 && c.column == spec) {
            cell.text = "改后的规格".into();
        }
        let id = sheet.cells.iter().find(|c| c.row == 4 && c.column == ids).expect("a row").text.clone();
        filler.edits(WATER, vec![Draft::set("cloud", &id, "spec", Some(&kept.text), Some("同事改的"))]);

        let found = differs(&filler, WATER, &workbook);
        let labels: Vec<&str> = found.found.iter().map(|f| f.label.as_str()).collect();
        assert_eq!(labels, ["规格", "新增一行", "删去一行"]);
        assert_eq!(found.found[0].meanwhile.as_deref(), Some("同事改的"));
        assert!(matches!(&found.changes[2], Change::RemoveRow { row, .. } if row.as_str() == gone));
        assert!(filler.edits(WATER, found.changes).conflicts.is_empty());
    });
}

#[test]
fn whoever_may_not_read_a_request_cannot_carry_it_away() {
    on_each_database(|world| {
        for file in [WORKBOOK, PRINT] {
            let at = |version| path(file, &CaseId::new(WATER), version);
            assert_eq!(world.desk("health.filler").get(&at(None)).status, 404);
            assert_eq!(world.desk("admin.system").get(&at(None)).status, 404);
            assert_eq!(world.desk("bureau.reviewer").get(&at(None)).status, 403, "not reported yet");
            assert_eq!(world.desk("water.filler").get(&at(Some(9))).status, 404);
            assert_eq!(world.desk("water.filler").get(&format!("{}?version=x", at(None))).status, 422);
        }
    });
}

/// The workbook without any stored result: whatever then stands in it was computed by the spreadsheet.
fn without_results(bytes: &[u8]) -> Vec<u8> {
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a package");
    let mut bare = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..package.len() {
        let mut part = package.by_index(index).expect("a part");
        let (name, mut text) = (String::from_utf8_lossy(part.name_raw()).into_owned(), Vec::new());
        part.read_to_end(&mut text).expect("its bytes");
        if name.starts_with("xl/worksheets/sheet") {
            let sheet = String::from_utf8(text).expect("XML");
            let mut pieces = sheet.split("</f><v>");
            let mut stripped = pieces.next().unwrap_or_default().to_string();
            for piece in pieces {
                stripped.push_str("</f>");
                stripped.push_str(piece.split_once("</v>").expect("a result").1);
            }
            text = stripped.replace(" t=\"str\"><f>", "><f>").into_bytes();
        }
        bare.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        bare.write_all(&text).expect("its bytes");
    }
    bare.finish().expect("a package").into_inner()
}

/// Lets LibreOffice open the workbook, compute it and save it.
fn recalculated(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("in.xlsx"), bytes).expect("written");
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let out = folder.path().join("out");
    let done = Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"])
        .arg(&out)
        .arg(folder.path().join("in.xlsx"))
        .output()
        .expect("LibreOffice runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(out.join("in.xlsx")).expect("the recalculated workbook")
}

#[test]
fn libreoffice_computes_every_number_as_the_system_does() {
    if Command::new("soffice").arg("--version").output().is_err() {
        return;
    }
    let world = tests::World::demo(tests::Database::Sqlite);
    let (water, ecology) = (world.desk("water.filler"), world.desk("ecology.filler"));
    let every_rule = Draft::case(include_str!("../cases/every-rule/request.json"));
    ecology.opens("ecology-2024");
    ecology.edits("ecology-2024", Draft::typed(&every_rule));
    for (desk, id, least) in [(water, WATER, 400), (ecology, "ecology-2024", 100)] {
        let bytes = exported(&desk, id);
        let ours = read(&desk, &bytes);
        let theirs = read(&desk, &recalculated(&without_results(&bytes)));
        let mut compared = 0;
        for (mine, theirs) in ours.sheets.iter().zip(&theirs.sheets) {
            for cell in mine.cells.iter().filter(|cell| cell.formula) {
                let other = theirs.cells.iter().find(|c| (c.row, c.column) == (cell.row, cell.column));
                let plain = |text: &str| {
                    shared::exchange::import::normal::stored_number(text).unwrap_or_else(|_| text.into())
                };
                let place = format!(
                    "{}!{}",
                    mine.name,
                    shared::exchange::import::workbook::address(cell.row, cell.column)
                );
                assert_eq!(other.map(|c| plain(&c.text)), Some(plain(&cell.text)), "{id} {place}");
                compared += 1;
            }
        }
        assert!(compared > least, "{compared}");
        assert_eq!(differs(&desk, id, &theirs), WorkbookChanges::default(), "saved by another program");
    }
}

#[test]
fn five_thousand_rows_go_out_and_come_back_unchanged() {
    let world = tests::World::demo(tests::Database::Sqlite);
    let (filler, id) = (world.desk("ecology.filler"), "ecology-2024");
    filler.opens(id);
    filler.edits(id, Draft::typed(&Draft::case(include_str!("../cases/large-5000/request.json"))));
    let workbook = read(&filler, &exported(&filler, id));
    assert_eq!(differs(&filler, id, &workbook), WorkbookChanges::default());
    let (_, pdf) = filler.fetches(&path(PRINT, &CaseId::new(id), None));
    assert!(pdf.starts_with(b"%PDF-"));
}

#[test]
fn a_frozen_version_is_carried_away_as_it_was() {
    on_each_database(|world| {
        let (filler, id) = (world.desk("ecology.filler"), "ecology-2024");
        filled(&filler, id);
        filler.tells(id, shared::cases::request::Command::Submit {});
        let name = filler.fetches(&path(PRINT, &CaseId::new(id), None)).0;
        let version = shared::api::escaped("（第1版）");
        assert!(
            name.iter().any(|(_, value)| value.contains(&version)),
            "handed over, it is no draft: {name:?}"
        );
        let frozen = path(WORKBOOK, &CaseId::new(id), Some(1));
        let workbook = read(&filler, &filler.fetches(&frozen).1);
        let title = workbook.sheets[0].cells.iter().find(|cell| cell.row == 1).expect("a title");
        assert!(title.text.contains("省生态环境厅2024年度运维服务申请（第1版）"), "{}", title.text);
    });
}

#[test]
fn the_official_document_is_a_pdf_with_its_name_and_says_when_it_is_a_draft() {
    on_each_database(|world| {
        let filler = world.desk("water.filler");
        let (headers, bytes) = filler.fetches(&path(PRINT, &CaseId::new(WATER), None));
        assert!(bytes.starts_with(b"%PDF-1."));
        let header = |name: &str| headers.iter().find(|(n, _)| n == name).expect("a header").1.as_str();
        assert_eq!(header("content-type"), "application/pdf");
        assert!(header("content-disposition").ends_with(".pdf"), "{}", header("content-disposition"));
        let again = filler.fetches(&path(PRINT, &CaseId::new(WATER), None)).1;
        assert!(bytes == again, "the same content is the same document");
    });
}

#[test]
fn the_opinion_sheet_the_whole_and_the_notice_are_for_those_who_see_them() {
    on_each_database(|world| {
        let sheet = |id: &str| path(REVIEW, &CaseId::new(id), None);
        let pdf = |desk: &Desk, at: &str| assert!(desk.fetches(at).1.starts_with(b"%PDF-"), "{at}");
        let reviewer = world.desk("bureau.reviewer");
        pdf(&reviewer, &sheet("education-2024"));
        pdf(&world.desk("education.filler"), &sheet("education-2024"));
        assert_eq!(world.desk("water.filler").get(&sheet("education-2024")).status, 404);
        assert_eq!(world.desk("water.filler").get(&sheet(WATER)).status, 404, "nothing reported yet");
        let whole = WHOLE.replace("{fiscal_year}", "2024");
        pdf(&reviewer, &whole);
        assert_eq!(world.desk("water.filler").get(&whole).status, 403);
        assert_eq!(reviewer.get(&WHOLE.replace("{fiscal_year}", "never")).status, 404);
        assert_eq!(world.desk("finance.leader").get(&BATCH.replace("{batch}", "none")).status, 404);
    });
}
