//! 对外发送: when a notice that could not be sent is tried again.

/// Minutes until the next try after so many failed ones.
const BACKOFF_MINUTES: [u32; 8] = [1, 5, 15, 60, 180, 360, 720, 1440];

/// Minutes until the next try after `attempts` failed ones; `None` when it is given up.
pub fn backoff_minutes(attempts: usize) -> Option<u32> {
    BACKOFF_MINUTES.get(attempts.checked_sub(1)?).copied()
}
