//! 评审参考: what earlier years' performance says to whoever reviews a request (Art. 14).

use super::world;
use crate::cases::request_store;
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::performance::{ReadReviewReference, ReviewReferenceView};
use shared::kernel::people::{Actor, Office};

/// `GET /api/requests/{request}/performance`. The department reads what it may of its own on the page of the year.
pub async fn read(
    context: Shared,
    actor: Actor,
    request: ReadReviewReference,
) -> Result<ReviewReferenceView, Failure> {
    if !matches!(actor.role.office(), Office::Bureau | Office::Finance | Office::Audit) {
        return Err(Failure::unknown("份申请"));
    }
    let mut connection = context.db.reader().acquire().await?;
    let id = request.request.as_str();
    let case = request_store::visible(&context, &mut connection, &actor, id).await?.case;
    let (department, fiscal_year) = (case.department, case.fiscal_year);
    let stored = world::of_year(&context, &mut connection, fiscal_year).await?;
    let today = context.clock().today();
    Ok(ReviewReferenceView {
        reference: stored.world.review_reference(&department, fiscal_year.0, today),
        proposed: stored.world.undecided_cuts(&department, fiscal_year.0),
        department,
        fiscal_year,
    })
}
