//! 密封: short secrets as the database stores them, under a key in a file outside it. Whoever reads a copy of the database
//! reads none of them.
//!
//! Encrypt, then authenticate, both with HMAC-SM3: a stream from key and nonce covers the secret, a code over all of it
//! shows that nobody changed it or moved it to another owner. No cipher of a library is needed for 32 bytes.

use crate::kernel::token;
use anyhow::{Context, ensure};
use shared::kernel::hash::{from_hex, hex};
use shared::policy::art16_trail::TrailKey;

/// Begins a sealed secret; what begins otherwise was stored as it is.
const SEALED: &str = "v1:";
const NONCE_BYTES: usize = 16;
/// Bytes of one code, the most that is sealed.
const MOST: usize = 32;

/// Whether a stored text is sealed.
pub fn is_sealed(stored: &str) -> bool {
    stored.starts_with(SEALED)
}

/// Seals a secret of `owner`.
pub fn seal(key: &TrailKey, owner: &str, secret: &str) -> anyhow::Result<String> {
    let nonce = token::random_hex(NONCE_BYTES)?;
    let covered = hex(&covered(key, owner, &nonce, secret.as_bytes())?);
    let code = key.mac(&["sealed code", owner, &nonce, &covered]);
    Ok(format!("{SEALED}{nonce}:{covered}:{code}"))
}

/// The secret in a stored text: of a sealed one only for its owner and under its key.
pub fn open(key: &TrailKey, owner: &str, stored: &str) -> anyhow::Result<String> {
    let Some(sealed) = stored.strip_prefix(SEALED) else { return Ok(stored.to_string()) };
    let mut parts = sealed.split(':');
    let (Some(nonce), Some(hidden), Some(code), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        anyhow::bail!("a sealed secret of {owner} is damaged");
    };
    let right = key.mac(&["sealed code", owner, nonce, hidden]) == code;
    ensure!(right, "the sealed secret of {owner} was changed, or made under another key");
    let bytes = from_hex(hidden).context("a sealed secret is damaged")?;
    Ok(String::from_utf8(covered(key, owner, nonce, &bytes)?)?)
}

/// The text with the stream of this key, owner and nonce over it; twice, the text.
fn covered(key: &TrailKey, owner: &str, nonce: &str, text: &[u8]) -> anyhow::Result<Vec<u8>> {
    ensure!(text.len() <= MOST, "too long to be sealed");
    let stream = from_hex(&key.mac(&["sealed stream", owner, nonce])).context("a code is hexadecimal")?;
    Ok(text.iter().zip(stream).map(|(byte, cover)| byte ^ cover).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_for_its_owner_and_under_its_key_alone() {
        let key = TrailKey::new([7; 32]);
        let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        let sealed = seal(&key, "water.filler", secret).unwrap();
        assert!(sealed.starts_with(SEALED) && !sealed.contains(secret));
        assert_ne!(sealed, seal(&key, "water.filler", secret).unwrap(), "another nonce");
        assert_eq!(open(&key, "water.filler", &sealed).unwrap(), secret);
        assert!(open(&key, "forest.filler", &sealed).is_err(), "moved to another account");
        assert!(open(&TrailKey::new([8; 32]), "water.filler", &sealed).is_err(), "another key");
        let mut changed = sealed.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == '0' { '1' } else { '0' });
        assert!(open(&key, "water.filler", &changed).is_err());
        for damaged in ["v1:", "v1:a:b", "v1:a:b:c:d", "v1:é:ü:ö"] {
            assert!(open(&key, "water.filler", damaged).is_err(), "{damaged}");
        }
        assert_eq!(open(&key, "water.filler", secret).unwrap(), secret, "stored before secrets were sealed");
        assert!(seal(&key, "a", &"x".repeat(33)).is_err());
    }
}
