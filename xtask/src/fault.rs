//! `cargo xtask fault`: what a short test only samples, walked far: 100 000 random acts on random requests, natively and
//! as WebAssembly, byte for byte.

use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::parity;

/// Requests and acts on each.
const FAR: (u32, u32) = (100, 1_000);

/// Walks far from the seed in `arguments` (`--seed N`), or from one of its own, which it says.
pub fn fault(arguments: &[String]) -> Result<()> {
    let seed = match arguments {
        [] => fresh_seed()?,
        [flag, seed] if flag == "--seed" => seed.parse().context("种子应为整数")?,
        _ => bail!("用法：cargo xtask fault [--seed 整数]"),
    };
    parity::build()?;
    parity::walk(seed, FAR.0, FAR.1)
}

/// A seed nobody has walked from.
pub fn fresh_seed() -> Result<u64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("系统时间早于 1970 年")?;
    // Stays a whole number in JavaScript.
    Ok(now.as_millis() as u64 % 1_000_000_000)
}
