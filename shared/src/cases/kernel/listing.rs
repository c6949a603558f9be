//! 列表栏目: what a kind shows of a case in lists, searches and exports, besides what every case has.

use crate::kernel::money::Money;
use serde::{Deserialize, Serialize};

/// One column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Stays the same whatever the label says: what a list is sorted by.
    pub key: &'static str,
    pub label: &'static str,
    /// Amounts stand to the right and follow the unit of the page.
    pub is_amount: bool,
}

impl Column {
    pub const fn text(key: &'static str, label: &'static str) -> Column {
        Column { key, label, is_amount: false }
    }

    pub const fn amount(key: &'static str, label: &'static str) -> Column {
        Column { key, label, is_amount: true }
    }
}

/// What a case says in a column. Ordered as a list is: empty first, texts by character, amounts by size.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellValue {
    #[default]
    Empty,
    Text(String),
    Amount(Money),
}

impl CellValue {
    /// Empty where there is no text or only spaces.
    pub fn text(text: &str) -> CellValue {
        match text.trim() {
            "" => CellValue::Empty,
            text => CellValue::Text(text.to_string()),
        }
    }

    pub fn amount(amount: Option<Money>) -> CellValue {
        amount.map_or(CellValue::Empty, CellValue::Amount)
    }
}
