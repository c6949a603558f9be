//! 剪贴板: what a spreadsheet puts on the clipboard as a rectangle of texts, and back.

mod html;

pub use html::{parse_html, parse_innermost_tables, parse_tables};

use super::workbook::{Region, Worksheet};

/// A rectangle of texts with the merged cells that HTML tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rectangle {
    pub texts: Vec<Vec<String>>,
    pub merged: Vec<Region>,
    pub hidden_rows: Vec<u32>,
}

impl Rectangle {
    /// Tab-separated text, which knows no merged cells.
    pub fn of_text(tsv: &str) -> Rectangle {
        Rectangle { texts: parse(tsv), ..Rectangle::default() }
    }

    /// The text of a cell; below the first row of a merged range that of its first cell, where values repeat.
    pub fn text(&self, row: usize, column: usize, repeats: bool) -> &str {
        let own = self.texts.get(row).and_then(|row| row.get(column)).map_or("", String::as_str);
        if !own.is_empty() || !repeats {
            return own;
        }
        let place = u32::try_from(row).ok().zip(u32::try_from(column).ok());
        let over = self.merged.iter().find(|region| {
            place.is_some_and(|(row, column)| {
                column == region.left && (region.top..=region.bottom).contains(&row)
            })
        });
        let top = over.and_then(|region| self.texts.get(usize::try_from(region.top).ok()?)?.get(column));
        top.map_or("", String::as_str)
    }

    /// The rectangle as a sheet, so that it is read as an imported one is.
    pub fn to_sheet(&self, name: &str) -> Worksheet {
        Worksheet {
            merged: self.merged.clone(),
            hidden_rows: self.hidden_rows.clone(),
            ..Worksheet::of_texts(name, &self.texts)
        }
    }
}

/// Reads tab-separated text: rows end in any line end, a quoted field may hold tabs, line ends and doubled
/// quotes. Short rows are filled up, so the result is a rectangle; one line end after the last row is no row.
pub fn parse(tsv: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = Vec::new();
    let mut rest = tsv;
    while !rest.is_empty() || !row.is_empty() {
        let (field, after) = field(rest);
        row.push(field);
        if let Some(next) = after.strip_prefix('\t') {
            rest = next;
            // A tab at the very end still opens a last, empty field.
            if next.is_empty() {
                row.push(String::new());
                rows.push(std::mem::take(&mut row));
            }
            continue;
        }
        rest = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r'])).unwrap_or(after);
        rows.push(std::mem::take(&mut row));
    }
    rectangle(rows)
}

/// Writes a rectangle as a spreadsheet reads it: fields with tabs, line ends or quotes are quoted. Nothing is put before
/// a text that looks like a formula: the HTML beside it carries the text format, and a chat shows what is written.
pub fn to_tsv(rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for row in rows {
        for (i, text) in row.iter().enumerate() {
            if i > 0 {
                out.push('\t');
            }
            if text.contains(['\t', '\n', '\r', '"']) {
                out.push('"');
                out.push_str(&text.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(text);
            }
        }
        out.push_str("\r\n");
    }
    out
}

/// The first field of `text` and what follows it.
fn field(text: &str) -> (String, &str) {
    if let Some(found) = quoted(text) {
        return found;
    }
    let end = text.find(['\t', '\n', '\r']).unwrap_or(text.len());
    (text[..end].to_string(), &text[end..])
}

/// A quoted field, only when its closing quote is followed by the end of the field: otherwise the quote is a
/// character like any other, as in `"一号"机房`.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('"')?;
    let mut value = String::new();
    loop {
        let end = rest.find('"')?;
        value.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                value.push('"');
                rest = next;
            }
            None if rest.is_empty() || rest.starts_with(['\t', '\n', '\r']) => return Some((value, rest)),
            None => return None,
        }
    }
}

fn rectangle(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut rows {
        row.resize(width, String::new());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|text| (*text).to_string()).collect()).collect()
    }

    #[test]
    fn what_spreadsheets_put_on_the_clipboard() {
        assert_eq!(parse("a\tb\r\nc\td\r\n"), grid(&[&["a", "b"], &["c", "d"]]));
        assert_eq!(parse("a\t\r\n\tb"), grid(&[&["a", ""], &["", "b"]]));
        assert_eq!(parse("a\nb\tc"), grid(&[&["a", ""], &["b", "c"]]));
        assert_eq!(parse("一行\r\n\r\n三行"), grid(&[&["一行"], &[""], &["三行"]]));
        assert_eq!(
            parse("\"第一行\n第二行\"\t\"说 \"\"好\"\"\"\r\n"),
            grid(&[&["第一行\n第二行", "说 \"好\""]])
        );
        assert_eq!(parse("\"一号\"机房\t2\""), grid(&[&["\"一号\"机房", "2\""]]));
        assert_eq!(parse("\"没有收尾\tb"), grid(&[&["\"没有收尾", "b"]]));
        assert_eq!(parse(""), grid(&[]));
        assert_eq!(parse("a\t"), grid(&[&["a", ""]]));
    }

    #[test]
    fn plain_text_is_what_is_written() {
        let cells = grid(&[&["=1+1", "-5.00", "0012", "+86-10", "'=x", "@x"]]);
        assert_eq!(to_tsv(&cells), "=1+1\t-5.00\t0012\t+86-10\t'=x\t@x\r\n");
        assert_eq!(parse(&to_tsv(&cells)), cells);
    }

    proptest::proptest! {
        #[test]
        fn copying_and_pasting_changes_nothing(
            rows in (1usize..4).prop_flat_map(|width| proptest::collection::vec(
                proptest::collection::vec("[a'\"=+\\-@5\t\r\n ]{0,6}", width), 1..4))
        ) {
            proptest::prop_assert_eq!(parse(&to_tsv(&rows)), rows);
        }

        #[test]
        fn any_text_is_a_rectangle(tsv in "[a\"\t\r\n]{0,30}") {
            let rows = parse(&tsv);
            proptest::prop_assert!(rows.windows(2).all(|pair| pair[0].len() == pair[1].len()));
        }
    }
    use proptest::strategy::Strategy;
}
