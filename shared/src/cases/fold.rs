//! 重演案卷: the state of a stored case against the fold of its events.

use super::execution::kind::ExecutionKind;
use super::execution::registry::{AnyExecutionCase, with_execution_kind};
use super::kernel::CaseKind;
use super::listed_kind::ListedKind;
use super::stored;
use crate::policy::accounts::succession::Succession;
use serde_json::{Value, from_str, from_value, to_value};

/// Whether a stored body is what the events of its case lead to, each entry a JSON list. `None` where that cannot be
/// judged: an event of another release does not read.
pub fn is_fold_of_events(
    kind: ListedKind,
    body: &str,
    entries: &[String],
    succession: &Succession,
) -> Option<bool> {
    match kind {
        ListedKind::Office(kind) => with_kind!(kind, Case => of_office::<Case>(body, entries)),
        ListedKind::Execution(kind) => {
            with_execution_kind!(kind, K => of_execution::<K>(body, entries, succession))
        }
    }
}

fn of_office<K: CaseKind>(body: &str, entries: &[String]) -> Option<bool> {
    let stored: K = stored::read(body).ok()?;
    let mut case = stored.begun();
    for entry in entries {
        let events: Vec<K::Event> = from_str(entry).ok()?;
        case = events.iter().fold(case, K::evolve);
    }
    Some(to_value(&case).ok()? == to_value(&stored).ok()?)
}

/// A case written after its department was merged names the successor, its earlier events the department it was begun in.
fn of_execution<K>(body: &str, entries: &[String], succession: &Succession) -> Option<bool>
where
    K: ExecutionKind,
    AnyExecutionCase: From<K>,
{
    let body: Value = from_str(body).ok()?;
    let stored: K = from_value(body.get("case")?.clone()).ok()?;
    let mut case = K::default();
    for entry in entries {
        let events: Vec<Value> = from_str(entry).ok()?;
        for event in events {
            case = match (event.get("event").and_then(Value::as_str), event.get("case")) {
                // A document that the command made.
                (Some("paper"), _) => case,
                // Begun by another case: the event holds it whole.
                (Some("opened"), Some(begun)) => from_value(begun.clone()).ok()?,
                _ => case.evolve(&from_value(event).ok()?),
            };
        }
    }
    let [folded, stored] = [case, stored].map(|case| {
        let mut case = AnyExecutionCase::from(case);
        case.follow(succession);
        case
    });
    Some(folded.body().ok()? == stored.body().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Kind;
    use crate::cases::request::{Event, RequestCase};
    use crate::kernel::calendar::FiscalYear;
    use crate::kernel::ids::{CaseId, DepartmentId};

    #[test]
    fn a_case_is_the_fold_of_its_events_and_of_no_others() {
        let new = RequestCase::new(CaseId::new("r1"), DepartmentId::new("water"), FiscalYear(2024));
        let kind = ListedKind::Office(Kind::Request);
        let none = Succession::default();
        let untouched = stored::write(&new, None).unwrap();
        assert_eq!(is_fold_of_events(kind, &untouched, &[], &none), Some(true));
        let by = serde_json::json!({ "person": "P-1", "name": "王芳" });
        let event = serde_json::json!({ "event": "withdrawn", "reason": "不再申报。", "by": by });
        let event: Event = serde_json::from_value(event).unwrap();
        let entries = [serde_json::to_string(&[&event]).unwrap()];
        let withdrawn = stored::write(&new.evolve(&event), None).unwrap();
        assert_eq!(is_fold_of_events(kind, &withdrawn, &entries, &none), Some(true));
        assert_eq!(is_fold_of_events(kind, &withdrawn, &[], &none), Some(false));
        assert_eq!(is_fold_of_events(kind, &untouched, &entries, &none), Some(false));
        assert_eq!(
            is_fold_of_events(kind, &untouched, &["[{\"event\":\"of a later release\"}]".into()], &none),
            None
        );
    }
}
