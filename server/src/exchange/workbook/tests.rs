//! Workbooks made here part by part, and the water department's own.

use super::*;
use shared::exchange::import::workbook::{Region, WorkbookCell, WorkbookCellKind};
use std::io::{Cursor, Write};
use std::time::Duration;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const TYPES: &str = "<Types/>";
const TOP: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATED: &str = r#"<Relationships>
    <Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>
    <Relationship Id="r2" Type="http://x/sharedStrings" Target="/xl/SharedStrings.xml"/>
    <Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook><sheets><sheet name="台账" r:id="r1"/></sheets></workbook>"#;

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    packed(CompressionMethod::Deflated, parts)
}

fn packed(method: CompressionMethod, parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn book_with(workbook: &str, sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    zipped(&parts_with(workbook, sheet, more))
}

fn parts_with<'a>(
    workbook: &'a str,
    sheet: &'a [u8],
    more: &[(&'a str, &'a [u8])],
) -> Vec<(&'a str, &'a [u8])> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", TOP.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATED.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    parts.extend(more);
    parts
}

fn rows(inner: &str) -> String {
    format!("<worksheet><sheetData>{inner}</sheetData></worksheet>")
}

fn read_now(bytes: &[u8]) -> Result<Workbook, WorkbookRefusal> {
    read(bytes, Instant::now() + Duration::from_secs(60))
}

fn read_rows(inner: &str) -> Result<Workbook, WorkbookRefusal> {
    read_now(&book_with(BOOK, rows(inner).as_bytes(), &[]))
}

fn cells(book: &Workbook) -> Vec<(WorkbookCellKind, &str)> {
    book.sheets[0].cells.iter().map(|cell| (cell.kind, cell.text.as_str())).collect()
}

#[test]
fn cells_of_every_kind_are_read_as_they_are_stored() {
    let sheet = r#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData>
        <row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>甲&amp;乙&#10;</t></is></c>
            <c r="C1" t="str"><f>A1</f><v>丙</v></c><c r="D1" t="str"><f>""</f><v></v></c></row>
        <row r="3"><c r="B3"><v>203243.12</v></c><c s="1"><v>0.055</v></c><c s="2"><v>43299</v></c>
            <c s="3"><v>43299</v></c><c t="b"><v>1</v></c><c t="e"><f>X1</f><v>#REF!</v></c></row>
        <row><c r="A4"><f>SUM(B3)</f><v/></c><c><f>B3*2</f><v>406486.24</v></c><c s="2"/><c t="s"><v>2</v></c></row>
        </sheetData><mergeCells count="1"><mergeCell ref="A1:L2"/></mergeCells></worksheet>"#;
    let strings = "<sst><si><t>零</t></si><si><r><t>富</t></r><r><t>文本</t></r><rPh><t>fu</t></rPh></si>\
        <si><t xml:space=\"preserve\"> 两行_x000D_\n</t></si></sst>";
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>
        <cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let more: [(&str, &[u8]); 2] =
        [("xl/sharedStrings.xml", strings.as_bytes()), ("xl/styles.xml", styles.as_bytes())];
    let book = read_now(&book_with(BOOK, sheet.as_bytes(), &more)).unwrap();
    assert!(!book.date_1904);
    assert_eq!(
        cells(&book),
        [
            (WorkbookCellKind::Text, "富文本"),
            (WorkbookCellKind::Text, "甲&乙\n"),
            (WorkbookCellKind::Text, "丙"),
            (WorkbookCellKind::Number, "203243.12"),
            (WorkbookCellKind::Number, "0.055"),
            (WorkbookCellKind::Date, "43299"),
            (WorkbookCellKind::Date, "43299"),
            (WorkbookCellKind::Bool, "TRUE"),
            (WorkbookCellKind::Error, "#REF!"),
            (WorkbookCellKind::Uncomputed, ""),
            (WorkbookCellKind::Number, "406486.24"),
            (WorkbookCellKind::Text, " 两行\r\n"),
        ]
    );
    let cell =
        |row, column| book.sheets[0].cells.iter().find(|c| (c.row, c.column) == (row, column)).unwrap();
    let percent = WorkbookCell {
        row: 2,
        column: 2,
        kind: WorkbookCellKind::Number,
        text: "0.055".into(),
        format: "0.00%".into(),
        formula: false,
    };
    assert_eq!(cell(2, 2), &percent);
    assert!(cell(3, 1).formula && !cell(2, 1).formula);
    assert_eq!(book.sheets[0].merged, [Region { top: 0, left: 0, bottom: 1, right: 11 }]);
}

