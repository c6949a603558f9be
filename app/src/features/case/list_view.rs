//! 一览的看法: what is searched, which stage is shown and how the list is sorted, kept for the account on this device.

use crate::kernel::local_storage::{self, Key};
use serde::{Deserialize, Serialize};
use shared::api::cases::CaseLine;
use shared::cases::Kind;
use shared::kernel::ids::AccountId;
use std::cmp::Ordering;

/// The columns a list can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Title,
    Department,
    Stage,
    Amount,
    Number,
    #[default]
    Since,
}

/// A saved view; what an older page stored is read as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListView {
    pub search: String,
    /// Word of the stage shown; empty for all.
    pub stage: String,
    pub by: Column,
    pub descending: bool,
}

/// Where the view of this account is kept.
pub fn key(account: AccountId, kind: Option<Kind>) -> Key {
    Key::ListView { account, kind: kind.map(Kind::word).unwrap_or("all").to_string() }
}

impl ListView {
    pub fn read(key: &Key) -> ListView {
        let text = local_storage::read(key);
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Where nothing can be stored the next visit begins with the whole list.
    pub fn write(&self, key: &Key) {
        if let Ok(text) = serde_json::to_string(self) {
            local_storage::write(key, &text);
        }
    }

    /// Sorts by a column; a second press turns the order round.
    pub fn sort_by(&mut self, column: Column) {
        self.descending = self.by == column && !self.descending;
        self.by = column;
    }

    /// The lines as this view shows them.
    pub fn apply(&self, lines: &[CaseLine]) -> Vec<CaseLine> {
        let mut shown: Vec<CaseLine> = lines.iter().filter(|line| self.shows(line)).cloned().collect();
        shown.sort_by(|a, b| {
            let order = self.compare(a, b);
            if self.descending { order.reverse() } else { order }
        });
        shown
    }

    fn shows(&self, line: &CaseLine) -> bool {
        let sought = self.search.trim();
        let texts = [
            line.label.as_str(),
            line.head.title.as_str(),
            line.department_name.as_deref().unwrap_or_default(),
            line.head.number.as_deref().unwrap_or_default(),
        ];
        (sought.is_empty() || texts.iter().any(|text| text.contains(sought)))
            && (self.stage.is_empty() || line.head.stage.word() == self.stage)
    }

    fn compare(&self, a: &CaseLine, b: &CaseLine) -> Ordering {
        match self.by {
            Column::Title => a.label.cmp(&b.label),
            Column::Department => a.department_name.cmp(&b.department_name),
            Column::Stage => a.head.stage.cmp(&b.head.stage),
            Column::Amount => a.amount.cmp(&b.amount),
            Column::Number => a.head.number.cmp(&b.head.number),
            Column::Since => a.since.cmp(&b.since),
        }
    }
}
