//! The HTML table that Excel and WPS put beside the plain text: it alone keeps merged cells.

use super::Rectangle;
use crate::exchange::import::workbook::Region;

/// Cells a merged range may fill, so that a hostile `colspan` cannot.
const MOST_COLUMNS: usize = 500;
const MOST_CELLS: usize = 200_000;

/// The largest table of the HTML as a rectangle; `None` when there is none. A merged cell's text stands in its first
/// cell, the others are empty.
pub fn parse_html(html: &str) -> Option<Rectangle> {
    parse_tables(html).into_iter().next()
}

/// Every table of the HTML, the one with the most filled cells first: a page has tables that only lay it out, and
/// tables inside their cells.
pub fn parse_tables(html: &str) -> Vec<Rectangle> {
    let mut tables: Vec<Rectangle> = tables(html).into_iter().map(|(table, _)| table).collect();
    let filled = |table: &Rectangle| table.texts.iter().flatten().filter(|text| !text.is_empty()).count();
    tables.sort_by_key(|table| std::cmp::Reverse(filled(table)));
    tables
}

/// The tables of the HTML that hold no other, in their order: those around them lay out the page.
pub fn parse_innermost_tables(html: &str) -> Vec<Rectangle> {
    tables(html).into_iter().filter(|(_, holds_tables)| !holds_tables).map(|(table, _)| table).collect()
}

/// Every table in the order of their ends, and whether it holds others.
fn tables(html: &str) -> Vec<(Rectangle, bool)> {
    let mut open: Vec<Table> = Vec::new();
    let mut closed: Vec<Table> = Vec::new();
    let mut size = 0;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        if let Some(table) = open.last_mut() {
            table.text(&rest[..start]);
        }
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        // A tag without its end is no table a program wrote.
        let Some(end) = tag_end(rest) else { return Vec::new() };
        let tag = Tag::read(&rest[1..end]);
        rest = &rest[end + 1..];
        match (tag.name.as_str(), tag.closes) {
            ("style" | "script" | "title", false) => {
                let close = format!("</{}", tag.name);
                rest = find_ignoring_case(rest, &close).map_or("", |at| &rest[at..]);
            }
            ("table", false) => {
                if let Some(outer) = open.last_mut() {
                    outer.holds_tables = true;
                }
                open.push(Table::default());
            }
            ("table", true) => closed.extend(open.pop()),
            _ => {
                if let Some(table) = open.last_mut() {
                    let before = table.size;
                    table.tag(&tag);
                    size += table.size - before;
                }
            }
        }
        if size > MOST_CELLS {
            break;
        }
    }
    closed.extend(open);
    closed.into_iter().filter_map(Table::finished).collect()
}

struct Tag<'a> {
    name: String,
    closes: bool,
    attributes: &'a str,
}

impl Tag<'_> {
    /// What stands between `<` and `>`.
    fn read(inner: &str) -> Tag<'_> {
        let (closes, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest));
        let end = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
        Tag { name: inner[..end].to_ascii_lowercase(), closes, attributes: &inner[end..] }
    }

    /// A row that the spreadsheet does not show.
    fn hides(&self) -> bool {
        let bare: String = self.attributes.chars().filter(|c| !c.is_whitespace()).collect();
        bare.to_ascii_lowercase().contains("display:none")
    }

    fn span(&self, name: &str) -> usize {
        let value = || {
            let at = find_ignoring_case(self.attributes, name)?;
            let value = self.attributes[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
            let digits: String =
                value.trim_start_matches(['"', '\'']).chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        };
        value().unwrap_or(1).clamp(1, MOST_COLUMNS)
    }
}

#[derive(Default)]
struct Table {
    holds_tables: bool,
    rows: Vec<Vec<String>>,
    /// For each column, how many further rows are taken by a cell above.
    taken: Vec<usize>,
    open: Option<(String, usize, usize)>,
    merged: Vec<Region>,
    hidden: Vec<u32>,
    size: usize,
}

impl Table {
    fn tag(&mut self, tag: &Tag<'_>) {
        match (tag.name.as_str(), tag.closes) {
            ("tr", false) => self.open_row(tag.hides()),
            ("td" | "th", false) => self.open_cell(tag.span("colspan"), tag.span("rowspan")),
            ("td" | "th" | "tr", true) => self.close_cell(),
            ("br", _) => self.line_end(),
            _ => {}
        }
    }

    fn finished(mut self) -> Option<(Rectangle, bool)> {
        self.close_cell();
        let rectangle =
            |rows| Rectangle { texts: super::rectangle(rows), merged: self.merged, hidden_rows: self.hidden };
        (!self.rows.is_empty()).then(|| (rectangle(self.rows), self.holds_tables))
    }

    fn open_row(&mut self, hidden: bool) {
        self.close_cell();
        if hidden {
            self.hidden.extend(u32::try_from(self.rows.len()));
        }
        self.rows.push(Vec::new());
    }

