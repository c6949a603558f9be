//! `cargo xtask fault`: 100 000 random acts on random requests, natively and as WebAssembly, compared byte for byte. The
//! parity step of the tests walks 3 000. `cargo xtask fault money`: the faults of the money, in many rounds.
//! `cargo xtask fault site`: the tablets of a site visit, in many stories.

use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::postgres::Cluster;
use crate::step::step;
use crate::{parity, workspace};

/// Requests, and acts on each.
const FAR: (u32, u32) = (100, 1_000);

/// Runs the long walk from the seed in `arguments` (`--seed N`), or from a fresh one.
pub fn fault(arguments: &[String]) -> Result<()> {
    let seed = match arguments {
        [what, rest @ ..] if what == "money" => return money(rest),
        [what, rest @ ..] if what == "site" => return site(rest),
        [] => fresh_seed()?,
        [flag, seed] if flag == "--seed" => seed.parse().context("种子应为整数")?,
        _ => bail!(
            "用法：cargo xtask fault [--seed 整数]，cargo xtask fault money [SQLite 轮数 [PostgreSQL 轮数 [并发轮数]]]，\
             或 cargo xtask fault site [故事数 [首个种子]]"
        ),
    };
    parity::build()?;
    parity::walk(seed, FAR.0, FAR.1)
}

/// Settings of the fault stories, with the rounds of the long run: kills on SQLite, kills on PostgreSQL, two
/// people at once on two processes.
const ROUNDS: [(&str, u32); 3] =
    [("OMFUND_FAULT_KILLS_SQLITE", 100), ("OMFUND_FAULT_KILLS_POSTGRES", 50), ("OMFUND_FAULT_RACES", 1_000)];

/// Kills the server under a load of payments, lets two processes compete, fills the disk.
fn money(arguments: &[String]) -> Result<()> {
    let given: Vec<u32> =
        arguments.iter().map(|text| text.parse().context("轮数应为整数")).collect::<Result<_>>()?;
    let cluster = Cluster::start()?;
    step("资金的故障检验", || {
        let mut cargo = workspace::cargo()?;
        cargo.arg("test").args(workspace::NATIVE).args(["--test", "api", "--", "money_faults"]);
        cargo.args(["--test-threads", "1"]).env("OMFUND_TEST_PG", cluster.url());
        for (at, (name, rounds)) in ROUNDS.into_iter().enumerate() {
            cargo.env(name, given.get(at).copied().unwrap_or(rounds).to_string());
        }
        workspace::succeed(&mut cargo)
    })
}

/// Stories of the long run; the tests run 500.
const STORIES: u64 = 10_000;

/// Runs the tablets of a site visit through many stories of faults. A story that breaks an invariant is printed as short as it gets.
fn site(arguments: &[String]) -> Result<()> {
    let given: Vec<u64> =
        arguments.iter().map(|text| text.parse().context("故事数与种子应为整数")).collect::<Result<_>>()?;
    let (stories, first) = match given[..] {
        [] => (STORIES, 0),
        [stories] => (stories, 0),
        [stories, first] => (stories, first),
        _ => bail!("用法：cargo xtask fault site [故事数 [首个种子]]"),
    };
    step("现场评价同步的故障检验", || {
        let mut cargo = workspace::cargo()?;
        cargo.args(["test", "-p", "shared", "--test", "site_sync", "--", "--nocapture"]);
        cargo.env("OMFUND_SITE_SEEDS", stories.to_string()).env("OMFUND_SITE_FIRST", first.to_string());
        workspace::succeed(&mut cargo)
    })
}

/// A seed made from the clock.
pub fn fresh_seed() -> Result<u64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("系统时间早于 1970 年")?;
    // An integer that JavaScript represents exactly.
    Ok(now.as_millis() as u64 % 1_000_000_000)
}
