//! 核验: walks every log and reports the first fault of each, frozen things that changed, entries that audit and logs do not
//! both know, stored rows that are not as the trail states them, and logs that are shorter than their heads.
//!
//! Entries are fed one by one, the audit log first, so that a large database is judged in little memory.

use super::entry::{ChainHead, TrailEntry, TrailKey};
use super::findings::{TrailFinding, TrailReport};
use super::statements::{NamedEntry, Statements};
use std::collections::{BTreeMap, BTreeSet};

/// The log of acts.
pub const AUDIT_LOG: &str = "audit";
/// Logs whose entries no audit entry needs to name.
const UNAUDITED: &str = "operations/";
/// Beginning of the names of the logs of cases.
const CASE_LOGS: &str = "case/";

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

/// Everything a check reads, where it fits into memory.
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
    let mut walk = TrailWalk::new(key.cloned().into_iter().collect(), trail.heads.clone());
    let audit = trail.logs.get_key_value(AUDIT_LOG).into_iter();
    for (log, entries) in audit.chain(trail.logs.iter().filter(|(log, _)| *log != AUDIT_LOG)) {
        entries.iter().for_each(|entry| walk.entry(log, entry, &entry.link_in(log)));
    }
    trail.frozen.iter().for_each(|frozen| walk.frozen(frozen));
    walk.finish()
}

/// The log being walked.
#[derive(Default)]
struct LogState {
    log: String,
    last: u64,
    link: String,
    keyed: bool,
    faulty: bool,
}

/// What audit entries say of a row, the latest statement.
struct StatedRow {
    digest: String,
    audit: u64,
    /// The case entry of the same transaction that the row follows from.
    from: Option<(String, u64)>,
}

/// A check under way.
pub struct TrailWalk {
    keys: BTreeMap<String, TrailKey>,
    heads: Option<Vec<ChainHead>>,
    found: BTreeSet<TrailFinding>,
    state: LogState,
    /// Entries that audit entries name, with the numbers of those and the link they state.
    named: BTreeMap<(String, u64), Vec<(u64, String)>>,
    /// Links of the entries that audit or heads name.
    links: BTreeMap<(String, u64), String>,
    last: BTreeMap<String, u64>,
    unaudited: BTreeMap<String, u64>,
    /// Ids of keys that the trail introduces.
    introduced: BTreeSet<String>,
    /// Up to which number entries of a log may be without code; known once a key was adopted.
    unkeyed: Option<BTreeMap<String, u64>>,
    audit_key: Option<(String, u64)>,
    lacks_key: bool,
    stated: BTreeMap<String, StatedRow>,
    /// Rows that are there.
    present: BTreeSet<String>,
    intact: BTreeMap<String, u64>,
}

impl TrailWalk {
    pub fn new(keys: Vec<TrailKey>, heads: Option<Vec<ChainHead>>) -> TrailWalk {
        let headed = heads.iter().flatten().map(|head| ((head.log.clone(), head.seq), String::new()));
        TrailWalk {
            links: headed.collect(),
            keys: keys.into_iter().map(|key| (key.id(), key)).collect(),
            heads,
            found: BTreeSet::new(),
            state: LogState::default(),
            named: BTreeMap::new(),
            last: BTreeMap::new(),
            unaudited: BTreeMap::new(),
            introduced: BTreeSet::new(),
            unkeyed: None,
            audit_key: None,
            lacks_key: false,
            stated: BTreeMap::new(),
            present: BTreeSet::new(),
            intact: BTreeMap::new(),
        }
    }

    /// The next entry of a log, and the link it must have. Entries of one log come together, by number.
    pub fn entry(&mut self, log: &str, entry: &TrailEntry, expected_link: &str) {
        if self.state.log != log {
            self.state = LogState { log: log.to_string(), ..LogState::default() };
        }
        if !self.state.faulty {
            let fault = self.fault(log, entry, expected_link);
            self.state.faulty = fault.is_some();
            match fault {
                None => *self.intact.entry(log.to_string()).or_default() += 1,
                Some(fault) => drop(self.found.insert(fault)),
            }
        }
        self.state.last = entry.seq;
        self.state.link.clone_from(&entry.link);
        self.last.insert(log.to_string(), entry.seq);
        let at = (log.to_string(), entry.seq);
        if log == AUDIT_LOG {
            self.read_statements(entry);
        } else if !self.named.contains_key(&at) && !log.starts_with(UNAUDITED) && !self.is_adopted(&at) {
            self.unaudited.entry(log.to_string()).or_insert(entry.seq);
        }
        if let Some(link) = self.links.get_mut(&at) {
            link.clone_from(&entry.link);
        }
    }

