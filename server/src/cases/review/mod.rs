//! 审核: reading a review and acting in it. What an act does is decided in `shared::cases::review`; here it is loaded, filed
//! and told.

mod entries;
mod pending;

pub use entries::{latest, load};

use crate::cases::history::history;
use crate::cases::request_store;
use crate::context::{Context, Shared};
use crate::documents::versions;
use crate::kernel::failure::Failure;
use crate::notify::notices;
use crate::store::append::Operation;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use crate::store::digest;
use shared::api::requests::reasons_in_force;
use shared::api::review::{KeepPending, Published, ReadReview, RememberLook, ReviewView, SendReview};
use shared::cases::Kind;
use shared::cases::authority::permit;
use shared::cases::kernel::Verb;
use shared::cases::request::RequestCase;
use shared::cases::request::{ReviewConclusion, review_notifications};
use shared::cases::review::decide::{decide, evolve};
use shared::cases::review::edit_scope::EditScope;
use shared::cases::review::language::{Act, Event, Stamp};
use shared::cases::review::progress::{ReviewProgress, hash};
use shared::cases::review::thread::{Review, State};
use shared::engine::document::Document;
use shared::engine::plan::Plan;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::people::{Actor, Office};
use shared::kernel::refusal::Refusal;
use shared::policy::art18_validity;
use sqlx::AnyConnection;
use std::collections::BTreeSet;
use std::sync::Arc;

/// `GET …/review`.
pub async fn read(context: Shared, actor: Actor, request: ReadReview) -> Result<ReviewView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case =
        request_store::visible(&context, &mut connection, &actor, request.request.as_str()).await?.case;
    let today = context.clock().today();
    permit(&actor, &case, Verb::Read, today)?;
    // The number first: an entry that comes between is then read again, never missed.
    let seq = latest(context.tenant(), &mut connection, &case.id).await?;
    let review = load(context.tenant(), &mut connection, &case.id).await?;
    let may_review = permit(&actor, &case, Verb::Review, today).err();
    let standing = match may_review {
        None => Some(standing(&context, &mut connection, &actor, &case, &review).await?),
        Some(_) => None,
    };
    let unfinished = standing
        .as_ref()
        .and_then(|standing| in_the_way(standing, &review, actor.role.office(), case.fiscal_year));
    Ok(ReviewView {
        seq,
        hash: hash(&review, Office::Bureau)?,
        review,
        unfinished,
        pending: pending::of(&context, &mut connection, &actor, &case.id).await?,
        may_review,
        may_answer: permit(&actor, &case, Verb::Answer, today).err(),
        standing,
        look: pending::look(&context, &mut connection, &actor, &case.id).await?,
    })
}

/// How far an actor's review of the reported version has come.
async fn standing(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &RequestCase,
    review: &Review,
) -> Result<ReviewProgress, Failure> {
    let document = reported(context, connection, case).await?;
    let (review, office, person) = (review.clone(), actor.role.office(), actor.person.clone());
    let edition = art18_validity::edition_for(case.fiscal_year)?;
    let of = move |session: &_| ReviewProgress::of(&review, office, &person, session, edition);
    context.forms.of(Kind::Request)?.with_session(document, of).await
}

/// What keeps an office from passing. Finance goes by the bureau's grade where it gave none itself.
fn in_the_way(
    standing: &ReviewProgress,
    review: &Review,
    office: Office,
    year: FiscalYear,
) -> Option<Refusal> {
    let passes = art18_validity::edition_for(year).and_then(|edition| match office {
        Office::Finance => {
            let bureau = review.scored_by(Office::Bureau).map(|scored| scored.sheet.grade(edition));
            standing.finance_may_pass(bureau, edition)
        }
        _ => standing.may_pass(edition),
    });
    passes.err()
}

/// The content under review.
pub async fn reported(
    context: &Context,
    connection: &mut AnyConnection,
    case: &RequestCase,
) -> Result<Arc<Document>, Failure> {
    let frozen = versions::load(context, connection, &case.id, case.reported_version).await?;
    Ok(Arc::new(frozen.ok_or_else(|| Failure::unknown("个版本"))?.document))
}

