//! 读取工作簿: the bytes of an xlsx, xls, et or csv file into raw cells, and nothing more; `shared::exchange::import` interprets
//! them in the browser. A workbook is hostile input: it is streamed, counted and stopped at limits that bound the memory.

mod formats;
mod legacy;
mod limits;
mod package;
mod parts;
mod refused;
mod report;
pub mod route;
mod sheet;
mod text;

pub use refused::WorkbookRefusal;
pub use report::{ReportCommand, import_report};
pub use text::decoded;

use package::Package;
use parts::{PackageLayout, Strings};
use shared::exchange::export::manifest;
use shared::exchange::import::workbook::Workbook;
use std::time::Instant;

/// Every visible worksheet of a workbook, known by its first bytes whatever its name says.
///
/// # Errors
/// Why the workbook cannot be read. No part of it is returned then.
pub fn read(bytes: &[u8], deadline: Instant) -> Result<Workbook, WorkbookRefusal> {
    match bytes {
        bytes if bytes.starts_with(&legacy::MAGIC) => legacy::read(bytes, deadline),
        bytes if is_package(bytes) => read_package(bytes, deadline),
        bytes => text::read(bytes),
    }
}

/// Whether the bytes are a workbook of one of the binary formats and no text.
pub fn is_binary(bytes: &[u8]) -> bool {
    is_package(bytes) || bytes.starts_with(&legacy::MAGIC)
}

fn is_package(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

fn read_package(bytes: &[u8], deadline: Instant) -> Result<Workbook, WorkbookRefusal> {
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
