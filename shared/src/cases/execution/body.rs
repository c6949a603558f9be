//! 内容校验: judges what a command carries (money.md § 2 (6), (7)) and hands on the values in one form: text trimmed, amounts
//! in 分, blank values absent.

use super::field::{Field, FieldKind};
use super::parameters::MoneyParameters;
use crate::engine::reading::{is_credit_code, is_phone};
use crate::kernel::calendar::Date;
use crate::kernel::money::Money;
use crate::kernel::refusal::Refusal;
use crate::kernel::whole_number::whole_number;
use crate::policy::document_number::document_number;
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

pub type Body = Map<String, Value>;

/// Decimals an amount or a number may have.
const DECIMALS: u32 = 2;

/// Largest number that is no amount: 999 999.99.
pub const LARGEST_NUMBER: Decimal = Decimal::from_parts(99_999_999, 0, 0, false, DECIMALS);

/// The fields a command was sent with; none when nothing was.
///
/// # Errors
/// It is something else than fields.
pub fn fields_of(with: &Value) -> Result<Body, Refusal> {
    match with {
        Value::Object(with) => Ok(with.clone()),
        Value::Null => Ok(Body::new()),
        _ => Err(Refusal::new("command.body", "`with`：应为各项内容。")),
    }
}

/// Refuses an unknown field or a wrong JSON type anywhere.
pub fn require_types(fields: &[Field], body: &Body) -> Result<(), Refusal> {
    for (key, value) in body {
        let misfit = |problem: &str| Refusal::new("command.body", format!("`{key}`：{problem}。"));
        let Some(field) = fields.iter().find(|field| field.key == key) else {
            return Err(misfit("没有这一项，请核对字段名称"));
        };
        if is_absent(value) {
            continue;
        }
        match field.kind {
            FieldKind::Count(..) if whole_number(value).is_some() => {}
            FieldKind::Count(..) => return Err(misfit("应为整数")),
            FieldKind::Flag if value.is_boolean() => {}
            FieldKind::Flag => return Err(misfit("应为 true 或 false")),
            FieldKind::Document if value.is_object() => {}
            FieldKind::Document => return Err(misfit("应为表单内容")),
            FieldKind::Codes(_) | FieldKind::Names | FieldKind::Hashes => {
                let list = value.as_array().ok_or_else(|| misfit("应为文字的列表"))?;
                if !list.iter().all(Value::is_string) {
                    return Err(misfit("应为文字的列表"));
                }
            }
            FieldKind::Table(columns) | FieldKind::Rows(columns) => {
                for row in value.as_array().ok_or_else(|| misfit("应为行的列表"))? {
                    require_types(columns, row.as_object().ok_or_else(|| misfit("应为行的列表"))?)?;
                }
            }
            _ if value.is_string() => {}
            _ => return Err(misfit("应为文字")),
        }
    }
    Ok(())
}

/// Null, or a blank text in a field of whatever kind.
fn is_absent(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// The values of a body that breaks no field rule.
///
/// # Errors
/// The first broken rule, fields in their order, rows in order, with the article of the command.
pub fn read(
    fields: &[Field],
    body: &Body,
    article: u8,
    parameters: &MoneyParameters,
) -> Result<Body, Refusal> {
    Reader { article, parameters }.fields(fields, body, "", &mut BTreeMap::new())
}

struct Reader<'a> {
    article: u8,
    parameters: &'a MoneyParameters,
}

/// What rows above have in the unique fields of a table.
type Seen = BTreeMap<&'static str, BTreeSet<String>>;

