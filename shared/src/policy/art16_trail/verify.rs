//! 核验: walks every log and reports the first fault of each, frozen things that changed, entries that audit and logs do not
//! both know, and logs that are shorter than their heads.

use super::entry::{ChainHead, TrailEntry, TrailKey};
use super::findings::{TrailFinding, TrailReport};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The log of acts.
const AUDIT: &str = "audit";
/// Logs whose entries no audit entry names.
const UNAUDITED: &str = "operations/";

/// What an audit entry says was written in its transaction.
struct AuditedEntry {
    /// Number of the audit entry.
    audit: u64,
    named: NamedEntry,
}

#[derive(Deserialize)]
struct NamedEntry {
    log: String,
    seq: u64,
    link: String,
}

/// 冻结物: what an entry froze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenThing {
    /// `version/CASE/N`, `edition/ID#N`, …
    pub thing: String,
    /// The entry that froze it.
    pub log: String,
    pub seq: u64,
    /// The hash that entry states.
    pub stated: String,
    /// SM3 of what is stored now.
    pub actual: String,
}

/// Everything a check reads.
#[derive(Clone, Debug, Default)]
pub struct StoredTrail {
    /// Entries by log, by number.
    pub logs: BTreeMap<String, Vec<TrailEntry>>,
    pub frozen: Vec<FrozenThing>,
    /// `None` when none were given.
    pub heads: Option<Vec<ChainHead>>,
}

/// Checks the trail; without a key codes are not judged.
pub fn verify(trail: &StoredTrail, key: Option<&TrailKey>) -> TrailReport {
    let mut found = Vec::new();
    if key.is_none() {
        found.push(TrailFinding::everywhere("AUD-10"));
    }
    found.extend(trail.logs.iter().filter_map(|(log, entries)| chain_fault(log, entries, key)));
    match &trail.heads {
        Some(heads) => found.extend(head_faults(&trail.logs, heads, key)),
        None => found.push(TrailFinding::everywhere("AUD-11")),
    }
    let broken: BTreeSet<String> = found.iter().map(|finding| finding.log.clone()).collect();
    let audited = audited(&trail.logs);
    let gone = audited.iter().filter(|AuditedEntry { named, .. }| !is_there(trail, named, &broken));
    found.extend(gone.map(|AuditedEntry { audit, named }| TrailFinding {
        audit: Some(*audit),
        ..TrailFinding::at("AUD-08", &named.log, named.seq)
    }));
    found.extend(unaudited(trail, &audited));
    let changed = trail.frozen.iter().filter(|frozen| frozen.stated != frozen.actual);
    found.extend(changed.map(|frozen| TrailFinding {
        thing: Some(frozen.thing.clone()),
        ..TrailFinding::at("AUD-07", &frozen.log, frozen.seq)
    }));
    TrailReport::of(found)
}

/// The first fault along a log.
fn chain_fault(log: &str, entries: &[TrailEntry], key: Option<&TrailKey>) -> Option<TrailFinding> {
    let (mut expected, mut previous, mut keyed) = (1, "", false);
    for entry in entries {
        let TrailEntry { seq, link, mac, .. } = entry;
        if *seq > expected {
            return Some(TrailFinding::missing("AUD-03", log, expected, seq - 1));
        }
        if *seq < expected || *link != entry.link_in(log) {
            return Some(TrailFinding::at("AUD-01", log, *seq));
        }
        if entry.previous != previous {
            return Some(TrailFinding::at("AUD-02", log, *seq));
        }
        // Entries from before the first keyed one have no code; the chain covers them.
        keyed |= !mac.is_empty();
        if key.is_some_and(|key| keyed && *mac != key.mac(&[link])) {
            return Some(TrailFinding::at("AUD-04", log, *seq));
        }
        (expected, previous) = (seq + 1, link);
    }
    None
}

/// Forged heads, and for each log the first fault against its genuine ones.
fn head_faults(
    logs: &BTreeMap<String, Vec<TrailEntry>>,
    heads: &[ChainHead],
    key: Option<&TrailKey>,
) -> Vec<TrailFinding> {
    let mut found = Vec::new();
    let mut judged = BTreeSet::new();
    for head in heads {
        if key.is_some_and(|key| !head.is_genuine(key)) {
            found.push(TrailFinding::at("AUD-12", &head.log, head.seq));
            continue;
        }
        let entries = logs.get(&head.log).map_or(&[][..], Vec::as_slice);
        let there = entries.iter().find(|entry| entry.seq == head.seq);
        let last = entries.last().map_or(0, |entry| entry.seq);
        let fault = match there {
            Some(entry) if entry.link == head.link => continue,
            Some(_) => TrailFinding::at("AUD-06", &head.log, head.seq),
            None if last < head.seq => TrailFinding::missing("AUD-05", &head.log, last + 1, head.seq),
            // A gap in the middle: the chain says so.
            None => continue,
        };
        if judged.insert(&head.log) {
            found.push(fault);
        }
    }
    found
}

/// Every entry that an audit entry names in the `entry` of its body: one or a list.
fn audited(logs: &BTreeMap<String, Vec<TrailEntry>>) -> Vec<AuditedEntry> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        entry: Named,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        One(NamedEntry),
        Many(Vec<NamedEntry>),
    }
    impl Default for Named {
        fn default() -> Named {
            Named::Many(Vec::new())
        }
    }
    let mut audited = Vec::new();
    for TrailEntry { seq, body, .. } in logs.get(AUDIT).into_iter().flatten() {
        let named = match serde_json::from_str(body) {
            Ok(Body { entry: Named::One(named) }) => vec![named],
            Ok(Body { entry: Named::Many(named) }) => named,
            // The link of the entry tells whether its body is as it was written.
            Err(_) => continue,
        };
        audited.extend(named.into_iter().map(|named| AuditedEntry { audit: *seq, named }));
    }
    audited
}

/// Whether a log has the entry an audit entry names; its link counts where the log itself is whole.
fn is_there(trail: &StoredTrail, named: &NamedEntry, broken: &BTreeSet<String>) -> bool {
    let entries = trail.logs.get(&named.log).into_iter().flatten();
    let mut same = entries.filter(|entry| entry.seq == named.seq);
    same.any(|entry| entry.link == named.link || broken.contains(&named.log))
}

/// The first entry of each log that no audit entry names.
fn unaudited(trail: &StoredTrail, audited: &[AuditedEntry]) -> Vec<TrailFinding> {
    let named: BTreeSet<(&str, u64)> =
        audited.iter().map(|AuditedEntry { named, .. }| (named.log.as_str(), named.seq)).collect();
    let logs = trail.logs.iter().filter(|(log, _)| *log != AUDIT && !log.starts_with(UNAUDITED));
    let first = logs.filter_map(|(log, entries)| {
        let missing = entries.iter().find(|entry| !named.contains(&(log.as_str(), entry.seq)))?;
        Some(TrailFinding::at("AUD-09", log, missing.seq))
    });
    first.collect()
}