/// `POST …/review`: all acts or none, in order, each on what the one before left.
pub async fn send(context: Shared, actor: Actor, request: SendReview) -> Result<Published, Failure> {
    let id = &request.request;
    let sent_hash = digest(&[&serde_json::to_string(&request.acts)?]);
    let mut write = context.db.write(&format!("request {} {id}", context.tenant())).await?;
    let case = request_store::visible(&context, write.connection(), &actor, id.as_str()).await?.case;
    let sent =
        Operation { id: request.operation.as_str(), body_hash: &sent_hash, account: actor.account.as_str() };
    if let Some(seq) = entries::number(context.tenant(), write.connection(), id, sent).await? {
        return Ok(Published { seq });
    }
    // Leave first: nobody learns from a refusal what is in a case they have no part in.
    for act in &request.acts {
        permit(&actor, &case, act.verb(), context.clock().today())?;
    }
    let at = context.clock().stamp();
    let stamp = Stamp {
        at: at.to_string(),
        by: actor.signature(),
        office: actor.role.office(),
        version: case.reported_version,
    };
    let review = load(context.tenant(), write.connection(), id).await?;
    let document = reported(&context, write.connection(), &case).await?;
    let (acts, today, told) = (request.acts.clone(), context.clock().today(), stamp.clone());
    let (person, filed) = (actor.clone(), case.clone());
    let events = context
        .forms
        .of(Kind::Request)?
        .with_session(document, move |session| -> Result<Vec<Event>, Refusal> {
            let (mut review, mut events) = (review, Vec::new());
            for act in &acts {
                let permit = permit(&person, &case, act.verb(), today)?;
                let event = decide(&review, &case, &permit, act, session)?;
                evolve(&mut review, &told, &event);
                events.push(event);
            }
            Ok(events)
        })
        .await??;
    let seq = entries::append(&context, write.connection(), id, sent, &actor, &stamp, &events).await?;
    pending::forget(&context, write.connection(), &actor, &request.request, &request.published).await?;
    let detail = format!("第 {seq} 号，{}", told_briefly(&request.acts));
    let entry = AuditRecord::by(&actor, at, "review.publish", id.as_str()).detail(detail);
    write.changes(change_bus::request(context.tenant(), id));
    let told =
        review_notifications(&filed, actor.role.office(), raised(&request.acts), answered(&request.acts));
    notices::file(&context, &mut write, &actor, &[told]).await?;
    write.commit(entry).await?;
    Ok(Published { seq })
}

/// How many remarks and cuts a batch raises.
fn raised(acts: &[Act]) -> usize {
    let each = acts.iter().map(|act| match act {
        Act::Raise { .. } => 1,
        Act::Cut { lines, .. } => lines.len(),
        Act::Say { .. } | Act::View { .. } | Act::Score { .. } => 0,
    });
    each.sum()
}

/// How many remarks a batch says something to.
fn answered(acts: &[Act]) -> usize {
    let threads = acts.iter().filter_map(|act| match act {
        Act::Say { thread, .. } => Some(thread),
        Act::Raise { .. } | Act::Cut { .. } | Act::View { .. } | Act::Score { .. } => None,
    });
    threads.collect::<BTreeSet<_>>().len()
}

/// What a batch was, for the audit trail.
fn told_briefly(acts: &[Act]) -> String {
    let (mut remarks, mut cuts, mut replies, mut other) = (0, 0, 0, 0);
    for act in acts {
        match act {
            Act::Raise { .. } => remarks += 1,
            Act::Cut { lines, .. } => cuts += lines.len(),
            Act::Say { .. } => replies += 1,
            Act::View { .. } | Act::Score { .. } => other += 1,
        }
    }
    format!("意见 {remarks} 条，核减 {cuts} 项，答复与处理 {replies} 次，已阅与评分 {other} 次")
}

/// `POST …/pending`.
pub async fn keep(context: Shared, actor: Actor, request: KeepPending) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("request {} {}", context.tenant(), request.request)).await?;
    let case =
        request_store::visible(&context, write.connection(), &actor, request.request.as_str()).await?.case;
    match &request.act {
        Some(act) => {
            permit(&actor, &case, act.verb(), context.clock().today())?;
            pending::keep(&context, write.connection(), &actor, &case.id, &request.id, act).await?;
        }
        None => pending::forget(&context, write.connection(), &actor, &case.id, &[request.id]).await?,
    }
    // Nothing has been said to anybody yet.
    write.commit_unaudited().await
}

/// `POST …/look`.
pub async fn remember(context: Shared, actor: Actor, request: RememberLook) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("request {} {}", context.tenant(), request.request)).await?;
    let case =
        request_store::visible(&context, write.connection(), &actor, request.request.as_str()).await?.case;
    permit(&actor, &case, Verb::Read, context.clock().today())?;
    pending::remember(&context, write.connection(), &actor, &request).await?;
    write.commit_unaudited().await
}

/// What a returned request opens.
pub async fn opening(
    context: &Context,
    connection: &mut AnyConnection,
    case: &RequestCase,
    plan: &Plan,
) -> Result<EditScope, Failure> {
    let review = load(context.tenant(), &mut *connection, &case.id).await?;
    let history = history(context, connection, Kind::Request, &case.id).await?;
    Ok(EditScope::of(plan, &review, &reasons_in_force(&history)))
}

/// What an office's review comes to; how far `actor` has come with it only where passing asks for it.
pub async fn conclusion(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &RequestCase,
    verb: Verb,
) -> Result<ReviewConclusion, Failure> {
    let review = load(context.tenant(), &mut *connection, &case.id).await?;
    let unfinished = match verb {
        Verb::BureauPass | Verb::FinancePass => {
            let progress = standing(context, connection, actor, case, &review).await?;
            in_the_way(&progress, &review, actor.role.office(), case.fiscal_year)
        }
        _ => None,
    };
    let open = review.threads.iter().filter(|thread| thread.state != State::Resolved).count();
    Ok(ReviewConclusion { hash: hash(&review, Office::Bureau)?, unfinished, open })
}
