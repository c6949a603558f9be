//! 案卷的行: a stored case of an office kind as it is read today, with the successor of the department it was begun in.

use crate::cases::store::StoredCase;
use crate::context::Context;
use crate::identity::departments;
use crate::kernel::failure::Failure;
use shared::cases::{AnyCase, Kind, stored};
use shared::kernel::ids::DepartmentId;
use shared::policy::accounts::succession::Succession;
use sqlx::{AnyConnection, FromRow};
use std::borrow::Cow;

/// A case as its row has it.
#[derive(FromRow)]
pub struct CaseRow {
    pub kind: String,
    pub body: String,
    pub since: String,
    /// The department it was begun in.
    pub department: Option<String>,
    /// The department that this one passed to.
    pub successor: Option<String>,
}

impl CaseRow {
    pub fn has_passed(&self) -> bool {
        self.successor.is_some()
    }

    /// The body as it is read today: a case of a department that was merged or split is a case of its successor.
    pub fn today(&self, succession: &Succession) -> Result<Cow<'_, str>, Failure> {
        let Some((begun_in, successor)) = self.department.as_ref().zip(self.successor.as_deref()) else {
            return Ok(Cow::Borrowed(&self.body));
        };
        let readers = succession.readers(&DepartmentId::new(begun_in.clone()));
        Ok(Cow::Owned(stored::in_department(&self.body, successor, &readers)?))
    }

    pub fn read(self, succession: &Succession) -> Result<StoredCase<AnyCase>, Failure> {
        let body = self.today(succession)?;
        let CaseRow { kind, since, .. } = &self;
        let kind = Kind::from_word(kind).ok_or_else(|| anyhow::anyhow!("a case of kind {kind:?}"))?;
        Ok(StoredCase { case: AnyCase::read(kind, &body)?, since: since.parse()? })
    }
}

/// How departments passed on what they had; asked only where one of the cases is of one that did.
pub async fn succession(
    context: &Context,
    connection: &mut AnyConnection,
    has_passed: bool,
) -> Result<Succession, Failure> {
    match has_passed {
        true => Ok(departments::registry(context, connection).await?.succession),
        false => Ok(Succession::default()),
    }
}
