//! 案卷页: one case of any kind as its page opens with it.

use crate::cases::department_names;
use crate::cases::history::history_for;
use crate::cases::operations;
use crate::cases::store;
use crate::cases::versions::judging;
use crate::context::Context;
use crate::context::Shared;
use crate::documents::versions;
use crate::kernel::failure::Failure;
use shared::api::cases::{CaseForm, CaseView, PaperLink, ReadCase};
use shared::api::export::letter_path;
use shared::cases::AnyCase;
use shared::cases::kernel::{CaseHead, Letter, Verb};
use shared::forms::parameters;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
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
    let mut head = case.head();
    let newest = showing.unwrap_or(head.version);
    if newest < head.version {
        // What the department has frozen and not reported is its own.
        (head.version, head.content_hash) = (newest, None);
    }
    let mut history = history_for(&context, &mut connection, &actor, &head).await?;
    if showing.is_some() {
        history.retain(|line| line.version <= newest);
    }
    let department_name = department_name(&context, &mut connection, &head).await?;
    let letters = case.letters(department_name.as_deref().unwrap_or_default());
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
        papers: letters.iter().map(|letter| paper_link(&head.id, letter)).collect(),
        today,
        head,
    })
}

async fn department_name(
    context: &Context,
    connection: &mut AnyConnection,
    head: &CaseHead,
) -> Result<Option<String>, Failure> {
    let Some(department) = &head.department else { return Ok(None) };
    let name = department_names::of_case(context, connection, &head.id).await?;
    Ok(Some(name.unwrap_or_else(|| department.to_string())))
}

fn paper_link(case: &CaseId, letter: &Letter) -> PaperLink {
    PaperLink {
        key: letter.key.to_string(),
        label: format!("打印{}（PDF）", letter.label),
        path: letter_path(case, letter.key),
    }
}

/// The letters of a case as this person may read it.
pub async fn letters(context: &Context, actor: &Actor, case: &CaseId) -> Result<Vec<Letter>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(context, &mut connection, actor, case).await?;
    case.permit_read(actor, context.clock().today())?;
    let case = case.read_by(actor);
    let department = department_name(context, &mut connection, &case.head()).await?;
    Ok(case.letters(department.as_deref().unwrap_or_default()))
}

/// The form as this person reads it; `None` for a kind without one.
pub async fn form(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &AnyCase,
) -> Result<Option<CaseForm>, Failure> {
    let head = case.head();
    let Some(form) = context.forms.find(head.kind) else { return Ok(None) };
    let tables = case.shown_tables().map(|tables| tables.iter().map(ToString::to_string).collect());
    if let Some(version) = case.showing_version(actor) {
        let frozen = versions::load(context, connection, &head.id, version).await?;
        let frozen = frozen.ok_or_else(|| Failure::unknown("个版本"))?;
        return Ok(Some(CaseForm {
            document: frozen.document,
            showing_version: Some(version),
            seq: 0,
            definition: frozen.definition,
            edition: frozen.edition,
            parameters: frozen.parameters,
            tables,
        }));
    }
    let (seq, document) = operations::live(context, &mut *connection, case).await?;
    let edition = judging(context, connection, case).await?;
    Ok(Some(CaseForm {
        document,
        showing_version: None,
        seq,
        definition: form.hash.clone(),
        edition: edition.code(),
        parameters: parameters(&edition),
        tables,
    }))
}
