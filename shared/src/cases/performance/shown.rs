//! 展示: the form of a case as labelled lines and tables (what was copied in, what people typed, what it comes to) with its
//! findings, and as the fields somebody types into now.

use super::content::{Cells, Content, ContentRow};
use super::form::{Form, FormField, FormTable, Part, Takes};
use super::judgement::Judgement;
use super::labels;
use super::live::FormJudging;
use crate::cases::execution::content::{ContentLine, ContentValue};
use crate::cases::execution::labels::word_label;
use crate::cases::execution::offered::{FieldInput, OfferedField, WordOption};
use crate::cases::execution::world::{CaseEntry, ExecutionWorld};
use crate::engine::definition::{FieldKind, Measure};
use crate::kernel::finding::{Finding, Severity};
use crate::kernel::ids::CaseId;
use crate::policy::editions::parameters::EditionParameters;
use rust_decimal::Decimal;
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
    /// The parts of the form that are open.
    pub open: Vec<Part>,
    /// What it is judged by as one types.
    pub judging: FormJudging,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedTable {
    pub key: String,
    pub label: String,
    /// Rows may be added and removed.
    pub adds_rows: bool,
    /// What stands in the rows and nobody types now: key and label.
    pub read_only: Vec<(String, String)>,
    pub columns: Vec<OfferedField>,
    pub rows: Vec<OfferedRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedRow {
    pub id: String,
    /// What it is of, in few words.
    pub title: String,
    /// By key, of the columns and of what is read only.
    pub values: BTreeMap<String, String>,
    /// Cells of this row nobody types into.
    pub locked: Vec<String>,
}

impl ExecutionWorld {
    /// What a case says besides its form.
    ///
    /// # Errors
    /// The case cannot be written as JSON, which only a defect of its type can cause.
    pub fn content_of(&self, entry: &CaseEntry) -> serde_json::Result<Vec<ContentLine>> {
        let mut lines = entry.case.content()?;
        self.name_ids(entry, &mut lines);
        Ok(lines)
    }

    /// The form of a case with what it comes to, where it has one.
    pub fn form_of(&self, id: &CaseId, entry: &CaseEntry) -> Vec<ContentLine> {
        let Some((form, content)) = entry.case.form() else { return Vec::new() };
        let mut lines = lines(form, content, entry.case.judged(id, self).as_ref(), self.edition());
        self.name_ids(entry, &mut lines);
        lines
    }

    /// Findings of the form of a case, where it has one.
    pub fn findings_of(&self, id: &CaseId, entry: &CaseEntry) -> Vec<ShownFinding> {
        let Some((form, content)) = entry.case.form() else { return Vec::new() };
        let judged = entry.case.judged(id, self);
        let findings = judged.iter().flat_map(|judged| judged.findings(&Part::ALL));
        findings.map(|found| finding(form, content, found)).collect()
    }
}

/// A form as labelled lines and tables.
pub fn lines(
    form: &Form,
    content: &Content,
    judged: Option<&Judgement>,
    parameters: &EditionParameters,
) -> Vec<ContentLine> {
    let mut lines = header_lines(form, content, judged);
    let tables = form.tables.iter();
    lines.extend(tables.filter_map(|table| table_lines(form, table, content, (judged, parameters))));
    lines
}

/// What a form comes to while its open parts are typed into: what is computed, and what stands in parts that are closed.
pub fn results(
    form: &Form,
    content: &Content,
    judged: &Judgement,
    (parameters, open): (&EditionParameters, &[Part]),
) -> Vec<ContentLine> {
    let is_open = |field: &FormField| open.contains(&field.part);
    let mut lines = header_lines(form, content, Some(judged));
    lines.retain(|line| !form.header.iter().any(|field| field.key == line.key && is_open(field)));
    lines.extend(form.tables.iter().filter_map(|table| match table.fields.iter().any(is_open) {
        true => computed_table(form, table, content, (judged, parameters)),
        false => table_lines(form, table, content, (Some(judged), parameters)),
    }));
    lines
}

/// The computed cells of a table, in the rows they are of.
fn computed_table(
    form: &Form,
    table: &FormTable,
    content: &Content,
    (judged, parameters): (&Judgement, &EditionParameters),
) -> Option<ContentLine> {
    let computed = judged.tables.get(table.key)?;
    let row = |row: &ContentRow| -> Vec<ContentLine> {
        let title = title(form, Some(table.key), content, &row.id);
        let title = line(ROW, label_of(&[], "id"), &title);
        let cells = computed.get(&row.id).into_iter().flat_map(computed_lines);
        title.into_iter().chain(cells).chain(why_line(table, row, parameters)).collect()
    };
    let rows: Vec<Vec<ContentLine>> = content.rows(table.key).iter().map(row).collect();
    let (key, label) = (table.key.to_string(), labels::table(form, table.key).to_string());
    (!rows.is_empty()).then_some(ContentLine { key, label, value: ContentValue::Rows(rows) })
}

/// Key of what a row is called.
const ROW: &str = "row";

fn why_line(table: &FormTable, row: &ContentRow, parameters: &EditionParameters) -> Option<ContentLine> {
    let why = table.why.and_then(|why| why(&row.cells, parameters))?;
    line("why", "得分说明".to_string(), &why)
}

/// A finding of a form as a person reads it.
pub fn finding(form: &Form, content: &Content, finding: &Finding) -> ShownFinding {
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
}

/// The label of a field people type into, else of a copied or computed cell.
fn label_of(fields: &[FormField], key: &str) -> String {
    let typed = fields.iter().find(|field| field.key == key).map(|field| field.label);
    typed.or_else(|| labels::cell(key)).unwrap_or(key).to_string()
}

/// Cells a row is called by.
const NAMES: [&str; 4] = ["name", "item", "matter", "key"];

/// What a row is called.
fn title(form: &Form, table: Option<&str>, content: &Content, id: &str) -> String {
    let row = table.and_then(|table| content.row(table, id));
    let cells = NAMES.map(|key| row.map_or("", |row| row.cells.text(key)));
    let known = labels::word(id).unwrap_or_else(|| word_label(id));
    if form.key == "self_evaluation" && known != id {
        return known.to_string();
    }
    let named = cells.into_iter().find(|text| !text.is_empty());
    named.map_or_else(|| id.to_string(), |name| format!("{id} {name}"))
}

fn line(key: &str, label: String, text: &str) -> Option<ContentLine> {
    let value = ContentValue::Text(read(text).to_string());
    (!text.is_empty()).then(|| ContentLine { key: key.to_string(), label, value })
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
    (judged, parameters): (Option<&Judgement>, &EditionParameters),
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
            lines.extend(why_line(table, row, parameters));
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
    pub fn of(form: &Form, content: &Content, open: &[Part], judging: FormJudging) -> OfferedForm {
        let fields: Vec<&FormField> = form.header.iter().filter(|field| open.contains(&field.part)).collect();
        let tables = form.tables.iter().map(|table| offered_table(form, table, content, open));
        OfferedForm {
            values: values(&fields, &content.header),
            fields: fields.into_iter().map(offered_field).collect(),
            tables: tables.filter(|table| !table.columns.is_empty()).collect(),
            open: open.to_vec(),
            judging,
        }
    }
}

fn offered_table(form: &Form, table: &FormTable, content: &Content, open: &[Part]) -> OfferedTable {
    let columns: Vec<&FormField> = table.fields.iter().filter(|field| open.contains(&field.part)).collect();
    let read_only = read_only(table, content, &columns);
    let rows = content.rows(table.key).iter().map(|row| {
        let locked = table.locked.iter().filter(|(id, _)| *id == row.id);
        let mut values = values(&columns, &row.cells);
        values.extend(read_only.iter().map(|(key, _)| (key.clone(), read(row.cells.text(key)).to_string())));
        OfferedRow {
            id: row.id.clone(),
            title: title(form, Some(table.key), content, &row.id),
            values,
            locked: locked.map(|(_, field)| (*field).to_string()).collect(),
        }
    });
    OfferedTable {
        key: table.key.to_string(),
        label: labels::table(form, table.key).to_string(),
        adds_rows: table.rows.is_some_and(|part| open.contains(&part)),
        rows: rows.collect(),
        read_only,
        columns: columns.into_iter().map(offered_field).collect(),
    }
}

/// What a typed cell is read against: it stands before it, anything else that was copied in behind.
pub const AGAINST: [&str; 4] = ["operator", "value", "unit", "weight"];

/// Cells of a table that nobody types into now, with their labels; a row's title has its name already.
fn read_only(table: &FormTable, content: &Content, columns: &[&FormField]) -> Vec<(String, String)> {
    let mut keys: Vec<&str> = Vec::new();
    for key in content.rows(table.key).iter().flat_map(|row| row.cells.0.keys()) {
        let is_typed = columns.iter().any(|column| column.key == key);
        if !is_typed && !NAMES.contains(&key.as_str()) && !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    keys.sort_by_key(|key| AGAINST.iter().position(|of| of == key).unwrap_or(AGAINST.len()));
    keys.into_iter().map(|key| (key.to_string(), label_of(table.fields, key))).collect()
}

/// A stored text as a person reads it.
fn read(text: &str) -> &str {
    match text {
        "true" => "是",
        "false" => "否",
        text => word_label(text),
    }
}

fn values(fields: &[&FormField], cells: &Cells) -> BTreeMap<String, String> {
    let value = |field: &&FormField| (field.key.to_string(), cells.text(field.key).to_string());
    fields.iter().map(value).filter(|(_, text)| !text.is_empty()).collect()
}

fn offered_field(field: &FormField) -> OfferedField {
    let input = match field.takes {
        Takes::Text(least, most) => FieldInput::text(least, most),
        Takes::Number => FieldInput::number(Measure::Plain, false, None),
        Takes::PositiveNumber => FieldInput::number(Measure::Plain, true, None),
        Takes::Percent => FieldInput::number(Measure::Percent, false, Some(Decimal::ONE_HUNDRED)),
        // Cells hold texts, a count too.
        Takes::Count(least) => {
            let (measure, least) = (Measure::Count, Some(Decimal::from(least)));
            FieldInput::Text { takes: FieldKind::Number { measure, least, above: false, most: None } }
        }
        Takes::Date => FieldInput::Text { takes: FieldKind::Date },
        Takes::Flag => FieldInput::Flag,
        Takes::Hash => FieldInput::text(64, 64),
        Takes::Choice(words) => {
            let option = |word: &&str| WordOption { word: (*word).to_string(), label: (*word).to_string() };
            FieldInput::Choice { options: words.iter().map(option).collect() }
        }
    };
    let (key, label) = (field.key.to_string(), field.label.to_string());
    OfferedField { key, label, required: field.required, input }
}
