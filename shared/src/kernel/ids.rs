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
