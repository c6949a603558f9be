//! 存储的案卷: the JSON body of a case in its row. Two versions of the server may work on one database: what a newer one added
//! is ignored when a body is read and stays in it when it is written again; what an older one left out has its default, and
//! its number says whether more is to be done. Strictness belongs to the wire.

use super::kernel::CaseKind;
use crate::kernel::ids::DepartmentId;
use serde::Deserialize;
use serde_json::{Map, Value, to_value};
use std::collections::BTreeSet;

/// Member with the number of the form a body was written in; bodies of the first form have none.
const SCHEMA: &str = "schema";

/// Reads only the number.
#[derive(Deserialize)]
struct Numbered {
    #[serde(default = "first")]
    schema: u64,
}

fn first() -> u64 {
    1
}

/// The case in a body of this server's form, of an older one or of a newer one.
///
/// # Errors
/// It is not the JSON of such a case.
pub fn read<K: CaseKind>(body: &str) -> serde_json::Result<K> {
    // Nothing is older than the first form, and lists read many bodies.
    let schema = if K::SCHEMA == 1 { 1 } else { serde_json::from_str::<Numbered>(body)?.schema };
    if schema >= K::SCHEMA {
        return serde_json::from_str(body);
    }
    let mut members: Map<String, Value> = serde_json::from_str(body)?;
    K::upcast(schema, &mut members);
    serde_json::from_value(Value::Object(members))
}

/// The body of a case, written over the one it was made from.
///
/// # Errors
/// The state cannot be written as JSON, or `before` is not the JSON of such a case.
pub fn write<K: CaseKind>(case: &K, before: Option<&str>) -> serde_json::Result<String> {
    let mut body = to_value(case)?;
    let mut schema = K::SCHEMA;
    if let Some(before) = before {
        let known = to_value(read::<K>(before)?)?;
        let before: Value = serde_json::from_str(before)?;
        schema = schema.max(before.get(SCHEMA).and_then(Value::as_u64).unwrap_or(1));
        keep_unknown(&before, &known, &mut body);
    }
    if let Some(members) = body.as_object_mut().filter(|_| schema > 1) {
        members.insert(SCHEMA.to_string(), schema.into());
    }
    serde_json::to_string(&body)
}

/// The body of a case that has passed to another department, and that `readers` read once it is concluded.
///
/// # Errors
/// It is not JSON.
pub fn in_department(
    body: &str,
    department: &str,
    readers: &BTreeSet<DepartmentId>,
) -> serde_json::Result<String> {
    let mut body: Value = serde_json::from_str(body)?;
    if let Some(own) = body.get_mut("department").filter(|own| own.is_string()) {
        *own = department.into();
        body["readers"] = to_value(readers)?;
    }
    serde_json::to_string(&body)
}

/// Puts the members of `before` that nothing here knows (`known` is `before` as it was read) into `body`, at every depth of
/// objects.
fn keep_unknown(before: &Value, known: &Value, body: &mut Value) {
    let (Value::Object(before), Value::Object(known), Value::Object(body)) = (before, known, body) else {
        return;
    };
    for (name, value) in before {
        match (known.get(name), body.get_mut(name)) {
            (None, None) => drop(body.insert(name.clone(), value.clone())),
            (Some(known), Some(body)) => keep_unknown(value, known, body),
            // Set now, or taken away on purpose.
            (None, Some(_)) | (Some(_), None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::AnyCase;
    use crate::cases::request::RequestCase;
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::ids::{CaseId, DepartmentId};
    use serde_json::json;

    fn request() -> RequestCase {
        RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024))
    }

    #[test]
    fn what_a_newer_server_wrote_is_read_and_stays() {
        let mut newer = to_value(request()).unwrap();
        newer["schema"] = json!(7);
        newer["insured"] = json!({ "by": "someone" });
        let newer = newer.to_string();
        let mut case: RequestCase = read(&newer).unwrap();
        assert_eq!(case, request());
        case.revision = 1;
        let body: Value = serde_json::from_str(&write(&case, Some(&newer)).unwrap()).unwrap();
        assert_eq!((&body["schema"], &body["insured"]["by"]), (&json!(7), &json!("someone")));
        assert_eq!(body["revision"], 1);
        assert_eq!(read::<RequestCase>(&body.to_string()).unwrap(), case);
    }

    #[test]
    fn unknown_members_stay_at_every_depth_and_known_ones_may_go() {
        let before = json!({ "a": { "x": 1, "new": 2 }, "gone": 3, "list": [{ "new": 1 }] });
        let known = json!({ "a": { "x": 1 }, "gone": 3, "list": [{}] });
        let mut body = json!({ "a": { "x": 5 }, "list": [] });
        keep_unknown(&before, &known, &mut body);
        assert_eq!(body, json!({ "a": { "x": 5, "new": 2 }, "list": [] }));
    }

    #[test]
    fn the_body_of_a_case_may_hold_a_member_of_the_future() {
        let (id, year, department) = (CaseId::new("c"), FiscalYear(2024), DepartmentId::new("water"));
        let any: [AnyCase; 5] = [
            request().into(),
            crate::cases::separate::SeparateApplication::new(id.clone(), department, year).into(),
            crate::cases::consolidation::Consolidation::new(id.clone(), year, 1).into(),
            crate::cases::mid_term_plan::MidTermPlan::new(id.clone(), year).into(),
            crate::cases::approval::ApprovalBatch::new(id, year).into(),
        ];
        for case in any {
            let kind = case.head().kind;
            let body = case.body(None).unwrap();
            let newer = format!("{{\"future\":[1],{}", &body[1..]);
            assert_eq!(AnyCase::read(kind, &newer).unwrap(), case);
            assert!(case.body(Some(&newer)).unwrap().contains("\"future\":[1]"), "{}", kind.word());
        }
    }
}
