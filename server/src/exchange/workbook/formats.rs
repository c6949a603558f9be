//! Number formats: which cells show a percentage and which a date (ECMA-376 part 1, 18.8.30).

use super::limits;
use super::package::{Package, attribute};
use super::refused::WorkbookRefusal;
use quick_xml::events::Event;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DisplayFormat {
    #[default]
    Plain,
    Percent,
    Date,
}

/// What each cell format shows, by its index.
pub fn read(package: &mut Package<'_>, name: Option<&str>) -> Result<Vec<DisplayFormat>, WorkbookRefusal> {
    let mut own: HashMap<u32, DisplayFormat> = HashMap::new();
    let mut shown = Vec::new();
    let mut in_cell_formats = false;
    let Some(mut part) = name.map(|name| package.part(name)).transpose()?.flatten() else {
        return Ok(shown);
    };
    loop {
        match part.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&start, "numFmtId")?.and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")?) {
                        own.insert(id, of_code(&code));
                    }
                }
                "cellXfs" => in_cell_formats = true,
                "xf" if in_cell_formats => {
                    let id = attribute(&start, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or(0);
                    shown.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => in_cell_formats = false,
            Event::Eof => return Ok(shown),
            _ => {}
        }
        if shown.len() > limits::FORMATS || own.len() > limits::FORMATS {
            return Err(WorkbookRefusal::TooManyCells);
        }
    }
}

/// Formats that have a number and no code; 27–36 and 50–58 are dates in Chinese workbooks.
fn built_in(id: u32) -> DisplayFormat {
    match id {
        9 | 10 => DisplayFormat::Percent,
        14..=22 | 27..=36 | 45..=47 | 50..=58 => DisplayFormat::Date,
        _ => DisplayFormat::Plain,
    }
}

/// What a format code shows, by its first section and without its literals.
fn of_code(code: &str) -> DisplayFormat {
    let mut characters = code.chars();
    let mut bare = String::new();
    while let Some(c) = characters.next() {
        match c {
            ';' => break,
            '"' => while characters.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                characters.next();
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                let elapsed = inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 'M' | 's' | 'S'));
                if elapsed {
                    bare.push_str(&inside);
                }
            }
            _ => bare.push(c.to_ascii_lowercase()),
        }
    }
    if bare.contains('%') {
        return DisplayFormat::Percent;
    }
    // `G/通用格式` and General hold letters that are no date.
    let date = !bare.starts_with('g') && bare.contains(['y', 'm', 'd', 'h', 's']);
    if date { DisplayFormat::Date } else { DisplayFormat::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_what_they_show() {
        for (code, shown) in [
            ("0.00%", DisplayFormat::Percent),
            ("0.0\"%\"", DisplayFormat::Plain),
            ("yyyy-mm-dd", DisplayFormat::Date),
            ("yyyy\"年\"m\"月\"d\"日\";@", DisplayFormat::Date),
            ("[$-804]yyyy年m月d日", DisplayFormat::Date),
            ("[h]:mm", DisplayFormat::Date),
            ("#,##0.00_);[Red](#,##0.00)", DisplayFormat::Plain),
            ("¥#,##0.00", DisplayFormat::Plain),
            ("0\"days\"", DisplayFormat::Plain),
            ("General", DisplayFormat::Plain),
            ("G/通用格式", DisplayFormat::Plain),
            ("@", DisplayFormat::Plain),
            ("\"没有收尾", DisplayFormat::Plain),
        ] {
            assert_eq!(of_code(code), shown, "{code}");
        }
        assert_eq!(built_in(10), DisplayFormat::Percent);
        assert_eq!(built_in(31), DisplayFormat::Date);
        assert_eq!(built_in(4), DisplayFormat::Plain);
    }
}
