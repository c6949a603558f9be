//! One worksheet, streamed: cells with content and merged ranges.

use super::formats::DisplayFormat;
use super::limits;
use super::package::{Package, Part, attribute};
use super::parts::Strings;
use super::refused::WorkbookRefusal;
use quick_xml::events::{BytesStart, Event};
use shared::exchange::import::workbook::{Region, WorkbookCell, WorkbookCellKind, Worksheet, address};

/// What all sheets of a workbook share while it is read.
pub struct ReadContext {
    pub strings: Strings,
    pub shown: Vec<DisplayFormat>,
    /// Cells and bytes of text that may still be read.
    pub cells_left: usize,
    pub text_left: usize,
}

pub fn read(
    package: &mut Package<'_>,
    name: String,
    part: &str,
    shelf: &mut ReadContext,
) -> Result<Worksheet, WorkbookRefusal> {
    let mut part = package.part(part)?.ok_or(WorkbookRefusal::Damaged)?;
    let mut sheet = Worksheet { name, ..Worksheet::default() };
    // Positions may be left out; then a cell follows the one before.
    let (mut row, mut column) = (0u32, 0u32);
    let mut in_data = false;
    loop {
        let open = match part.next()? {
            Event::Eof => return Ok(sheet),
            Event::End(end) => {
                match end.local_name().as_ref() {
                    "sheetData" => in_data = false,
                    "row" if in_data => row = row.saturating_add(1),
                    _ => {}
                }
                continue;
            }
            Event::Start(start) => Open::read(&start)?,
            _ => continue,
        };
        match open {
            Open::Data => in_data = true,
            Open::Row(written, hidden) if in_data => {
                row = written.unwrap_or(row);
                column = 0;
                // Rows come in order; a file that names one twice hides it once.
                if hidden && row < limits::ROWS && sheet.hidden_rows.last() != Some(&row) {
                    sheet.hidden_rows.push(row);
                }
            }
            Open::HiddenColumns(first, last) if sheet.hidden_columns.len() <= limits::COLUMNS as usize => {
                sheet.hidden_columns.extend(first..=last.min(limits::COLUMNS));
            }
            Open::Cell(cell) if in_data => {
                (row, column) = cell.at.unwrap_or((row, column));
                let read = content(&mut part, &cell, shelf)?;
                if let Some((kind, text, formula)) = read {
                    store(&mut sheet, shelf, (row, column), kind, text, formula, cell.style)?;
                }
                column = column.saturating_add(1);
            }
            Open::Merge(region) => {
                sheet.merged.push(region);
                if sheet.merged.len() > limits::MERGES {
                    return Err(WorkbookRefusal::TooManyMerges);
                }
            }
            _ => {}
        }
    }
}

/// An element of interest.
enum Open {
    Data,
    Row(Option<u32>, bool),
    /// First and last, from 0.
    HiddenColumns(u32, u32),
    Cell(Opened),
    Merge(Region),
    Other,
}

/// A cell's own description of itself.
struct Opened {
    at: Option<(u32, u32)>,
    kind: String,
    style: usize,
}

impl Open {
    fn read(start: &BytesStart<'_>) -> Result<Open, WorkbookRefusal> {
        Ok(match start.local_name().as_ref() {
            "sheetData" => Open::Data,
            "row" => {
                let written = attribute(start, "r")?;
                let number =
                    written.map(|r| r.parse::<u32>().map_err(|_| WorkbookRefusal::Damaged)).transpose()?;
                let hidden = truthy(attribute(start, "hidden")?.as_deref());
                let flat = attribute(start, "ht")?.is_some_and(|height| height.parse::<f64>() == Ok(0.0));
                Open::Row(number.map(|n| n.saturating_sub(1)), hidden || flat)
            }
            "col" => {
                let bound = |name| {
                    let written = attribute(start, name)?;
                    Ok(written.and_then(|n| n.parse::<u32>().ok()).and_then(|n| n.checked_sub(1)))
                };
                let hidden = truthy(attribute(start, "hidden")?.as_deref());
                match (bound("min")?, bound("max")?) {
                    (Some(first), Some(last)) if hidden => Open::HiddenColumns(first, last),
                    _ => Open::Other,
                }
            }
            "c" => {
                let at = attribute(start, "r")?
                    .map(|r| position(&r).ok_or(WorkbookRefusal::Damaged))
                    .transpose()?;
                let style = attribute(start, "s")?.and_then(|s| s.parse().ok()).unwrap_or(0);
                Open::Cell(Opened { at, kind: attribute(start, "t")?.unwrap_or_default(), style })
            }
            "mergeCell" => {
                let range = attribute(start, "ref")?.ok_or(WorkbookRefusal::Damaged)?;
                let (first, last) = range.split_once(':').unwrap_or((&range, &range));
                let corners = position(first).zip(position(last));
                let ((top, left), (bottom, right)) = corners.ok_or(WorkbookRefusal::Damaged)?;
                Open::Merge(Region { top, left, bottom, right })
            }
            _ => Open::Other,
        })
    }
}

