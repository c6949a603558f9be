//! 参数: the numbers a definition takes from outside, with the names people know them by.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Numbers and tables of numbers by name. The browser gets them with the content they judge: it knows no edition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    pub numbers: BTreeMap<String, Decimal>,
    pub tables: BTreeMap<String, BTreeMap<String, Decimal>>,
    /// What each is called on the screen.
    pub labels: BTreeMap<String, String>,
}

impl Parameters {
    pub fn label(&self, name: &str) -> String {
        self.labels.get(name).cloned().unwrap_or_else(|| name.to_string())
    }
}