    /// Whether an entry was there before there was a key: the first entry with a code names the end of its log.
    fn is_adopted(&self, (log, seq): &(String, u64)) -> bool {
        self.unkeyed.as_ref().and_then(|until| until.get(log)).is_some_and(|last| seq <= last)
    }

    /// The first thing wrong with an entry after the ones before it.
    fn fault(&mut self, log: &str, entry: &TrailEntry, expected_link: &str) -> Option<TrailFinding> {
        let TrailEntry { seq, link, mac, previous, key, .. } = entry;
        let expected = self.state.last + 1;
        // A command may lead a case over several revisions, which numbered its entries before there was a key; one of those
        // that was taken out breaks the links instead.
        let is_leap = log.starts_with(CASE_LOGS) && self.is_adopted(&(log.to_string(), *seq));
        if *seq > expected && !is_leap {
            return Some(TrailFinding::missing("AUD-03", log, expected, seq - 1));
        }
        if *seq < expected || link != expected_link {
            return Some(TrailFinding::at("AUD-01", log, *seq));
        }
        if *previous != self.state.link {
            return Some(TrailFinding::at("AUD-02", log, *seq));
        }
        let may_lack_code = !self.state.keyed
            && self.unkeyed.as_ref().is_none_or(|until| until.get(log).is_some_and(|last| seq <= last));
        self.state.keyed |= !mac.is_empty();
        let genuine = match (mac.is_empty(), self.key(key)) {
            (true, _) => may_lack_code,
            (false, Some(key)) => *mac == key.mac(&[link]),
            // Without any key nothing is judged; without this one, if the trail introduces it.
            (false, None) => {
                self.lacks_key = true;
                self.keys.is_empty() || self.introduced.contains(key) || is_first_key(log, self, entry)
            }
        };
        if log == AUDIT_LOG && !mac.is_empty() {
            self.audit_key = Some((key.clone(), *seq));
        }
        (!genuine).then(|| TrailFinding::at("AUD-04", log, *seq))
    }

    fn key(&self, id: &str) -> Option<&TrailKey> {
        if id.is_empty() { self.keys.values().next() } else { self.keys.get(id) }
    }

    fn read_statements(&mut self, entry: &TrailEntry) {
        let statements = Statements::of(entry);
        let key = statements.key().filter(|_| !entry.mac.is_empty()).map(str::to_string);
        let (named, rows) = statements.into_parts();
        if let Some(key) = key {
            self.introduced.insert(key);
            if self.unkeyed.is_none() {
                let ends = named.iter().map(|named| (named.log.clone(), named.seq));
                self.unkeyed = Some(ends.chain([(AUDIT_LOG.to_string(), entry.seq - 1)]).collect());
            }
        }
        for (thing, digest) in rows {
            let from = named.iter().find(|named| belongs_to(&thing, &named.log));
            let from = from.map(|named| (named.log.clone(), named.seq));
            self.stated.insert(thing, StatedRow { digest, audit: entry.seq, from });
        }
        for NamedEntry { log, seq, link } in named {
            self.links.entry((log.clone(), seq)).or_default();
            self.named.entry((log, seq)).or_default().push((entry.seq, link));
        }
    }

    /// A thing that is not what it was derived or frozen from. It is placed at the entry the trail states it with, else at
    /// the one given.
    pub fn thing_changed(&mut self, thing: &str, otherwise: (String, u64)) {
        let stated = self.stated.get(thing);
        let from = stated.and_then(|stated| stated.from.clone());
        let audit = stated.map(|stated| (AUDIT_LOG.to_string(), stated.audit));
        self.changed(thing, from.or(audit).unwrap_or(otherwise));
    }

    /// Number of the last entry of a log.
    pub fn last(&self, log: &str) -> u64 {
        self.last.get(log).copied().unwrap_or_default()
    }

    /// Something frozen, with what its event states and what is stored.
    pub fn frozen(&mut self, frozen: &FrozenThing) {
        if frozen.stated != frozen.actual {
            self.changed(&frozen.thing, (frozen.log.clone(), frozen.seq));
        }
    }

    /// A stored row, or rows that are one thing, by what they hash to now.
    pub fn row(&mut self, thing: &str, digest: &str) {
        let Some(stated) = self.stated.get(thing) else {
            // Without an adopted key no rows were stated.
            if self.unkeyed.is_some() {
                self.unstated(thing);
            }
            return;
        };
        if stated.digest.is_empty() {
            return self.unstated(thing);
        }
        if stated.digest != digest {
            self.thing_changed(thing, (AUDIT_LOG.to_string(), 0));
        }
        self.present.insert(thing.to_string());
    }

    fn changed(&mut self, thing: &str, (log, seq): (String, u64)) {
        self.found
            .insert(TrailFinding { thing: Some(thing.to_string()), ..TrailFinding::at("AUD-07", &log, seq) });
    }

