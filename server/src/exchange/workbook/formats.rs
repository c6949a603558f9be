//! Number formats: the code each cell format shows its number by (ECMA-376 part 1, 18.8.30).

use super::limits;
use super::package::{Package, attribute};
use super::refused::WorkbookRefusal;
use quick_xml::events::Event;
use shared::exchange::import::format::NumberFormat;
use std::collections::HashMap;

/// How a cell shows a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayFormat {
    /// Empty for General.
    pub code: String,
    pub date: bool,
}

impl DisplayFormat {
    /// The format of a code of the workbook's own.
    pub fn of_code(code: &str) -> DisplayFormat {
        let code = if code.eq_ignore_ascii_case("general") { "" } else { code };
        DisplayFormat { date: NumberFormat::parse(code).is_date(), code: code.to_string() }
    }

    /// Formats that have a number and no code; 27–36 and 50–58 are dates in Chinese workbooks.
    pub fn built_in(id: u32) -> DisplayFormat {
        let code = match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            37 | 38 => "#,##0_);(#,##0)",
            39 | 40 => "#,##0.00_);(#,##0.00)",
            41 | 42 => "#,##0",
            43 | 44 => "#,##0.00",
            48 => "##0.0E+0",
            49 => "@",
            _ => "",
        };
        let date = matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58);
        DisplayFormat { code: code.to_string(), date }
    }
}

/// What each cell format shows, by its index.
pub fn read(package: &mut Package<'_>, name: Option<&str>) -> Result<Vec<DisplayFormat>, WorkbookRefusal> {
    let mut own: HashMap<u32, DisplayFormat> = HashMap::new();
    let mut shown = Vec::new();
    let mut text = 0;
    let mut in_cell_formats = false;
    let Some(mut part) = name.map(|name| package.part(name)).transpose()?.flatten() else {
        return Ok(shown);
    };
    loop {
        match part.next()? {
            Event::Start(start) => match start.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&start, "numFmtId")?.and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")?)
                        && code.len() <= limits::FORMAT
                    {
                        own.insert(id, DisplayFormat::of_code(&code));
                    }
                }
                "cellXfs" => in_cell_formats = true,
                "xf" if in_cell_formats => {
                    let id = attribute(&start, "numFmtId")?.and_then(|id| id.parse().ok()).unwrap_or(0);
                    let format = own.get(&id).cloned().unwrap_or_else(|| DisplayFormat::built_in(id));
                    text += format.code.len();
                    shown.push(format);
                }
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => in_cell_formats = false,
            Event::Eof => return Ok(shown),
            _ => {}
        }
        if shown.len() > limits::FORMATS || own.len() > limits::FORMATS || text > limits::ALL_TEXT {
            return Err(WorkbookRefusal::TooManyCells);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_numbers_of_formats_are_known_by_what_they_show() {
        assert!(DisplayFormat::of_code("[$-804]yyyy年m月d日").date);
        assert_eq!(DisplayFormat::of_code("General"), DisplayFormat::default());
        assert_eq!(DisplayFormat::of_code("0.00\"万元\"").code, "0.00\"万元\"");
        assert_eq!(DisplayFormat::built_in(10).code, "0.00%");
        assert!(DisplayFormat::built_in(31).date);
        assert_eq!(DisplayFormat::built_in(4).code, "#,##0.00");
    }
}
