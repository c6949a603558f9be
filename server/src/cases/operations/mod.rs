//! 自动保存: what people type comes as operations. Those that wait while others are written are decided and written together, each
//! against the rows it touches, and answered when they are on the disk.

mod content;
mod saving;

use crate::cases::store;
use crate::context::{Context, Shared};
use crate::documents::draft::Draft;
use crate::documents::operations::{after, latest};
use crate::kernel::failure::Failure;
use crate::kernel::gathering::{Gathering, Lead};
use shared::api::operations::{Log, ReadOperations, SendOperations, Sent};
use shared::cases::AnyCase;
use shared::engine::document::Document;
use shared::kernel::people::Actor;
use sqlx::AnyConnection;
use tokio::sync::oneshot;

/// Most saves that are written together.
pub const MOST_TOGETHER: usize = 64;

/// One person's operations on a case, and who waits for the answer.
#[derive(Debug)]
pub struct Save {
    actor: Actor,
    request: SendOperations,
    answer: oneshot::Sender<Result<Sent, Failure>>,
}

/// The saves of a server that wait for their turn.
pub type Saves = Gathering<Save>;

/// `POST …/operations`.
pub async fn send(context: Shared, actor: Actor, request: SendOperations) -> Result<Sent, Failure> {
    context.count(&context.save_rate, &actor.account, "保存")?;
    let (answer, answered) = oneshot::channel();
    if let Some(lead) = context.saves.add(Save { actor, request, answer }) {
        tokio::spawn(carry_out(context.clone(), lead));
    }
    answered.await.map_err(|_| anyhow::anyhow!("operations were not answered"))?
}

async fn carry_out(context: Shared, mut lead: Lead<Save>) {
    while let Some(saves) = lead.batch() {
        saving::save(&context, saves).await;
    }
}

/// The live content of a case and the number of its last operation. The number is read first: an operation that comes
/// between is then both in the content and in the stream, where applying it again changes nothing.
pub async fn live(
    context: &Context,
    connection: &mut AnyConnection,
    case: &AnyCase,
) -> Result<(u64, Document), Failure> {
    let head = case.head();
    let seq = latest(context.tenant(), &mut *connection, &head.id).await?;
    let draft = Draft { tenant: context.tenant(), request: head.id.as_str() };
    let document = draft.document(connection, head.fiscal_year).await?;
    let untouched = seq == 0 && document.tables.is_empty();
    Ok((seq, if untouched { case.initial_document().unwrap_or(document) } else { document }))
}

/// `GET …/operations?after=`: empty for those who do not see the live content.
pub async fn read(context: Shared, actor: Actor, request: ReadOperations) -> Result<Log, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let case = store::visible(&context, &mut connection, &actor, &request.request).await?;
    case.permit_read(&actor, context.clock().today())?;
    if case.showing_version(&actor).is_some() {
        return Ok(Log { entries: Vec::new(), latest: 0 });
    }
    let entries = after(context.tenant(), &mut connection, &request.request, request.after).await?;
    let latest = latest(context.tenant(), &mut connection, &request.request).await?;
    Ok(Log { entries, latest })
}
