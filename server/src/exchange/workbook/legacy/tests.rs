//! Workbooks of Excel 97 and WPS, and hostile ones.

use super::*;
use std::io::Write;
use std::time::Duration;

const BOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/import/inventory.xls");

fn later() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[test]
fn cells_formats_hidden_rows_and_merges_are_read() {
    let book = read(&std::fs::read(BOOK).unwrap(), later()).unwrap();
    assert_eq!(book.sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["台账"]);
    let sheet = &book.sheets[0];
    let cell =
        |row, column| sheet.cells.iter().find(|cell| (cell.row, cell.column) == (row, column)).unwrap();
    assert_eq!(cell(0, 0).text, "所属系统");
    assert_eq!((cell(1, 3).kind, cell(1, 3).text.as_str()), (WorkbookCellKind::Number, "2"));
    assert_eq!((cell(1, 4).text.as_str(), cell(1, 4).format.as_str()), ("12.5", "0.00\"万元\""));
    assert_eq!((cell(1, 5).kind, cell(1, 5).text.as_str()), (WorkbookCellKind::Date, "43619"));
    assert_eq!((cell(1, 7).text.as_str(), cell(1, 7).format.as_str()), ("0.05", "0%"));
    assert_eq!(sheet.hidden_rows, [2]);
    assert_eq!(sheet.merged, [Region { top: 1, left: 0, bottom: 3, right: 0 }]);
    // The shared strings fill several records.
    assert_eq!(cell(3, 8).text, "测算依据：".to_string() + &"长".repeat(9_000));
    assert_eq!(cell(3, 2).text, "服务器3号");
}

#[test]
fn a_file_cut_off_or_changed_anywhere_ends_without_a_panic() {
    let whole = std::fs::read(BOOK).unwrap();
    for length in (0..whole.len()).step_by(499) {
        let _ = read(&whole[..length], later());
    }
    for at in (0..whole.len()).step_by(37) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        let _ = read(&flipped, later());
    }
}

fn container(name: &str, content: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(name).unwrap().write_all(content).unwrap();
    file.into_inner().into_inner()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

#[test]
fn a_password_another_content_and_too_much_are_refused() {
    assert_eq!(read(&container("/EncryptedPackage", b"x"), later()), Err(WorkbookRefusal::OldOrLocked));
    assert_eq!(read(&container("/WordDocument", b"x"), later()), Err(WorkbookRefusal::OldOrLocked));
    let head = record(records::BOF, &[0, 6, 5, 0]);
    let locked = [head.clone(), record(records::FILE_PASS, &[1, 0])].concat();
    assert_eq!(read(&container("/Workbook", &locked), later()), Err(WorkbookRefusal::OldOrLocked));
    // One shared string of 30 000 characters named by many cells.
    let long: Vec<u8> = [0u8; 8].into_iter().chain([0x40, 0x1f, 0]).chain([b'x'; 8_000]).collect();
    let sheet_name = [b"\x01\x00".as_slice(), b"a"].concat();
    let bound =
        |at: u32| record(records::BOUND_SHEET, &[&at.to_le_bytes()[..], &[0, 0], &sheet_name].concat());
    let globals =
        |at: u32| [head.clone(), bound(at), record(records::SST, &long), record(records::EOF, &[])].concat();
    let at = u32::try_from(globals(0).len()).unwrap();
    let mut book = globals(at);
    book.extend(record(records::BOF, &[0, 6, 0x10, 0]));
    for row in 0..5_000u16 {
        book.extend(record(records::LABEL_SST, &[&row.to_le_bytes()[..], &[0; 8]].concat()));
    }
    book.extend(record(records::EOF, &[]));
    assert_eq!(read(&container("/Workbook", &book), later()), Err(WorkbookRefusal::TooMuchText));
}
