//! 令牌: random secrets. Only their hash is ever stored.

use crate::store::digest;
use shared::kernel::hash::hex;

/// `bytes` random bytes from the operating system, in hex.
pub fn random_hex(bytes: usize) -> anyhow::Result<String> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(hex(&buffer))
}

/// A secret of 256 bits.
pub fn fresh() -> anyhow::Result<String> {
    random_hex(32)
}

/// What of a token is stored and looked up.
pub fn hashed(token: &str) -> String {
    digest(&["token", token])
}
