//! 一览工作簿: the lines of a list as xlsx, one row a case, for further work outside.

use super::cell_text::write_text;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook};
use shared::cases::kernel::{CellValue, Column};
use shared::cases::listed_kind::ListedKind;
use shared::cases::listing::{CaseLine, columns};

/// Widths of columns in characters.
const TEXT_WIDTH: u16 = 20;
const TITLE_WIDTH: u16 = 44;

/// The workbook's bytes; the first row says what each column is.
pub fn write(kind: Option<ListedKind>, lines: &[CaseLine]) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(title(kind))?.set_freeze_panes(1, 0)?;
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    let (heading, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00"));
    for (at, Column { key, label, is_amount }) in (0_u16..).zip(columns(kind)) {
        let label = if is_amount { format!("{label}（元）") } else { label.to_string() };
        sheet.set_column_width(at, if key == "title" { TITLE_WIDTH } else { TEXT_WIDTH })?;
        sheet.write_with_format(0, at, label, &heading)?;
        for (row, line) in (1_u32..).zip(lines) {
            match line.cell(key) {
                CellValue::Empty => {}
                CellValue::Text(text) => {
                    write_text(sheet, (row, at), &text, &Format::new())?;
                }
                CellValue::Amount(amount) => {
                    let yuan = amount.yuan().to_f64().unwrap_or_default();
                    sheet.write_number_with_format(row, at, yuan, &money)?;
                }
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// `单独申请一览`, for lists of all kinds `案卷一览`.
pub fn title(kind: Option<ListedKind>) -> String {
    format!("{}一览", kind.map_or("案卷", ListedKind::label))
}
