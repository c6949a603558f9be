//! 文书 of the performance side: what its documents say alike, taken from a form: the request it is about, header fields, tables
//! with copied, typed and computed cells under the labels of the official layout.

use super::content::Content;
use super::judgement::Judgement;
use crate::cases::execution::facts::Facts;
use crate::cases::execution::labels::word_label;
use crate::cases::execution::paper::PaperTable;
use crate::kernel::ids::{CaseId, DepartmentId};
use serde_json::Value;

/// A form with what it comes to.
#[derive(Clone, Copy)]
pub struct PaperForm<'a> {
    pub content: &'a Content,
    pub judged: &'a Judgement,
}

/// What every document of the performance side begins with.
pub fn about(
    request: Option<&CaseId>,
    department: Option<&DepartmentId>,
    year: i32,
    facts: &Facts,
) -> Vec<(&'static str, String)> {
    vec![
        ("部门", department.map(|id| facts.world.department_name(id)).unwrap_or_default()),
        ("年度", year.to_string()),
        ("项目", request.map(|request| facts.world.request_name(request)).unwrap_or_default()),
    ]
}

fn words(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "是".to_string(),
        Some(Value::Bool(false)) => "否".to_string(),
        Some(other) => other.to_string(),
    }
}

fn typed(text: &str) -> String {
    match text {
        "true" => "是".to_string(),
        "false" => String::new(),
        text => word_label(text).to_string(),
    }
}

impl PaperForm<'_> {
    /// A cell of the header, typed or computed.
    pub fn header(&self, key: &str) -> String {
        let own = self.content.header.text(key);
        if own.is_empty() { words(self.judged.header.get(key)) } else { typed(own) }
    }

    /// Cells of the header under their labels.
    pub fn facts<'l>(&self, labels: &[(&'l str, &str)]) -> Vec<(&'l str, String)> {
        labels.iter().map(|(label, key)| (*label, self.header(key))).collect()
    }

    /// A cell of a row, typed, copied in or computed; `a+b` are two cells together.
    pub fn cell(&self, table: &str, row: &str, key: &str) -> String {
        let one = |key: &str| {
            let own = self.content.row(table, row).map(|row| row.cells.text(key)).unwrap_or_default();
            let computed = self.judged.tables.get(table).and_then(|rows| rows.get(row));
            match own {
                "" => words(computed.and_then(|cells| cells.get(key))),
                own => typed(own),
            }
        };
        key.split('+').map(one).collect::<Vec<_>>().concat()
    }

    /// The rows of a table under these labels; a label that begins with `#` is of numbers.
    pub fn table(&self, heading: &str, table: &str, columns: &[(&str, &str)]) -> PaperTable {
        let labels: Vec<&str> = columns.iter().map(|(label, _)| *label).collect();
        let row = |id: &str| columns.iter().map(|(_, key)| self.cell(table, id, key)).collect();
        let rows = self.content.rows(table).iter().map(|own| row(&own.id)).collect();
        PaperTable::new(heading, &labels, rows)
    }
}
