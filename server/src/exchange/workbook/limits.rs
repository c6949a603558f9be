//! Limits of an uploaded workbook. Each is checked while reading and never against what the file claims.

use std::time::Duration;

/// Bytes of the file.
pub const CONTAINER: usize = shared::api::workbook::LARGEST;
/// Entries of the container.
pub const PARTS: usize = 200;
/// Bytes after inflating, over all parts read.
pub const INFLATED: u64 = 100 << 20;
/// Inflated bytes per compressed byte of one part, once it has grown past [`RATIO_FROM`].
pub const RATIO: u64 = 100;
/// Below this size the ratio says nothing: small parts of one repeated tag compress as well as a bomb.
pub const RATIO_FROM: u64 = 1 << 20;
pub const SHEETS: usize = 100;
/// Characters of a sheet's name, as spreadsheets have it; what is longer is cut off.
pub const SHEET_NAME: usize = 31;
/// Inflated bytes of one tag with its attributes, or of one run of text.
pub const PIECE: u64 = 1 << 20;
/// Cells with content, over all sheets.
pub const CELLS: usize = 200_000;
pub const ROWS: u32 = 100_000;
pub const COLUMNS: u32 = 500;
pub const MERGES: usize = 20_000;
/// Bytes of one text; a spreadsheet holds 32 767 characters in a cell.
pub const TEXT: usize = 4 * 32_767;
/// Bytes of all cells' texts: one long shared string may stand in every cell.
pub const ALL_TEXT: usize = 20 << 20;
/// Bytes of one number format's code; Excel stops at 255 characters.
pub const FORMAT: usize = 1_024;
/// Number formats and cell formats.
pub const FORMATS: usize = 200_000;
pub const TIME: Duration = Duration::from_secs(10);
/// Workbooks read at the same time.
pub const AT_ONCE: usize = 2;
