//! What two editions differ in, leaf by leaf, and the way from one to the other.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A leaf that differs. A list is one leaf; `None` where the edition has no such leaf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterChange {
    /// Names and keys, for example `rate_cap/服务器`.
    pub path: String,
    pub from: Option<Value>,
    pub to: Option<Value>,
}

/// The changes from `old` to `new`, both `parameters` of an edition, in the order of their paths.
pub fn diff_editions(old: &Value, new: &Value) -> Vec<ParameterChange> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    leaves("", old, &mut before);
    leaves("", new, &mut after);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let mut paths: Vec<&String> = gone.chain(after.keys()).collect();
    paths.sort();
    let change = |path: &String| {
        let (from, to) = (before.get(path).copied().cloned(), after.get(path).copied().cloned());
        (from != to).then(|| ParameterChange { path: path.clone(), from, to })
    };
    paths.into_iter().filter_map(change).collect()
}

/// The parameters with the changes made; an object that loses its last member goes too.
pub fn apply(parameters: &Value, changes: &[ParameterChange]) -> Value {
    let mut changed = parameters.clone();
    for change in changes {
        let path: Vec<&str> = change.path.split('/').collect();
        set(&mut changed, &path, change.to.as_ref());
    }
    changed
}

/// Every leaf of the parameters by its path; a list is one leaf.
pub fn leaves<'a>(at: &str, value: &'a Value, found: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                let below = if at.is_empty() { key.clone() } else { format!("{at}/{key}") };
                leaves(&below, member, found);
            }
        }
        leaf => drop(found.insert(at.to_string(), leaf)),
    }
}

fn set(value: &mut Value, path: &[&str], to: Option<&Value>) {
    let [key, rest @ ..] = path else { return };
    if to.is_some() && !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Some(members) = value.as_object_mut() else { return };
    match (rest, to) {
        ([], Some(to)) => drop(members.insert((*key).to_string(), to.clone())),
        ([], None) => drop(members.remove(*key)),
        (rest, Some(_)) => set(members.entry(*key).or_insert(Value::Null), rest, to),
        (rest, None) => {
            let Some(below) = members.get_mut(*key) else { return };
            set(below, rest, None);
            if below.as_object().is_some_and(Map::is_empty) {
                members.remove(*key);
            }
        }
    }
}
