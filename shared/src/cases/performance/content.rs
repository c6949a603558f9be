//! 内容: what stands in the form of one case, typed or copied in, and `fill`, which types into it in one act.

use super::form::{Form, FormField, Part, Takes};
use crate::engine::reading::{as_number, number_of};
use crate::kernel::calendar::Date;
use crate::kernel::refusal::Refusal;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Texts by field; an absent field is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cells(pub BTreeMap<String, String>);

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentRow {
    pub id: String,
    pub cells: Cells,
}

/// Everything in the form of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub header: Cells,
    /// Rows by table, in the order they were added.
    pub tables: BTreeMap<String, Vec<ContentRow>>,
    /// Written reasons of warnings by the finding's key.
    pub justifications: BTreeMap<String, String>,
}

/// Longest id of a row.
const LONGEST_ROW_ID: usize = 40;

impl Cells {
    pub fn of<'a>(cells: impl IntoIterator<Item = (&'a str, String)>) -> Cells {
        Cells(cells.into_iter().map(|(key, text)| (key.to_string(), text)).collect())
    }

    /// The trimmed text; empty where nothing stands.
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", |text| text.trim())
    }

    pub fn is_empty(&self, key: &str) -> bool {
        self.text(key).is_empty()
    }

    /// The number in a number field.
    pub fn number(&self, key: &str) -> Option<Decimal> {
        number_of(self.text(key))
    }

    /// The whole number in a field for counts.
    pub fn count(&self, key: &str) -> Option<i64> {
        self.number(key).filter(Decimal::is_integer).and_then(|number| i64::try_from(number).ok())
    }

    /// The number a text cell is written as.
    pub fn written_number(&self, key: &str) -> Option<Decimal> {
        as_number(self.text(key))
    }

    /// `None` while nobody answered.
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.text(key) {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    pub fn is_set(&self, key: &str) -> bool {
        self.flag(key) == Some(true)
    }

    pub fn date(&self, key: &str) -> Option<Date> {
        Date::parse(self.text(key))
    }

    /// Whether a note of so many characters stands there.
    pub fn has_note(&self, key: &str, least: u32) -> bool {
        u32::try_from(self.text(key).chars().count()).is_ok_and(|length| length >= least)
    }

    fn put(&mut self, key: &str, typed: Option<String>) {
        match typed.filter(|text| !text.trim().is_empty()) {
            Some(text) => self.0.insert(key.to_string(), text),
            None => self.0.remove(key),
        };
    }
}

impl Content {
    pub fn rows(&self, table: &str) -> &[ContentRow] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    pub fn row(&self, table: &str, id: &str) -> Option<&ContentRow> {
        self.rows(table).iter().find(|row| row.id == id)
    }

    /// Types into the parts that are open; the new content, or a refusal and nothing typed.
    ///
    /// # Errors
    /// `command.body`: something nobody may type there, or of a wrong JSON type.
    pub fn fill(&self, form: &Form, open: &[Part], document: &Value) -> Result<Content, Refusal> {
        let mut filled = self.clone();
        for (key, typed) in document.as_object().into_iter().flatten() {
            match key.as_str() {
                "header" => {
                    let cells = typed.as_object().ok_or_else(|| misfit(key, "应为各项内容"))?;
                    type_into(&mut filled.header, form.header, open, cells, key, &|_| false)?;
                }
                "justifications" => justify(&mut filled.justifications, typed)?,
                table => filled.fill_table(form, open, table, typed)?,
            }
        }
        Ok(filled)
    }

