//! 展示: the form of a case as labelled lines and tables (what was copied in, what people typed, what it comes to) with its
//! findings, and as the fields somebody types into now.

use super::content::{Cells, Content};
use super::form::{Form, FormField, FormTable, Part, Takes};
use super::judgement::Judgement;
use super::labels;
use crate::cases::execution::content::{ContentLine, ContentValue};
use crate::cases::execution::labels::word_label;
use crate::cases::execution::offered::{FieldInput, OfferedField, WordOption};
use crate::cases::execution::world::{CaseEntry, ExecutionWorld};
use crate::kernel::finding::Severity;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A finding where a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFinding {
    pub rule: String,
    pub is_error: bool,
    /// Where it is, as the screen calls it.
    pub place: String,
    pub message: String,
    /// Where the reason for a warning is written.
    pub key: String,
    /// The reason for which a warning passes.
    pub reason: Option<String>,
}

/// What somebody types into now, with what stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedForm {
    pub fields: Vec<OfferedField>,
    pub values: BTreeMap<String, String>,
    pub tables: Vec<OfferedTable>,
    /// Warnings a reason may be written for.
    pub warnings: Vec<ShownFinding>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedTable {
    pub key: String,
    pub label: String,
    /// Rows may be added and removed.
    pub adds_rows: bool,
    pub columns: Vec<OfferedField>,
    pub rows: Vec<OfferedRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedRow {
    pub id: String,
    /// What was copied in, in few words.
    pub title: String,
    pub values: BTreeMap<String, String>,
    /// Cells of this row nobody types into.
    pub locked: Vec<String>,
}

impl ExecutionWorld {
    /// What a case says: its own fields, then its form with what it comes to.
    ///
    /// # Errors
    /// The case cannot be written as JSON, which only a defect of its type can cause.
    pub fn content_of(&self, id: &CaseId, entry: &CaseEntry) -> serde_json::Result<Vec<ContentLine>> {
        let mut lines = entry.case.content()?;
        if let Some((form, content)) = entry.case.form() {
            let judged = entry.case.judged(id, self);
            lines.extend(header_lines(form, content, judged.as_ref()));
            let tables = form.tables.iter();
            lines.extend(tables.filter_map(|table| table_lines(form, table, content, judged.as_ref())));
        }
        self.name_ids(entry, &mut lines);
        Ok(lines)
    }

    /// Findings of the form of a case, where it has one.
    pub fn findings_of(&self, id: &CaseId, entry: &CaseEntry) -> Vec<ShownFinding> {
        let judged = entry.case.form().zip(entry.case.judged(id, self));
        judged.map_or_else(Vec::new, |((form, content), judged)| shown(form, content, &judged, &Part::ALL))
    }
}

fn shown(form: &Form, content: &Content, judged: &Judgement, parts: &[Part]) -> Vec<ShownFinding> {
    let finding = |finding: &crate::kernel::finding::Finding| {
        let table = finding.place.table.as_deref();
        let field = finding.place.field.as_deref();
        let label = field.map(|key| label_of(form.fields(table), key));
        let row = finding.place.row.as_deref().map(|id| title(form, table, content, id));
        let parts = [table.map(|table| labels::table(form, table).to_string()), row, label];
        let place: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        ShownFinding {
            rule: finding.rule.clone(),
            is_error: finding.severity == Severity::Error,
            place: place.join(" · "),
            message: finding.message.clone(),
            key: finding.key(),
            reason: content.justifications.get(&finding.key()).cloned(),
        }
    };
    judged.findings(parts).map(finding).collect()
}

/// The label of a field people type into, else of a copied or computed cell.
fn label_of(fields: &[FormField], key: &str) -> String {
    let typed = fields.iter().find(|field| field.key == key).map(|field| field.label);
    typed.or_else(|| labels::cell(key)).unwrap_or(key).to_string()
}

/// What stands in a row besides what people type, in few words.
fn title(form: &Form, table: Option<&str>, content: &Content, id: &str) -> String {
    let row = table.and_then(|table| content.row(table, id));
    let cells = ["name", "item", "matter", "key"].map(|key| row.map_or("", |row| row.cells.text(key)));
    let known = labels::word(id).filter(|_| form.key == "self_evaluation");
    let named = cells.into_iter().find(|text| !text.is_empty()).or(known);
    named.map_or_else(|| id.to_string(), |name| format!("{id} {name}"))
}

fn line(key: &str, label: String, text: &str) -> Option<ContentLine> {
    let text = match text {
        "" => return None,
        "true" => "是",
        "false" => "否",
        text => word_label(text),
    };
    Some(ContentLine { key: key.to_string(), label, value: ContentValue::Text(text.to_string()) })
}

/// Copied cells first, then what people typed in the order of the form.
fn typed_lines(fields: &[FormField], cells: &Cells) -> Vec<ContentLine> {
    let copied = cells.0.keys().filter(|key| fields.iter().all(|field| field.key != key.as_str()));
    let keys = copied.map(String::as_str).chain(fields.iter().map(|field| field.key));
    keys.filter_map(|key| line(key, label_of(fields, key), cells.text(key))).collect()
}

fn computed_lines(computed: &Map<String, Value>) -> impl Iterator<Item = ContentLine> {
    computed.iter().filter_map(|(key, value)| {
        let text = match value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        line(key, label_of(&[], key), &text)
    })
}

fn header_lines(form: &Form, content: &Content, judged: Option<&Judgement>) -> Vec<ContentLine> {
    let mut lines = typed_lines(form.header, &content.header);
    let known: Vec<String> = lines.iter().map(|line| line.key.clone()).collect();
    let computed = judged.into_iter().flat_map(|judged| computed_lines(&judged.header));
    lines.extend(computed.filter(|line| !known.contains(&line.key)));
    lines
}

fn table_lines(
    form: &Form,
    table: &FormTable,
    content: &Content,
    judged: Option<&Judgement>,
) -> Option<ContentLine> {
    let computed = judged.and_then(|judged| judged.tables.get(table.key));
    let rows: Vec<Vec<ContentLine>> = content
        .rows(table.key)
        .iter()
        .map(|row| {
            let id = labels::word(&row.id).unwrap_or(&row.id);
            let mut lines: Vec<ContentLine> = line("id", label_of(&[], "id"), id).into_iter().collect();
            lines.extend(typed_lines(table.fields, &row.cells));
            lines.extend(computed.and_then(|rows| rows.get(&row.id)).into_iter().flat_map(computed_lines));
            lines
        })
        .collect();
    let label = labels::table(form, table.key).to_string();
    (!rows.is_empty()).then(|| ContentLine {
        key: table.key.to_string(),
        label,
        value: ContentValue::Rows(rows),
    })
}

impl OfferedForm {
    /// The open parts of a form.
    pub fn of(form: &Form, content: &Content, open: &[Part], judged: Option<&Judgement>) -> OfferedForm {
        let fields: Vec<&FormField> = form.header.iter().filter(|field| open.contains(&field.part)).collect();
        let warnings = judged.map_or_else(Vec::new, |judged| shown(form, content, judged, open));
        let tables = form.tables.iter().map(|table| offered_table(form, table, content, open));
        OfferedForm {
            values: values(&fields, &content.header),
            fields: fields.into_iter().map(offered_field).collect(),
            tables: tables.filter(|table| !table.columns.is_empty()).collect(),
            warnings: warnings.into_iter().filter(|finding| !finding.is_error).collect(),
        }
    }
}

fn offered_table(form: &Form, table: &FormTable, content: &Content, open: &[Part]) -> OfferedTable {
    let columns: Vec<&FormField> = table.fields.iter().filter(|field| open.contains(&field.part)).collect();
    let rows = content.rows(table.key).iter().map(|row| {
        let locked = table.locked.iter().filter(|(id, _)| *id == row.id);
        OfferedRow {
            id: row.id.clone(),
            title: title(form, Some(table.key), content, &row.id),
            values: values(&columns, &row.cells),
            locked: locked.map(|(_, field)| (*field).to_string()).collect(),
        }
    });
    OfferedTable {
        key: table.key.to_string(),
        label: labels::table(form, table.key).to_string(),
        adds_rows: table.rows.is_some_and(|part| open.contains(&part)),
        rows: rows.collect(),
        columns: columns.into_iter().map(offered_field).collect(),
    }
}

fn values(fields: &[&FormField], cells: &Cells) -> BTreeMap<String, String> {
    let value = |field: &&FormField| (field.key.to_string(), cells.text(field.key).to_string());
    fields.iter().map(value).filter(|(_, text)| !text.is_empty()).collect()
}

fn offered_field(field: &FormField) -> OfferedField {
    let input = match field.takes {
        Takes::Text(_, most) if most > 200 => FieldInput::LongText { most },
        Takes::Text(_, most) => FieldInput::Text { most },
        // Cells hold texts, a count too.
        Takes::Number | Takes::PositiveNumber | Takes::Percent | Takes::Count(_) => FieldInput::Number,
        Takes::Date => FieldInput::Date,
        Takes::Flag => FieldInput::Flag,
        Takes::Hash => FieldInput::Text { most: 64 },
        Takes::Choice(words) => {
            let option = |word: &&str| WordOption { word: (*word).to_string(), label: (*word).to_string() };
            FieldInput::Choice { options: words.iter().map(option).collect() }
        }
    };
    let (key, label) = (field.key.to_string(), field.label.to_string());
    OfferedField { key, label, required: field.required, input }
}
