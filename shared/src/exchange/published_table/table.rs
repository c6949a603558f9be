//! A published table as values, and how its JSON is read.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The text of a cell as printed.
pub type Text = Option<String>;

/// One line of the funds part.
#[derive(Clone, Debug, Default)]
pub struct FundLine {
    pub line: String,
    /// Printed after 其中 on a sheet: a part of the total, or of the line above. The lines of a JSON file are all parts of the
    /// total.
    pub is_part: bool,
    pub unit: Text,
    pub initial: Text,
    pub adjusted: Text,
    pub executed: Text,
    pub arrived: Text,
    pub weight: Text,
    pub rate: Text,
    pub score: Text,
}

/// One printed indicator.
#[derive(Clone, Debug, Default)]
pub struct PrintedIndicator {
    pub l1: Text,
    pub l2: Text,
    pub l3: Text,
    pub target: Text,
    pub actual: Text,
    pub weight: Text,
    pub score: Text,
    pub reason: Text,
}

/// One printed line of a budget's composition.
#[derive(Clone, Debug, Default)]
pub struct PrintedItem {
    pub name: Text,
    pub amount: Text,
    pub printed: Text,
    pub group: Text,
    /// Every further column by its key.
    pub columns: Vec<(String, Text)>,
}

/// What the table prints under itself.
#[derive(Clone, Debug, Default)]
pub struct PrintedTotals {
    pub weight_total: Text,
    pub score_total: Text,
    pub grade: Text,
    pub balance: Text,
}

/// A part of the file that was not understood and so not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadPart {
    /// 第 9 行, 第 5 列 or the name of a sheet.
    pub place: String,
    /// What is printed there.
    pub text: String,
    /// Why it was not judged, and what to do.
    pub reason: String,
}

#[derive(Clone, Debug, Default)]
pub struct PublishedTable {
    pub id: String,
    pub doc_type: String,
    /// `None` when the table covers several years or names none.
    pub year: Option<u32>,
    pub money_unit: Text,
    pub rows_complete: bool,
    pub complete: bool,
    pub ocr: bool,
    pub funds: Vec<FundLine>,
    /// Weights printed at the headers of levels and goals.
    pub headers: Vec<(String, Text)>,
    pub indicators: Vec<PrintedIndicator>,
    pub items: Vec<PrintedItem>,
    pub items_total: Text,
    pub items_unit: Text,
    pub items_other_totals: Vec<(String, Text)>,
    pub items_group_totals: Vec<(String, Text)>,
    pub published: PrintedTotals,
    /// No column of 指标值 and 完成值: a table that only scores.
    pub lacks_values: bool,
    /// No column of reasons.
    pub lacks_reasons: bool,
    pub unread: Vec<UnreadPart>,
}

const FUND_KEYS: [&str; 9] =
    ["line", "unit", "initial", "adjusted", "executed", "arrived", "weight", "rate", "score"];

const INDICATOR_KEYS: [&str; 8] =
    ["l1", "l2", "l3", "target", "actual", "weight", "score", "deviation_reason"];

impl PublishedTable {
    pub fn is_self_evaluation(&self) -> bool {
        self.doc_type == "self_evaluation_table"
    }

    pub fn is_target_table(&self) -> bool {
        self.doc_type == "target_table"
    }

    /// Lines of all its parts.
    pub fn lines(&self) -> usize {
        self.funds.len() + self.headers.len() + self.indicators.len() + self.items.len()
    }

    /// Reads the JSON of a published table.
    ///
    /// # Errors
    /// What is wrong, in Chinese, with the place.
    pub fn from_json(text: &str) -> Result<PublishedTable, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            format!("第 {} 行第 {} 列不是合法的 JSON：{error}", error.line(), error.column())
        })?;
        let table = value.as_object().ok_or("文件应是一个 JSON 对象")?;
        let required =
            |key: &str| cell(table.get(key), key)?.ok_or_else(|| format!("缺少 {key}，请补上这一项"));
        let flag = |key: &str| match table.get(key) {
            None | Some(Value::Null) => Ok(true),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(format!("{key} 应为 true 或 false")),
        };
        let published = match table.get("published") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(published)) => published.clone(),
            Some(_) => return Err("published 应是一个对象".into()),
        };
        let printed = |key: &str| cell(published.get(key), &format!("published.{key}"));
        let read = PublishedTable {
            id: required("id")?,
            doc_type: required("doc_type")?,
            year: cell(table.get("year"), "year")?.and_then(|year| year.trim().parse().ok()),
            money_unit: cell(table.get("money_unit"), "money_unit")?,
            rows_complete: flag("rows_complete")?,
            complete: flag("complete")?,
            ocr: table.get("ocr_flags").is_some_and(is_present),
            funds: rows(table, "funds", fund_line)?,
            headers: columns(table, "l1_weights")?,
            indicators: rows(table, "indicators", indicator)?,
            items: rows(table, "items", item)?,
            items_total: cell(table.get("items_total"), "items_total")?,
            items_unit: cell(table.get("items_unit"), "items_unit")?,
            items_other_totals: columns(table, "items_other_totals")?,
            items_group_totals: columns(table, "items_group_totals")?,
            published: PrintedTotals {
                weight_total: printed("weight_total")?,
                score_total: printed("score_total")?,
                grade: printed("grade")?,
                balance: printed("balance")?,
            },
            lacks_values: false,
            lacks_reasons: false,
            unread: unknown_rows(table),
        };
        if read.lines() == 0 {
            return Err("表里没有可核对的内容：需要 funds、indicators 或 items，请核对键名".into());
        }
        Ok(read)
    }
}

