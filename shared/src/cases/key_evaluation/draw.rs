//! 抽样: which units are drawn; from the same seed anyone draws the same.

use super::form::{ALL_UNITS, AT_RANDOM, SAMPLE};
use crate::cases::performance::content::{Cells, Content, ContentRow};
use crate::kernel::hash::sha256_hex;
use crate::kernel::money::Money;
use rust_decimal::Decimal;
use std::cmp::Reverse;
use std::collections::BTreeSet;

fn value(cells: &Cells) -> Decimal {
    cells.number("value").unwrap_or_default()
}

/// The content with `count` units drawn by the plan's method, every unit of at least `always` among them.
pub fn draw(content: &Content, count: usize, always: Money) -> (Content, Vec<String>) {
    let header = &content.header;
    let mut order: Vec<&ContentRow> = content.rows(SAMPLE).iter().collect();
    let count = match header.text("sampling") {
        ALL_UNITS => order.len(),
        AT_RANDOM => {
            let seed = header.text("seed");
            order.sort_by_cached_key(|row| {
                let text = format!("{seed}|{}", row.cells.text("key"));
                (sha256_hex(text.as_bytes()), row.id.clone())
            });
            count
        }
        _ => {
            order.sort_by_key(|row| (Reverse(value(&row.cells)), row.cells.text("key"), row.id.as_str()));
            count
        }
    };
    let first = order.iter().take(count).map(|row| row.id.clone());
    let large = order.iter().filter(|row| value(&row.cells) >= always.yuan()).map(|row| row.id.clone());
    let drawn: BTreeSet<String> = first.chain(large).collect();
    let mut content = content.clone();
    let mut picked = Vec::new();
    for row in content.tables.get_mut(SAMPLE).into_iter().flatten() {
        if drawn.contains(&row.id) {
            row.cells.0.insert("picked".to_string(), "true".to_string());
            picked.push(row.id.clone());
        } else {
            row.cells.0.remove("picked");
        }
    }
    (content, picked)
}
