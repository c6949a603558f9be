//! Texts of BIFF8: one byte or two for each character, the shared ones spread over several records.

use super::super::limits;
use super::super::refused::WorkbookRefusal;

/// Text with a two-byte length before it.
pub fn text(data: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes(data.get(..2)?.try_into().ok()?));
    characters(data.get(2..)?, length)
}

/// Text with a one-byte length before it.
pub fn short_text(data: &[u8]) -> Option<String> {
    let length = usize::from(*data.first()?);
    characters(data.get(1..)?, length)
}

/// A byte of flags, then the characters; formatting runs between them are passed over.
fn characters(data: &[u8], length: usize) -> Option<String> {
    let flags = *data.first()?;
    let skipped = 1 + if flags & 8 == 0 { 0 } else { 2 } + if flags & 4 == 0 { 0 } else { 4 };
    let data = data.get(skipped..)?;
    let mut units = Vec::with_capacity(length.min(1_024));
    push(&mut units, data, length, flags & 1 == 1);
    (units.len() == length).then(|| String::from_utf16_lossy(&units))
}

/// Appends as many of `wanted` characters as `data` holds; says how many bytes they took.
fn push(units: &mut Vec<u16>, data: &[u8], wanted: usize, wide: bool) -> usize {
    if wide {
        let pairs = data.chunks_exact(2).take(wanted);
        let before = units.len();
        units.extend(pairs.map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
        (units.len() - before) * 2
    } else {
        let taken = data.len().min(wanted);
        units.extend(data[..taken].iter().map(|byte| u16::from(*byte)));
        taken
    }
}

/// 共享字符串 in one piece of memory.
#[derive(Default)]
pub struct SharedStrings {
    text: String,
    ends: Vec<usize>,
}

impl SharedStrings {
    pub fn read(parts: &[&[u8]]) -> Result<SharedStrings, WorkbookRefusal> {
        let mut strings = SharedStrings::default();
        let mut cursor = PartCursor { parts, part: 0, at: 8 };
        while let Some(text) = cursor.string()? {
            if text.len() > limits::TEXT || strings.text.len() + text.len() > limits::ALL_TEXT * 2 {
                return Err(WorkbookRefusal::TooMuchText);
            }
            strings.text.push_str(&text);
            strings.ends.push(strings.text.len());
        }
        Ok(strings)
    }

    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }
}

/// Reads across the records of one table of strings.
struct PartCursor<'p> {
    parts: &'p [&'p [u8]],
    part: usize,
    at: usize,
}

impl PartCursor<'_> {
    fn rest(&self) -> &[u8] {
        self.parts.get(self.part).and_then(|part| part.get(self.at..)).unwrap_or(&[])
    }

    /// Goes to the next record where this one is read; false at the end.
    fn more(&mut self) -> bool {
        while self.rest().is_empty() {
            if self.part + 1 >= self.parts.len() {
                return false;
            }
            self.part += 1;
            self.at = 0;
        }
        true
    }

    fn take(&mut self, bytes: usize) -> Result<Vec<u8>, WorkbookRefusal> {
        let taken = self.rest().get(..bytes).ok_or(WorkbookRefusal::Damaged)?.to_vec();
        self.at += bytes;
        Ok(taken)
    }

    fn string(&mut self) -> Result<Option<String>, WorkbookRefusal> {
        if !self.more() {
            return Ok(None);
        }
        let head = self.take(3)?;
        let length = usize::from(u16::from_le_bytes([head[0], head[1]]));
        let flags = head[2];
        let runs = if flags & 8 == 0 { 0 } else { number(&self.take(2)?) * 4 };
        let phonetic = if flags & 4 == 0 { 0 } else { number(&self.take(4)?) };
        let mut units = Vec::new();
        let mut wide = flags & 1 == 1;
        while units.len() < length {
            let missing = length - units.len();
            let taken = push(&mut units, self.rest(), missing, wide);
            self.at += taken;
            if units.len() == length {
                break;
            }
            // The characters go on in the next record, behind a byte that says their width anew.
            self.part += 1;
            self.at = 0;
            wide = self.take(1)?[0] & 1 == 1;
        }
        self.pass(runs.saturating_add(phonetic))?;
        Ok(Some(String::from_utf16_lossy(&units)))
    }

    /// Passes over bytes that may lie in several records.
    fn pass(&mut self, mut bytes: usize) -> Result<(), WorkbookRefusal> {
        while bytes > 0 {
            if !self.more() {
                return Err(WorkbookRefusal::Damaged);
            }
            let step = bytes.min(self.rest().len());
            self.at += step;
            bytes -= step;
        }
        Ok(())
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().rev().fold(0, |sum, byte| sum * 256 + usize::from(*byte))
}
