//! 对外发送: when a notice that could not be sent is tried again, and the code over a message by which its receiver knows us.

use crate::kernel::hash::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 of a message under the secret shared with its receiver, in hex.
pub fn body_code(secret: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// Minutes until the next try after so many failed ones.
const BACKOFF_MINUTES: [u32; 8] = [1, 5, 15, 60, 180, 360, 720, 1440];

/// Minutes until the next try after `attempts` failed ones; `None` when it is given up.
pub fn backoff_minutes(attempts: usize) -> Option<u32> {
    BACKOFF_MINUTES.get(attempts.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn a_code_is_that_of_the_standard() {
        let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(body_code("Jefe", "what do ya want for nothing?"), code);
    }
}