/// Rows of which no key is known: nothing of them would be judged.
fn unknown_rows(table: &Map<String, Value>) -> Vec<UnreadPart> {
    let mut unread = Vec::new();
    for (part, known) in [("funds", &FUND_KEYS[..]), ("indicators", &INDICATOR_KEYS)] {
        let rows = table.get(part).and_then(Value::as_array).into_iter().flatten();
        for (index, row) in rows.enumerate().filter_map(|(index, row)| Some((index, row.as_object()?))) {
            if !row.keys().any(|key| known.contains(&key.as_str())) {
                let text = row.keys().cloned().collect::<Vec<_>>().join("、");
                let reason = format!("不认识这一行的键，没有核对；{part} 的键是 {}", known.join("、"));
                unread.push(UnreadPart { place: format!("{part}[{index}]"), text, reason });
            }
        }
    }
    unread
}

/// Whether a flag says anything.
fn is_present(flags: &Value) -> bool {
    match flags {
        Value::Null | Value::Bool(false) => false,
        Value::Array(flags) => !flags.is_empty(),
        Value::Object(flags) => !flags.is_empty(),
        Value::String(flags) => !flags.trim().is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

fn cell(value: Option<&Value>, place: &str) -> Result<Text, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(format!("{place} 应为文字或数字")),
    }
}

fn columns(table: &Map<String, Value>, key: &str) -> Result<Vec<(String, Text)>, String> {
    match table.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(entries)) => entries
            .iter()
            .map(|(name, value)| Ok((name.clone(), cell(Some(value), &format!("{key}.{name}"))?)))
            .collect(),
        Some(_) => Err(format!("{key} 应是一个对象")),
    }
}

/// Reads a cell of a row by its key.
type CellOf<'c> = &'c dyn Fn(&str) -> Result<Text, String>;

fn rows<T>(
    table: &Map<String, Value>,
    key: &str,
    read: fn(&Map<String, Value>, CellOf<'_>) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let list = match table.get(key) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(format!("{key} 应是一个数组")),
    };
    let one = |(index, value): (usize, &Value)| {
        let row = value.as_object().ok_or_else(|| format!("{key}[{index}] 应是一个对象"))?;
        read(row, &|field| cell(row.get(field), &format!("{key}[{index}].{field}")))
    };
    list.iter().enumerate().map(one).collect()
}

fn fund_line(_: &Map<String, Value>, cell: CellOf<'_>) -> Result<FundLine, String> {
    let line = cell("line")?.unwrap_or_default();
    Ok(FundLine {
        is_part: false,
        line,
        unit: cell("unit")?,
        initial: cell("initial")?,
        adjusted: cell("adjusted")?,
        executed: cell("executed")?,
        arrived: cell("arrived")?,
        weight: cell("weight")?,
        rate: cell("rate")?,
        score: cell("score")?,
    })
}

fn indicator(_: &Map<String, Value>, cell: CellOf<'_>) -> Result<PrintedIndicator, String> {
    Ok(PrintedIndicator {
        l1: cell("l1")?,
        l2: cell("l2")?,
        l3: cell("l3")?,
        target: cell("target")?,
        actual: cell("actual")?,
        weight: cell("weight")?,
        score: cell("score")?,
        reason: cell("deviation_reason")?,
    })
}

fn item(row: &Map<String, Value>, cell: CellOf<'_>) -> Result<PrintedItem, String> {
    let own = ["name", "amount", "printed", "group"];
    let further = row
        .iter()
        .filter(|(key, value)| !own.contains(&key.as_str()) && (value.is_string() || value.is_number()));
    let columns: Result<Vec<_>, String> = further.map(|(key, _)| Ok((key.clone(), cell(key)?))).collect();
    Ok(PrintedItem {
        name: cell("name")?,
        amount: cell("amount")?,
        printed: cell("printed")?,
        group: cell("group")?,
        columns: columns?,
    })
}
