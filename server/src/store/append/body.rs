//! 记录正文: the columns of an entry as one canonical JSON object, which its link covers.

use super::LogTable;
use serde_json::value::RawValue;
use shared::kernel::hash::digest;
use shared::policy::art16_trail::TrailEntry;

impl LogTable {
    /// The columns that are no part of an entry's frame: its number, operation, account, time and links.
    pub(super) fn body_columns(&self) -> Vec<&'static str> {
        let hash = self.operation.as_ref().map(|operation| operation.body_hash);
        let framed = |column: &&str| *column == self.account || Some(*column) == self.at;
        let mut columns: Vec<&str> = self.columns.iter().copied().filter(|column| !framed(column)).collect();
        columns.extend(hash);
        columns.sort_unstable();
        columns
    }

    /// The body as JSON, keys in order. A column of JSON stands as it is stored; when it is none, which only tampering can
    /// cause, it stands as text.
    pub(super) fn body(&self, text: impl Fn(&str) -> String) -> String {
        let mut body = String::from("{");
        for column in self.body_columns() {
            let stored = text(column);
            if body.len() > 1 {
                body.push(',');
            }
            body.push_str(&quoted(column));
            body.push(':');
            if self.json.contains(&column) && stored.is_empty() {
                body.push_str("null");
            } else if self.json.contains(&column) && serde_json::from_str::<&RawValue>(&stored).is_ok() {
                body.push_str(&stored);
            } else {
                body.push_str(&quoted(&stored));
            }
        }
        body.push('}');
        body
    }

    /// The link an entry must have, by the way it was made.
    pub(super) fn expected_link(
        &self,
        log: &str,
        entry: &TrailEntry,
        text: impl Fn(&str) -> String,
    ) -> String {
        let old = self.chain.before_keys;
        if old.is_empty() || !entry.mac.is_empty() {
            return entry.link_in(log);
        }
        let seq = entry.seq.to_string();
        let covered: Vec<String> = old.iter().map(|column| text(column)).collect();
        let parts = [entry.previous.as_str(), &seq].into_iter().chain(covered.iter().map(String::as_str));
        digest(&parts.collect::<Vec<_>>())
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
