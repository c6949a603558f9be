//! 案卷页: one case of any kind as its page opens with it, and the cases of a year as a list.

use crate::cases::facts::KindFacts;
use crate::cases::history::history;
use crate::cases::request_store;
use crate::cases::store::{self, ListedCase};
use crate::context::Context;
use crate::documents::{operations, versions};
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use shared::api::cases::{CaseForm, CaseLine, CaseView, CasesView, ReadCase, ReadCases};
use shared::cases::AnyCase;
use shared::cases::authority::may;
use shared::cases::kernel::Verb;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::Actor;
use shared::policy::art18_validity;
use shared::with_case;
use sqlx::AnyConnection;

/// `GET /api/cases/{case}`.
pub async fn read(context: Shared, actor: Actor, request: ReadCase) -> Result<CaseView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(&context, &mut connection, &actor, &request.case).await?;
    let today = context.clock().today();
    case.permit_read(&actor, today)?;
    let showing = case.showing_version(&actor);
    let form = form(&context, &mut connection, &actor, &case).await?;
    let locked = if form.is_some() { case.permit(&actor, Verb::Edit, today).err() } else { None };
    let commands = case.available_commands(&actor, today);
    let case = case.read_by(&actor);
    let head = case.head();
    let newest = showing.unwrap_or(head.version);
    let mut history = history(&context, &mut connection, head.kind, &head.id).await?;
    if showing.is_some() {
        history.retain(|line| line.version <= newest);
    }
    let department_name = match &head.department {
        Some(department) => {
            let name = request_store::department_name(&context, &mut connection, department).await?;
            Some(name.unwrap_or_else(|| department.to_string()))
        }
        None => None,
    };
    Ok(CaseView {
        department_name,
        commands,
        locked,
        versions: match form {
            Some(_) => versions::lines(&context, &mut connection, &head.id, newest).await?,
            None => Vec::new(),
        },
        form,
        history,
        facts: case.summary(),
        papers: with_case!(&case, case => case.papers()),
        today,
        head,
    })
}

/// The form as this person reads it; `None` for a kind without one.
async fn form(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &AnyCase,
) -> Result<Option<CaseForm>, Failure> {
    let head = case.head();
    let Some(form) = context.forms.find(head.kind) else { return Ok(None) };
    if let Some(version) = case.showing_version(actor) {
        let frozen = versions::load(context, connection, &head.id, version).await?;
        let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
        return Ok(Some(CaseForm {
            document: frozen.document,
            showing_version: Some(version),
            seq: 0,
            definition: frozen.definition,
            edition: frozen.edition,
        }));
    }
    let (seq, document) = operations::live(context, connection, case).await?;
    let edition = art18_validity::edition_for(head.fiscal_year)?.code.to_string();
    Ok(Some(CaseForm { document, showing_version: None, seq, definition: form.hash.clone(), edition }))
}

/// `GET /api/cases`.
pub async fn list(context: Shared, actor: Actor, request: ReadCases) -> Result<CasesView, Failure> {
    let year = FiscalYear(i32::from(request.fiscal_year));
    let today = context.clock().today();
    let mut connection = context.db.reader().acquire().await?;
    let listed = store::listed(&context, &mut connection, request.kind, year).await?;
    let readable = listed.into_iter().filter(|listed| listed.case.permit_read(&actor, today).is_ok());
    let line = |ListedCase { case, since, department_name }: ListedCase| {
        let case = case.read_by(&actor);
        CaseLine { head: case.head(), label: case.label(), department_name, amount: case.amount(), since }
    };
    let opened_by = request.kind.and_then(|kind| kind.opened_by());
    let may_open = opened_by.is_some_and(|right| may(&actor, right).is_ok());
    Ok(CasesView {
        kind: request.kind,
        fiscal_year: year,
        lines: readable.map(line).collect(),
        may_open: may_open && art18_validity::edition_for(year).is_ok(),
    })
}