#[test]
fn hidden_sheets_stay_hidden_and_1904_is_passed_on() {
    let workbook = r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="隐藏" state="hidden" r:id="r1"/>
        <sheet name="图" r:id="r3"/><sheet name="台账" r:id="r1"/></sheets></workbook>"#;
    let book = read_now(&book_with(workbook, rows("<row><c><v>1</v></c></row>").as_bytes(), &[])).unwrap();
    assert!(book.date_1904);
    assert_eq!(book.sheets.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["台账"]);
}

#[test]
fn what_is_no_workbook_is_refused_by_what_it_is() {
    for (bytes, refused) in [
        (b"a line of prose\n".to_vec(), WorkbookRefusal::NotAWorkbook),
        (Vec::new(), WorkbookRefusal::NotAWorkbook),
        (b"<html><p></p></html>".to_vec(), WorkbookRefusal::NotAWorkbook),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), WorkbookRefusal::OldOrLocked),
        (b"PK\x03\x04 not really".to_vec(), WorkbookRefusal::Damaged),
        (zipped(&[("a.txt", b"x")]), WorkbookRefusal::NotAWorkbook),
        (zipped(&[("xl/workbook.bin", b"x")]), WorkbookRefusal::Binary),
        (zipped(&[("mimetype", b"x"), ("content.xml", b"<x/>")]), WorkbookRefusal::OpenDocument),
        (zipped(&[("[Content_Types].xml", b"<Types/>")]), WorkbookRefusal::NotAWorkbook),
    ] {
        assert_eq!(read_now(&bytes), Err(refused));
    }
}

#[test]
fn a_file_cut_off_anywhere_is_refused_and_never_read_in_part() {
    let whole =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/water-2024/inventory.xlsx"))
            .unwrap();
    for length in (0..whole.len()).step_by(97) {
        assert!(read_now(&whole[..length]).is_err(), "{length}");
    }
    for at in (0..whole.len()).step_by(53) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x20;
        // Whatever comes out, reading ends without a panic.
        let _ = read_now(&flipped);
    }
}

#[test]
fn a_bomb_is_stopped_while_it_inflates() {
    let mut zeros = b"<worksheet><sheetData>".to_vec();
    zeros.resize(10 << 20, 0);
    assert_eq!(read_now(&book_with(BOOK, &zeros, &[])), Err(WorkbookRefusal::Inflates));
    let blanks = rows(&" ".repeat(10 << 20));
    assert_eq!(read_now(&book_with(BOOK, blanks.as_bytes(), &[])), Err(WorkbookRefusal::Inflates));
    let strings = format!("<sst>{}</sst>", "<si/>".repeat(2 << 20));
    let bomb = book_with(BOOK, rows("").as_bytes(), &[("xl/sharedStrings.xml", strings.as_bytes())]);
    assert_eq!(read_now(&bomb), Err(WorkbookRefusal::Inflates));
}

/// Letters that hardly compress.
fn noise(letters: usize) -> String {
    let mut seed = 1u32;
    let letter = |_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + u8::try_from((seed >> 24) % 26).unwrap())
    };
    (0..letters).map(letter).collect()
}

#[test]
fn a_bomb_below_the_ratio_is_stopped_by_its_bytes() {
    // A comment of noise keeps the ratio sane; thirty sheets of it together do not fit the budget.
    let mut noisy = b"<worksheet><sheetData/><!--".to_vec();
    noisy.extend(noise(60_000).as_bytes());
    for _ in 0..4 {
        noisy.extend(b"--><!--");
        noisy.extend(" ".repeat(900_000).as_bytes());
    }
    noisy.extend(b"--></worksheet>");
    let sheets = r#"<sheet name="台账" r:id="r1"/>"#.repeat(30);
    let book = book_with(&format!("<workbook><sheets>{sheets}</sheets></workbook>"), &noisy, &[]);
    assert!(book.len() < 200_000);
    assert_eq!(read_now(&book), Err(WorkbookRefusal::Inflates));
}

