//! 一览栏目 that the kinds of the performance side say alike: computed cells in columns, and titles that name the department,
//! the year and the subject instead of ids.

use super::judgement::Judgement;
use crate::cases::correction::Correction;
use crate::cases::execution::content::{ContentLine, ContentValue};
use crate::cases::execution::world::{CaseEntry, ExecutionWorld};
use crate::cases::kernel::CellValue;
use crate::engine::reading::number_of;
use crate::kernel::ids::{CaseId, DepartmentId};
use crate::kernel::money::Money;
use serde_json::Value;

/// A computed cell of the header in a column.
pub fn computed(judged: &Judgement, key: &str) -> CellValue {
    judged.header.get(key).map_or(CellValue::Empty, shown)
}

fn shown(value: &Value) -> CellValue {
    match value {
        Value::String(text) => CellValue::text(text),
        Value::Null => CellValue::Empty,
        other => CellValue::text(&other.to_string()),
    }
}

/// A number people typed as an amount in a column.
pub fn typed_amount(text: &str) -> CellValue {
    CellValue::amount(number_of(text).and_then(Money::from_yuan))
}

/// A computed amount of the header in a column.
pub fn computed_amount(judged: &Judgement, key: &str) -> CellValue {
    judged.header.get(key).and_then(Value::as_str).map_or(CellValue::Empty, typed_amount)
}

impl ExecutionWorld {
    /// What lists and notices call a case: one that judges performance by its department, year and subject, any other by its
    /// number or name.
    ///
    /// # Errors
    /// The case cannot be written as JSON, which only a defect of its type can cause.
    pub fn title_of(&self, entry: &CaseEntry) -> serde_json::Result<String> {
        let case = &entry.case;
        let Some(caption) = case.caption(self).filter(|_| case.kind().has_form()) else {
            return case.title(self);
        };
        let department = case.subject().department.map(|id| self.department_name(id));
        let year = self.performance_year_of(case).map(|year| format!("{year} 年度"));
        let parts = [department, year, Some(caption)].into_iter().flatten();
        let parts = parts.filter(|part| !part.is_empty());
        Ok(parts.collect::<Vec<_>>().join(" "))
    }

    /// What a request is called: the number of its approval.
    pub fn request_name(&self, request: &CaseId) -> String {
        let approved = self.approved_request(request);
        approved.map_or_else(
            || request.to_string(),
            |form| {
                format!(
                    "{} {} 年度运维服务（{}）",
                    self.department_name(&form.department),
                    form.year,
                    form.number
                )
            },
        )
    }

    /// Name of an indicator of a request as issued; its row id where it has none.
    pub fn indicator_name(&self, request: &CaseId, row: &str) -> String {
        let targets = self.approved_request(request).map(|form| form.targets.as_slice()).unwrap_or_default();
        let named = targets.iter().find(|target| target.id == row).map(|target| target.name.clone());
        named.unwrap_or_else(|| row.to_string())
    }

    /// Puts names in the place of the ids of departments, requests and cases.
    pub fn name_ids(&self, entry: &CaseEntry, lines: &mut [ContentLine]) {
        for line in lines {
            match &mut line.value {
                ContentValue::Text(text) => *text = self.named(entry, &line.key, text),
                ContentValue::Rows(rows) => rows.iter_mut().for_each(|row| self.name_ids(entry, row)),
            }
        }
    }

    fn named(&self, entry: &CaseEntry, key: &str, text: &str) -> String {
        if let ("subject", Ok(correction)) = (key, <&Correction>::try_from(&entry.case)) {
            return correction.subject_label(self);
        }
        let id = CaseId::new(text);
        match key {
            "department" | "target" => self.department_name(&DepartmentId::new(text)),
            "request" => self.request_name(&id),
            "sources" => text.split('、').map(|one| self.case_name(one)).collect::<Vec<_>>().join("、"),
            _ => text.to_string(),
        }
    }

    fn case_name(&self, id: &str) -> String {
        let title = self.cases.get(&CaseId::new(id)).and_then(|entry| self.title_of(entry).ok());
        title.unwrap_or_else(|| id.to_string())
    }
}
