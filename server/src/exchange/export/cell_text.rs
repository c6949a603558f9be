//! 文本单元格: a text that looks like a formula is marked as text (quote prefix), so that editing the cell or saving the
//! workbook again does not turn it into one.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// First characters that a spreadsheet takes for a formula, also behind white space that it trims.
const FORMULA_STARTS: [char; 4] = ['=', '+', '-', '@'];

/// Writes a text exactly as it is.
pub fn write_text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if text.starts_with(['\t', '\r', '\n', '\0']) || text.trim_start().starts_with(FORMULA_STARTS) {
        sheet.write_string_with_format(row, column, text, &format.clone().set_quote_prefix())?;
    } else {
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}
