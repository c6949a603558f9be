//! 告警: what in the trail the audit administrator has to look at. Pure: the entries are arguments.

use crate::kernel::timestamp::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// Refused sign-ins of one account or network within an hour that are an alert.
pub const MOST_REFUSED: usize = 20;
const HOUR: i64 = 3600;

/// A refused sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedSignIn {
    pub at: Timestamp,
    /// Empty where what was typed is nobody's account.
    pub account: String,
    pub network: String,
}

/// Somebody or somewhere with too many refused sign-ins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guessing {
    /// The account, or the network.
    pub of: String,
    pub is_network: bool,
    /// Most of them within an hour.
    pub most: usize,
    /// The last of that hour.
    pub last: Timestamp,
}

/// The accounts, then the networks with [`MOST_REFUSED`] refused sign-ins or more within any hour.
pub fn guessing(refused: &[RefusedSignIn]) -> Vec<Guessing> {
    let of = |key: fn(&RefusedSignIn) -> &str| {
        let mut by_key: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
        for entry in refused.iter().filter(|entry| !key(entry).is_empty()) {
            by_key.entry(key(entry)).or_default().push(entry.at);
        }
        by_key
    };
    let found = |by_key: BTreeMap<&str, Vec<Timestamp>>, is_network: bool| {
        let busiest = by_key.into_iter().filter_map(move |(of, times)| {
            let (most, last) = busiest_hour(times)?;
            (most >= MOST_REFUSED).then(|| Guessing { of: of.to_string(), is_network, most, last })
        });
        busiest.collect::<Vec<_>>()
    };
    let mut all = found(of(|entry| &entry.account), false);
    all.extend(found(of(|entry| &entry.network), true));
    all
}

/// How many fall into the hour with the most of them, and the last of that hour.
fn busiest_hour(mut times: Vec<Timestamp>) -> Option<(usize, Timestamp)> {
    times.sort();
    let first = times.first()?.date();
    let second = |at: Timestamp| first.days_until(at.date()) * 24 * HOUR + i64::from(at.second_of_day());
    let (mut hour, mut most) = (VecDeque::new(), None);
    for at in times {
        hour.push_back(second(at));
        while hour.front().is_some_and(|earliest| second(at) - earliest >= HOUR) {
            hour.pop_front();
        }
        if most.is_none_or(|(count, _)| hour.len() > count) {
            most = Some((hour.len(), at));
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::calendar::Date;

    /// At this second of 2023-07-15.
    fn refused(second: u32, account: &str, network: &str) -> RefusedSignIn {
        let at = Timestamp::new(Date::new(2023, 7, 15).unwrap(), second);
        RefusedSignIn { at, account: account.into(), network: network.into() }
    }

    #[test]
    fn twenty_within_any_hour_are_an_alert_of_the_account_and_of_the_network() {
        // Over the turn of an hour, from two networks.
        let mut all: Vec<_> = (0..20)
            .map(|n| refused(3_000 + n * 100, "boss", if n % 2 == 0 { "10.1.1.0/24" } else { "10.1.2.0/24" }))
            .collect();
        let of_account = guessing(&all);
        assert_eq!(of_account.len(), 1);
        assert_eq!(
            (of_account[0].of.as_str(), of_account[0].most, of_account[0].is_network),
            ("boss", 20, false)
        );
        assert_eq!(of_account[0].last, all[19].at);
        // One network tries what is nobody's account.
        all.extend((0..21).map(|n| refused(20_000 + n, "", "10.9.9.0/24")));
        let both = guessing(&all);
        assert_eq!(both.len(), 2);
        assert!(both[1].is_network && both[1].of == "10.9.9.0/24" && both[1].most == 21);
    }

    #[test]
    fn nineteen_in_an_hour_or_more_over_a_day_are_none() {
        let spread: Vec<_> = (0..40).map(|n| refused(n * 200, "boss", "10.1.1.0/24")).collect();
        assert!(guessing(&spread).is_empty(), "18 in each hour");
        let nineteen: Vec<_> = (0..19).map(|n| refused(n, "boss", "10.1.1.0/24")).collect();
        assert!(guessing(&nineteen).is_empty());
        // The first of 20 is an hour before the last, to the second.
        let on_the_hour: Vec<_> =
            (0..19).map(|n| refused(n, "boss", "a")).chain([refused(3_600, "boss", "a")]).collect();
        assert!(guessing(&on_the_hour).is_empty());
    }
}