    fn fill_table(&mut self, form: &Form, open: &[Part], key: &str, typed: &Value) -> Result<(), Refusal> {
        let table = form.table(key).ok_or_else(|| misfit(key, "没有这张表"))?;
        let rows = self.tables.entry(key.to_string()).or_default();
        for typed in typed.as_array().ok_or_else(|| misfit(key, "应为行的列表"))? {
            let typed = typed.as_object().ok_or_else(|| misfit(key, "应为行的列表"))?;
            let id = typed.get("id").and_then(Value::as_str).map(str::trim).unwrap_or_default();
            if !(1..=LONGEST_ROW_ID).contains(&id.chars().count()) {
                return Err(misfit(key, "每行须有 id，1–40 个字"));
            }
            let place = format!("{key}[{id}]");
            let may_change_rows = table.rows.is_some_and(|part| open.contains(&part));
            let found = rows.iter().position(|row| row.id == id);
            let remove = match typed.get("remove").filter(|value| !value.is_null()) {
                None => false,
                Some(flag) => flag.as_bool().ok_or_else(|| misfit(&place, "remove 应为 true"))?,
            };
            let at = match found {
                Some(at) => at,
                None if may_change_rows && !remove => {
                    rows.push(ContentRow { id: id.to_string(), cells: Cells::default() });
                    rows.len() - 1
                }
                None => return Err(misfit(&place, "没有这一行，现在也不能增加")),
            };
            if remove {
                if !may_change_rows {
                    return Err(misfit(&place, "这一行现在不能删除"));
                }
                rows.remove(at);
                continue;
            }
            let locked = |field: &str| table.locked.contains(&(id, field));
            type_into(&mut rows[at].cells, table.fields, open, typed, &place, &locked)?;
        }
        Ok(())
    }
}

/// Types cells into a row or a header.
fn type_into(
    cells: &mut Cells,
    fields: &[FormField],
    open: &[Part],
    typed: &Map<String, Value>,
    place: &str,
    locked: &dyn Fn(&str) -> bool,
) -> Result<(), Refusal> {
    for (key, value) in typed.iter().filter(|(key, _)| !matches!(key.as_str(), "id" | "remove")) {
        let place = format!("{place}.{key}");
        let field = fields.iter().find(|field| field.key == key);
        let field = field.ok_or_else(|| misfit(&place, "没有这一项，或它由系统带入、计算"))?;
        if !open.contains(&field.part) || locked(key) {
            return Err(misfit(&place, "这一项现在不能填写"));
        }
        let text = match (value, field.takes) {
            (Value::Null, _) => None,
            (Value::Bool(flag), Takes::Flag) => Some(flag.to_string()),
            (Value::String(text), _) => Some(text.clone()),
            (_, Takes::Flag) => return Err(misfit(&place, "应为 true 或 false")),
            _ => return Err(misfit(&place, "应为文字")),
        };
        cells.put(key, text);
    }
    Ok(())
}

/// Writes reasons of warnings; null takes one back.
fn justify(reasons: &mut BTreeMap<String, String>, typed: &Value) -> Result<(), Refusal> {
    let wrong = || misfit("justifications", "应为“提醒：理由”");
    for (key, reason) in typed.as_object().ok_or_else(wrong)? {
        match reason {
            Value::Null => {
                reasons.remove(key);
            }
            Value::String(reason) => {
                reasons.insert(key.clone(), reason.clone());
            }
            _ => return Err(wrong()),
        }
    }
    Ok(())
}

pub fn misfit(place: &str, problem: &str) -> Refusal {
    Refusal::new("command.body", format!("`{place}`：{problem}。"))
}

impl TryFrom<&Value> for Content {
    type Error = Refusal;

    /// A whole content as a file holds it, with what is copied in.
    fn try_from(document: &Value) -> Result<Content, Refusal> {
        let mut content = Content::default();
        for (key, value) in document.as_object().ok_or_else(|| misfit("document", "应为各项内容"))? {
            match key.as_str() {
                "header" => content.header = cells(value, key)?,
                "justifications" => justify(&mut content.justifications, value)?,
                table => {
                    let rows = value.as_array().ok_or_else(|| misfit(table, "应为行的列表"))?;
                    let rows = rows.iter().map(|row| {
                        let mut cells = cells(row, table)?;
                        let id = cells.0.remove("id").ok_or_else(|| misfit(table, "每行须有 id"))?;
                        Ok(ContentRow { id, cells })
                    });
                    content.tables.insert(table.to_string(), rows.collect::<Result<_, Refusal>>()?);
                }
            }
        }
        Ok(content)
    }
}

fn cells(value: &Value, place: &str) -> Result<Cells, Refusal> {
    let mut cells = Cells::default();
    for (key, value) in value.as_object().ok_or_else(|| misfit(place, "应为各项内容"))? {
        let text = match value {
            Value::Null => None,
            Value::Bool(flag) => Some(flag.to_string()),
            Value::String(text) => Some(text.clone()),
            _ => return Err(misfit(&format!("{place}.{key}"), "应为文字")),
        };
        cells.put(key, text);
    }
    Ok(cells)
}
