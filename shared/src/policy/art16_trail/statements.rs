//! 留痕声明: what the body of an audit entry says its transaction wrote.

use super::entry::TrailEntry;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Act of the entry that names a key: the first one on adoption, then one for every rotation.
pub const KEY_ACT: &str = "audit.key";

/// An entry of another log that was written in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedEntry {
    pub log: String,
    pub seq: u64,
    pub link: String,
}

/// Digests of stored rows by the name of the thing they are; an empty one for what was deleted.
pub type RowDigests = BTreeMap<String, String>;

/// The part of a body that makes statements about other tables.
#[derive(Default, Deserialize)]
pub(super) struct Statements {
    #[serde(default)]
    act: String,
    /// Id of the key, in an entry of [`KEY_ACT`].
    #[serde(default)]
    detail: String,
    #[serde(default)]
    entry: Option<OneOrMany>,
    #[serde(default)]
    rows: Option<RowDigests>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(NamedEntry),
    Many(Vec<NamedEntry>),
}

impl Statements {
    /// What an audit entry states; nothing where its body is no JSON, which its link gives away.
    pub fn of(entry: &TrailEntry) -> Statements {
        serde_json::from_str(&entry.body).unwrap_or_default()
    }

    /// The key it names.
    pub fn key(&self) -> Option<&str> {
        (self.act == KEY_ACT).then_some(self.detail.as_str())
    }

    /// The entries it names and the rows it states.
    pub fn into_parts(self) -> (Vec<NamedEntry>, RowDigests) {
        let named = match self.entry {
            None => Vec::new(),
            Some(OneOrMany::One(named)) => vec![named],
            Some(OneOrMany::Many(named)) => named,
        };
        (named, self.rows.unwrap_or_default())
    }
}
