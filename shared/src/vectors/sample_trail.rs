//! A sample of stored logs and the ways somebody with the database but without the key can change it. The check that judges
//! each of them is the product's.

use crate::policy::art16_trail::{
    ChainHead, FrozenThing, StoredTrail, TrailEntry, TrailKey, TrailReport, sealed, verify,
};
use serde_json::{Value, json};

const AUDIT: &str = "audit";
const CASE: &str = "case/water-2024";
const OPERATIONS: &str = "operations/water-2024";
const EDITIONS: &str = "editions";
const LEDGER: &str = "ledger";
const AT: &str = "2024-07-15 09:00:00";

/// What the check reports after a change; `None` for an unknown one.
pub fn tampered(key: &TrailKey, how: &str) -> Option<TrailReport> {
    let mut trail = sample(key);
    let mut with_key = Some(key);
    match how {
        "nothing" => {}
        "field" => trail.edit(AUDIT, 3),
        "field_relinked" => {
            trail.edit(AUDIT, 3);
            trail.relink(AUDIT, 3, 3);
        }
        "suffix_rewritten" => {
            trail.edit(AUDIT, 3);
            trail.relink(AUDIT, 3, 6);
        }
        "middle_deleted" => trail.log(AUDIT).retain(|entry| entry.seq != 3),
        "deleted_and_renumbered" => {
            trail.log(AUDIT).retain(|entry| entry.seq != 3);
            trail.log(AUDIT).iter_mut().zip(1..).for_each(|(entry, seq)| entry.seq = seq);
            trail.relink(AUDIT, 3, 5);
        }
        "swapped" => {
            let entries = trail.log(AUDIT);
            entries.swap(1, 2);
            entries.iter_mut().zip(1..).for_each(|(entry, seq)| entry.seq = seq);
        }
        "forged_append" => {
            trail.append(None, AUDIT, json!({ "act": "sign_in", "outcome": "done" }));
        }
        "tail_cut" | "tail_cut_without_heads" => trail.log(AUDIT).truncate(4),
        "tail_cut_and_regrown" => {
            trail.log(AUDIT).truncate(4);
            for act in ["sign_in", "sign_out"] {
                trail.append(Some(key), AUDIT, json!({ "act": act, "outcome": "done" }));
            }
        }
        "last_cut_without_heads" => trail.log(AUDIT).truncate(5),
        "operation_changed" => trail.edit(OPERATIONS, 1),
        "version_replaced" => trail.replace("version/water-2024/1"),
        "edition_edited" => trail.replace("edition/2022-51#1"),
        "case_deleted" => {
            trail.0.logs.retain(|log, _| log != CASE && log != OPERATIONS);
            trail.0.frozen.retain(|frozen| frozen.log != CASE);
            trail.heads_without(&[CASE, OPERATIONS]);
        }
        "transfer_changed" => {
            trail.edit(LEDGER, 1);
            trail.relink(LEDGER, 1, 1);
        }
        "head_forged" => {
            let forged = ChainHead {
                log: AUDIT.into(),
                seq: 7,
                link: "0".repeat(64),
                at: AT.into(),
                mac: "0".repeat(64),
            };
            trail.0.heads.get_or_insert_default().push(forged);
        }
        "no_key" => with_key = None,
        "field_without_key" => {
            trail.edit(AUDIT, 3);
            with_key = None;
        }
        _ => return None,
    }
    if how.ends_with("_without_heads") {
        trail.0.heads = None;
    }
    Some(verify(&trail.0, with_key))
}

struct Sample(StoredTrail);

