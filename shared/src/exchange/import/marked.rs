//! 标记稿: the sheet that was read, as a workbook whose unread cells are marked, for a person to correct in a
//! spreadsheet and choose again. The browser makes it, so its few parts are written here: a workbook library would
//! double the importer.

use super::cell::seen;
use super::reading::ImportReading;
use super::workbook::{Worksheet, address};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One marked cell: 1 is unread, 2 is doubtful.
type Marks = BTreeMap<(u32, u32), (u8, String)>;

/// The bytes of an .xlsx: the sheet with its unread cells on red and its doubtful ones on yellow, and a sheet that
/// lists each with its reason.
pub fn marked_workbook(sheet: &Worksheet, date_1904: bool, reading: &ImportReading) -> Vec<u8> {
    let marks = marks(sheet, reading);
    let mut list = vec![["单元格", "内容", "情况"].map(str::to_string)];
    list.extend(
        reading
            .refused
            .iter()
            .map(|cell| [cell.address.clone(), cell.value.clone(), cell.reason.to_string()]),
    );
    list.extend(
        reading
            .doubts
            .iter()
            .map(|doubt| [doubt.address.clone(), doubt.value.clone(), doubt.question.clone()]),
    );
    let parts: [(&str, String); 7] = [
        ("[Content_Types].xml", TYPES.to_string()),
        ("_rels/.rels", TOP.to_string()),
        ("xl/workbook.xml", book(&sheet.name)),
        ("xl/_rels/workbook.xml.rels", RELATIONS.to_string()),
        ("xl/styles.xml", STYLES.to_string()),
        ("xl/worksheets/sheet1.xml", copied(sheet, date_1904, &marks)),
        ("xl/worksheets/sheet2.xml", listed(&list)),
    ];
    stored_zip(&parts)
}

fn marks(sheet: &Worksheet, reading: &ImportReading) -> Marks {
    let place = |text: &str| {
        let cell = text.strip_prefix(&sheet.name)?.strip_prefix('!')?;
        let found = sheet.cells.iter().find(|other| address(other.row, other.column) == cell)?;
        Some((found.row, found.column))
    };
    let mut marks = Marks::new();
    for doubt in &reading.doubts {
        marks.extend(place(&doubt.address).map(|at| (at, (2, doubt.question.clone()))));
    }
    for cell in &reading.refused {
        marks.extend(place(&cell.address).map(|at| (at, (1, cell.reason.to_string()))));
    }
    marks
}

fn copied(sheet: &Worksheet, date_1904: bool, marks: &Marks) -> String {
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    for cell in &sheet.cells {
        rows.entry(cell.row).or_default().insert(cell.column, seen(cell, date_1904));
    }
    let mut xml = String::from(SHEET_OPEN);
    for (row, cells) in &rows {
        let hidden = if sheet.hidden_rows.contains(row) { " hidden=\"1\"" } else { "" };
        let _ = write!(xml, "<row r=\"{}\"{hidden}>", row + 1);
        for (column, text) in cells {
            let style = marks.get(&(*row, *column)).map_or(0, |(style, _)| *style);
            text_cell(&mut xml, &address(*row, *column), style, text);
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData>");
    if !sheet.merged.is_empty() {
        let _ = write!(xml, "<mergeCells count=\"{}\">", sheet.merged.len());
        for region in &sheet.merged {
            let (first, last) = (address(region.top, region.left), address(region.bottom, region.right));
            let _ = write!(xml, "<mergeCell ref=\"{first}:{last}\"/>");
        }
        xml.push_str("</mergeCells>");
    }
    xml.push_str("</worksheet>");
    xml
}

fn listed(list: &[[String; 3]]) -> String {
    let mut xml = String::from(SHEET_OPEN);
    for (row, texts) in (0..).zip(list) {
        let _ = write!(xml, "<row r=\"{}\">", row + 1);
        for (column, text) in (0..).zip(texts) {
            text_cell(&mut xml, &address(row, column), 0, text);
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData></worksheet>");
    xml
}

fn text_cell(xml: &mut String, at: &str, style: u8, text: &str) {
    let _ = write!(
        xml,
        "<c r=\"{at}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
        escaped(text)
    );
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

fn book(name: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\"><sheets>\
         <sheet name=\"{}\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"{}\" sheetId=\"2\" r:id=\"rId2\"/></sheets></workbook>",
        escaped(name),
        if name == "读取情况" { "读取情况（2）" } else { "读取情况" }
    )
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const SHEET_OPEN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";
const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/><Override PartName=\"/xl/worksheets/sheet2.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>";
const TOP: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>";
/// Plain, on red, on yellow.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"宋体\"/></font></fonts><fills count=\"4\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill><fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFC7CE\"/></patternFill></fill><fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFFFEB9C\"/></patternFill></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"3\"><xf xfId=\"0\"/><xf fillId=\"2\" applyFill=\"1\" xfId=\"0\"/><xf fillId=\"3\" applyFill=\"1\" xfId=\"0\"/></cellXfs></styleSheet>";

/// A zip container whose entries are stored as they are.
fn stored_zip(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let start = length(out.len());
        let mut entry = Vec::new();
        // Version, UTF-8 names, stored, 1 January 1980.
        entry.extend([20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]);
        for number in [crc32(content.as_bytes()), length(content.len()), length(content.len())] {
            entry.extend(number.to_le_bytes());
        }
        entry.extend(u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
        entry.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&entry);
        out.extend(name.bytes());
        out.extend(content.bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&entry);
        directory.extend([0; 10]);
        directory.extend(start.to_le_bytes());
        directory.extend(name.bytes());
    }
    let start = length(out.len());
    let count = u16::try_from(parts.len()).unwrap_or(0).to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend(length(directory.len()).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// CRC-32 as zip has it.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
