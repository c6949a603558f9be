//! 申请的办理: load its content, ask for leave, decide, file the case and what was frozen.

use super::{CommandContext, Outcome};
use crate::cases::request_store;
use crate::cases::results;
use crate::cases::review::ReviewConclusion;
use crate::context::Context;
use crate::documents::draft::Draft;
use crate::documents::forms::Evaluation;
use crate::documents::sums;
use crate::documents::versions::{self, FrozenSnapshot, Snapshot};
use crate::http::failure::Failure;
use crate::store::Write;
use shared::api::problem::{Problem, code};
use shared::cases::authority::permit;
use shared::cases::language::{Case, Command, Event, Verb};
use shared::cases::notices::request_notifications;
use shared::cases::request::decide::{Content, decide, evolve};
use shared::kernel::refusal::Refusal;
use shared::policy::art18_validity;
use sqlx::AnyConnection;
use std::sync::Arc;

/// The content a command is about, sealed and judged.
struct Matter {
    judged: Evaluation,
    sealed: FrozenSnapshot,
    edition: &'static str,
}

pub async fn execute(
    context: &Context,
    write: &mut Write,
    order: &CommandContext<'_>,
    before: Case,
) -> Result<Outcome, Failure> {
    let CommandContext { actor, request, .. } = order;
    let permit = permit(actor, &before, request.command.verb(), context.clock().today())?;
    let matter = matter(context, write.connection(), &before, &request.command).await?;
    let verb = request.command.verb();
    let concluded = match verb {
        Verb::BureauPass | Verb::BureauReturn | Verb::BureauConfirm | Verb::FinancePass => {
            ReviewConclusion::of(context, write.connection(), actor, &before, verb).await?
        }
        _ => ReviewConclusion::unasked(),
    };
    let content = Content {
        findings: &matter.judged.findings,
        unjustified: &matter.judged.unjustified,
        hash: &matter.sealed.hash,
        reviewed: concluded.told(),
    };
    let events = decide(&before, &permit, &request.command, content)
        .map_err(|refusal| not_ready(refusal, &matter.judged))?;
    let case = events.iter().fold(before.clone(), evolve);
    let at = context.clock().stamp();
    request_store::update(context, write.connection(), &case, request.seen, at).await?;
    if events.iter().any(|event| matches!(event, Event::Frozen { .. })) {
        let Matter { judged, sealed, edition } = &matter;
        versions::insert(context, write.connection(), actor, &case, sealed, judged, edition).await?;
    }
    if events.iter().any(|event| matches!(event, Event::Confirmed { .. })) {
        let sums = results::reviewed_sums(context, write.connection(), &case).await?;
        sums::restate(context, write.connection(), &case.id, case.version, &sums).await?;
    }
    let done = Outcome::new(before.stage, case.stage, case.revision, case.version, &events)?;
    Ok(done.telling(request_notifications(&case, &events)))
}

/// What the command needs to know of the content: a submit judges the draft, later commands hash what was frozen.
async fn matter(
    context: &Context,
    connection: &mut AnyConnection,
    case: &Case,
    command: &Command,
) -> Result<Matter, Failure> {
    if !matches!(command, Command::Submit {}) {
        let hash = versions::rehashed(context, connection, &case.id, case.version).await?;
        let sealed = FrozenSnapshot { text: String::new(), hash };
        return Ok(Matter { judged: Evaluation::default(), sealed, edition: "" });
    }
    let edition = art18_validity::edition_for(case.fiscal_year)?.code;
    let draft = Draft { tenant: context.tenant(), request: case.id.as_str() };
    let document = draft.document(connection, case.fiscal_year).await?;
    let snapshot = Snapshot {
        request: case.id.clone(),
        department: case.department.clone(),
        definition: context.forms.hash.clone(),
        edition: edition.to_string(),
        document,
    };
    let sealed = snapshot.sealed()?;
    let judged = context.forms.evaluate(Arc::new(snapshot.document)).await?;
    Ok(Matter { judged, sealed, edition })
}

/// Content that is not ready answers 422 with the findings the browser shows; any other no is a refusal.
fn not_ready(refusal: Refusal, judged: &Evaluation) -> Failure {
    let findings = match refusal.code.as_str() {
        "findings.errors" => judged.findings.clone(),
        "findings.unjustified" => judged.unjustified.clone(),
        _ => return refusal.into(),
    };
    let problem = Problem::new(422, code::FINDINGS, "还不能提交", refusal.message.clone());
    Problem { findings, refusal: Some(refusal), ..problem }.into()
}
