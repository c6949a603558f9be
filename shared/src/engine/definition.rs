//! 表单定义: a form is serde data, authored in Rust by a small builder, known by its content hash.

use super::expr::Expr;
use crate::kernel::finding::Severity;
use crate::kernel::hash::sm3_hex;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Forms that are edited and frozen together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    pub key: String,
    pub title: String,
    pub forms: Vec<Form>,
    pub rules: Vec<Rule>,
}

/// One form: its tables in the order they are shown. The first is its header, under the form's own key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub key: String,
    pub title: String,
    pub tables: Vec<Table>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// 表头: exactly one row.
    Header,
    /// 明细: rows of their own.
    Lines,
    /// 提醒说明: a justification per accepted warning, kept with the document but not shown as a table.
    Justifications,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub key: String,
    pub title: String,
    pub kind: TableKind,
    /// Article of the measures the table answers to.
    pub article: u8,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    /// 必填.
    pub required: bool,
    /// No two rows of the table have the same text.
    pub unique: bool,
    /// 计算公式: a field with a formula cannot be typed into.
    pub formula: Option<Expr>,
    /// 填写说明.
    pub help: String,
    /// Width of its column in a grid, in full-width characters.
    pub width: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 元, two decimals.
    Money,
    /// Percent, two decimals.
    Percent,
    /// Two decimals.
    Plain,
    /// No decimals.
    Count,
}

impl Measure {
    pub fn decimals(self) -> u32 {
        match self {
            Measure::Count => 0,
            Measure::Money | Measure::Percent | Measure::Plain => 2,
        }
    }
}

/// One choice of a list, offered only beside a certain value of another field where `beside` says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub beside: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Length in characters after trimming; `lines` where a paragraph is expected.
    Text {
        shortest: u32,
        longest: u32,
        lines: bool,
    },
    /// `least` excludes itself where `above` says so.
    Number {
        measure: Measure,
        least: Option<Decimal>,
        above: bool,
        most: Option<Decimal>,
    },
    Date,
    /// `by` names the field whose value narrows the choices.
    Choice {
        choices: Vec<Choice>,
        by: Option<String>,
    },
    Flag,
    /// The id of a row of another table, shown by that row's `label` field.
    RowOf {
        table: String,
        label: String,
    },
    /// 统一社会信用代码 (GB 32100-2015).
    CreditCode,
    Phone,
}

/// Where a rule's finding is anchored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingAnchor {
    /// A field of the row the rule is evaluated on.
    Field(String),
    /// A table as a whole, or one of its columns.
    Table { table: String, field: Option<String> },
    /// The form as a whole.
    Form,
}

/// A part of a message: fixed words or a value at the time of showing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    Words(String),
    Value(Expr),
}

/// 校验规则.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub code: String,
    pub severity: Severity,
    pub article: u8,
    /// The table on whose rows it is evaluated; a form's key for once per form.
    pub table: String,
    pub anchor: FindingAnchor,
    pub about: Option<String>,
    /// What the rule asks for, in one sentence.
    pub title: String,
    /// There is a finding where this holds.
    pub broken_when: Expr,
    pub message: Vec<Piece>,
    /// The nearest value of the anchored field that passes.
    pub nearest: Option<Expr>,
}

impl Definition {
    /// SM3 of the definition as canonical JSON, in hex: what a document says it was filled with.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        let bytes = serde_json::to_vec(self)?;
        Ok(sm3_hex(&bytes))
    }

    pub fn tables(&self) -> impl Iterator<Item = (&Form, &Table)> {
        self.forms.iter().flat_map(|form| form.tables.iter().map(move |table| (form, table)))
    }

    pub fn table(&self, key: &str) -> Option<&Table> {
        self.tables().map(|(_, table)| table).find(|table| table.key == key)
    }
}

impl Field {
    pub fn new(key: &str, label: &str, kind: FieldKind) -> Field {
        let width = match &kind {
            FieldKind::Text { longest, .. } if *longest > 40 => 12,
            FieldKind::Text { .. } | FieldKind::RowOf { .. } => 9,
            FieldKind::Number { measure: Measure::Money, .. } => 8,
            FieldKind::Number { .. } | FieldKind::Flag => 5,
            FieldKind::Date | FieldKind::Choice { .. } => 6,
            FieldKind::CreditCode | FieldKind::Phone => 10,
        };
        Field {
            key: key.to_string(),
            label: label.to_string(),
            kind,
            required: false,
            unique: false,
            formula: None,
            help: String::new(),
            width,
        }
    }

    pub fn required(mut self) -> Field {
        self.required = true;
        self
    }

    pub fn unique(mut self) -> Field {
        self.unique = true;
        self
    }

    pub fn computed(mut self, formula: Expr) -> Field {
        self.formula = Some(formula);
        self
    }

    pub fn help(mut self, help: &str) -> Field {
        self.help = help.to_string();
        self
    }

    pub fn width(mut self, width: u8) -> Field {
        self.width = width;
        self
    }
}

impl Rule {
    pub fn new(code: &str, severity: Severity, article: u8, table: &str, title: &str) -> Rule {
        Rule {
            code: code.to_string(),
            severity,
            article,
            table: table.to_string(),
            anchor: FindingAnchor::Form,
            about: None,
            title: title.to_string(),
            broken_when: Expr::And(Vec::new()),
            message: Vec::new(),
            nearest: None,
        }
    }

    pub fn at(mut self, field: &str) -> Rule {
        self.anchor = FindingAnchor::Field(field.to_string());
        self
    }

    pub fn at_table(mut self, table: &str, field: Option<&str>) -> Rule {
        self.anchor = FindingAnchor::Table { table: table.to_string(), field: field.map(str::to_string) };
        self
    }

    pub fn about(mut self, about: &str) -> Rule {
        self.about = Some(about.to_string());
        self
    }

    pub fn broken_when(mut self, broken: Expr) -> Rule {
        self.broken_when = broken;
        self
    }

    /// Message with `{}` where each of `values` goes, in order.
    pub fn message(mut self, template: &str, values: impl IntoIterator<Item = Expr>) -> Rule {
        let mut values = values.into_iter();
        for (i, words) in template.split("{}").enumerate() {
            if i > 0 {
                self.message.extend(values.next().map(Piece::Value));
            }
            self.message.push(Piece::Words(words.to_string()));
        }
        self
    }

    pub fn nearest(mut self, value: Expr) -> Rule {
        self.nearest = Some(value);
        self
    }
}
