//! 判断: the computed cells of a form and its findings: the field rules here, the rules of the kind by the kind's function.

use super::content::{Cells, Content, ContentRow};
use super::form::{Form, FormField, Part, Takes};
use crate::cases::execution::body::is_digest;
use crate::engine::reading::number_of;
use crate::kernel::calendar::Date;
use crate::kernel::finding::{Finding, Place, Severity};
use crate::kernel::money::half_up;
use crate::kernel::refusal::Refusal;
use crate::policy::editions::parameters::EditionParameters;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Values of the rest of the world a form is judged by, by name.
pub type FormFacts = BTreeMap<String, String>;

/// What a form is judged by.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub content: &'a Content,
    pub parameters: &'a EditionParameters,
    pub facts: &'a FormFacts,
}

impl<'a> View<'a> {
    pub fn header(&self) -> &'a Cells {
        &self.content.header
    }

    pub fn rows(&self, table: &str) -> &'a [ContentRow] {
        self.content.rows(table)
    }

    pub fn fact(&self, name: &str) -> Option<&'a str> {
        self.facts.get(name).map(String::as_str)
    }

    pub fn number_fact(&self, name: &str) -> Option<Decimal> {
        self.fact(name).and_then(number_of)
    }

    pub fn date_fact(&self, name: &str) -> Option<Date> {
        self.fact(name).and_then(Date::parse)
    }
}

/// The function of a kind: writes its computed cells and the findings of its own rules.
pub type JudgeForm = fn(&View, &mut Judgement);

/// Computed cells and findings of one form.
#[derive(Debug)]
pub struct Judgement {
    form: &'static Form,
    pub header: Map<String, Value>,
    /// Computed cells by table and row.
    pub tables: BTreeMap<&'static str, BTreeMap<String, Map<String, Value>>>,
    findings: Vec<(Part, Finding)>,
    /// Fewest characters of a written reason, and of a note.
    reason_min: u32,
    note_length: u32,
}

/// Two decimals, as answers print numbers; null for none.
pub fn two_decimals(number: Option<Decimal>) -> Value {
    number.map_or(Value::Null, |number| Value::from(printed(number)))
}

/// Two decimals, half away from zero, without a negative zero.
pub fn printed(number: Decimal) -> String {
    format!("{:.2}", rounded(number))
}

/// A number of two decimals, half away from zero, without a negative zero.
pub fn rounded(number: Decimal) -> Decimal {
    let number = half_up(number, 2);
    if number.is_zero() { Decimal::ZERO } else { number }
}

/// `part × 100 ÷ whole`, unrounded; `None` without a whole.
pub fn percentage(part: Decimal, whole: Decimal) -> Option<Decimal> {
    part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)
}

impl Judgement {
    /// Judges a form: field rules, then the rules of the kind.
    pub fn of(form: &'static Form, judge: JudgeForm, view: &View) -> Judgement {
        let tables = form.computed.iter().map(|table| (*table, BTreeMap::new())).collect();
        let (reason_min, note_length) = (view.parameters.reason_min, view.parameters.note_length);
        let mut judgement =
            Judgement { form, header: Map::new(), tables, findings: Vec::new(), reason_min, note_length };
        judgement.field_rules(None, None, form.header, view.header());
        for table in form.tables {
            for row in view.rows(table.key) {
                judgement.field_rules(Some(table.key), Some(&row.id), table.fields, &row.cells);
            }
        }
        judge(view, &mut judgement);
        judgement.findings.sort_by(|(_, a), (_, b)| a.sort_key().cmp(&b.sort_key()));
        judgement
    }

    fn field_rules(&mut self, table: Option<&str>, row: Option<&str>, fields: &[FormField], cells: &Cells) {
        for field in fields {
            for code in faults(field, cells.text(field.key)) {
                let says = format!("“{}”{}", field.label, fault(code, field.takes));
                self.push(field.part, Severity::Error, code, (table, row, Some(field.key)), says);
            }
        }
    }

    fn push(
        &mut self,
        part: Part,
        severity: Severity,
        code: &str,
        (table, row, field): (Option<&str>, Option<&str>, Option<&str>),
        message: String,
    ) {
        let text = |part: Option<&str>| part.map(str::to_string);
        let form = self.form.key.to_string();
        let place = Place { form, table: text(table), row: text(row), field: text(field) };
        let (rule, article) = (code.to_string(), self.form.article);
        self.findings.push((part, Finding { rule, severity, article, place, about: None, message }));
    }

    fn find(&mut self, code: &str, place: (Option<&str>, Option<&str>, Option<&str>)) {
        let rule = self.form.rules.iter().find(|rule| rule.code == code);
        debug_assert!(rule.is_some(), "{code} is no rule of {}", self.form.key);
        if let Some(rule) = rule {
            let says = rule.says.replace("{reason}", &self.reason_min.to_string());
            let says = says.replace("{note}", &self.note_length.to_string());
            self.push(rule.part, rule.severity, code, place, says);
        }
    }

    /// A finding at a field of the header, if the rule is broken.
    pub fn header_rule(&mut self, broken: bool, code: &str, field: &str) {
        if broken {
            self.find(code, (None, None, Some(field)));
        }
    }

    /// A finding at a field of a row, if the rule is broken.
    pub fn row_rule(&mut self, broken: bool, code: &str, (table, row, field): (&str, &str, &str)) {
        if broken {
            self.find(code, (Some(table), Some(row), Some(field)));
        }
    }

