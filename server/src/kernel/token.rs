//! 令牌: random secrets, of which only the hash is stored.

use shared::kernel::hash::{digest, hex};
use shared::policy::accounts::totp::base32;

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

/// 激活码: 8 digits, the second half of a one-time link.
pub fn fresh_code() -> anyhow::Result<String> {
    let mut buffer = [0; 8];
    getrandom::fill(&mut buffer).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(format!("{:08}", u64::from_be_bytes(buffer) % 100_000_000))
}

/// `bytes` random bytes in Base32, without padding where they are a multiple of five.
pub fn random_base32(bytes: usize) -> anyhow::Result<String> {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).map_err(|error| anyhow::anyhow!("no randomness: {error}"))?;
    Ok(base32(&buffer))
}

/// The hash of a token, which is stored and looked up.
pub fn hashed(token: &str) -> String {
    digest(&["token", token])
}
