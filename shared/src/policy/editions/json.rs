//! JSON of editions: read without repeated keys, written canonically, hashed.

use super::EditionError;
use crate::kernel::hash::sm3_hex;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fmt;

/// Parses JSON and refuses a key that occurs twice in one object: one of its values would be dropped unseen.
pub fn parse(text: &str) -> Result<Value, EditionError> {
    let unread = |error| EditionError::new("EDN-02", None, format!("不是合格的 JSON：{error}"));
    let value = serde_json::from_str(text).map_err(unread)?;
    unrepeated("", serde_json::from_str(text).map_err(unread)?)?;
    Ok(value)
}

/// Compact JSON with keys in the order of their code points.
pub fn canonical(value: &Value) -> String {
    sorted(value).to_string()
}

/// The canonical JSON with one blank per level, as edition files are handed out.
pub fn indented(value: &Value) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    let pretty = serde_json::ser::PrettyFormatter::with_indent(b" ");
    sorted(value).serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, pretty))?;
    bytes.push(b'\n');
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// SM3 of what decides how an edition judges.
pub fn content_hash(id: &str, parameters: &Value) -> String {
    let content =
        Map::from_iter([("id".to_string(), Value::from(id)), ("parameters".to_string(), parameters.clone())]);
    sm3_hex(canonical(&Value::Object(content)).as_bytes())
}

/// The value with every object's keys in order, whichever map `serde_json` is built with.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort();
            Value::Object(keys.into_iter().map(|key| (key.clone(), sorted(&members[key]))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        plain => plain.clone(),
    }
}

/// Refuses the first key that occurs twice in one object. `text` is valid JSON.
fn unrepeated(at: &str, raw: &RawValue) -> Result<(), EditionError> {
    let unread = |error| EditionError::new("EDN-02", Some(at), format!("不是合格的 JSON：{error}"));
    let below = |key: &str| if at.is_empty() { key.to_string() } else { format!("{at}/{key}") };
    match raw.get().as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(raw.get()).map_err(unread)?;
            let mut seen = BTreeSet::new();
            members.iter().try_for_each(|(key, value)| {
                if !seen.insert(key) {
                    return Err(EditionError::new("EDN-02", Some(&below(key)), "同一处出现两次，请删去一个"));
                }
                unrepeated(&below(key), value)
            })
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw.get()).map_err(unread)?;
            items.iter().enumerate().try_for_each(|(n, item)| unrepeated(&below(&n.to_string()), item))
        }
        _ => Ok(()),
    }
}

/// An object's members as they are written, repeated ones too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = members.next_entry()? {
                    all.push(member);
                }
                Ok(Members(all))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_code_points_and_occur_once() {
        let value = parse(r#"{"线":[1,{"b":2,"a":"\n"}],"UPS":null}"#).unwrap();
        assert_eq!(canonical(&value), r#"{"UPS":null,"线":[1,{"a":"\n","b":2}]}"#);
        let error = parse(r#"{"a":{"b":1,"b":2}}"#).unwrap_err();
        assert_eq!(error.at.as_deref(), Some("a/b"), "{error}");
        assert!(parse("{} {}").is_err() && parse("{").is_err());
    }
}
