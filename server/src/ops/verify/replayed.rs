//! 重演: what is derived is derived again. The content of a draft is the fold of its operations, the state of a case that of
//! its events.

use crate::cases::event_log::{self, StateRow};
use crate::documents::draft::{self, Draft};
use crate::documents::operations;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::append::TableColumns;
use shared::cases::Kind;
use shared::cases::fold::is_fold_of_events;
use shared::cases::listed_kind::ListedKind;
use shared::cases::separate;
use shared::engine::document::Document;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::policy::accounts::succession::Succession;
use shared::policy::art16_trail::{TrailFinding, TrailWalk};
use sqlx::AnyConnection;

/// The year of a document plays no part in what rows it has.
const YEAR: FiscalYear = FiscalYear(0);

/// Begins the name of the state of a case among the findings.
const STATE: &str = "state/";

/// Compares every draft with its operations.
pub async fn walk(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
    walk: &mut TrailWalk,
) -> Result<(), Failure> {
    if !columns.contains_key("draft_rows") || !columns.contains_key("operations") {
        return Ok(());
    }
    for case in draft::all(connection, tenant).await? {
        let draft = Draft { tenant, request: &case };
        let is_fold = match draft.document(&mut *connection, YEAR).await {
            Ok(stored) => is_fold_of_operations(connection, tenant, columns, &case, &stored).await,
            Err(failure) => Err(failure),
        };
        let is_fold = match is_fold {
            // The row is named by the trail or the log already; what it belongs to cannot be what was written.
            Err(failure) if failure.is_unreadable() => false,
            judged => judged?,
        };
        if !is_fold {
            let log = format!("operations/{case}");
            let last = walk.last(&log);
            walk.thing_changed(&format!("draft/{case}"), (log, last));
        }
    }
    Ok(())
}

async fn is_fold_of_operations(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
    case: &str,
    stored: &Document,
) -> Result<bool, Failure> {
    let initial = initial(connection, tenant, columns, case).await?;
    Ok(stored.tables == fold(connection, tenant, case, initial).await?.tables)
}

/// Compares every case with its events.
pub async fn walk_cases(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
    walk: &mut TrailWalk,
) -> Result<(), Failure> {
    if !columns.contains_key("cases") || !columns.contains_key("case_events") {
        return Ok(());
    }
    let names_successors = columns.get("departments").is_some_and(|columns| columns.contains("merged_into"));
    let succession = match names_successors {
        true => departments::succession(connection, tenant).await?,
        false => Succession::default(),
    };
    for StateRow { id, kind, body } in event_log::states(connection, tenant).await? {
        let Some(kind) = ListedKind::from_word(&kind) else { continue };
        // Applications of a release before their papers had versions hold more than their events say.
        if kind == ListedKind::Office(Kind::Separate) {
            continue;
        }
        let entries = event_log::events(connection, tenant, &id).await?;
        if is_fold_of_events(kind, &body, &entries, &succession) == Some(false) {
            let log = format!("case/{id}");
            let last = walk.last(&log);
            walk.thing_changed(&format!("{STATE}{id}"), (log, last));
        }
    }
    Ok(())
}

/// Leaves out the states of cases that the trail or their log has already found wrong: they follow from that.
pub fn without_consequences(faults: Vec<TrailFinding>) -> Vec<TrailFinding> {
    let state = |fault: &TrailFinding| fault.thing.as_deref()?.strip_prefix(STATE).map(str::to_string);
    let is_reported = |case: &str| {
        let case = format!("case/{case}");
        let about = |fault: &TrailFinding| match &fault.thing {
            Some(thing) => *thing == case,
            None => fault.log == case,
        };
        faults.iter().any(about)
    };
    let left: Vec<bool> =
        faults.iter().map(|fault| state(fault).is_none_or(|case| !is_reported(&case))).collect();
    faults.into_iter().zip(left).filter(|(_, left)| *left).map(|(fault, _)| fault).collect()
}

/// What stood in a 单独申请 before its kind had a form: the first edit found the claim that was filled in last.
async fn initial(
    connection: &mut AnyConnection,
    tenant: &str,
    columns: &TableColumns,
    case: &str,
) -> Result<Document, Failure> {
    let mut document = Document::new(YEAR);
    if !columns.contains_key("case_events") {
        return Ok(document);
    }
    for events in event_log::events(connection, tenant, case).await? {
        // Events of other kinds do not read as these.
        let events: Vec<separate::Event> = serde_json::from_str(&events).unwrap_or_default();
        for event in events {
            if let separate::Event::Filled { claim, .. } = event {
                document = separate::form::document_of(&claim, YEAR).unwrap_or(document);
            }
        }
    }
    Ok(document)
}

async fn fold(
    connection: &mut AnyConnection,
    tenant: &str,
    case: &str,
    mut document: Document,
) -> Result<Document, Failure> {
    let case = CaseId::new(case);
    let mut last = 0;
    loop {
        let entries = operations::after(tenant, connection, &case, last).await?;
        let Some(entry) = entries.last() else { return Ok(document) };
        last = entry.seq;
        for entry in &entries {
            document.apply(&entry.op);
        }
    }
}
