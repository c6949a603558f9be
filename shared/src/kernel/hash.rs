//! 摘要: SM3 and its hexadecimal text. The only file that hashes and the only one that writes hex.

use hmac::{Hmac, KeyInit, Mac};
use sm3::{Digest, Sm3};

/// SM3 of `bytes`.
pub fn sm3(bytes: &[u8]) -> [u8; 32] {
    Sm3::digest(bytes).into()
}

/// SM3 of `bytes` in hex, 64 characters.
pub fn sm3_hex(bytes: &[u8]) -> String {
    hex(&sm3(bytes))
}

/// SHA-256 of `bytes` in hex: the order of a random sample, which an auditor repeats with any tool.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

/// SM3 in hex of a list of texts. Every text is terminated by a zero byte, so `["ab", "c"]` and `["a", "bc"]` differ.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = Sm3::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

/// HMAC-SM3 in hex of a list of texts, each terminated by a zero byte as in [`digest`].
pub fn keyed_digest(key: &[u8], parts: &[&str]) -> String {
    // HMAC takes keys of every length, so the error cannot occur; an empty text equals no code.
    let Ok(mut mac) = Hmac::<Sm3>::new_from_slice(key) else { return String::new() };
    for part in parts {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    hex(&mac.finalize().into_bytes())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from(DIGITS[usize::from(digit)])));
    }
    text
}

/// The bytes of hexadecimal digits of either case; `None` for any other text.
pub fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits: Vec<u8> = digits.collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_are_read_back_as_they_were_written() {
        assert_eq!(from_hex(&hex(&[0, 0x7f, 0xff])), Some(vec![0, 0x7f, 0xff]));
        assert_eq!(from_hex("aB"), Some(vec![0xab]));
        assert_eq!(from_hex(""), Some(vec![]));
        for other in ["a", "0g", "0x10", "é1", " 1"] {
            assert_eq!(from_hex(other), None, "{other}");
        }
    }

    #[test]
    fn sm3_is_the_standard_one() {
        // GB/T 32905-2016, example 1.
        let expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(sm3_hex(b"abc"), expected);
    }

    #[test]
    fn lists_of_parts_do_not_run_together() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["ab"]), sm3_hex(b"ab\0"));
    }
}
