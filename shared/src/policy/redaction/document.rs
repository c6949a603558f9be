//! 文件脱敏: the walk over a document's public fields: what is classified leaves its list, personal, bank and
//! technical fields are dropped, other text is redacted, sums are made anew.

use super::text::redact_text;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const PERSONAL: [&str; 13] = [
    "contact",
    "phone",
    "mobile",
    "email",
    "id_number",
    "leader",
    "legal_representative",
    "signers",
    "reviewers",
    "evaluators",
    "signature",
    "photo",
    "position",
];
const BANK: [&str; 4] = ["bank", "bank_account", "account_name", "account_number"];
const TECHNICAL: [&str; 9] =
    ["ip", "mac", "port", "topology", "network", "serial", "protection_level", "deployment", "vulnerability"];
/// Also technical for devices of these kinds.
const DEVICE_KINDS: [&str; 2] = ["安全", "网络"];
const DEVICE: [&str; 3] = ["brand", "model", "spec"];
/// Text that is published as it is.
const VERBATIM: [&str; 6] = ["id", "row", "credit_code", "hash", "ocid", "number"];

/// 脱敏规则.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum RedactionRule {
    /// 涉密.
    #[serde(rename = "R-01")]
    Classified,
    /// 个人信息.
    #[serde(rename = "R-02")]
    Personal,
    /// 账户.
    #[serde(rename = "R-03")]
    Bank,
    /// 技术细节.
    #[serde(rename = "R-04")]
    Technical,
    /// 文本.
    #[serde(rename = "R-05")]
    Text,
}

/// 脱敏标记: one place of the source that is not public, or not as it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RedactionMark {
    /// JSON Pointer into the source.
    pub path: String,
    pub rule: RedactionRule,
    /// Class of the hidden text, for R-05.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

/// The public document and what was taken from its source, by path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RedactedDocument {
    pub document: Value,
    pub marks: Vec<RedactionMark>,
}

/// A source whose sums cannot be made anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}：不是可以相加的金额，无法重算公开合计")]
pub struct RedactionError {
    pub path: String,
}

/// Makes the public document.
///
/// # Errors
/// An amount beside a sum is no decimal text; its path is named.
pub fn redact(source: &Value) -> Result<RedactedDocument, RedactionError> {
    let mut walk = Walk { marks: Vec::new() };
    let document = walk.value("", "", source, &BTreeSet::new())?;
    walk.marks.sort();
    Ok(RedactedDocument { document, marks: walk.marks })
}

struct Walk {
    marks: Vec<RedactionMark>,
}

impl Walk {
    fn mark(&mut self, path: String, rule: RedactionRule) {
        self.marks.push(RedactionMark { path, rule, class: None });
    }

    /// `secret` holds the ids of the classified systems around.
    fn value(
        &mut self,
        path: &str,
        key: &str,
        value: &Value,
        secret: &BTreeSet<String>,
    ) -> Result<Value, RedactionError> {
        Ok(match value {
            Value::Object(members) => Value::Object(self.object(path, members, secret)?),
            Value::Array(items) => Value::Array(self.list(path, key, items, secret)?),
            Value::String(text) if !VERBATIM.contains(&key) => {
                let redacted = redact_text(text);
                let marks = redacted.marks.into_iter();
                self.marks.extend(marks.map(|class| RedactionMark {
                    path: path.to_string(),
                    rule: RedactionRule::Text,
                    class: Some(class),
                }));
                Value::String(redacted.text)
            }
            other => other.clone(),
        })
    }

    fn list(
        &mut self,
        path: &str,
        key: &str,
        items: &[Value],
        secret: &BTreeSet<String>,
    ) -> Result<Vec<Value>, RedactionError> {
        let mut public = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let at = format!("{path}/{n}");
            match is_classified(item, secret) {
                true => self.mark(at, RedactionRule::Classified),
                false => public.push(self.value(&at, key, item, secret)?),
            }
        }
        Ok(public)
    }

    fn object(
        &mut self,
        path: &str,
        members: &Map<String, Value>,
        outside: &BTreeSet<String>,
    ) -> Result<Map<String, Value>, RedactionError> {
        let secret = &with_own_systems(members, outside);
        let device =
            members.get("kind").and_then(Value::as_str).is_some_and(|kind| DEVICE_KINDS.contains(&kind));
        let mut public = Map::new();
        for (key, value) in members {
            let at = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
            let key = key.as_str();
            let rule = if PERSONAL.contains(&key) {
                RedactionRule::Personal
            } else if BANK.contains(&key) {
                RedactionRule::Bank
            } else if TECHNICAL.contains(&key) || (device && DEVICE.contains(&key)) {
                RedactionRule::Technical
            } else if is_classified(value, secret) {
                RedactionRule::Classified
            } else {
                if key != "classified" {
                    public.insert(key.to_string(), self.value(&at, key, value, secret)?);
                }
                continue;
            };
            self.mark(at, rule);
        }
        sum_anew(path, members, &mut public)?;
        Ok(public)
    }
}

