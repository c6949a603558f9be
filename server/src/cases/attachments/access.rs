//! 附件权限: who may read and who may change the attachments of a case.

use crate::cases::store;
use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::cases::authority::{Capability, available_commands, may, permit};
use shared::cases::kernel::{CaseKind, Verb};
use shared::kernel::calendar::Date;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::kernel::refusal::Refusal;
use shared::with_case;
use sqlx::AnyConnection;

/// Acts that change a case without being a command.
const ACTS: [Verb; 3] = [Verb::Edit, Verb::Review, Verb::Answer];

/// What a person who may read may do besides.
#[derive(Clone, Debug)]
pub struct AttachmentAccess {
    /// Why not, for who may read only.
    pub may_write: Result<(), Refusal>,
}

/// Whoever sees the case reads its attachments; whoever may edit it or act on it now may add and remove. A case of somebody
/// else answers 404.
pub async fn attachment_access(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    case: &CaseId,
) -> Result<AttachmentAccess, Failure> {
    let case = store::visible(context, connection, actor, case).await?;
    with_case!(case, case => access_to(actor, case.as_ref(), context.clock().today()))
}

fn access_to<K: CaseKind>(actor: &Actor, case: &K, today: Date) -> Result<AttachmentAccess, Failure> {
    permit(actor, case, Verb::Read, today)?;
    // Withdrawing is open to people whose turn it is not.
    let acts = available_commands(actor, case, today);
    let acts = acts.into_iter().any(|offer| offer.refusal.is_none() && offer.verb != Verb::Withdraw);
    let has_turn = acts || ACTS.iter().any(|verb| permit(actor, case, *verb, today).is_ok());
    let closed = || {
        let message =
            format!("案卷现为“{}”，不由您办理，不能增减附件；轮到您办理时再上传。", case.stage().label());
        Refusal::new("attachment.closed", message)
    };
    let takes_part = may(actor, Capability::TakePart);
    Ok(AttachmentAccess {
        may_write: takes_part.and_then(|()| if has_turn { Ok(()) } else { Err(closed()) }),
    })
}