impl Reader<'_> {
    fn refuse(&self, code: &str, place: &str, problem: &str) -> Refusal {
        Refusal::under(self.article, code, format!("`{place}`{problem}，请改正"))
    }

    fn fields(&self, fields: &[Field], body: &Body, at: &str, seen: &mut Seen) -> Result<Body, Refusal> {
        let mut read = Body::new();
        for field in fields {
            let place = format!("{at}{}", field.key);
            let typed = body.get(field.key).filter(|value| !is_absent(value));
            let is_empty = typed.is_none_or(|value| value.as_array().is_some_and(Vec::is_empty));
            if field.required && is_empty {
                return Err(self.refuse("F-01", &place, "必填"));
            }
            let Some(typed) = typed else { continue };
            let value = self.value(field, typed, &place)?;
            if field.unique {
                self.unseen(field, &value, &place, seen)?;
            }
            read.insert(field.key.to_string(), value);
        }
        Ok(read)
    }

    fn unseen(&self, field: &Field, value: &Value, place: &str, seen: &mut Seen) -> Result<(), Refusal> {
        match seen.entry(field.key).or_default().insert(value.to_string()) {
            true => Ok(()),
            false => Err(self.refuse("F-06", place, "与前面的行重复")),
        }
    }

    /// Rows whose unique field is compared after the other fields of the row.
    fn rows(&self, columns: &[Field], typed: &Value, place: &str) -> Result<Value, Refusal> {
        let plain: Vec<Field> = columns.iter().map(|field| Field { unique: false, ..*field }).collect();
        let mut seen = Seen::new();
        let mut read = Vec::new();
        for (n, row) in typed.as_array().into_iter().flatten().enumerate() {
            let empty = Body::new();
            let at = format!("{place}[{}].", n + 1);
            let row = self.fields(&plain, row.as_object().unwrap_or(&empty), &at, &mut Seen::new())?;
            for field in columns.iter().filter(|field| field.unique) {
                let value = row.get(field.key).unwrap_or(&Value::Null);
                self.unseen(field, value, &format!("{at}{}", field.key), &mut seen)?;
            }
            read.push(Value::Object(row));
        }
        Ok(Value::Array(read))
    }

    /// A list of texts, none twice.
    fn list(
        &self,
        typed: &Value,
        place: &str,
        fits: impl Fn(&str) -> Result<Value, Refusal>,
    ) -> Result<Value, Refusal> {
        let texts = typed.as_array().into_iter().flatten().filter_map(Value::as_str);
        let read = texts.map(|text| fits(text.trim())).collect::<Result<Vec<Value>, Refusal>>()?;
        let distinct: BTreeSet<&str> = read.iter().filter_map(Value::as_str).collect();
        match distinct.len() == read.len() {
            true => Ok(Value::Array(read)),
            false => Err(self.refuse("F-06", place, "有重复的项")),
        }
    }

    fn value(&self, field: &Field, typed: &Value, place: &str) -> Result<Value, Refusal> {
        let text = typed.as_str().unwrap_or_default();
        let trimmed = text.trim();
        let format = |fits: bool| match fits {
            true => Ok(Value::from(text)),
            false => Err(self.refuse("F-04", place, "不在可选范围内或格式不符")),
        };
        match field.kind {
            FieldKind::Text(least, most) => self.text(trimmed, least, most, place),
            FieldKind::Reason(most) => self.text(trimmed, self.parameters.reason_min, most, place),
            FieldKind::Reference => self.text(trimmed, 1, 80, place),
            FieldKind::Money | FieldKind::PositiveMoney => {
                let positive = matches!(field.kind, FieldKind::PositiveMoney);
                let yuan = self.decimal(text, positive, Money::LARGEST_FIELD.yuan(), place)?;
                let amount =
                    Money::from_yuan(yuan).ok_or_else(|| self.refuse("F-05", place, "最多两位小数"))?;
                Ok(Value::from(amount.fen()))
            }
            FieldKind::Number | FieldKind::PositiveNumber => {
                let positive = matches!(field.kind, FieldKind::PositiveNumber);
                Ok(Value::from(self.decimal(text, positive, LARGEST_NUMBER, place)?.to_string()))
            }
            FieldKind::Share | FieldKind::Percent => {
                let positive = matches!(field.kind, FieldKind::Share);
                Ok(Value::from(self.decimal(text, positive, Decimal::ONE_HUNDRED, place)?.to_string()))
            }
            FieldKind::Count(least, most) => match typed.as_i64() {
                Some(count) if (least..=most).contains(&count) => Ok(Value::from(count)),
                _ => Err(self.refuse("F-02", place, &format!("应在 {least} 至 {most} 之间"))),
            },
            FieldKind::Flag => Ok(typed.clone()),
            FieldKind::Date => format(Date::parse(text).is_some()),
            FieldKind::Choice(is_word) => format(is_word(text)),
            FieldKind::Listed(words) => format(words(self.parameters).contains(&text)),
            FieldKind::Id => {
                self.text(text, 1, 40, place)?;
                format(text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)))
            }
            FieldKind::DocumentNumber => match document_number(text) {
                Ok(number) => Ok(Value::from(number)),
                Err(refusal) => Err(Refusal::under(self.article, "F-04", refusal.message)),
            },
            FieldKind::Digits(least, most) => {
                self.text(text, least, most, place)?;
                format(text.bytes().all(|b| b.is_ascii_digit()))
            }
            FieldKind::Phone => format(is_phone(text)),
            FieldKind::CreditCode => format(is_credit_code(text)),
            FieldKind::Hash => format(is_digest(text)),
            FieldKind::Hashes => self.list(typed, place, |text| match is_digest(text) {
                true => Ok(Value::from(text)),
                false => Err(self.refuse("F-04", place, "应为 64 位小写十六进制摘要")),
            }),
            FieldKind::Names => self.list(typed, place, |text| self.text(text, 1, 80, place)),
            FieldKind::Document => Ok(typed.clone()),
            FieldKind::Rows(columns) => self.rows(columns, typed, place),
            FieldKind::Codes(words) => self.codes(typed, &words(self.parameters), place),
            FieldKind::Table(columns) => {
                let mut seen = Seen::new();
                let rows = typed.as_array().into_iter().flatten().enumerate().map(|(n, row)| {
                    let empty = Body::new();
                    let row = row.as_object().unwrap_or(&empty);
                    self.fields(columns, row, &format!("{place}[{}].", n + 1), &mut seen).map(Value::Object)
                });
                Ok(Value::Array(rows.collect::<Result<_, _>>()?))
            }
        }
    }

    fn text(&self, text: &str, least: usize, most: usize, place: &str) -> Result<Value, Refusal> {
        match (least..=most).contains(&text.chars().count()) {
            true => Ok(Value::from(text)),
            false => Err(self.refuse("F-03", place, &format!("应为 {least}–{most} 个字"))),
        }
    }

    fn codes(&self, typed: &Value, words: &[&str], place: &str) -> Result<Value, Refusal> {
        let codes: Vec<&str> = typed.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if let Some(unknown) = codes.iter().find(|code| !words.contains(code)) {
            return Err(self.refuse("F-04", place, &format!("没有“{unknown}”这一项")));
        }
        let distinct: BTreeSet<&&str> = codes.iter().collect();
        match distinct.len() == codes.len() {
            true => Ok(Value::from(codes)),
            false => Err(self.refuse("F-06", place, "有重复的项")),
        }
    }

    /// A number written as text: format alone when it is none, then range, then decimals.
    fn decimal(&self, text: &str, positive: bool, most: Decimal, place: &str) -> Result<Decimal, Refusal> {
        let number = written_number(text).ok_or_else(|| self.refuse("F-04", place, "应为数字"))?;
        let range = || {
            self.refuse(
                "F-02",
                place,
                &format!("应{}不大于 {most}", if positive { "大于 0、" } else { "不小于 0、" }),
            )
        };
        let Some(value) = number else { return Err(range()) };
        if value > most || value < Decimal::ZERO || (positive && value.is_zero()) {
            return Err(range());
        }
        match value.normalize().scale() > DECIMALS {
            true => Err(self.refuse("F-05", place, "最多两位小数")),
            false => Ok(value),
        }
    }
}

