//! 自评表工作表: the self-evaluation laid out as the ministry's table (财预〔2020〕10号), cell by cell, so that it is filled in
//! with a spreadsheet and read back by the same places.

use super::flow::SelfEvaluation;
use super::form::{FORM, FUNDS, SOURCES};
use crate::cases::execution::world::ExecutionWorld;
use crate::cases::performance::content::{Cells, ContentRow};
use crate::cases::performance::form::{FormField, Takes};
use crate::cases::performance::judgement::{Judgement, printed};
use crate::cases::performance::target::INDICATORS;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

/// Columns of the table.
pub const WIDTH: u32 = 15;

/// What a cell of the sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetCellKind {
    /// A label or the id of a row: it stays, or what is read stands elsewhere.
    Fixed,
    /// Computed, or there for information: whatever stands there is not read.
    Shown,
    /// Copied in from the approval and the ledger: nobody changes it.
    Locked,
    Typed,
}

/// The place in the form a cell of the sheet stands for.
#[derive(Clone, Copy, Debug)]
pub struct SheetPlace<'a> {
    /// `None` for the header.
    pub table: Option<&'static str>,
    pub row: &'a str,
    pub field: &'static FormField,
}

#[derive(Clone, Debug)]
pub struct SheetCell<'a> {
    pub row: u32,
    pub column: u32,
    pub kind: SheetCellKind,
    pub text: String,
    /// It reaches to this column.
    pub to: u32,
    pub place: Option<SheetPlace<'a>>,
}

impl SheetCell<'_> {
    /// The words a spreadsheet offers for it.
    pub fn choices(&self) -> &'static [&'static str] {
        match self.place.map(|place| place.field.takes) {
            Some(Takes::Choice(words)) => words,
            Some(Takes::Flag) => &FLAGS,
            _ => &[],
        }
    }
}

/// A flag as the sheet writes it.
pub const FLAGS: [&str; 2] = ["是", "否"];

/// The heads of the indicators with the field each column holds: copied in, typed or computed.
const HEADS: [(&str, &str); 15] = [
    ("编号", "id"),
    ("一级指标", "level1"),
    ("二级指标", "level2"),
    ("三级指标", "name"),
    ("年度指标值", "value"),
    ("实际完成值", "actual"),
    ("分值", "weight"),
    ("得分", "score"),
    ("达成情况", "grade"),
    ("评定分", "hand_score"),
    ("指标值偏低", "low_target"),
    ("不再适用", "not_applicable"),
    ("偏差原因分析及改进措施", "reason"),
    ("佐证资料", "evidence"),
    ("复核分", "reviewed"),
];

/// The sheet of a self-evaluation as it stands.
pub struct EvaluationSheet<'a> {
    pub cells: Vec<SheetCell<'a>>,
    next: u32,
}

