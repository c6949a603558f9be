//! 一览的看法: what a list is narrowed to and how it is sorted, as the account last left it and under the names it gave.

use crate::kernel::local_storage::{self, Key};
use serde::{Deserialize, Serialize};
use shared::api::cases::ReadCases;
use shared::cases::listed_kind::ListedKind;
use shared::cases::listing::{ListedStage, Sort};
use shared::kernel::ids::{AccountId, DepartmentId};

/// One way to look at a list; empty texts mean all. What an older page stored is read as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListView {
    /// `None` for all years.
    pub year: Option<u16>,
    pub stage: String,
    pub department: String,
    pub search: String,
    pub sort: String,
}

/// A view under the name it was saved by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedView {
    pub name: String,
    pub view: ListView,
}

/// What an account has stored about the list of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredViews {
    pub last: Option<ListView>,
    pub saved: Vec<SavedView>,
}

/// Where the views of this account are stored.
pub fn key(account: AccountId, kind: Option<ListedKind>) -> Key {
    Key::ListViews { account, kind: kind.map_or_else(|| "all".to_string(), ListedKind::word) }
}

impl StoredViews {
    pub fn read(key: &Key) -> StoredViews {
        let text = local_storage::read(key);
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// `false` where the browser stores nothing: the next visit begins with the whole list.
    pub fn write(&self, key: &Key) -> bool {
        serde_json::to_string(self).is_ok_and(|text| local_storage::write(key, &text))
    }

    /// Saves a view, in place of one of the same name.
    pub fn save(&mut self, name: &str, view: ListView) {
        self.remove(name);
        self.saved.push(SavedView { name: name.to_string(), view });
    }

    pub fn remove(&mut self, name: &str) {
        self.saved.retain(|saved| saved.name != name);
    }
}

impl ListView {
    /// What the server is asked for. A stored stage or column that is no longer there asks for all.
    pub fn query(&self, kind: Option<ListedKind>) -> ReadCases {
        let given = |text: &str| Some(text.trim().to_string()).filter(|text| !text.is_empty());
        ReadCases {
            kind,
            fiscal_year: self.year,
            stage: kind.and_then(|kind| ListedStage::find(kind, &self.stage)).map(|stage| stage.word),
            department: given(&self.department).map(DepartmentId::new),
            search: given(&self.search),
            sort: Sort::read(&self.sort, kind).map(|sort| sort.word()),
            page: None,
        }
    }

    /// Sorts by a column; a second press turns the order round.
    pub fn sort_by(&mut self, key: &str) {
        let descending = self.sort == key;
        self.sort = Sort { key: key.to_string(), descending }.word();
    }

    /// How a column is sorted, as `aria-sort` says it.
    pub fn order_of(&self, key: &str) -> &'static str {
        match self.sort.strip_prefix('-') {
            Some(sorted) if sorted == key => "descending",
            None if self.sort == key => "ascending",
            _ => "none",
        }
    }
}