/// Whether a text is a digest in lower-case hex.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// A text of the form `-?\d+(\.\d+)?`; the inner `None` is a number beyond every range.
pub fn written_number(text: &str) -> Option<Option<Decimal>> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
    if !digits(whole) || fraction.is_some_and(|fraction| !digits(fraction)) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > 12 {
        return Some(None);
    }
    // Decimals beyond these twelve only have to be seen, not kept: two are allowed.
    let fraction = fraction.unwrap_or_default().trim_end_matches('0');
    let decimals = match fraction.char_indices().nth(12) {
        Some((at, _)) => format!("{}1", &fraction[..at]),
        None => fraction.to_string(),
    };
    let sign = if unsigned.len() < text.len() { "-" } else { "" };
    Some(format!("{sign}0{whole}.{decimals}0").parse::<Decimal>().ok())
}

/// Takes `justify` out of what a command carries: the reasons for warnings, by their code.
///
/// # Errors
/// It is not an object of texts.
pub fn take_justifications(body: &mut Body) -> Result<BTreeMap<String, String>, Refusal> {
    let misfit = || Refusal::new("command.body", "`justify`：应为“规则编号：理由”。");
    let Some(typed) = body.remove("justify").filter(|typed| !is_absent(typed)) else {
        return Ok(BTreeMap::new());
    };
    let reasons = typed.as_object().ok_or_else(misfit)?.iter().filter(|(_, reason)| !reason.is_null());
    let reasons = reasons
        .map(|(code, reason)| Ok((code.clone(), reason.as_str().ok_or_else(misfit)?.trim().to_string())));
    reasons.collect()
}
