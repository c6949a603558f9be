//! Files of text: CSV and tab-separated rows in UTF-8, UTF-16 or GB 18030, and web pages that systems save under the
//! name .xls.

use super::limits;
use super::refused::WorkbookRefusal;
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use shared::exchange::import::clipboard::{Rectangle, parse, parse_tables};
use shared::exchange::import::workbook::{Workbook, Worksheet, address};

/// The name of the first sheet of a file of text.
const SHEET: &str = "表";

/// The rows of a file of text.
///
/// # Errors
/// When it is no text, holds no table, or more than the limits allow.
pub fn read(bytes: &[u8]) -> Result<Workbook, WorkbookRefusal> {
    if bytes.len() > limits::CONTAINER {
        return Err(WorkbookRefusal::TooLarge);
    }
    let text = decoded(bytes).ok_or(WorkbookRefusal::NotAWorkbook)?;
    let start = text.trim_start();
    let rectangles = if start.starts_with('<') {
        parse_tables(start)
    } else {
        vec![Rectangle { texts: rows(&text).ok_or(WorkbookRefusal::NotAWorkbook)?, ..Rectangle::default() }]
    };
    if rectangles.is_empty() {
        return Err(WorkbookRefusal::NotAWorkbook);
    }
    // Each table of a page is a sheet, the largest first.
    let name = |at: usize| if at == 0 { SHEET.to_string() } else { format!("{SHEET}{}", at + 1) };
    let mut sheets = Vec::new();
    for (at, rectangle) in rectangles.iter().enumerate().take(limits::SHEETS) {
        let sheet = rectangle.to_sheet(&name(at));
        within_limits(&sheet)?;
        sheets.push(sheet);
    }
    Ok(Workbook { date_1904: false, sheets, manifest: None })
}

fn within_limits(sheet: &Worksheet) -> Result<(), WorkbookRefusal> {
    if let Some(far) =
        sheet.cells.iter().find(|cell| cell.row >= limits::ROWS || cell.column >= limits::COLUMNS)
    {
        return Err(WorkbookRefusal::TooFar(format!("{}!{}", sheet.name, address(far.row, far.column))));
    }
    let text: usize = sheet.cells.iter().map(|cell| cell.text.len()).sum();
    let longest = sheet.cells.iter().map(|cell| cell.text.len()).max().unwrap_or(0);
    match () {
        () if sheet.cells.len() > limits::CELLS => Err(WorkbookRefusal::TooManyCells),
        () if sheet.merged.len() > limits::MERGES => Err(WorkbookRefusal::TooManyMerges),
        () if text > limits::ALL_TEXT || longest > limits::TEXT => Err(WorkbookRefusal::TooMuchText),
        () => Ok(()),
    }
}

/// The text in the encoding its first bytes, its declaration or its content tell; `None` where it is none.
pub fn decoded(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return None;
    }
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let likely = marked.or_else(|| wide(bytes)).unwrap_or(match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => GB18030,
    });
    let (text, _, faulty) = likely.decode(bytes);
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    let readable =
        !faulty && !text.contains('\0') && text.chars().take(4_096).filter(|c| control(*c)).count() == 0;
    readable.then(|| text.into_owned())
}

/// UTF-16 without its mark: every other byte of ordinary text is 0.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(512)];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count() * 4;
    match (zeros(1) > sample.len(), zeros(0) > sample.len()) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        _ => None,
    }
}

/// Rows by the separator that most lines agree on; `None` for prose.
fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let head: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let lines_with = |separator: char| head.iter().filter(|line| line.contains(separator)).count();
    let separator = ['\t', ',', ';', '|'].into_iter().max_by_key(|separator| {
        // Of equals the first: max_by_key takes the last.
        (lines_with(*separator), *separator == '\t', *separator == ',')
    })?;
    if lines_with(separator) == 0 {
        return None;
    }
    Some(if separator == '\t' { parse(text) } else { separated(text, separator) })
}

/// RFC 4180 with any separator: quotes hold separators, line ends and doubled quotes.
fn separated(text: &str, separator: char) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let Some(row) = rows.last_mut() else { break };
        let Some(field) = row.last_mut() else { break };
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            c if quoted => field.push(c),
            c if c == separator => row.push(String::new()),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => rows.push(vec![String::new()]),
            c => field.push(c),
        }
    }
    if rows.last().is_some_and(|row| row.len() == 1 && row[0].is_empty()) {
        rows.pop();
    }
    rows.iter_mut().flatten().for_each(unguard);
    rows
}

/// `="0012"` keeps the zeros of a code in programs that would drop them.
fn unguard(field: &mut String) {
    let inner = field.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    if let Some(inner) = inner.map(str::to_string) {
        *field = inner;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8]) -> Vec<String> {
        read(bytes).unwrap().sheets[0].cells.iter().map(|cell| cell.text.clone()).collect()
    }

    #[test]
    fn one_table_in_every_encoding() {
        let csv = "设备名称,数量\r\n\"服务器,一号\",2\r\n";
        let wanted = ["设备名称", "数量", "服务器,一号", "2"];
        assert_eq!(texts(csv.as_bytes()), wanted);
        assert_eq!(texts(format!("\u{feff}{csv}").as_bytes()), wanted);
        let (gb, _, _) = GB18030.encode(csv);
        assert_eq!(texts(&gb), wanted);
        let tsv = "设备名称\t数量\r\n服务器,一号\t2\r\n";
        let wide: Vec<u8> =
            std::iter::once(0xfeff).chain(tsv.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(texts(&wide), wanted);
        let (rare, _, _) = GB18030.encode("姓名,字\n䶮,𠅤\n");
        assert_eq!(texts(&rare), ["姓名", "字", "䶮", "𠅤"]);
    }

    #[test]
    fn a_web_page_named_xls_is_its_table() {
        let page = "<html><head><meta charset=utf-8></head><table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr></table>";
        let book = read(page.as_bytes()).unwrap();
        assert_eq!(book.sheets[0].merged.len(), 1);
        assert_eq!(texts(page.as_bytes()), ["甲", "1", "2"]);
    }

    #[test]
    fn what_holds_no_table_is_refused() {
        for bytes in [
            b"".as_slice(),
            b"one line of prose",
            b"\x89PNG\r\n\x1a\n\0\0\0",
            b"<p>no</p>",
            b"\xff\xff\xff\xff,",
        ] {
            assert_eq!(read(bytes), Err(WorkbookRefusal::NotAWorkbook), "{bytes:?}");
        }
        let wide = ",".repeat(600) + "x\n";
        assert!(matches!(read(wide.as_bytes()), Err(WorkbookRefusal::TooFar(_))));
    }
}