    fn unstated(&mut self, thing: &str) {
        self.found
            .insert(TrailFinding { thing: Some(thing.to_string()), ..TrailFinding::everywhere("AUD-09") });
    }

    /// How many entries of each log hold, up to the first that does not.
    pub fn intact(&self) -> &BTreeMap<String, u64> {
        &self.intact
    }

    /// What was found. Rows whose name `may_be_gone` accepts are deleted in the course of business.
    pub fn finish_with(mut self, may_be_gone: impl Fn(&str) -> bool) -> TrailReport {
        if self.keys.is_empty() || self.lacks_key {
            self.found.insert(TrailFinding::everywhere("AUD-10"));
        }
        self.judge_keys();
        self.judge_heads();
        self.judge_named();
        let gone = self.stated.iter().filter(|(thing, stated)| {
            !stated.digest.is_empty() && !self.present.contains(*thing) && !may_be_gone(thing)
        });
        let gone = gone.map(|(thing, stated)| TrailFinding {
            thing: Some(thing.clone()),
            audit: Some(stated.audit),
            ..TrailFinding::everywhere("AUD-08")
        });
        self.found.extend(gone.collect::<Vec<_>>());
        TrailReport::of(self.found.into_iter().collect())
    }

    pub fn finish(self) -> TrailReport {
        self.finish_with(|_| false)
    }

    /// Whoever gives a key expects the trail to be made with it: its last entry must be.
    fn judge_keys(&mut self) {
        let audit = self.last.get(AUDIT_LOG).copied().unwrap_or_default();
        if self.keys.is_empty() || audit == 0 {
            return;
        }
        match &self.audit_key {
            None => drop(self.found.insert(TrailFinding::at("AUD-04", AUDIT_LOG, 1))),
            Some((key, seq)) if self.key(key).is_none() => {
                self.found.insert(TrailFinding::at("AUD-04", AUDIT_LOG, *seq));
            }
            Some(_) => {}
        }
    }

    /// Forged heads, and for each log the first fault against its genuine ones.
    fn judge_heads(&mut self) {
        let Some(heads) = self.heads.take() else {
            self.found.insert(TrailFinding::everywhere("AUD-11"));
            return;
        };
        let mut judged = BTreeSet::new();
        for head in &heads {
            // Without one of the keys a head may be by that one; where it points is judged all the same.
            let is_judged = !self.keys.is_empty() && !self.lacks_key;
            if is_judged && !self.keys.values().any(|key| head.is_genuine(key)) {
                self.found.insert(TrailFinding::at("AUD-12", &head.log, head.seq));
                continue;
            }
            let last = self.last.get(&head.log).copied().unwrap_or_default();
            let there = self.links.get(&(head.log.clone(), head.seq)).filter(|link| !link.is_empty());
            let fault = match there {
                Some(link) if *link == head.link => continue,
                Some(_) => TrailFinding::at("AUD-06", &head.log, head.seq),
                None if last < head.seq => TrailFinding::missing("AUD-05", &head.log, last + 1, head.seq),
                // A gap in the middle: the chain says so.
                None => continue,
            };
            if judged.insert(&head.log) {
                self.found.insert(fault);
            }
        }
    }

    /// Entries that audit names and no log has, and the first of each log that audit does not name. A link counts where
    /// the log itself is whole.
    fn judge_named(&mut self) {
        let broken: BTreeSet<String> = self.found.iter().map(|finding| finding.log.clone()).collect();
        let mut gone = Vec::new();
        for ((log, seq), statements) in &self.named {
            let link = self.links.get(&(log.clone(), *seq)).filter(|link| !link.is_empty());
            for (audit, stated) in statements {
                if !link.is_some_and(|link| link == stated || broken.contains(log)) {
                    gone.push(TrailFinding { audit: Some(*audit), ..TrailFinding::at("AUD-08", log, *seq) });
                }
            }
        }
        self.found.extend(gone);
        let unaudited = self.unaudited.iter().map(|(log, seq)| TrailFinding::at("AUD-09", log, *seq));
        self.found.extend(unaudited.collect::<Vec<_>>());
    }
}

/// Whether an entry of the audit log is the one that brings in its own key.
fn is_first_key(log: &str, walk: &TrailWalk, entry: &TrailEntry) -> bool {
    log == AUDIT_LOG && walk.introduced.is_empty() && Statements::of(entry).key() == Some(entry.key.as_str())
}

/// Whether a thing (`version/CASE/1`) belongs to the case of a log (`case/CASE`).
fn belongs_to(thing: &str, log: &str) -> bool {
    let of_log = log.strip_prefix("case/");
    let of_thing = thing.split_once('/').map(|(_, rest)| rest);
    of_log.zip(of_thing).is_some_and(|(case, rest)| {
        rest == case || rest.strip_prefix(case).is_some_and(|version| version.starts_with('/'))
    })
}
