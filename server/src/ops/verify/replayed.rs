//! 重演: what is derived is derived again. The content of a draft is the fold of its operations.

use crate::cases::history;
use crate::documents::draft::{self, Draft};
use crate::documents::operations;
use crate::kernel::failure::Failure;
use crate::store::append::TableColumns;
use shared::cases::separate;
use shared::engine::document::Document;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::policy::art16_trail::TrailWalk;
use sqlx::AnyConnection;

/// The year of a document plays no part in what rows it has.
const YEAR: FiscalYear = FiscalYear(0);

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
        let stored = draft.document(&mut *connection, YEAR).await?;
        let initial = initial(connection, tenant, columns, &case).await?;
        let folded = fold(connection, tenant, &case, initial).await?;
        if stored.tables != folded.tables {
            let log = format!("operations/{case}");
            let last = walk.last(&log);
            walk.thing_changed(&format!("draft/{case}"), (log, last));
        }
    }
    Ok(())
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
    for events in history::events(connection, tenant, case).await? {
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