/// Marked so, or of a classified system.
fn is_classified(value: &Value, secret: &BTreeSet<String>) -> bool {
    let system = value.get("system").and_then(Value::as_str);
    value.get("classified") == Some(&Value::Bool(true))
        || system.is_some_and(|system| secret.contains(system))
}

fn with_own_systems(members: &Map<String, Value>, outside: &BTreeSet<String>) -> BTreeSet<String> {
    let own = members.get("systems").and_then(Value::as_array).into_iter().flatten();
    let own = own.filter(|system| is_classified(system, &BTreeSet::new()));
    let ids = own.filter_map(|system| system.get("id").and_then(Value::as_str)).map(str::to_string);
    outside.iter().cloned().chain(ids).collect()
}

/// `total` and `subtotals` beside lists of amounts are the sums of what stayed.
fn sum_anew(
    path: &str,
    source: &Map<String, Value>,
    public: &mut Map<String, Value>,
) -> Result<(), RedactionError> {
    let counted = |value: &Value| value.get("amount").is_some() || value.get("total").is_some();
    let lists = source.iter().filter_map(|(key, value)| Some((key, value.as_array()?)));
    let lists: Vec<&String> =
        lists.filter(|(_, items)| items.iter().any(counted)).map(|(key, _)| key).collect();
    if lists.is_empty() || !(source.contains_key("total") || source.contains_key("subtotals")) {
        return Ok(());
    }
    let mut total = Decimal::ZERO;
    let mut subtotals: BTreeMap<String, Decimal> = BTreeMap::new();
    for list in lists {
        for (n, item) in public.get(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            let of = |key: &str, value: &Value| {
                let amount = value.as_str().and_then(|text| text.parse::<Decimal>().ok());
                amount.ok_or_else(|| RedactionError { path: format!("{path}/{list}/{n}/{key}") })
            };
            let Some((key, amount)) = ["amount", "total"].iter().find_map(|key| Some((key, item.get(key)?)))
            else {
                continue;
            };
            let amount = of(key, amount)?;
            let too_much = || RedactionError { path: format!("{path}/{list}/{n}") };
            total = total.checked_add(amount).ok_or_else(too_much)?;
            let parts = match (item.get("category").and_then(Value::as_str), item.get("subtotals")) {
                (Some(category), _) => vec![(category.to_string(), amount)],
                (None, Some(Value::Object(parts))) => {
                    let parts = parts.iter().map(|(name, part)| Ok((name.clone(), of("subtotals", part)?)));
                    parts.collect::<Result<_, RedactionError>>()?
                }
                _ => Vec::new(),
            };
            for (category, part) in parts {
                let sum = subtotals.entry(category).or_default();
                *sum = sum.checked_add(part).ok_or_else(too_much)?;
            }
        }
    }
    let text = |sum: Decimal| Value::String(format!("{sum:.2}"));
    if source.contains_key("total") {
        public.insert("total".to_string(), text(total));
    }
    if source.contains_key("subtotals") {
        let subtotals = subtotals.into_iter().map(|(category, sum)| (category, text(sum))).collect();
        public.insert("subtotals".to_string(), Value::Object(subtotals));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_sum_of_the_departments_hides_a_classified_line_too() {
        let source = json!({ "total": "30.00", "departments": [
            { "total": "10.00", "lines": [{ "amount": "10.00" }] },
            { "total": "20.00", "systems": [{ "id": "s", "classified": true }],
              "lines": [{ "system": "s", "amount": "15.00" }, { "amount": "5.00" }] }] });
        let public = redact(&source).unwrap().document;
        assert_eq!((&public["total"], &public["departments"][1]["total"]), (&json!("15.00"), &json!("5.00")));
    }

    #[test]
    fn redacting_the_public_document_changes_nothing() {
        let source = json!({ "contact": "赵", "lines": [{ "kind": "安全", "brand": "x", "amount": "1.00" }], "total": "9.00",
            "note": "电话 13800138000" });
        let once = redact(&source).unwrap().document;
        let twice = redact(&once).unwrap();
        assert_eq!((twice.document, twice.marks), (once, Vec::new()));
    }

    #[test]
    fn an_amount_that_is_none_is_named() {
        let source = json!({ "total": "1.00", "lines": [{ "amount": "一元" }] });
        assert_eq!(redact(&source).unwrap_err().path, "/lines/0/amount");
    }
}
