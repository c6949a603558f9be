//! .xls and .et: the BIFF8 records of an OLE2 container ([MS-XLS]), streamed under the limits of every workbook. calamine
//! was passed over: it hands out neither number formats nor hidden rows and copies shared strings without a limit.

mod records;
mod strings;

use super::formats::DisplayFormat;
use super::limits;
use super::refused::WorkbookRefusal;
use records::{Record, Records};
use shared::exchange::import::workbook::{
    Region, Workbook, WorkbookCell, WorkbookCellKind, Worksheet, address,
};
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::time::Instant;
use strings::{SharedStrings, short_text, text};

/// What a compound file begins with.
pub const MAGIC: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// Every visible worksheet of a workbook in the old binary format.
///
/// # Errors
/// Why it was not read: nothing is ever read in part.
pub fn read(bytes: &[u8], deadline: Instant) -> Result<Workbook, WorkbookRefusal> {
    if bytes.len() > limits::CONTAINER {
        return Err(WorkbookRefusal::TooLarge);
    }
    let stream = stream(bytes)?;
    let globals = Globals::read(&stream, deadline)?;
    let mut budget = Budget { cells: limits::CELLS, text: limits::ALL_TEXT };
    let mut sheets = Vec::new();
    for bound in globals.sheets.iter().filter(|bound| bound.visible) {
        let part = stream.get(bound.at..).ok_or(WorkbookRefusal::Damaged)?;
        sheets.push(worksheet(part, bound.name.clone(), &globals, &mut budget, deadline)?);
    }
    Ok(Workbook { date_1904: globals.date_1904, sheets, manifest: None })
}

/// The workbook's stream; a package under a password holds another.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, WorkbookRefusal> {
    let mut container =
        cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| WorkbookRefusal::OldOrLocked)?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| container.exists(name));
    let mut entry = container
        .open_stream(name.ok_or(WorkbookRefusal::OldOrLocked)?)
        .map_err(|_| WorkbookRefusal::Damaged)?;
    let mut stream = Vec::new();
    let most = u64::try_from(limits::CONTAINER).unwrap_or(u64::MAX);
    entry.by_ref().take(most).read_to_end(&mut stream).map_err(|_| WorkbookRefusal::Damaged)?;
    Ok(stream)
}

/// What all sheets may still hold.
struct Budget {
    cells: usize,
    text: usize,
}

struct BoundSheet {
    name: String,
    at: usize,
    visible: bool,
}

/// What stands before the sheets: their places, the shared strings, the formats.
#[derive(Default)]
struct Globals {
    date_1904: bool,
    sheets: Vec<BoundSheet>,
    strings: SharedStrings,
    /// The format of each cell format.
    shown: Vec<DisplayFormat>,
}

impl Globals {
    fn read(stream: &[u8], deadline: Instant) -> Result<Globals, WorkbookRefusal> {
        let mut globals = Globals::default();
        let mut codes: HashMap<u16, DisplayFormat> = HashMap::new();
        let mut cell_formats = Vec::new();
        let mut records = Records::new(stream, deadline);
        let first = records.next()?.ok_or(WorkbookRefusal::Damaged)?;
        if first.kind != records::BOF || first.u16(0) != Some(records::BIFF8) {
            return Err(WorkbookRefusal::OldOrLocked);
        }
        while let Some(record) = records.next()? {
            match record.kind {
                records::EOF => break,
                records::FILE_PASS => return Err(WorkbookRefusal::OldOrLocked),
                records::DATE_MODE => globals.date_1904 = record.u16(0) == Some(1),
                records::BOUND_SHEET => globals.sheets.extend(bound_sheet(&record)),
                records::FORMAT => {
                    if let (Some(id), Some(code)) = (record.u16(0), text(record.data.get(2..).unwrap_or(&[])))
                    {
                        codes.insert(id, DisplayFormat::of_code(&code));
                    }
                }
                records::XF => cell_formats.push(record.u16(2).unwrap_or(0)),
                records::SST => {
                    let parts = records.with_continuations(record.data)?;
                    globals.strings = SharedStrings::read(&parts)?;
                }
                _ => {}
            }
            if globals.sheets.len() > limits::SHEETS {
                return Err(WorkbookRefusal::TooManySheets);
            }
        }
        let format =
            |id: &u16| codes.get(id).cloned().unwrap_or_else(|| DisplayFormat::built_in(u32::from(*id)));
        globals.shown = cell_formats.iter().map(format).collect();
        Ok(globals)
    }
}

