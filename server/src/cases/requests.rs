//! 申请: starting one and reading one with everything its page needs.

use crate::cases::history::history;
use crate::cases::request_store;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::draft::Draft;
use crate::documents::editions;
use crate::documents::operations;
use crate::documents::versions;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use shared::api::requests::{OpenRequest, ReadRequest, RequestView};
use shared::cases::authority::{Capability, available_commands, may, permit};
use shared::cases::kernel::{Stage, Verb};
use shared::cases::request::{RequestCase, sees_live};
use shared::cases::{AnyCase, Kind};
use shared::engine::document::Document;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;

/// `POST /api/requests`: repeating it under the same id answers the same.
pub async fn open(context: Shared, actor: Actor, request: OpenRequest) -> Result<RequestView, Failure> {
    may(&actor, Capability::OpenRequest)?;
    let Some(department) = actor.department.clone() else {
        return Err(Failure::unknown("个部门"));
    };
    let case = RequestCase::new(request.request.clone(), department, request.fiscal_year);
    let at = context.clock().stamp();
    let mut write = context.db.write(&format!("department {} {}", context.tenant(), case.department)).await?;
    editions::serving(&context, write.connection(), case.fiscal_year).await?;
    if store::insert(&context, write.connection(), &AnyCase::from(case.clone())).await? {
        write.commit(AuditRecord::by(&actor, at, "request.open", case.id.as_str())).await?;
    } else {
        let there = request_store::load(&context, write.connection(), case.id.as_str()).await?;
        let same = |c: &RequestCase| c.department == case.department && c.fiscal_year == case.fiscal_year;
        if !there.is_some_and(|filed| same(&filed.case)) {
            return Err(Failure::exists("本部门本年度已有申请，请从待办打开它；追加申请另行办理。"));
        }
    }
    let mut connection = context.db.reader().acquire().await?;
    view(&context, &mut connection, &actor, request.request.as_str()).await
}

/// `GET /api/requests/{request}`.
pub async fn read(context: Shared, actor: Actor, request: ReadRequest) -> Result<RequestView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    view(&context, &mut connection, &actor, request.request.as_str()).await
}

async fn view(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &str,
) -> Result<RequestView, Failure> {
    let case = request_store::visible(context, &mut *connection, actor, request).await?.case;
    let today = context.clock().today();
    permit(actor, &case, Verb::Read, today)?;
    let newest = versions::newest_for(actor, &case);
    // The number first: an operation that comes between is then both in the content and in the stream,
    // where applying it again changes nothing.
    let seq = operations::latest(context.tenant(), &mut *connection, &case.id).await?;
    let (document, showing_version) = content(context, &mut *connection, actor, &case).await?;
    // What is with an office is judged as it was frozen; what is being filled in by what serves its year now.
    let being_filled = matches!(case.stage, Stage::Draft | Stage::Returned);
    let shown = showing_version.unwrap_or(if being_filled { 0 } else { case.version });
    let judging = editions::of_version(context, &mut *connection, &case.id, shown, case.fiscal_year).await?;
    let edition = judging.code();
    let mut history = history(context, &mut *connection, Kind::Request, &case.id).await?;
    if !sees_live(actor, &case) {
        history.retain(|line| line.version <= newest);
    }
    Ok(RequestView {
        department_name: departments::name(context, &mut *connection, &case.department)
            .await?
            .unwrap_or_else(|| case.department.to_string()),
        offers: available_commands(actor, &case, today),
        locked: permit(actor, &case, Verb::Edit, today).err(),
        document,
        showing_version,
        seq: if showing_version.is_some() { 0 } else { seq },
        definition: context.forms.of(Kind::Request)?.hash.clone(),
        edition,
        today,
        versions: versions::lines(context, &mut *connection, &case.id, newest).await?,
        history,
        case,
    })
}

/// Live for the department and the auditor, else the latest reported version.
async fn content(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &RequestCase,
) -> Result<(Document, Option<u32>), Failure> {
    let Some(version) = showing(actor, case) else {
        return Ok((live(context, connection, case).await?, None));
    };
    let frozen = versions::load(context, connection, &case.id, version).await?;
    let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
    Ok((frozen.document, Some(version)))
}

/// The version this person is shown, `None` when it is the live content.
pub fn showing(actor: &Actor, case: &RequestCase) -> Option<u32> {
    (!sees_live(actor, case)).then_some(case.reported_version)
}

/// What is being filled in.
pub async fn live(
    context: &Context,
    connection: &mut AnyConnection,
    case: &RequestCase,
) -> Result<Document, Failure> {
    let draft = Draft { tenant: context.tenant(), request: case.id.as_str() };
    draft.document(connection, case.fiscal_year).await
}
