//! 冻结: the attachments that a version lists.

use super::rows;
use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::kernel::attachment::{FrozenAttachment, ScanState};
use shared::kernel::ids::CaseId;
use shared::kernel::upload::UploadRefusal;
use sqlx::AnyConnection;

/// What a version of the case freezes: in order of place and id, so that the same attachments give the same
/// bytes. Their content is never deleted from now on. Call it in the transaction that freezes the version.
///
/// Refuses while an attachment waits for the scanner: a version lists only what people can open. Refused attachments are
/// left out.
pub async fn freeze(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    version: u32,
) -> Result<Vec<FrozenAttachment>, Failure> {
    let mut frozen = Vec::new();
    for row in rows::of_case(context, &mut *connection, case).await? {
        let line = row.line;
        match line.state {
            ScanState::Held => return Err(UploadRefusal::NotScanned { name: line.name }.into()),
            ScanState::Infected => {}
            ScanState::Clear => frozen.push(FrozenAttachment {
                id: line.id,
                name: line.name,
                hash: line.hash,
                size: line.size,
                at: line.place,
            }),
        }
    }
    rows::mark_frozen(context, connection, case, version).await?;
    frozen.sort_by(|one, other| (&one.at, &one.id).cmp(&(&other.at, &other.id)));
    Ok(frozen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::attachments::rows::{self, is_needed};
    use crate::cases::attachments::testing;
    use crate::cases::attachments::upload_rows::UploadRow;
    use shared::api::attachments::Attachment;
    use shared::kernel::attachment::{AttachmentPlace, FileKind};
    use shared::kernel::content_hash::ContentHash;
    use shared::kernel::ids::{AccountId, AttachmentId, DepartmentId, PersonId};
    use shared::kernel::people::{Actor, Role};
    use shared::kernel::upload::UploadState;

    fn filler(context: &Context) -> Actor {
        Actor {
            tenant: context.settings.tenant.clone(),
            account: AccountId::new("water.filler"),
            person: PersonId::new("P1"),
            name: "填报人".into(),
            role: Role::DepartmentFiller,
            department: Some(DepartmentId::new("water")),
            provider: None,
        }
    }

    async fn attach(context: &Context, connection: &mut AnyConnection, id: &str, state: ScanState) {
        let (hash, by) = (ContentHash::of(id.as_bytes()), filler(context));
        let upload = UploadRow {
            id: AttachmentId::new(id),
            case: CaseId::new("c1"),
            place: AttachmentPlace::Case,
            name: format!("{id}.pdf"),
            hash: hash.clone(),
            state: UploadState { size: 2, received: 2, part: 10 },
            by_account: by.account.clone(),
        };
        let line = Attachment {
            id: upload.id.clone(),
            place: upload.place.clone(),
            name: upload.name.clone(),
            size: 2,
            hash,
            kind: FileKind::Pdf,
            state,
            threat: None,
            by: by.name.clone(),
            at: "2023-07-15 09:00:00".into(),
        };
        rows::insert(context, connection, &by, &upload, &line).await.unwrap();
    }

    #[tokio::test]
    async fn a_version_lists_what_people_can_open_and_its_content_stays() {
        let (context, folder) = testing::context("freeze").await;
        let mut write = context.db.write("test").await.unwrap();
        let connection = write.connection();
        for (id, state) in [("b", ScanState::Clear), ("a", ScanState::Clear), ("x", ScanState::Infected)] {
            attach(&context, connection, id, state).await;
        }
        let case = CaseId::new("c1");
        let frozen = freeze(&context, connection, &case, 1).await.unwrap();
        assert_eq!(frozen.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(freeze(&context, connection, &case, 2).await.unwrap(), frozen);
        // Removed from the case, it stays in the version.
        let (by, a) = (filler(&context), AttachmentId::new("a"));
        assert!(rows::remove(&context, connection, &by, &a).await.unwrap());
        assert_eq!(freeze(&context, connection, &case, 3).await.unwrap().len(), 1);
        assert!(is_needed(&context, connection, &ContentHash::of(b"a")).await.unwrap());
        attach(&context, connection, "h", ScanState::Held).await;
        let Err(Failure::Problem(problem)) = freeze(&context, connection, &case, 4).await else {
            panic!("it waits for the scanner")
        };
        assert!(problem.detail.contains("h.pdf"), "{}", problem.detail);
        drop(write);
        testing::end(context, folder).await;
    }
}
