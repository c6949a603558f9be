//! `cargo xtask fault`: 100 000 random acts on random requests, natively and as WebAssembly, compared byte for byte. The
//! parity step of the tests walks 3 000.

use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::parity;

/// Requests, and acts on each.
const FAR: (u32, u32) = (100, 1_000);

/// Runs the long walk from the seed in `arguments` (`--seed N`), or from a fresh one.
pub fn fault(arguments: &[String]) -> Result<()> {
    let seed = match arguments {
        [] => fresh_seed()?,
        [flag, seed] if flag == "--seed" => seed.parse().context("种子应为整数")?,
        _ => bail!("用法：cargo xtask fault [--seed 整数]"),
    };
    parity::build()?;
    parity::walk(seed, FAR.0, FAR.1)
}

/// A seed made from the clock.
pub fn fresh_seed() -> Result<u64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("系统时间早于 1970 年")?;
    // An integer that JavaScript represents exactly.
    Ok(now.as_millis() as u64 % 1_000_000_000)
}