fn truthy(flag: Option<&str>) -> bool {
    matches!(flag, Some("1" | "true" | "on"))
}

/// Row and column, from 0, of an address such as `H17`.
fn position(address: &str) -> Option<(u32, u32)> {
    let letters = address.find(|c: char| !c.is_ascii_alphabetic())?;
    let (letters, digits) = address.split_at(letters);
    if letters.is_empty()
        || letters.len() > 3
        || digits.len() > 7
        || !digits.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, b| sum * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column - 1))
}

/// Kind, text and whether a formula made it; `None` when the cell is empty.
fn content(
    part: &mut Part<'_, '_>,
    cell: &Opened,
    shelf: &ReadContext,
) -> Result<Option<(WorkbookCellKind, String, bool)>, WorkbookRefusal> {
    let mut text = None;
    let mut formula = false;
    loop {
        let inner = match part.next()? {
            Event::Start(start) => start.local_name().as_ref().to_string(),
            Event::End(end) if end.local_name().as_ref() == "c" => break,
            Event::Eof => return Err(WorkbookRefusal::Damaged),
            _ => continue,
        };
        match inner.as_str() {
            "v" => text = Some(part.text("v")?),
            "is" => text = Some(part.text("is")?),
            "f" => formula = true,
            _ => {}
        }
    }
    let text = text.unwrap_or_default();
    let empty = text.trim().is_empty();
    let read = match cell.kind.as_str() {
        // A formula may well give an empty text; only a missing result was never computed.
        "str" | "inlineStr" if empty => None,
        _ if empty => formula.then(|| (WorkbookCellKind::Uncomputed, String::new())),
        "s" => {
            let index = text.trim().parse::<usize>().map_err(|_| WorkbookRefusal::Damaged)?;
            let shared = shelf.strings.get(index).ok_or(WorkbookRefusal::Damaged)?;
            (!shared.is_empty()).then(|| (WorkbookCellKind::Text, shared.to_string()))
        }
        "b" => Some((
            WorkbookCellKind::Bool,
            if matches!(text.trim(), "1" | "true") { "TRUE" } else { "FALSE" }.to_string(),
        )),
        "e" => Some((WorkbookCellKind::Error, text)),
        "str" | "inlineStr" | "d" => Some((WorkbookCellKind::Text, text)),
        _ if !numeric(text.trim()) => Some((WorkbookCellKind::Text, text)),
        _ if shelf.shown.get(cell.style).is_some_and(|format| format.date) => {
            Some((WorkbookCellKind::Date, text.trim().to_string()))
        }
        _ => Some((WorkbookCellKind::Number, text.trim().to_string())),
    };
    Ok(read.map(|(kind, text)| (kind, text, formula)))
}

/// A number as XML Schema writes a double, short of its infinities.
fn numeric(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'))
}

/// Adds a cell unless it goes past a limit.
fn store(
    sheet: &mut Worksheet,
    shelf: &mut ReadContext,
    (row, column): (u32, u32),
    kind: WorkbookCellKind,
    text: String,
    formula: bool,
    style: usize,
) -> Result<(), WorkbookRefusal> {
    if row >= limits::ROWS || column >= limits::COLUMNS {
        return Err(WorkbookRefusal::TooFar(format!("{}!{}", sheet.name, address(row, column))));
    }
    shelf.cells_left = shelf.cells_left.checked_sub(1).ok_or(WorkbookRefusal::TooManyCells)?;
    let shown = shelf.shown.get(style).filter(|_| kind == WorkbookCellKind::Number);
    let format = shown.map_or_else(String::new, |format| format.code.clone());
    let bytes = text.len() + format.len();
    shelf.text_left = shelf.text_left.checked_sub(bytes).ok_or(WorkbookRefusal::TooMuchText)?;
    sheet.cells.push(WorkbookCell { row, column, kind, text, format, formula });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn positions_are_read_and_nonsense_is_not() {
        assert_eq!(position("H17"), Some((16, 7)));
        assert_eq!(position("XFD1048576"), Some((1_048_575, 16_383)));
        for wrong in ["", "17", "H", "H0", "H-1", "HHHH1", "H12345678", "中1"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }
}
