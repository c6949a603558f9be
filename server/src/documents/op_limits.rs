//! 结构检查: an operation names only tables, rows and cells that can exist and holds only what can be stored. What
//! a value means is the rules' affair; a half-filled or wrong value is a normal state of a form.

use shared::api::problem::{CellPlace, CellProblem, Problem, code};
use shared::engine::definition::{Definition, Table, TableKind};
use shared::engine::op::{Change, HEADER_ROW, Op};
use shared::kernel::ids::RowId;
use std::collections::BTreeMap;

/// Longest text any cell holds, in characters: well above every field's own limit, so that a person who pastes
/// too much still has it and sees the field's finding.
pub const LONGEST_CELL: usize = 10_000;
/// Problems named in one reply.
const MOST_NAMED: usize = 20;

/// Refuses operations that cannot be stored, naming each cell.
pub fn check(definition: &Definition, ops: &[Op]) -> Result<(), Box<Problem>> {
    let mut cells = Vec::new();
    for change in ops.iter().flat_map(|op| &op.changes) {
        change_problems(definition, change, &mut cells);
        if cells.len() >= MOST_NAMED {
            break;
        }
    }
    if cells.is_empty() {
        return Ok(());
    }
    cells.truncate(MOST_NAMED);
    let named: Vec<String> =
        cells.iter().map(|cell| format!("{}：{}", address(&cell.at), cell.message)).collect();
    let problem = Problem::new(422, code::CELLS, "有内容不能保存", named.join("；"));
    Err(Box::new(Problem { cells, ..problem }))
}

fn address(at: &CellPlace) -> String {
    let field = at.field.as_deref().map(|f| format!(".{f}")).unwrap_or_default();
    format!("{}[{}]{field}", shortened(&at.table), shortened(&at.row))
}

/// A name from outside, short enough to be shown.
fn shortened(text: &str) -> String {
    text.chars().take(64).collect()
}

fn change_problems(definition: &Definition, change: &Change, found: &mut Vec<CellProblem>) {
    let row = change.row();
    let mut say = |field: Option<&str>, message: &str| {
        let at = CellPlace {
            table: shortened(change.table()),
            row: shortened(row.as_str()),
            field: field.map(shortened),
        };
        found.push(CellProblem { at, message: message.to_string() });
    };
    let Some(table) = definition.table(change.table()) else {
        return say(None, "没有这张表");
    };
    if let Some(message) = row_problem(table, row, change) {
        return say(None, message);
    }
    match change {
        Change::Set { at, from, to } => {
            for text in [from, to].into_iter().flatten() {
                if let Some(message) = cell_problem(table, &at.field, text) {
                    return say(Some(&at.field), &message);
                }
            }
            if let Some(message) = field_problem(table, &at.field) {
                say(Some(&at.field), message);
            }
        }
        Change::InsertRow { cells, .. } | Change::RemoveRow { cells, .. } => {
            for (field, message) in problems_of(table, cells) {
                say(Some(&field), &message);
            }
        }
        Change::MoveRow { .. } => {}
    }
}

fn row_problem(table: &Table, row: &RowId, change: &Change) -> Option<&'static str> {
    if !row.well_formed() {
        return Some("行编号应为 1 至 64 个字符，不含空格与引号");
    }
    if table.kind == TableKind::Header && row.as_str() != HEADER_ROW {
        return Some("表头只有一行");
    }
    if table.kind == TableKind::Header && !matches!(change, Change::Set { .. }) {
        return Some("表头的行不能增加、删除或移动");
    }
    (table.kind != TableKind::Header && row.as_str() == HEADER_ROW).then_some("明细行不能使用表头的编号")
}

fn problems_of(table: &Table, cells: &BTreeMap<String, String>) -> Vec<(String, String)> {
    cells.iter().filter_map(|(f, text)| Some((f.clone(), cell_problem(table, f, text)?))).collect()
}

fn field_problem(table: &Table, field: &str) -> Option<&'static str> {
    match table.fields.iter().find(|f| f.key == field) {
        None => Some("没有这一栏"),
        Some(f) if f.formula.is_some() => Some("这一栏由系统计算，不能填写"),
        Some(_) => None,
    }
}

fn cell_problem(table: &Table, field: &str, text: &str) -> Option<String> {
    if let Some(message) = field_problem(table, field) {
        return Some(message.to_string());
    }
    let length = text.chars().count();
    if length > LONGEST_CELL {
        return Some(format!("内容有 {length} 个字，最多可保存 {LONGEST_CELL} 个字，请删减后再填"));
    }
    text.is_empty().then(|| "空单元格应不带内容".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::engine::op::CellAt;
    use shared::kernel::ids::OpId;

    fn broken(changes: Vec<Change>) -> Vec<String> {
        let op = Op { id: OpId::new("o1"), changes };
        match check(&shared::forms::om_request(), &[op]) {
            Ok(()) => Vec::new(),
            Err(problem) => {
                problem.cells.iter().map(|c| format!("{} {}", address(&c.at), c.message)).collect()
            }
        }
    }

    fn set(table: &str, row: &str, field: &str, to: &str) -> Change {
        let at = CellAt { table: table.into(), row: RowId::new(row), field: field.into() };
        Change::Set { at, from: None, to: Some(to.into()) }
    }

    #[test]
    fn only_cells_that_exist_are_stored() {
        assert!(broken(vec![set("hardware", "h1", "rate", "不是数字")]).is_empty());
        assert_eq!(broken(vec![set("nope", "h1", "rate", "1")]), ["nope[h1] 没有这张表"]);
        assert_eq!(broken(vec![set("hardware", "h1", "nope", "1")]), ["hardware[h1].nope 没有这一栏"]);
        assert!(broken(vec![set("hardware", "h1", "amount", "1")])[0].contains("由系统计算"));
        assert!(broken(vec![set("hardware", "h 1", "rate", "1")])[0].contains("行编号"));
        assert!(broken(vec![set("budget_request", "h1", "contact", "1")])[0].contains("表头只有一行"));
    }

    #[test]
    fn a_text_over_the_hard_limit_is_refused_and_one_over_its_own_is_not() {
        let long = |n: usize| "字".repeat(n);
        assert!(broken(vec![set("hardware", "h1", "name", &long(LONGEST_CELL))]).is_empty());
        let refused = broken(vec![set("hardware", "h1", "name", &long(LONGEST_CELL + 1))]);
        assert!(refused[0].starts_with("hardware[h1].name 内容有 10001 个字"), "{refused:?}");
    }
}