/// Six audit entries: an edition shipped, a sign-in, a case opened and submitted, a transfer posted, a sign-out.
fn sample(key: &TrailKey) -> Sample {
    let mut trail = Sample(StoredTrail::default());
    let key = Some(key);
    trail.append(key, OPERATIONS, json!({ "set": { "field": "quantity", "to": "2" } }));
    let shipped = trail.append(key, EDITIONS, json!({ "shipped": "2022-51#1", "hash": "e1" }));
    trail.append(key, AUDIT, json!({ "act": "edition.ship", "outcome": "done", "entry": [shipped] }));
    trail.append(key, AUDIT, json!({ "act": "sign_in", "outcome": "done" }));
    for (act, body) in
        [("open", json!({ "opened": 2024 })), ("submit", json!({ "submitted": 1, "hash": "v1" }))]
    {
        let event = trail.append(key, CASE, body);
        trail.append(
            key,
            AUDIT,
            json!({ "act": act, "subject": "water-2024", "outcome": "done", "entry": [event] }),
        );
    }
    let posted = trail.append(key, LEDGER, json!({ "from": "approved", "to": "advanced", "fen": 100 }));
    trail.append(key, AUDIT, json!({ "act": "post", "outcome": "done", "entry": [posted] }));
    trail.append(key, AUDIT, json!({ "act": "sign_out", "outcome": "done" }));
    let frozen = |thing: &str, log: &str, hash: &str| FrozenThing {
        thing: thing.into(),
        log: log.into(),
        seq: 1,
        stated: hash.into(),
        actual: hash.into(),
    };
    trail.0.frozen =
        vec![frozen("version/water-2024/1", CASE, "v1"), frozen("edition/2022-51#1", EDITIONS, "e1")];
    let last = trail.0.logs.iter().filter_map(|(log, entries)| Some((log, entries.last()?)));
    let heads =
        key.map(|key| last.map(|(log, entry)| ChainHead::of(key, log, entry.seq, &entry.link, AT)).collect());
    trail.0.heads = heads;
    trail
}

impl Sample {
    fn log(&mut self, log: &str) -> &mut Vec<TrailEntry> {
        self.0.logs.entry(log.to_string()).or_default()
    }

    /// Adds an entry, sealed by the server or forged without the key; what an audit entry says of it.
    fn append(&mut self, key: Option<&TrailKey>, log: &str, body: Value) -> Value {
        let entries = self.log(log);
        let previous = entries.last().map(|entry| entry.link.clone()).unwrap_or_default();
        let seq = entries.last().map_or(1, |entry| entry.seq + 1);
        let entry = TrailEntry {
            seq,
            operation: format!("{log}-{seq}"),
            account: "admin".to_string(),
            at: AT.to_string(),
            body: body.to_string(),
            previous,
            ..TrailEntry::default()
        };
        let entry = match key {
            Some(key) => sealed(key, log, entry),
            None => TrailEntry { link: entry.link_in(log), ..entry },
        };
        let named = json!({ "log": log, "seq": seq, "link": entry.link });
        entries.push(entry);
        named
    }

    /// Changes one field of an entry.
    fn edit(&mut self, log: &str, seq: u64) {
        let entries = self.log(log).iter_mut();
        entries.filter(|entry| entry.seq == seq).for_each(|entry| entry.account = "somebody".to_string());
    }

    /// Makes the links of some entries anew; codes stay, since there is no key.
    fn relink(&mut self, log: &str, first: u64, last: u64) {
        let mut previous = None;
        for entry in self.log(log).iter_mut() {
            if (first..=last).contains(&entry.seq) {
                entry.previous = previous.unwrap_or_else(|| entry.previous.clone());
                entry.link = entry.link_in(log);
            }
            previous = Some(entry.link.clone());
        }
    }

    /// Stores something else in the place of what was frozen.
    fn replace(&mut self, thing: &str) {
        let frozen = self.0.frozen.iter_mut().filter(|frozen| frozen.thing == thing);
        frozen.for_each(|frozen| frozen.actual = "other".to_string());
    }

    fn heads_without(&mut self, logs: &[&str]) {
        self.0.heads.iter_mut().for_each(|heads| heads.retain(|head| !logs.contains(&head.log.as_str())));
    }
}
