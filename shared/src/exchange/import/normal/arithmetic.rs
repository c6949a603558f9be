//! 算式: `=2+3`, as somebody types it into a cell instead of reaching for a calculator. The result is stored, not the formula.

use super::number::{amount, plain as plain_number, storable};
use super::{CellKind, RejectReason, read};
use crate::exchange::import::format::half_up;
use crate::kernel::characters::half_width;
use rust_decimal::Decimal;
use std::iter::Peekable;
use std::str::Chars;

/// Deepest nesting of brackets read; nobody types more.
const DEEPEST: usize = 16;

/// From here on a number has more digits than any that is stored.
const TOO_LONG: i64 = 1_000_000_000_000;

/// Whether a typed text is to be worked out in a cell of this kind.
pub fn is_arithmetic(kind: &CellKind, text: &str) -> bool {
    let is_number = matches!(kind, CellKind::Money | CellKind::Percent | CellKind::Number | CellKind::Count);
    is_number && text.starts_with(['=', '＝'])
}

/// The stored text for `=…` with + − × ÷ and brackets. Worked out with 28 digits; money is rounded half-up to 分 at the end, other
/// numbers to what a document stores. Each number is read as the cell's kind does, with its units.
///
/// # Errors
/// The number's own reason; an unfinished text and a division by zero are no numbers.
pub fn worked_out(kind: &CellKind, text: &str) -> Result<String, RejectReason> {
    let mut reader = Reader { rest: text.chars().peekable(), kind, depth: 0 };
    reader.rest.next();
    let value = reader.sum()?;
    if reader.rest.next().is_some() {
        return Err(RejectReason::NotANumber);
    }
    if value.abs() >= Decimal::from(TOO_LONG) {
        return Err(RejectReason::NumberTooLong);
    }
    match kind {
        CellKind::Money => Ok(amount(half_up(value, 2))),
        CellKind::Percent => storable(value, 2).map(plain_number),
        _ => storable(value, 6).map(plain_number),
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    kind: &'a CellKind,
    depth: usize,
}

impl Reader<'_> {
    fn sum(&mut self) -> Result<Decimal, RejectReason> {
        let mut value = self.product()?;
        while let Some(sign) = self.sign(&['+', '-']) {
            let next = self.product()?;
            let sum = if sign == '+' { value.checked_add(next) } else { value.checked_sub(next) };
            value = sum.ok_or(RejectReason::NumberTooLong)?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<Decimal, RejectReason> {
        let mut value = self.factor()?;
        while let Some(sign) = self.sign(&['*', '/']) {
            let next = self.factor()?;
            value = match sign {
                '*' => value.checked_mul(next).ok_or(RejectReason::NumberTooLong)?,
                _ => value.checked_div(next).ok_or(RejectReason::NotANumber)?,
            };
        }
        Ok(value)
    }

    fn factor(&mut self) -> Result<Decimal, RejectReason> {
        if let Some(sign) = self.sign(&['+', '-']) {
            self.deeper()?;
            let value = self.factor()?;
            self.depth -= 1;
            return Ok(if sign == '-' { -value } else { value });
        }
        if self.sign(&['(']).is_some() {
            self.deeper()?;
            let value = self.sum()?;
            self.depth -= 1;
            return self.sign(&[')']).map(|_| value).ok_or(RejectReason::NotANumber);
        }
        let mut digits = String::new();
        while let Some(c) = self.rest.next_if(|c| !matches!(plain(*c), '+' | '-' | '*' | '/' | '(' | ')')) {
            digits.push(c);
        }
        read(self.kind, &digits)?.parse().map_err(|_| RejectReason::NotANumber)
    }

    /// The next sign, if it is one of these.
    fn sign(&mut self, signs: &[char]) -> Option<char> {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
        self.rest.next_if(|c| signs.contains(&plain(*c))).map(plain)
    }

    fn deeper(&mut self) -> Result<(), RejectReason> {
        self.depth += 1;
        if self.depth > DEEPEST { Err(RejectReason::NotANumber) } else { Ok(()) }
    }
}

/// A sign of either width, also as it is written by hand.
fn plain(sign: char) -> char {
    match half_width(sign) {
        '−' | '–' => '-',
        '×' => '*',
        '÷' => '/',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::import::normal::normalise;

    #[test]
    fn what_a_clerk_works_out_in_a_cell_is_stored_as_its_result() {
        for (kind, typed, stored) in [
            (CellKind::Money, "=2+3", "5.00"),
            (CellKind::Money, " ＝1,200.50 × 12 ", "14406.00"),
            (CellKind::Money, "=10/3", "3.33"),
            (CellKind::Money, "=139*1.055", "146.65"),
            (CellKind::Money, "=2万+3", "20003.00"),
            (CellKind::Money, "=(1+2)×(3−1)÷4", "1.50"),
            (CellKind::Money, "=-(5-8)", "3.00"),
            (CellKind::Money, "=999999999999", "999999999999.00"),
            (CellKind::Count, "=3*4", "12"),
            (CellKind::Count, "=3台+4台", "7"),
            (CellKind::Number, "=1/3", "0.333333"),
            (CellKind::Percent, "=5%+0.5%", "5.5"),
        ] {
            assert_eq!(normalise(&kind, typed).as_deref(), Ok(stored), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_worked_out_stays_as_it_was_typed() {
        let deep = format!("={}1{}", "(".repeat(17), ")".repeat(17));
        let signs = format!("={}1", "-".repeat(40));
        for typed in ["=", "=2+", "=2*/3", "=(2", "=2)", "=1/0", "=两台", "=B2*12", "==2", &deep, &signs] {
            assert_eq!(read_typed(typed), Err(RejectReason::NotANumber), "{typed}");
        }
        for typed in ["=999999999999+1", "=999999999999*999999999999*999999999999", "=9999999999999"] {
            assert_eq!(read_typed(typed), Err(RejectReason::NumberTooLong), "{typed}");
        }
        // A text keeps its sign of equality.
        assert_eq!(normalise(&CellKind::Text, "=2+3").as_deref(), Ok("=2+3"));
    }

    fn read_typed(typed: &str) -> Result<String, RejectReason> {
        worked_out(&CellKind::Money, typed)
    }
}
