//! 读取工作簿: xlsx bytes into raw cells, and nothing more. What the cells mean is decided by `shared::exchange::import` in
//! the browser. A workbook is read as hostile: streamed, counted and stopped, in memory that the limits bound.

mod formats;
mod limits;
mod package;
mod parts;
mod refused;
mod route;
mod sheet;

pub use refused::WorkbookRefusal;
pub use route::route;

use package::Package;
use parts::{PackageLayout, Strings};
use shared::exchange::export::manifest;
use shared::exchange::import::workbook::Workbook;
use std::time::Instant;

/// Every visible worksheet of an xlsx file.
///
/// # Errors
/// Why it was not read: nothing is ever read in part.
pub fn read(bytes: &[u8], deadline: Instant) -> Result<Workbook, WorkbookRefusal> {
    let mut package = Package::open(bytes, deadline)?;
    let layout = PackageLayout::read(&mut package)?;
    let strings = Strings::read(&mut package, layout.strings.as_deref())?;
    let shown = formats::read(&mut package, layout.styles.as_deref())?;
    let mut shelf =
        sheet::ReadContext { strings, shown, cells_left: limits::CELLS, text_left: limits::ALL_TEXT };
    let mut sheets = Vec::new();
    for (name, part) in layout.sheets {
        sheets.push(sheet::read(&mut package, name, &part, &mut shelf)?);
    }
    let manifest = match layout.manifest {
        Some(part) => Some(sheet::read(&mut package, manifest::SHEET.to_string(), &part, &mut shelf)?),
        None => None,
    };
    Ok(Workbook { date_1904: layout.date_1904, sheets, manifest })
}

#[cfg(test)]
mod tests;
