//! 差异: the changes that turn one state of a row into another.

use crate::engine::document::Row;
use crate::engine::op::{CellAt, Change};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The changes of `table` that turn the row `from` into `to`; `None` is a row that is not there.
pub fn toward(table: &str, from: Option<&Row>, to: Option<&Row>) -> Vec<Change> {
    let table = table.to_string();
    match (from, to) {
        (None, None) => Vec::new(),
        (None, Some(to)) => {
            vec![Change::InsertRow { table, row: to.id.clone(), rank: to.rank, cells: to.cells.clone() }]
        }
        (Some(from), None) => {
            vec![Change::RemoveRow {
                table,
                row: from.id.clone(),
                rank: from.rank,
                cells: from.cells.clone(),
            }]
        }
        (Some(from), Some(to)) => between(table, from, to),
    }
}

fn between(table: String, from: &Row, to: &Row) -> Vec<Change> {
    let fields: BTreeSet<&String> = from.cells.keys().chain(to.cells.keys()).collect();
    let mut changes: Vec<Change> = Vec::new();
    for field in fields {
        let (before, after) = (from.cells.get(field), to.cells.get(field));
        if before != after {
            let at = CellAt { table: Arc::from(&*table), row: from.id.clone(), field: Arc::from(&**field) };
            let [from, to] = [before, after].map(|text| text.map(|text| Arc::from(&**text)));
            changes.push(Change::Set { at, from, to });
        }
    }
    if from.rank != to.rank {
        changes.push(Change::MoveRow { table, row: from.id.clone(), from: from.rank, to: to.rank });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::document::Document;
    use crate::engine::op::Op;
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::ids::{OpId, RowId};

    fn row(rank: i64, cells: &[(&str, &str)]) -> Row {
        let cells = cells.iter().map(|(field, text)| (field.to_string(), text.to_string())).collect();
        Row { id: RowId::new("r1"), rank, cells }
    }

    #[test]
    fn whatever_the_two_states_the_changes_lead_from_one_to_the_other() {
        let states = [
            None,
            Some(row(1, &[])),
            Some(row(1, &[("name", "服务器"), ("count", "2")])),
            Some(row(9, &[("name", "存储"), ("note", "在保")])),
        ];
        for from in &states {
            for to in &states {
                let mut document = Document::new(FiscalYear(2024));
                if let Some(row) = from {
                    document.tables.insert("hardware".into(), vec![row.clone()]);
                }
                let changes = toward("hardware", from.as_ref(), to.as_ref());
                assert_eq!(changes.is_empty(), from == to);
                let op = Op { id: OpId::new("o1"), changes };
                assert_eq!(document.apply(&op), vec![]);
                assert_eq!(document.row("hardware", &RowId::new("r1")), to.as_ref());
            }
        }
    }
}