#[test]
fn a_name_is_cut_and_an_endless_attribute_is_refused() {
    let book = |name: &str| {
        let sheets = format!(r#"<workbook><sheets><sheet name="{name}" r:id="r1"/></sheets></workbook>"#);
        read_now(&book_with(&sheets, rows("").as_bytes(), &[]))
    };
    let long = book(&"名".repeat(300_000)).unwrap();
    assert_eq!(long.sheets[0].name, "名".repeat(31));
    assert_eq!(book(&noise(2 << 20)), Err(WorkbookRefusal::TooMuchText));
}

#[test]
fn a_cell_at_the_end_of_the_world_is_refused_by_its_address() {
    let far = |address: &str| read_rows(&format!("<row><c r=\"{address}\"><v>1</v></c></row>"));
    assert_eq!(far("XFD1048576"), Err(WorkbookRefusal::TooFar("台账!XFD1048576".into())));
    assert_eq!(far("A100001"), Err(WorkbookRefusal::TooFar("台账!A100001".into())));
    assert_eq!(far("SG1"), Err(WorkbookRefusal::TooFar("台账!SG1".into())));
    assert!(far("SF100000").is_ok());
    assert_eq!(
        WorkbookRefusal::TooFar("台账!XFD1048576".into()).to_string(),
        "单元格 台账!XFD1048576 超出可读取的范围（100000 行、500 列）。请删除台账以外的内容后再导入。"
    );
    // An empty cell there, left over from formatting, is no content.
    assert!(read_rows("<row><c r=\"XFD1048576\" s=\"1\"/></row>").is_ok());
}

#[test]
fn too_much_of_anything_is_refused() {
    let many: Vec<(String, &[u8])> =
        (0..1_000).map(|i| (format!("xl/media/{i}.png"), b"x".as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    assert_eq!(read_now(&book_with(BOOK, b"<worksheet/>", &many)), Err(WorkbookRefusal::TooManyParts));
    assert_eq!(read_now(&vec![b'P'; limits::CONTAINER + 1]), Err(WorkbookRefusal::TooLarge));

    let sheets = r#"<sheet name="台账" r:id="r1"/>"#.repeat(101);
    let workbook = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    assert_eq!(read_now(&book_with(&workbook, b"<worksheet/>", &[])), Err(WorkbookRefusal::TooManySheets));

    let wide: String = (0..500).map(|i| format!("<c><v>{i}</v></c>")).collect();
    let tall = rows(&format!("<row>{wide}</row>").repeat(401));
    let stored = packed(CompressionMethod::Stored, &parts_with(BOOK, tall.as_bytes(), &[]));
    assert_eq!(read_now(&stored), Err(WorkbookRefusal::TooManyCells));

    let long = "字".repeat(limits::TEXT / 3 + 1);
    let cell = format!("<row><c t=\"inlineStr\"><is><t>{long}</t></is></c></row>");
    assert_eq!(read_rows(&cell), Err(WorkbookRefusal::TooMuchText));

    // One long shared string in every cell.
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(100_000));
    let every: String = (0..300).map(|_| "<row><c t=\"s\"><v>0</v></c></row>").collect();
    let book = book_with(BOOK, rows(&every).as_bytes(), &[("xl/sharedStrings.xml", strings.as_bytes())]);
    assert_eq!(read_now(&book), Err(WorkbookRefusal::TooMuchText));
}

#[test]
fn definitions_and_entities_are_refused() {
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><worksheet/>";
    assert_eq!(read_now(&book_with(BOOK, laughs.as_bytes(), &[])), Err(WorkbookRefusal::Entities));
    let unknown = rows("<row><c t=\"inlineStr\"><is><t>&b;</t></is></c></row>");
    assert_eq!(read_now(&book_with(BOOK, unknown.as_bytes(), &[])), Err(WorkbookRefusal::Entities));
}

#[test]
fn nonsense_inside_is_damage() {
    for inner in [
        "<row><c t=\"s\"><v>7</v></c></row>",
        "<row><c r=\"17\"><v>7</v></c></row>",
        "<row r=\"x\"></row>",
        "<row><c><v>1",
        "<row></c></row>",
    ] {
        assert_eq!(read_rows(inner), Err(WorkbookRefusal::Damaged), "{inner}");
    }
    let past = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
    assert_eq!(read(&book_with(BOOK, b"<worksheet/>", &[]), past), Err(WorkbookRefusal::TookTooLong));
}

mod faults;
mod water;
