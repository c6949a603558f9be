//! A sheet that was exported, filled in with a spreadsheet and read back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::play;
use crate::exchange::import::workbook::{WorkbookCell, WorkbookCellKind, Worksheet, address};
use serde_json::json;

/// The worked year up to the opening of the water department's self-evaluation.
fn opened() -> (SelfEvaluation, ExecutionWorld) {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/performance-2024/script.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut script: serde_json::Value = serde_json::from_str(&text).unwrap();
    let steps = script["steps"].as_array_mut().unwrap();
    let opening = |step: &serde_json::Value| {
        step["kind"] == "self_evaluation" && step["do"] == "open" && step["case"] == "self-w24"
    };
    let at = steps.iter().rposition(opening).unwrap();
    steps.truncate(at + 1);
    let world = play::world_after(&script.to_string()).unwrap();
    let case = world.find::<SelfEvaluation>(&crate::kernel::ids::CaseId::new("self-w24")).unwrap().clone();
    (case, world)
}

/// The sheet as a spreadsheet stores it, with some cells typed over.
fn stored(layout: &EvaluationSheet<'_>, typed: &[(&str, &str)]) -> Worksheet {
    let mut cells: Vec<WorkbookCell> = layout
        .cells
        .iter()
        .filter(|cell| !cell.text.is_empty())
        .map(|cell| WorkbookCell::text(cell.row, cell.column, cell.text.clone()))
        .collect();
    for (at, text) in typed {
        let cell = layout.cells.iter().find(|cell| address(cell.row, cell.column) == *at).expect("a cell");
        cells.retain(|other| (other.row, other.column) != (cell.row, cell.column));
        cells.push(WorkbookCell::text(cell.row, cell.column, *text));
    }
    Worksheet { name: "绩效自评表".into(), cells, ..Worksheet::default() }
}

/// The address of a typed cell.
fn at(layout: &EvaluationSheet<'_>, table: Option<&str>, row: &str, field: &str) -> String {
    let cell = layout.find(table, Some(row), Some(field)).expect("a cell of the form");
    address(cell.row, cell.column)
}

#[test]
fn a_sheet_that_nobody_changed_changes_nothing() {
    let (case, world) = opened();
    let layout = EvaluationSheet::of(&case, &world);
    let import = read_sheet(&case, &world, &stored(&layout, &[]));
    assert_eq!((import.changes.len(), import.faults.len()), (0, 0), "{:?}", import.faults);
    assert_eq!(import.document, json!({}));
}

#[test]
fn what_was_typed_comes_back_cell_by_cell() {
    let (case, world) = opened();
    let layout = EvaluationSheet::of(&case, &world);
    let row = case.content.rows("indicators")[0].id.clone();
    let actual = at(&layout, Some("indicators"), &row, "actual");
    let low = at(&layout, Some("indicators"), &row, "low_target");
    let goal = at(&layout, None, "", "goal_actual");
    let text = "全年系统稳定运行，目标按期完成，用户反映良好，未发生安全事件。";
    let typed = [(actual.as_str(), "7"), (low.as_str(), "否"), (goal.as_str(), text)];
    let import = read_sheet(&case, &world, &stored(&layout, &typed));
    assert_eq!(import.faults, Vec::new());
    assert_eq!(import.document["header"], json!({ "goal_actual": text }));
    assert_eq!(import.document["indicators"], json!([{ "id": row, "actual": "7", "low_target": false }]));
    let cells: Vec<&str> = import.changes.iter().map(|change| change.cell.as_str()).collect();
    assert_eq!(cells, [goal.as_str(), actual.as_str(), low.as_str()]);
    let filled =
        case.content.fill(&form::FORM, &[crate::cases::performance::form::Part::Whole], &import.document);
    let again = SelfEvaluation { content: filled.unwrap(), ..case.clone() };
    let layout = EvaluationSheet::of(&again, &world);
    assert_eq!(read_sheet(&again, &world, &stored(&layout, &[])).changes, Vec::new());
}

#[test]
fn what_does_not_fit_is_named_by_its_cell() {
    let (case, world) = opened();
    let layout = EvaluationSheet::of(&case, &world);
    let row = case.content.rows("indicators")[0].id.clone();
    let score = at(&layout, Some("indicators"), &row, "hand_score");
    let grade = at(&layout, Some("indicators"), &row, "grade");
    let locked = at(&layout, Some("funds"), "fiscal", "executed");
    let typed =
        [(score.as_str(), "九分"), (grade.as_str(), "完成"), (locked.as_str(), "1"), ("A1", "别的表")];
    let import = read_sheet(&case, &world, &stored(&layout, &typed));
    let mut cells: Vec<&str> = import.faults.iter().map(|fault| fault.cell.as_str()).collect();
    cells.sort_unstable();
    let mut expected = ["A1", score.as_str(), grade.as_str(), locked.as_str()];
    expected.sort_unstable();
    assert_eq!(cells, expected);
    assert!(import.changes.is_empty());
    let missing = at(&layout, Some("indicators"), &row, "actual");
    let says = import.findings.iter().find(|finding| finding.cell == missing);
    assert!(says.is_some_and(|finding| finding.rule == "F-01"), "{:?}", import.findings);
}

#[test]
fn a_percentage_of_the_spreadsheet_is_read_as_it_is_seen() {
    let (case, world) = opened();
    let layout = EvaluationSheet::of(&case, &world);
    let row = case.content.rows("indicators")[0].id.clone();
    let cell = layout.find(Some("indicators"), Some(&row), Some("actual")).unwrap();
    let mut sheet = stored(&layout, &[]);
    sheet.cells.retain(|other| (other.row, other.column) != (cell.row, cell.column));
    sheet.cells.push(WorkbookCell {
        row: cell.row,
        column: cell.column,
        kind: WorkbookCellKind::Number,
        text: "0.965".into(),
        format: "0.0%".into(),
        formula: false,
    });
    let import = read_sheet(&case, &world, &sheet);
    assert_eq!(import.document["indicators"][0]["actual"], json!("96.5"));
}
