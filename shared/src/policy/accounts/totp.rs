//! 动态口令 (RFC 6238): SHA-1, steps of 30 s, six digits, one step of leeway, each step once.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha1::Sha1;

const STEP_SECONDS: u64 = 30;
const CODES: u32 = 1_000_000;

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base32 (RFC 4648) without padding.
pub fn base32(bytes: &[u8]) -> String {
    let group = |five: &[u8]| {
        let bits =
            five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) << (8 * (5 - five.len()));
        let letter =
            move |at: usize| LETTERS.get((bits >> (35 - 5 * at) & 31) as usize).copied().map(char::from);
        (0..(five.len() * 8).div_ceil(5)).filter_map(letter).collect::<Vec<char>>()
    };
    bytes.chunks(5).flat_map(group).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CodeFault {
    #[serde(rename = "ACT-31")]
    Wrong,
    #[serde(rename = "ACT-32")]
    StepUsed,
}

/// Secret of a second factor.
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    /// Reads Base32 (RFC 4648), blanks and padding aside; `None` when it is none.
    pub fn from_base32(text: &str) -> Option<TotpSecret> {
        let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
        for c in text.trim_end_matches('=').bytes().filter(|b| *b != b' ') {
            let value = LETTERS.iter().position(|letter| *letter == c.to_ascii_uppercase())?;
            bits = (bits << 5 | u32::try_from(value).ok()?) & 0xFFFF;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xFF) as u8);
            }
        }
        (!bytes.is_empty()).then_some(TotpSecret(bytes))
    }

    /// The code shown at a time, in seconds since 1970.
    pub fn code(&self, at: u64) -> Option<String> {
        self.code_of_step(at / STEP_SECONDS)
    }

    fn code_of_step(&self, step: u64) -> Option<String> {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).ok()?;
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest.last()? & 0xF);
        let taken: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
        Some(format!("{:06}", (u32::from_be_bytes(taken) & 0x7FFF_FFFF) % CODES))
    }

    /// The step the code is of. `used` is the latest step that served before: it and those before it do not serve again.
    pub fn check(&self, at: u64, code: &str, used: Option<u64>) -> Result<u64, CodeFault> {
        let now = at / STEP_SECONDS;
        let near = [Some(now), now.checked_sub(1), now.checked_add(1)];
        let of = |step: &u64| self.code_of_step(*step).as_deref() == Some(code);
        let step = near.into_iter().flatten().find(of).ok_or(CodeFault::Wrong)?;
        if used.is_some_and(|used| step <= used) {
            return Err(CodeFault::StepUsed);
        }
        Ok(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_read_as_it_is_written() {
        // RFC 4648, part 10, without padding.
        for (bytes, text) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(TotpSecret::from_base32(text).unwrap().0, bytes.as_bytes());
        }
        assert_eq!(base32(&[0xff; 20]), "7".repeat(32));
    }
}
