//! Typed identifiers: every id on the wire is made by a client, is text, and cannot be mixed up with another.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Longest id accepted anywhere, in bytes.
pub const LONGEST: usize = 64;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name: String);
    };
    ($(#[$doc:meta])* $name:ident: $text:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $text);

        impl $name {
            pub fn new(text: impl Into<$text>) -> Self {
                $name(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// 1–64 printable characters without spaces: what may stand in a path, a key and a DOM attribute.
            pub fn well_formed(&self) -> bool {
                let text = &self.0;
                !text.is_empty()
                    && text.len() <= LONGEST
                    && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "/\\\"'<>".contains(c))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// 省份租户: leads every business key in the database.
    TenantId
);
id!(
    /// 账号.
    AccountId
);
id!(
    /// 人员编号: the same on every account of one person.
    PersonId
);
id!(
    /// 省直部门.
    DepartmentId
);
id!(
    /// 申请（案卷）: one request of one department for one fiscal year.
    CaseId
);
id!(
    /// A row of a table of a document; stable for the life of the document. Its text is shared: every change of a
    /// row names it.
    RowId: Arc<str>
);

impl RowId {
    /// Whether a text has the form of the ids that programs give to rows: one letter and 32 hexadecimal digits. What a
    /// person typed into a cell that names a row does not have it.
    pub fn is_made(text: &str) -> bool {
        let mut characters = text.chars();
        let letter = characters.next().is_some_and(|first| first.is_ascii_lowercase());
        letter && text.len() == 33 && characters.all(|digit| digit.is_ascii_hexdigit())
    }
}

id!(
    /// 操作: made by the client, so that a repeated send is recognised.
    OpId
);
id!(
    /// 通知: `n` and its number of the account, or the key of a reminder.
    NoticeId
);
id!(
    /// 意见: one thread of a review, made by whoever raises it.
    ThreadId
);
id!(
    /// 附件: made by whoever begins the upload, and kept by the finished attachment.
    AttachmentId
);
id!(
    /// 批复行: `<request>/<id>`, what money is approved for; `<year>:<line>` when it was carried into a further year.
    LineId
);
id!(
    /// 采购行: `<package>/<id>`, the same thing in package, contract, acceptance, payment and settlement.
    PackageRowId
);
