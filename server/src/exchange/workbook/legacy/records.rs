//! BIFF8 records: two bytes of kind, two of length, data of at most 8 224 bytes.

use super::super::limits;
use super::super::refused::WorkbookRefusal;
use std::time::Instant;

pub const FORMULA: u16 = 0x0006;
pub const EOF: u16 = 0x000a;
pub const DATE_MODE: u16 = 0x0022;
pub const FILE_PASS: u16 = 0x002f;
pub const CONTINUE: u16 = 0x003c;
pub const COLUMN_INFO: u16 = 0x007d;
pub const BOUND_SHEET: u16 = 0x0085;
pub const MULTIPLE_RK: u16 = 0x00bd;
pub const XF: u16 = 0x00e0;
pub const MERGED_CELLS: u16 = 0x00e5;
pub const SST: u16 = 0x00fc;
pub const LABEL_SST: u16 = 0x00fd;
pub const NUMBER: u16 = 0x0203;
pub const LABEL: u16 = 0x0204;
pub const BOOL_ERR: u16 = 0x0205;
pub const STRING: u16 = 0x0207;
pub const ROW: u16 = 0x0208;
pub const RK: u16 = 0x027e;
pub const FORMAT: u16 = 0x041e;
pub const BOF: u16 = 0x0809;

/// The version a BOF of BIFF8 names.
pub const BIFF8: u16 = 0x0600;

#[derive(Clone, Copy)]
pub struct Record<'s> {
    pub kind: u16,
    pub data: &'s [u8],
}

impl Record<'_> {
    pub fn u16(&self, at: usize) -> Option<u16> {
        self.data.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
    }

    pub fn u32(&self, at: usize) -> Option<u32> {
        self.data.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub fn f64(&self, at: usize) -> Option<f64> {
        self.data.get(at..at + 8)?.try_into().ok().map(f64::from_le_bytes)
    }
}

/// Reads records one after the other; the deadline is looked at now and then.
pub struct Records<'s> {
    rest: &'s [u8],
    deadline: Instant,
    count: usize,
}

impl<'s> Records<'s> {
    pub fn new(stream: &'s [u8], deadline: Instant) -> Records<'s> {
        Records { rest: stream, deadline, count: 0 }
    }

    /// The next record, `None` at the end of the stream.
    pub fn next(&mut self) -> Result<Option<Record<'s>>, WorkbookRefusal> {
        self.count += 1;
        if self.count % 1_024 == 1 && Instant::now() > self.deadline {
            return Err(WorkbookRefusal::TookTooLong);
        }
        let [kind_low, kind_high, length_low, length_high, rest @ ..] = self.rest else { return Ok(None) };
        let kind = u16::from_le_bytes([*kind_low, *kind_high]);
        let length = usize::from(u16::from_le_bytes([*length_low, *length_high]));
        let data = rest.get(..length).ok_or(WorkbookRefusal::Damaged)?;
        self.rest = &rest[length..];
        Ok(Some(Record { kind, data }))
    }

    /// The data just read and that of the CONTINUE records behind it.
    pub fn with_continuations(&mut self, first: &'s [u8]) -> Result<Vec<&'s [u8]>, WorkbookRefusal> {
        let mut parts = vec![first];
        while self.rest.get(..2) == Some(&CONTINUE.to_le_bytes()) {
            parts.extend(self.next()?.map(|record| record.data));
            if parts.len() > limits::CONTAINER / 64 {
                return Err(WorkbookRefusal::TooMuchText);
            }
        }
        Ok(parts)
    }
}

/// A number packed into 30 bits, perhaps times a hundred.
pub fn rk(packed: u32) -> f64 {
    let value = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & 0xffff_fffc) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { value } else { value / 100.0 }
}

pub fn error_code(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    }
}
