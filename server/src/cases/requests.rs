//! 申请: starting one and reading one with everything its page needs.

use crate::cases::department_names;
use crate::cases::history::history_for;
use crate::cases::pages::form;
use crate::cases::request_store;
use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::draft::Draft;
use crate::documents::editions;
use crate::documents::versions;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use shared::api::requests::{OpenRequest, ReadRequest, RequestView};
use shared::cases::AnyCase;
use shared::cases::authority::{Capability, available_commands, may, permit};
use shared::cases::kernel::{CaseKind, Verb};
use shared::cases::request::{RequestCase, sees_live};
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
    departments::require_open(&context, write.connection(), &case.department).await?;
    editions::serving(&context, write.connection(), case.fiscal_year).await?;
    let (department, year) = (&case.department, case.fiscal_year);
    let has_one = request_store::has_taken_over(&context, write.connection(), department, year).await?;
    if !has_one && store::insert(&context, write.connection(), &AnyCase::from(case.clone())).await? {
        write.changes(change_bus::desks(context.tenant()));
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
    let form = form(context, &mut *connection, actor, &AnyCase::from(case.clone())).await?;
    let form = form.ok_or_else(|| Failure::unknown("份可填报的内容"))?;
    let mut history = history_for(context, &mut *connection, actor, &case.head()).await?;
    if !sees_live(actor, &case) {
        history.retain(|line| line.version <= newest);
    }
    Ok(RequestView {
        department_name: department_names::of_case(context, &mut *connection, &case.id)
            .await?
            .unwrap_or_else(|| case.department.to_string()),
        offers: available_commands(actor, &case, today),
        locked: permit(actor, &case, Verb::Edit, today).err(),
        document: form.document,
        showing_version: form.showing_version,
        seq: form.seq,
        definition: form.definition,
        edition: form.edition,
        parameters: form.parameters,
        today,
        versions: versions::lines(context, &mut *connection, &case.id, newest).await?,
        history,
        case: case.read_by(actor),
    })
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
