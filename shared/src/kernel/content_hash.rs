//! 内容校验值: SM3 of bytes, and how it is written.

use crate::kernel::hash::hex;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::fmt;

/// SM3 of some content: 64 lower-case hexadecimal digits, checked when it is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(String);

impl ContentHash {
    /// Hashes bytes that are all in memory.
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(hex(&Sm3::digest(bytes)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ContentHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<ContentHash, Self::Error> {
        let sound = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if sound {
            Ok(ContentHash(text))
        } else {
            Err("校验值应为 64 位小写十六进制数（SM3）")
        }
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> String {
        hash.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Hashes content that comes in pieces.
#[derive(Clone, Default)]
pub struct ContentHasher(Sm3);

impl ContentHasher {
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    pub fn finish(self) -> ContentHash {
        ContentHash(hex(&self.0.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_give_the_hash_of_the_whole() {
        // The example of GB/T 32905, appendix A.
        let expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(ContentHash::of(b"abc").as_str(), expected);
        let mut hasher = ContentHasher::default();
        hasher.update(b"a");
        hasher.update(b"bc");
        assert_eq!(hasher.finish(), ContentHash::of(b"abc"));
    }

    #[test]
    fn only_a_well_written_hash_is_read() {
        let read = |text: String| serde_json::from_value::<ContentHash>(text.into());
        assert!(read("0a".repeat(32)).is_ok());
        for wrong in ["0A".repeat(32), "0a".repeat(31), "0g".repeat(32), String::new()] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