impl<'a> EvaluationSheet<'a> {
    pub fn of(case: &'a SelfEvaluation, world: &ExecutionWorld) -> EvaluationSheet<'a> {
        let judged = case.judge(world);
        let mut sheet = EvaluationSheet { cells: Vec::new(), next: 0 };
        sheet.heading(case, world);
        sheet.funds(case, &judged, world.edition().execution_weight);
        sheet.texts(case, &["goal_actual"]);
        sheet.indicators(case, world, &judged);
        sheet.texts(case, &["execution_note", "problems", "measures"]);
        sheet
    }

    /// The cell of a place in the form; of a table as a whole its first head.
    pub fn find(
        &self,
        table: Option<&str>,
        row: Option<&str>,
        field: Option<&str>,
    ) -> Option<&SheetCell<'a>> {
        let is = |cell: &&SheetCell<'a>| {
            cell.place.is_some_and(|place| {
                place.table == table
                    && row.is_none_or(|row| place.row == row)
                    && field.is_none_or(|field| place.field.key == field)
            })
        };
        self.cells.iter().find(is).or_else(|| {
            let in_row = |cell: &&SheetCell<'a>| {
                cell.place.is_some_and(|place| place.table == table && row == Some(place.row))
            };
            self.cells.iter().find(in_row)
        })
    }

    fn put(&mut self, kind: SheetCellKind, column: u32, text: impl Into<String>) -> &mut SheetCell<'a> {
        let at = self.cells.len();
        let cell = SheetCell { row: self.next, column, kind, text: text.into(), to: column, place: None };
        self.cells.push(cell);
        &mut self.cells[at]
    }

    fn heading(&mut self, case: &SelfEvaluation, world: &ExecutionWorld) {
        let department = case.department.as_ref().map(|id| world.department_name(id)).unwrap_or_default();
        self.put(SheetCellKind::Fixed, 0, "项目支出绩效自评表").to = WIDTH - 1;
        self.next += 1;
        self.put(SheetCellKind::Fixed, 0, format!("（{} 年度）", case.year)).to = WIDTH - 1;
        self.next += 1;
        self.put(SheetCellKind::Fixed, 0, "项目名称");
        self.put(SheetCellKind::Shown, 1, world.request_name(&case.request)).to = WIDTH - 1;
        self.next += 1;
        self.put(SheetCellKind::Fixed, 0, "主管部门");
        self.put(SheetCellKind::Shown, 1, department.clone()).to = 4;
        self.put(SheetCellKind::Fixed, 5, "实施单位");
        self.put(SheetCellKind::Shown, 6, department).to = WIDTH - 1;
        self.next += 1;
    }

    fn funds(&mut self, case: &'a SelfEvaluation, judged: &Judgement, weight: Decimal) {
        let heads = [
            "项目资金（元）",
            "年初预算数",
            "全年预算数（A）",
            "全年执行数（B）",
            "分值",
            "执行率",
            "得分",
            "备注",
        ];
        for (column, head) in (0..).zip(heads) {
            self.put(SheetCellKind::Fixed, column, head);
        }
        self.next += 1;
        self.put(SheetCellKind::Fixed, 0, "年度资金总额");
        for (column, key) in
            [(1, "initial"), (2, "budget"), (3, "executed"), (5, "rate"), (6, "execution_score")]
        {
            let percent = if key == "rate" { "%" } else { "" };
            let text = text_of(judged.header.get(key));
            let text = if text.is_empty() { text } else { format!("{text}{percent}") };
            self.put(SheetCellKind::Shown, column, text);
        }
        self.put(SheetCellKind::Shown, 4, printed(weight));
        self.next += 1;
        for (id, label) in SOURCES {
            self.put(SheetCellKind::Fixed, 0, format!("其中：{label}"));
            if let Some(row) = case.content.row(FUNDS, id) {
                for (column, key) in [(1, "initial"), (2, "adjusted"), (3, "executed"), (7, "note")] {
                    self.typed(column, Some(FUNDS), &row.id, key, &row.cells);
                }
            }
            self.next += 1;
        }
    }

    /// A cell people type into, or one that is locked for this row.
    fn typed(
        &mut self,
        column: u32,
        table: Option<&'static str>,
        row: &'a str,
        key: &str,
        cells: &Cells,
    ) -> Option<&mut SheetCell<'a>> {
        let field = FORM.fields(table).iter().find(|field| field.key == key)?;
        let of_table = table.and_then(|table| FORM.table(table));
        let is_locked = of_table.is_some_and(|of| of.locked.contains(&(row, field.key)));
        let kind = if is_locked { SheetCellKind::Locked } else { SheetCellKind::Typed };
        let text = match (cells.text(key), field.takes) {
            ("true", Takes::Flag) => FLAGS[0],
            ("false", Takes::Flag) => FLAGS[1],
            (text, _) => text,
        };
        let text = text.to_string();
        let cell = self.put(kind, column, text);
        cell.place = Some(SheetPlace { table, row, field });
        Some(cell)
    }

    /// Long texts of the header, a line each.
    fn texts(&mut self, case: &'a SelfEvaluation, keys: &[&str]) {
        for key in keys {
            let label = FORM.header.iter().find(|field| field.key == *key).map(|field| field.label);
            self.put(SheetCellKind::Fixed, 0, label.unwrap_or_default());
            if let Some(cell) = self.typed(1, None, "", key, &case.content.header) {
                cell.to = WIDTH - 1;
            }
            self.next += 1;
        }
    }

    fn indicators(&mut self, case: &'a SelfEvaluation, world: &ExecutionWorld, judged: &Judgement) {
        for (column, (head, _)) in (0..).zip(HEADS) {
            self.put(SheetCellKind::Fixed, column, head);
        }
        self.next += 1;
        let computed = judged.tables.get(INDICATORS);
        for row in case.content.rows(INDICATORS) {
            self.indicator(case, row, computed.and_then(|rows| rows.get(&row.id)));
            self.next += 1;
        }
        self.put(SheetCellKind::Fixed, 0, "总分");
        self.put(SheetCellKind::Shown, 6, text_of(judged.header.get("full")));
        self.put(SheetCellKind::Shown, 7, text_of(judged.header.get("total")));
        self.put(SheetCellKind::Shown, 8, text_of(judged.header.get("grade")));
        let reviewed = case.final_total(world).map(printed);
        self.put(SheetCellKind::Shown, 14, reviewed.unwrap_or_default());
        self.next += 1;
    }

    fn indicator(
        &mut self,
        case: &SelfEvaluation,
        row: &'a ContentRow,
        computed: Option<&Map<String, Value>>,
    ) {
        for (column, (_, key)) in (0..).zip(HEADS) {
            let kind = if key == "id" { SheetCellKind::Fixed } else { SheetCellKind::Shown };
            let text = match key {
                "id" => row.id.clone(),
                "score" => text_of(computed.and_then(|cells| cells.get("score"))),
                "reviewed" => case.reviewed.get(&row.id).copied().map(printed).unwrap_or_default(),
                "value" => ["operator", "value", "unit"].map(|key| row.cells.text(key)).concat(),
                key if FORM.fields(Some(INDICATORS)).iter().any(|field| field.key == key) => {
                    self.typed(column, Some(INDICATORS), &row.id, key, &row.cells);
                    continue;
                }
                key => row.cells.text(key).to_string(),
            };
            self.put(kind, column, text);
        }
    }
}

fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