/// Name and place of a worksheet; charts and macros are none.
fn bound_sheet(record: &Record<'_>) -> Option<BoundSheet> {
    let at = usize::try_from(record.u32(0)?).ok()?;
    let (hidden, kind) = (*record.data.get(4)? & 3, *record.data.get(5)?);
    let name = short_text(record.data.get(6..)?)?;
    (kind == 0).then_some(BoundSheet { name, at, visible: hidden == 0 })
}

fn worksheet(
    part: &[u8],
    name: String,
    globals: &Globals,
    budget: &mut Budget,
    deadline: Instant,
) -> Result<Worksheet, WorkbookRefusal> {
    let mut records = Records::new(part, deadline);
    let mut reader =
        SheetReader { sheet: Worksheet { name, ..Worksheet::default() }, globals, budget, waiting: None };
    let mut depth = 0;
    while let Some(record) = records.next()? {
        match record.kind {
            // A chart inside the sheet has records of its own.
            records::BOF => depth += 1,
            records::EOF => {
                depth -= 1;
                if depth <= 0 {
                    break;
                }
            }
            _ if depth == 1 => reader.record(&record)?,
            _ => {}
        }
    }
    let mut sheet = reader.sheet;
    sheet.cells.sort_by_key(|cell| (cell.row, cell.column));
    sheet.cells.dedup_by_key(|cell| (cell.row, cell.column));
    sheet.hidden_rows.sort_unstable();
    Ok(sheet)
}

struct SheetReader<'g, 'b> {
    sheet: Worksheet,
    globals: &'g Globals,
    budget: &'b mut Budget,
    /// Place and format of a formula whose text follows in a record of its own.
    waiting: Option<(u32, u32)>,
}

