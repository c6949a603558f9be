//! 带入上年 (Art. 4): last year's rows into this year's draft. What is typed already stays; what changes every year is left
//! blank; what usually changes must be looked at.

use crate::engine::document::{Document, RANK_STEP, Row};
use crate::engine::findings::JUSTIFICATIONS;
use crate::engine::op::HEADER_ROW;
use std::collections::{BTreeMap, BTreeSet};

/// Cells that do not come over, by table.
const BLANK: [(&str, &[&str]); 2] = [
    ("budget_request", &["last_year_settled", "growth_reason"]),
    ("performance_targets", &["fiscal", "carry_over", "other", "period"]),
];
/// Tables of lines.
const LINES: [&str; 5] = ["infrastructure", "hardware", "software", "other", "cloud"];
/// 待核对: cells to look at, of the lines and by table.
const LOOK_AT_LINES: [&str; 8] =
    ["rate", "basis", "unit_price", "monthly_price", "months", "person_months", "quantity", "free_until"];
const LOOK_AT: [(&str, &[&str]); 3] = [
    ("budget_request", &["policy_basis", "summary", "contact", "phone", "goal", "mid_term_goal", "leader"]),
    (
        "performance_targets",
        &["policy_basis", "summary", "contact", "phone", "goal", "mid_term_goal", "leader"],
    ),
    ("indicators", &["value"]),
];

/// The draft after the take-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenOver {
    pub document: Document,
    /// `table/row/field` of the cells that came over and must be looked at, sorted.
    pub look_at: Vec<String>,
}

/// Takes over `source` into `target`. `left_out` names rows (`table/row`) that were unticked; the lines of a system that is
/// left out are left out with it. Rows keep their ids.
pub fn take_over(source: &Document, target: &Document, left_out: &BTreeSet<String>) -> TakenOver {
    let mut document = target.clone();
    let mut look_at = Vec::new();
    for (table, rows) in source.tables.iter().filter(|(table, _)| *table != JUSTIFICATIONS) {
        for row in rows.iter().filter(|row| !is_left_out(table, row, left_out)) {
            let carried = row.cells.iter().filter(|(field, _)| !lists(&BLANK, table, field));
            let own = document.tables.entry(table.clone()).or_default();
            // A header is always there and takes the cells it lacks; another row that is there already is the person's own.
            let at = match own.iter().position(|other| other.id == row.id) {
                Some(at) if row.id.as_str() == HEADER_ROW => at,
                Some(_) => continue,
                None => {
                    let rank = own.last().map_or(0, |last| last.rank).saturating_add(RANK_STEP);
                    own.push(Row { id: row.id.clone(), rank, cells: BTreeMap::new() });
                    own.len() - 1
                }
            };
            for (field, text) in carried {
                let cells = &mut own[at].cells;
                if cells.contains_key(field) {
                    continue;
                }
                cells.insert(field.clone(), text.clone());
                if must_look_at(table, field) {
                    look_at.push(format!("{table}/{}/{field}", row.id));
                }
            }
        }
    }
    look_at.sort();
    TakenOver { document, look_at }
}

fn is_left_out(table: &str, row: &Row, left_out: &BTreeSet<String>) -> bool {
    let system = row.cells.get("system").filter(|_| LINES.contains(&table));
    left_out.contains(&format!("{table}/{}", row.id))
        || system.is_some_and(|system| left_out.contains(&format!("systems/{system}")))
}

fn must_look_at(table: &str, field: &str) -> bool {
    (LINES.contains(&table) && LOOK_AT_LINES.contains(&field)) || lists(&LOOK_AT, table, field)
}

fn lists(fields: &[(&str, &[&str])], table: &str, field: &str) -> bool {
    fields.iter().any(|(of, fields)| *of == table && fields.contains(&field))
}
