//! 疑问: what was read one way although another is as likely, as questions to a person.

use super::cell::CellDoubt;
use super::target::ImportColumn;
use serde::Serialize;

/// What a doubt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// The unit of a whole column or of a cell.
    Unit,
    /// What is shown is not what is stored.
    Rounded,
    /// A bare fraction under a rate.
    Fraction,
}

/// A cell that was read one way although another is as likely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub kind: DoubtKind,
    pub address: String,
    pub row: u32,
    /// The column it is about, from 0.
    pub column: u32,
    pub field: String,
    pub value: String,
    /// What it was read as and what else it could be, in Chinese.
    pub question: String,
}

impl Doubt {
    /// Whether nothing may be imported before a person has answered it.
    pub fn must_be_answered(&self) -> bool {
        self.kind == DoubtKind::Unit
    }
}

impl CellDoubt {
    /// What is asked about a cell that was read as `read_as`.
    pub(super) fn question(&self, column: &ImportColumn, read_as: &str) -> (DoubtKind, String) {
        match self {
            CellDoubt::Unit(words) => (
                DoubtKind::Unit,
                format!(
                    "写有“{words}”，不能确定“{}”按什么单位计；现按 {read_as} 元读入，请选定单位",
                    column.label
                ),
            ),
            CellDoubt::Scaled { shown } => (
                DoubtKind::Unit,
                format!("显示为 {shown}，存的是 {read_as}，没有写明单位；现按 {read_as} 元读入，请选定单位"),
            ),
            CellDoubt::Rounded { stored } => (
                DoubtKind::Rounded,
                format!("按显示的 {read_as} 读入；单元格里存的是 {stored}，如应以它为准，请导入后改正"),
            ),
            CellDoubt::Fraction { meant } => {
                (DoubtKind::Fraction, format!("按 {read_as}% 读入；如果原意是 {meant}%，请导入后改正"))
            }
        }
    }
}

/// What is asked about a column whose unit is spoken of and not understood.
pub(super) fn unit_question(words: &str, column: &ImportColumn) -> String {
    format!("写有“{words}”，不能确定“{}”按什么单位计；现按元读入，请选定单位", column.label)
}

/// Of the doubts of a column that ask about the same words only the first stays.
pub(super) fn one_per_unit(doubts: &mut Vec<Doubt>) {
    let mut asked: Vec<(u32, String)> = Vec::new();
    doubts.retain(|doubt| {
        let words = doubt.question.split(['，', ' ']).next().unwrap_or_default();
        let about = (doubt.column, words.to_string());
        if doubt.kind != DoubtKind::Unit {
            return true;
        }
        let first = !asked.contains(&about);
        if first {
            asked.push(about);
        }
        first
    });
}
