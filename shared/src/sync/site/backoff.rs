//! 重试间隔: when a tablet tries again. The random number is an argument, so that a simulation repeats.

/// Longest pause of the tablet's own choice, in milliseconds.
pub const LONGEST_PAUSE_MS: u64 = 30_000;
/// Longest pause a server may ask for, in milliseconds.
pub const LONGEST_RETRY_AFTER_MS: u64 = 3_600_000;
const FIRST_PAUSE_MS: u64 = 1_000;

/// Milliseconds to wait after `failures` in a row (≥ 1): 1, 2, 4 … 30 s, of which a random half is taken off, so that tablets that lost
/// the same server do not return together. Never shorter than the server's Retry-After, which gets up to a tenth more.
pub fn pause_ms(failures: u32, retry_after_ms: Option<u64>, random: u64) -> u64 {
    let longest = (FIRST_PAUSE_MS << failures.saturating_sub(1).min(5)).min(LONGEST_PAUSE_MS);
    let own = longest - random % (longest / 2 + 1);
    let asked = retry_after_ms.unwrap_or(0).min(LONGEST_RETRY_AFTER_MS);
    own.max(asked + random % (asked / 10 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_grows_is_spread_and_ends() {
        for (failures, longest) in [(1, 1_000), (2, 2_000), (5, 16_000), (6, 30_000), (40, 30_000)] {
            for random in [0, 1, 999, u64::MAX] {
                let pause = pause_ms(failures, None, random);
                assert!((longest / 2..=longest).contains(&pause), "{failures} {random}: {pause}");
            }
        }
    }

    #[test]
    fn the_server_is_obeyed() {
        assert!((60_000..=66_000).contains(&pause_ms(1, Some(60_000), 12_345)));
        assert_eq!(pause_ms(9, Some(1), 0), LONGEST_PAUSE_MS);
        assert!(pause_ms(1, Some(u64::MAX), u64::MAX) <= LONGEST_RETRY_AFTER_MS * 11 / 10);
    }
}
