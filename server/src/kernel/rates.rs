//! 频次: how often one account does something within a while, so that no single one keeps the server busy.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Accounts after which those whose while is over are forgotten.
const MANY: usize = 1_000;

/// A count of one kind of act for each account.
pub struct Rates {
    most: u32,
    /// Length of a while.
    seconds: i64,
    /// First second of the account's while, and how often in it.
    counts: Mutex<BTreeMap<String, (i64, u32)>>,
}

impl Rates {
    pub fn new(most: u32, seconds: i64) -> Rates {
        Rates { most, seconds, counts: Mutex::default() }
    }

    /// Counts an act at the Unix second `now`.
    ///
    /// # Errors
    /// The seconds until another is counted.
    pub fn count(&self, account: &str, now: i64) -> Result<(), u64> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() > MANY {
            counts.retain(|_, (since, _)| now - *since < self.seconds);
        }
        let (since, count) = counts.entry(account.to_string()).or_insert((now, 0));
        if now - *since >= self.seconds {
            (*since, *count) = (now, 0);
        }
        if *count >= self.most {
            return Err((*since + self.seconds - now).unsigned_abs());
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_so_many_acts_in_a_while_and_then_waits_for_the_next() {
        let rates = Rates::new(2, 60);
        assert_eq!(
            (rates.count("a", 100), rates.count("a", 130), rates.count("a", 150)),
            (Ok(()), Ok(()), Err(10))
        );
        assert_eq!(rates.count("b", 150), Ok(()));
        assert_eq!((rates.count("a", 159), rates.count("a", 160)), (Err(1), Ok(())));
        for account in 0..5_000 {
            rates.count(&account.to_string(), 300).unwrap();
        }
        assert!(rates.counts.lock().unwrap().len() <= 5_000, "those before are forgotten");
    }
}
