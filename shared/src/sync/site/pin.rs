//! 解锁码: which PIN is accepted, and what a wrong one leads to. How it becomes a key is the shell's.
//!
//! Nothing locks for good: while the bureau has no key of its own to a tablet, a lock would lose what was not delivered.

use crate::kernel::calendar::Date;
use serde::{Deserialize, Serialize};

/// Wrong PINs in a row that lead to the first pause.
pub const FREE_ATTEMPTS: u32 = 5;
const FIRST_PAUSE_MS: i64 = 30_000;
const LONGEST_PAUSE_MS: i64 = 900_000;

/// Wrong PINs in a row, as storage has them. A pause counts by the clock of the device, which its holder can set: what protects the
/// content is the work each attempt costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinAttempts {
    pub wrong: u32,
    /// When the next attempt is taken, in milliseconds since 1970.
    pub not_before_ms: i64,
}

/// Whether a PIN is taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinGate {
    /// So many wrong ones lead to a pause; each one from the first pause on.
    Open { left: u32 },
    /// So many milliseconds to wait.
    Wait { ms: i64 },
}

/// What is wrong with a PIN somebody chooses: 6–12 digits, no run, no single repeated part, no date of this century.
pub fn pin_fault(pin: &str) -> Option<&'static str> {
    let digits: Vec<u8> = pin.bytes().collect();
    let is_run = |step: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
    let repeats = |length: usize| {
        digits.len().is_multiple_of(length) && digits.chunks(length).all(|part| part == &digits[..length])
    };
    match () {
        () if !digits.iter().all(u8::is_ascii_digit) || !(6..=12).contains(&digits.len()) => {
            Some("解锁码应为 6–12 位数字")
        }
        () if is_run(1) || is_run(-1) => Some("解锁码不能是连续数字"),
        () if (1..=3).any(repeats) => Some("解锁码不能是重复数字"),
        () if is_date(pin) => Some("解锁码不能是日期"),
        () => None,
    }
}

/// `20240131` or `240131`.
fn is_date(pin: &str) -> bool {
    let full = match pin.len() {
        6 => format!("20{pin}"),
        8 if pin.starts_with("20") => pin.to_string(),
        _ => return false,
    };
    Date::parse(&format!("{}-{}-{}", &full[..4], &full[4..6], &full[6..])).is_some()
}

impl PinAttempts {
    /// What happens to the next PIN.
    pub fn gate(self, now_ms: i64) -> PinGate {
        match self.not_before_ms.saturating_sub(now_ms) {
            ms @ 1.. => PinGate::Wait { ms: ms.min(LONGEST_PAUSE_MS) },
            _ => PinGate::Open { left: FREE_ATTEMPTS.saturating_sub(self.wrong).max(1) },
        }
    }

    /// After a wrong PIN: from the fifth on a pause, doubling from 30 s to 15 min.
    pub fn after_wrong(self, now_ms: i64) -> PinAttempts {
        let wrong = self.wrong.saturating_add(1);
        let pause = match wrong.checked_sub(FREE_ATTEMPTS) {
            None => 0,
            Some(further) => (FIRST_PAUSE_MS << further.min(5)).min(LONGEST_PAUSE_MS),
        };
        PinAttempts { wrong, not_before_ms: now_ms.saturating_add(pause) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_that_others_guess_first_is_refused() {
        for (pin, word) in [
            ("12345", "6–12 位"),
            ("12345a", "6–12 位"),
            ("4938271650382", "6–12 位"),
            ("123456", "连续"),
            ("98765432", "连续"),
            ("888888", "重复"),
            ("121212", "重复"),
            ("483483", "重复"),
            ("20240229", "日期"),
            ("240131", "日期"),
        ] {
            assert!(pin_fault(pin).is_some_and(|fault| fault.contains(word)), "{pin}");
        }
        for pin in ["592837", "20240230", "581604927301"] {
            assert_eq!(pin_fault(pin), None, "{pin}");
        }
    }

    #[test]
    fn five_wrong_pins_cost_a_pause_and_each_further_one_a_longer() {
        let mut attempts = PinAttempts::default();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            attempts = attempts.after_wrong(1_000);
            pauses.push((attempts.not_before_ms - 1_000) / 1_000);
        }
        assert_eq!(pauses, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!(attempts.gate(i64::MAX), PinGate::Open { left: 1 });
        assert_eq!(PinAttempts::default().after_wrong(0).gate(0), PinGate::Open { left: 4 });
        let after_five = PinAttempts { wrong: 5, not_before_ms: 31_000 };
        assert_eq!(after_five.gate(1_000), PinGate::Wait { ms: 30_000 });
        assert_eq!(after_five.gate(31_000), PinGate::Open { left: 1 });
    }
}