    /// A finding at a table or one of its columns, about something, if the rule is broken.
    pub fn table_rule<'f>(
        &mut self,
        broken: bool,
        code: &str,
        (table, field): (&str, impl Into<Option<&'f str>>),
        about: Option<&str>,
    ) {
        if broken {
            self.find(code, (Some(table), None, field.into()));
            self.about(about);
        }
    }

    /// Says what the latest finding is about.
    pub fn about(&mut self, about: Option<&str>) {
        if let Some((_, finding)) = self.findings.last_mut() {
            finding.about = about.map(str::to_string);
        }
    }

    /// A computed cell of the header.
    pub fn compute(&mut self, key: &str, value: impl Into<Value>) {
        self.header.insert(key.to_string(), value.into());
    }

    /// A computed cell of a row.
    pub fn compute_row(&mut self, table: &'static str, row: &str, key: &str, value: impl Into<Value>) {
        let cells = self.tables.entry(table).or_default().entry(row.to_string()).or_default();
        cells.insert(key.to_string(), value.into());
    }

    /// Findings of the parts, in their lasting order.
    pub fn findings<'a>(&'a self, parts: &'a [Part]) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(|(part, _)| parts.contains(part)).map(|(_, finding)| finding)
    }

    /// A draft leaves only without errors and with a reason for every warning.
    ///
    /// # Errors
    /// `findings.errors`, `findings.unjustified`; the first place is named.
    pub fn require(&self, parts: &[Part], content: &Content) -> Result<(), Refusal> {
        let article = self.form.article;
        let refuse = |code: &str, finding: &Finding| {
            Err(Refusal::under(article, code, format!("{}：{}", finding.key(), finding.message)))
        };
        let mut errors = self.findings(parts).filter(|finding| finding.severity == Severity::Error);
        if let Some(finding) = errors.next() {
            return refuse("findings.errors", finding);
        }
        let explained = |finding: &&Finding| {
            let reason = content.justifications.get(&finding.key());
            reason.is_some_and(|reason| reason.trim().chars().count() >= self.reason_min as usize)
        };
        match self.findings(parts).find(|finding| !explained(finding)) {
            Some(finding) => refuse("findings.unjustified", finding),
            None => Ok(()),
        }
    }

    /// Computed cells as answers show them.
    pub fn computed(&self) -> Value {
        let mut all = json!({ "header": self.header });
        for (table, rows) in &self.tables {
            all[*table] = json!(rows);
        }
        all
    }

    /// Findings as answers show them.
    pub fn shown(&self, parts: &[Part]) -> Value {
        let show = |finding: &Finding| {
            let Place { form, table, row, field } = &finding.place;
            let mut shown = json!({
                "rule": finding.rule, "severity": finding.severity, "form": form, "table": table, "row": row,
                "field": field,
            });
            if let Some(about) = &finding.about {
                shown["about"] = json!(about);
            }
            shown
        };
        self.findings(parts).map(show).collect()
    }
}

/// Codes of the field rules a trimmed text breaks.
fn faults(field: &FormField, text: &str) -> Vec<&'static str> {
    if text.is_empty() {
        return if field.required { vec!["F-01"] } else { Vec::new() };
    }
    let format = |fits: bool| if fits { Vec::new() } else { vec!["F-04"] };
    let number = |in_range: &dyn Fn(Decimal) -> bool, decimals: u32| {
        let Some(number) = number_of(text) else { return vec!["F-04"] };
        let fine = number.normalize().scale() > decimals;
        let found = [(!in_range(number), "F-02"), (fine, "F-05")];
        found.into_iter().filter(|(broken, _)| *broken).map(|(_, code)| code).collect()
    };
    match field.takes {
        Takes::Text(least, most) => match (least..=most).contains(&text.chars().count()) {
            true => Vec::new(),
            false => vec!["F-03"],
        },
        Takes::Number => number(&|number| number >= Decimal::ZERO, 2),
        Takes::PositiveNumber => number(&|number| number > Decimal::ZERO, 2),
        Takes::Percent => number(&|number| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&number), 2),
        Takes::Count(least) => number(&|number| !number.is_integer() || number >= Decimal::from(least), 0),
        Takes::Date => format(Date::parse(text).is_some()),
        Takes::Choice(words) => format(words.contains(&text)),
        Takes::Flag => format(matches!(text, "true" | "false")),
        Takes::Hash => format(is_digest(text)),
    }
}

/// What a broken field rule asks for.
fn fault(code: &str, takes: Takes) -> String {
    match (code, takes) {
        ("F-01", _) => "必填，请填写".to_string(),
        ("F-03", Takes::Text(least, most)) => format!("应为 {least}–{most} 个字"),
        ("F-02", Takes::PositiveNumber) => "应大于 0".to_string(),
        ("F-02", Takes::Percent) => "应在 0 至 100 之间".to_string(),
        ("F-02", Takes::Count(least)) => format!("应不小于 {least}"),
        ("F-02", _) => "应不小于 0".to_string(),
        ("F-05", Takes::Count(_)) => "应为整数".to_string(),
        ("F-05", _) => "最多两位小数".to_string(),
        (_, Takes::Choice(words)) => format!("应从清单中选择：{}", words.join("、")),
        (_, Takes::Date) => "应为真实日期，写作 2023-07-15".to_string(),
        (_, Takes::Flag) => "应为“是”或“否”".to_string(),
        (_, Takes::Hash) => "应为 64 位小写十六进制摘要".to_string(),
        _ => "应为数字，整数部分最多 12 位，小数最多 6 位".to_string(),
    }
}
