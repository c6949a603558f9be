//! 办理单的定义: fields of a command as fields of the engine.

use super::{FORM, TITLE, is_of_header};
use crate::cases::execution::offered::{FieldInput, OfferedCommand, OfferedField, WordOption};
use crate::cases::performance::shown::{AGAINST, OfferedTable};
use crate::engine::definition::{Choice, Definition, Field, FieldKind, Form, Measure, Table, TableKind};
use crate::engine::findings::{JUSTIFICATION, JUSTIFICATIONS};
use crate::forms::words::{form, paragraph, table, text};
use rust_decimal::Decimal;

/// Most characters of a list of texts, one a line.
const LONGEST_LIST: u32 = 4_000;
/// Most characters of a reason for a warning.
const LONGEST_REASON: u32 = 500;

/// The form of a command: a header, a table for each of its tables, and a form of boxes for each list of codes.
pub fn of(command: &OfferedCommand) -> Definition {
    let article = command.article;
    let mut fields: Vec<Field> = command.fields.iter().filter(|of| is_of_header(of)).map(field).collect();
    let mut tables = Vec::new();
    let mut boxes = Vec::new();
    for of in &command.fields {
        match &of.input {
            FieldInput::Form { form } => {
                fields.extend(form.fields.iter().map(field));
                tables.extend(form.tables.iter().map(|of| case_table(article, of)));
                let reason = paragraph(JUSTIFICATION, "情况说明", 0, LONGEST_REASON);
                tables.push(table(
                    JUSTIFICATIONS,
                    "提醒说明",
                    TableKind::Justifications,
                    article,
                    vec![reason],
                ));
            }
            FieldInput::Table { columns } => {
                let columns = columns.iter().map(field).collect();
                tables.push(table(&of.key, &of.label, TableKind::Lines, article, columns));
            }
            FieldInput::Codes { options } => boxes.push(boxes_of(article, of, options)),
            FieldInput::Text { .. }
            | FieldInput::Count { .. }
            | FieldInput::Year
            | FieldInput::Flag
            | FieldInput::Choice { .. }
            | FieldInput::Texts => {}
        }
    }
    let header = table(FORM, &command.label, TableKind::Header, article, fields);
    tables.insert(0, header);
    let mut forms = vec![form(FORM, &command.label, tables)];
    forms.extend(boxes);
    Definition { key: FORM.to_string(), title: command.label.clone(), forms, rules: Vec::new() }
}

fn field(of: &OfferedField) -> Field {
    let choice = |value: &str| Choice { value: value.to_string(), beside: None };
    let kind = match &of.input {
        FieldInput::Text { takes } => takes.clone(),
        FieldInput::Count { least, most } => FieldKind::Number {
            measure: Measure::Count,
            least: Some(Decimal::from(*least)),
            above: false,
            most: Some(Decimal::from(*most)),
        },
        FieldInput::Year => FieldKind::Text { shortest: 4, longest: 4, lines: false },
        FieldInput::Flag => FieldKind::Flag,
        FieldInput::Choice { options } => FieldKind::Choice {
            choices: options.iter().map(|option| choice(&option.label)).collect(),
            by: None,
        },
        // The rest is asked for elsewhere than in a field.
        FieldInput::Texts | FieldInput::Codes { .. } | FieldInput::Form { .. } | FieldInput::Table { .. } => {
            FieldKind::Text { shortest: 0, longest: LONGEST_LIST, lines: true }
        }
    };
    let field = Field::new(&of.key, &of.label, kind);
    let field = if of.input == FieldInput::Texts { field.help("每行一项") } else { field };
    if of.required { field.required() } else { field }
}

/// A table of the case's form: what its rows are called and what is typed against stand before what is typed, whatever else
/// was copied in behind it.
fn case_table(article: u8, of: &OfferedTable) -> Table {
    let title = (!of.rows.is_empty()).then(|| text(TITLE, "行", 0, 400).width(14));
    let (against, behind): (Vec<_>, Vec<_>) =
        of.read_only.iter().partition(|(key, _)| AGAINST.contains(&key.as_str()));
    let copied = |(key, label): &(String, String)| text(key, label, 0, 2_000).width(5);
    let mut fields: Vec<Field> = title.into_iter().collect();
    fields.extend(against.into_iter().map(copied));
    fields.extend(of.columns.iter().map(field));
    fields.extend(behind.into_iter().map(copied));
    table(&of.key, &of.label, TableKind::Lines, article, fields)
}

/// A list of codes as a form of its own: a box for each.
fn boxes_of(article: u8, of: &OfferedField, options: &[WordOption]) -> Form {
    let field = |option: &WordOption| Field::new(&option.word, &option.label, FieldKind::Flag);
    let fields = options.iter().map(field).collect();
    form(&of.key, &of.label, vec![table(&of.key, &of.label, TableKind::Header, article, fields)])
}
