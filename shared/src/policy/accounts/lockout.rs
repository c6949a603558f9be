//! 登录锁定: wrong passwords of one account from one network lock that pair for a while, and nobody else.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Wrong tries that lock.
pub const MOST_WRONG: u32 = 5;
/// Seconds in which they count together, and seconds a lock lasts.
pub const LOCK_SECONDS: i64 = 15 * 60;

/// 一次登录尝试.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInAttempt {
    /// Seconds.
    pub at: i64,
    pub account: String,
    pub network: String,
    /// Whether the password is right.
    pub right: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInOutcome {
    Right,
    Wrong,
    /// Counts for nothing, right or wrong.
    Locked,
}

/// The wrong tries of one account from one network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongTries {
    /// Second of the first one.
    pub since: i64,
    pub wrong: u32,
    pub locked_until: Option<i64>,
}

impl WrongTries {
    /// What the try comes to, and the count after it. The count begins anew when its first try is too long ago, when a lock
    /// ends and when the password is right.
    pub fn judge(self, at: i64, right: bool) -> (SignInOutcome, WrongTries) {
        let mut tries = self;
        if let Some(until) = tries.locked_until {
            if at < until {
                return (SignInOutcome::Locked, self);
            }
            tries = WrongTries::default();
        }
        if right {
            return (SignInOutcome::Right, WrongTries::default());
        }
        if tries.wrong == 0 || at.saturating_sub(tries.since) >= LOCK_SECONDS {
            tries = WrongTries { since: at, wrong: 0, locked_until: None };
        }
        tries.wrong += 1;
        if tries.wrong >= MOST_WRONG {
            tries.locked_until = Some(at.saturating_add(LOCK_SECONDS));
        }
        (SignInOutcome::Wrong, tries)
    }

    /// Counts a try before its password is looked at, so that tries that arrive together cannot all pass: `None` when it
    /// may not be looked at. A right one clears the count afterwards.
    pub fn take_place(self, at: i64) -> Option<WrongTries> {
        match self.judge(at, false) {
            (SignInOutcome::Locked, _) => None,
            (SignInOutcome::Right | SignInOutcome::Wrong, after) => Some(after),
        }
    }

    /// Takes back a place of [`Self::take_place`] whose password was never looked at.
    pub fn give_back(self) -> WrongTries {
        WrongTries { since: self.since, wrong: self.wrong.saturating_sub(1), locked_until: None }
    }
}

/// Tries from one network in one minute, right or wrong, whatever the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkTries {
    /// Second of the first one.
    pub since: i64,
    pub tries: u32,
}

const MINUTE: i64 = 60;

impl NetworkTries {
    /// Counts one more try; the seconds to wait when there were `most` in this minute.
    pub fn count(self, at: i64, most: u32) -> Result<NetworkTries, i64> {
        let past = at.saturating_sub(self.since);
        if !(0..MINUTE).contains(&past) {
            return Ok(NetworkTries { since: at, tries: 1 });
        }
        match self.tries >= most {
            true => Err(MINUTE - past),
            false => Ok(NetworkTries { tries: self.tries + 1, ..self }),
        }
    }
}

/// The outcome of each try, in order.
pub fn lockout(attempts: &[SignInAttempt]) -> Vec<SignInOutcome> {
    let mut pairs: BTreeMap<(&str, &str), WrongTries> = BTreeMap::new();
    let outcomes = attempts.iter().map(|SignInAttempt { at, account, network, right }| {
        let tries = pairs.entry((account, network)).or_default();
        let (outcome, after) = tries.judge(*at, *right);
        *tries = after;
        outcome
    });
    outcomes.collect()
}
