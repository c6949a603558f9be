//! 剪贴板: what a spreadsheet puts on the clipboard as a rectangle of texts, and back.

mod html;

pub use html::parse_html;

/// Reads tab-separated text: rows end in any line end, a quoted field may hold tabs, line ends and doubled
/// quotes. Short rows are filled up, so the result is a rectangle; one line end after the last row is no row.
pub fn parse(tsv: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = Vec::new();
    let mut rest = tsv;
    while !rest.is_empty() || !row.is_empty() {
        let (field, after) = field(rest);
        row.push(unguarded(field));
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

/// Writes a rectangle as a spreadsheet reads it: fields with tabs, line ends or quotes are quoted. A text that a
/// spreadsheet would take for a formula gets an apostrophe in front, which [`parse`] takes off again.
pub fn to_tsv(rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for row in rows {
        for (i, text) in row.iter().enumerate() {
            if i > 0 {
                out.push('\t');
            }
            let text = guarded(text);
            if text.contains(['\t', '\n', '\r', '"']) {
                out.push('"');
                out.push_str(&text.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&text);
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

/// Whether a spreadsheet would compute the text, leading apostrophes aside. A signed number is only a number.
fn computes(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    match bare.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => super::normal::number(bare).is_err() && bare.chars().count() > 1,
        _ => false,
    }
}

fn guarded(text: &str) -> String {
    if computes(text) { format!("'{text}") } else { text.to_string() }
}

fn unguarded(text: String) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if computes(rest) => rest.to_string(),
        _ => text,
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
    fn a_text_that_looks_like_a_formula_is_disarmed_on_the_way_out_only() {
        let cells = grid(&[&["=1+1", "-5.00", "-", "+86-10", "'=x", "@x"]]);
        let tsv = to_tsv(&cells);
        assert_eq!(tsv, "'=1+1\t-5.00\t-\t'+86-10\t''=x\t'@x\r\n");
        assert_eq!(parse(&tsv), cells);
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