    fn open_cell(&mut self, columns: usize, rows: usize) {
        self.close_cell();
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        self.open = Some((String::new(), columns, rows));
    }

    fn close_cell(&mut self) {
        let Some((text, columns, rows)) = self.open.take() else { return };
        let top = u32::try_from(self.rows.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let Some(row) = self.rows.last_mut() else { return };
        while self.taken.get(row.len()).is_some_and(|left| *left > 0) {
            self.taken[row.len()] -= 1;
            row.push(String::new());
        }
        let left = u32::try_from(row.len()).unwrap_or(u32::MAX);
        let end = |from: u32, count: usize| {
            from.saturating_add(u32::try_from(count).unwrap_or(1)).saturating_sub(1)
        };
        if columns > 1 || rows > 1 {
            self.merged.push(Region { top, left, bottom: end(top, rows), right: end(left, columns) });
        }
        for i in 0..columns {
            if row.len() >= MOST_COLUMNS {
                break;
            }
            if self.taken.len() <= row.len() {
                self.taken.resize(row.len() + 1, 0);
            }
            self.taken[row.len()] = rows - 1;
            row.push(if i == 0 { tidy(&text) } else { String::new() });
            self.size += 1;
        }
    }

    /// Runs of white space are one space in HTML.
    fn text(&mut self, raw: &str) {
        let Some((text, ..)) = &mut self.open else { return };
        for c in decoded(raw).chars() {
            let gap = matches!(c, ' ' | '\t' | '\r' | '\n');
            if !gap {
                text.push(c);
            } else if !text.ends_with([' ', '\n']) {
                text.push(' ');
            }
        }
    }

    fn line_end(&mut self) {
        if let Some((text, ..)) = &mut self.open {
            text.push('\n');
        }
    }
}

fn tidy(text: &str) -> String {
    text.replace('\u{a0}', " ").trim().to_string()
}

/// The end of a tag that begins `text`, not counting a `>` inside quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        None
    })
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))
}

fn decoded(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| Some((entity(&rest[1..end])?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        "yen" => Some('¥'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_spreadsheet_with_merged_cells() {
        let html = "<html><head><style>td{mso-x:'<td>'}</style></head><body><!--StartFragment--><TABLE border=0>\
            <col width=72><tr height=19><td rowspan=2 class=xl65>甲&nbsp;系统</td><td colspan=\"2\">A&amp;B</td></tr>\r\n\
            <tr><td>第一行<br>\r\n  第二行</td><td x:num=\"0.055\" title='a>b'>5.50%</td></tr></TABLE><!--EndFragment-->";
        let table = parse_html(html).unwrap();
        let region = |top, left, bottom, right| Region { top, left, bottom, right };
        assert_eq!(table.merged, [region(0, 0, 1, 0), region(0, 1, 0, 2)]);
        assert_eq!((table.text(1, 0, true), table.text(1, 0, false)), ("甲 系统", ""));
        assert_eq!(table.texts, [["甲 系统", "A&B", ""], ["", "第一行\n第二行", "5.50%"]]);
    }

    #[test]
    fn a_page_laid_out_by_tables_gives_its_largest_one() {
        let html = "<table><tr><td>首页</td><td>导航</td></tr></table>\
            <table><tr><td>正文<table><tr><th>名称</th><th>数量</th></tr><tr><td>一号</td><td>2</td></tr></table>\
            </td></tr></table>";
        assert_eq!(parse_html(html).unwrap().texts, [["名称", "数量"], ["一号", "2"]]);
        assert_eq!(parse_tables(html).len(), 3);
    }

    #[test]
    fn a_page_holds_several_tables_within_its_layout() {
        let html = "<TABLE><tr><td>菜单</td><td><table><tr><td>甲</td></tr></table> <p>又</p>\
            <Table class=x><tr><td>乙</td></tr></TABLE></td></tr></TABLE>";
        let texts =
            |html| parse_innermost_tables(html).into_iter().map(|table| table.texts).collect::<Vec<_>>();
        assert_eq!(texts(html), [[["甲"]], [["乙"]]]);
        assert_eq!(texts("<table><tr><td>丙</td>"), [[["丙"]]], "a page cut in a table");
        assert!(texts("<p>正文</p>").is_empty());
    }

    #[test]
    fn no_table_is_none_and_hostile_markup_is_bounded() {
        assert_eq!(parse_html("<p>正文</p>"), None);
        assert_eq!(parse_html("<table><tr><td"), None);
        let wide = parse_html("<table><tr><td colspan=99999999>x</td></tr></table>").unwrap();
        assert_eq!(wide.texts[0].len(), MOST_COLUMNS);
        assert_eq!(parse_html("<td>&#x41;&bogus;&</td>"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_markup_is_read_without_panic(html in "(<table>|<tr>|<td>|</td>|<td rowspan=3>|<td colspan=2>|</table>|<br>|&amp;|&#|<!--|-->|[a中<>&\"' ]){0,30}") {
            let _ = parse_html(&html);
        }
    }
}