impl SheetReader<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<(), WorkbookRefusal> {
        let (row, column) = (u32::from(record.u16(0).unwrap_or(0)), u32::from(record.u16(2).unwrap_or(0)));
        let style = record.u16(4).unwrap_or(0);
        let at = (row, column);
        match record.kind {
            records::NUMBER => self.number(at, style, record.f64(6), false)?,
            records::RK => self.number(at, style, record.u32(6).map(records::rk), false)?,
            records::MULTIPLE_RK => {
                let cells = record.data.get(4..).unwrap_or(&[]).chunks_exact(6);
                for (place, cell) in (column..).zip(cells) {
                    let cell = Record { kind: records::RK, data: cell };
                    self.number((row, place), cell.u16(0).unwrap_or(0), cell.u32(2).map(records::rk), false)?;
                }
            }
            records::LABEL_SST => {
                let index = record.u32(6).and_then(|index| usize::try_from(index).ok());
                let text = index.and_then(|index| self.globals.strings.get(index));
                let text = text.ok_or(WorkbookRefusal::Damaged)?.to_string();
                self.store(at, WorkbookCellKind::Text, text, 0, false)?;
            }
            records::LABEL => {
                let text = text(record.data.get(6..).unwrap_or(&[])).unwrap_or_default();
                self.store(at, WorkbookCellKind::Text, text, 0, false)?;
            }
            records::BOOL_ERR => {
                self.bool_or_error(at, record.data.get(6).copied(), record.data.get(7).copied(), false)?
            }
            records::FORMULA => self.formula(at, style, record)?,
            records::STRING => {
                let text = text(record.data).unwrap_or_default();
                if let Some(at) = self.waiting.take() {
                    self.store(at, WorkbookCellKind::Text, text, 0, true)?;
                }
            }
            records::ROW if record.u16(12).is_some_and(|flags| flags & 0x20 != 0) => {
                self.sheet.hidden_rows.push(row);
            }
            records::COLUMN_INFO if record.u16(8).is_some_and(|flags| flags & 1 != 0) => {
                self.sheet.hidden_columns.extend(row..=column.min(limits::COLUMNS));
            }
            records::MERGED_CELLS => self.merged(record)?,
            _ => {}
        }
        Ok(())
    }

    /// A number is written as its shortest exact decimal.
    fn number(
        &mut self,
        at: (u32, u32),
        style: u16,
        value: Option<f64>,
        formula: bool,
    ) -> Result<(), WorkbookRefusal> {
        let value = value.filter(|value| value.is_finite()).ok_or(WorkbookRefusal::Damaged)?;
        let date = self.globals.shown.get(usize::from(style)).is_some_and(|format| format.date);
        let kind = if date { WorkbookCellKind::Date } else { WorkbookCellKind::Number };
        self.store(at, kind, format!("{value}"), style, formula)
    }

    fn bool_or_error(
        &mut self,
        at: (u32, u32),
        value: Option<u8>,
        is_error: Option<u8>,
        formula: bool,
    ) -> Result<(), WorkbookRefusal> {
        let value = value.unwrap_or(0);
        let (kind, text) = match is_error {
            Some(1) => (WorkbookCellKind::Error, records::error_code(value)),
            _ => (WorkbookCellKind::Bool, if value == 0 { "FALSE" } else { "TRUE" }),
        };
        self.store(at, kind, text.to_string(), 0, formula)
    }

    /// A formula's stored result: a number, or what its last two bytes mark.
    fn formula(&mut self, at: (u32, u32), style: u16, record: &Record<'_>) -> Result<(), WorkbookRefusal> {
        self.waiting = None;
        if record.u16(12) != Some(0xffff) {
            return self.number(at, style, record.f64(6), true);
        }
        match record.data.get(6) {
            Some(0) => self.waiting = Some(at),
            Some(1) => self.bool_or_error(at, record.data.get(8).copied(), Some(0), true)?,
            Some(2) => self.bool_or_error(at, record.data.get(8).copied(), Some(1), true)?,
            _ => {}
        }
        Ok(())
    }

    fn merged(&mut self, record: &Record<'_>) -> Result<(), WorkbookRefusal> {
        for range in record.data.get(2..).unwrap_or(&[]).chunks_exact(8) {
            let range = Record { kind: record.kind, data: range };
            let corner = |at| u32::from(range.u16(at).unwrap_or(0));
            self.sheet.merged.push(Region {
                top: corner(0),
                bottom: corner(2),
                left: corner(4),
                right: corner(6),
            });
        }
        if self.sheet.merged.len() > limits::MERGES { Err(WorkbookRefusal::TooManyMerges) } else { Ok(()) }
    }

    fn store(
        &mut self,
        (row, column): (u32, u32),
        kind: WorkbookCellKind,
        text: String,
        style: u16,
        formula: bool,
    ) -> Result<(), WorkbookRefusal> {
        if text.trim().is_empty() {
            return Ok(());
        }
        if row >= limits::ROWS || column >= limits::COLUMNS {
            return Err(WorkbookRefusal::TooFar(format!("{}!{}", self.sheet.name, address(row, column))));
        }
        let shown = self.globals.shown.get(usize::from(style)).filter(|_| kind == WorkbookCellKind::Number);
        let format = shown.map_or_else(String::new, |format| format.code.clone());
        self.budget.cells = self.budget.cells.checked_sub(1).ok_or(WorkbookRefusal::TooManyCells)?;
        let bytes = text.len() + format.len();
        self.budget.text = self.budget.text.checked_sub(bytes).ok_or(WorkbookRefusal::TooMuchText)?;
        self.sheet.cells.push(WorkbookCell { row, column, kind, text, format, formula });
        Ok(())
    }
}

#[cfg(test)]
mod tests;
