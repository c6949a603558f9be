//! 工作簿: the raw cells of an uploaded workbook, as the server hands them to the browser.

use serde::{Deserialize, Serialize};

/// Every visible worksheet with its non-empty cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workbook {
    /// Serial dates count from 1904-01-01 instead of 1900-01-01.
    pub date_1904: bool,
    pub sheets: Vec<Worksheet>,
    /// The hidden sheet by which a workbook of our own making is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Worksheet>,
}

/// 工作表.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worksheet {
    pub name: String,
    pub cells: Vec<WorkbookCell>,
    pub merged: Vec<Region>,
    /// Rows that a filter, an outline or a person has hidden, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_rows: Vec<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_columns: Vec<u32>,
}

/// A cell with content. Row and column count from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkbookCell {
    pub row: u32,
    pub column: u32,
    pub kind: WorkbookCellKind,
    /// A number or a serial date is plain decimal text; an error is its code (`#REF!`).
    pub text: String,
    /// Code of the number format (数字格式) a number is shown by; empty for General.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// The text is the stored result of a formula.
    #[serde(default, skip_serializing_if = "is_false")]
    pub formula: bool,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkbookCellKind {
    #[default]
    Text,
    Number,
    /// A serial date, in the workbook's date system.
    Date,
    Bool,
    Error,
    /// A formula whose result was never stored.
    Uncomputed,
}

impl WorkbookCell {
    /// A cell of text.
    pub fn text(row: u32, column: u32, text: impl Into<String>) -> WorkbookCell {
        WorkbookCell { row, column, text: text.into(), ..WorkbookCell::default() }
    }
}

impl Worksheet {
    /// A sheet of texts; an empty text is no cell.
    pub fn of_texts(name: &str, rows: &[Vec<String>]) -> Worksheet {
        let cells = (0..).zip(rows).flat_map(|(row, texts)| {
            let filled = (0..).zip(texts).filter(|(_, text)| !text.trim().is_empty());
            filled.map(move |(column, text)| WorkbookCell::text(row, column, text.as_str()))
        });
        Worksheet { name: name.to_string(), cells: cells.collect(), ..Worksheet::default() }
    }
}

/// A merged range (合并单元格), both corners included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    pub top: u32,
    pub left: u32,
    pub bottom: u32,
    pub right: u32,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// `H17` for row 16 and column 7.
pub fn address(row: u32, column: u32) -> String {
    format!("{}{}", column_name(column), u64::from(row) + 1)
}

/// `A` for 0, `XFD` for 16383.
pub fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_spreadsheet() {
        assert_eq!(address(16, 7), "H17");
        assert_eq!(address(0, 26), "AA1");
        assert_eq!(address(1_048_575, 16_383), "XFD1048576");
    }
}
