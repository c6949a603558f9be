//! Typed identifiers: every id on the wire is made by a client, is text, and cannot be mixed up with another.

use super::characters::{half_width, is_unseen};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
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

        id!(impl $name: $text);
    };
    (impl $name:ident: $text:ty) => {
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

            /// What a new id of a person, an account, a department or a case is made of: 1–64 of `A-Z a-z 0-9 . _ -`, a
            /// letter or digit first, so that no two look alike and none is a step of a path.
            pub fn is_plain(&self) -> bool {
                let text = &self.0;
                text.len() <= LONGEST
                    && text.starts_with(|c: char| c.is_ascii_alphanumeric())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
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
/// 人员编号: the same on every account of one person. Two that differ in nothing one can see (case, width, characters that
/// show nothing) are equal: signatures of old cases hold them as they were typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

id!(impl PersonId: String);

/// Joins the two persons of an act that a deputy does; numbers that are registered hold no such mark.
const JOINED: char = '+';

impl PersonId {
    /// Who acts when a deputy (代理人) does: the act counts as both persons'.
    pub fn deputy(own: &PersonId, principal: &PersonId) -> PersonId {
        PersonId(format!("{own}{JOINED}{principal}"))
    }

    /// Whether one human is in both, themselves or through a deputy.
    pub fn involves(&self, other: &PersonId) -> bool {
        self.humans().any(|one| other.humans().any(|another| one == another))
    }

    fn humans(&self) -> impl Iterator<Item = PersonId> {
        self.0.split(JOINED).map(PersonId::new)
    }

    fn seen(&self) -> impl Iterator<Item = char> {
        let seen = self.0.chars().filter(|c| !is_unseen(*c)).map(half_width);
        seen.filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase())
    }
}

impl PartialEq for PersonId {
    fn eq(&self, other: &PersonId) -> bool {
        self.seen().eq(other.seen())
    }
}

impl Eq for PersonId {}

impl PartialOrd for PersonId {
    fn partial_cmp(&self, other: &PersonId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PersonId {
    fn cmp(&self, other: &PersonId) -> Ordering {
        self.seen().cmp(other.seen())
    }
}

impl Hash for PersonId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seen().for_each(|c| c.hash(state));
        state.write_u8(0xff);
    }
}

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
    /// 设备: a tablet, known to the server from its enrolment.
    DeviceId
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_one_however_the_number_is_written() {
        let one = PersonId::new("P-forest.filler");
        let alike =
            ["p-FOREST.filler", "P-forest.filler\u{200b}", "\u{202e}P-forest.filler", " Ｐ-forest.filler"];
        for other in alike {
            assert_eq!(one, PersonId::new(other), "{other:?}");
            assert_eq!(one.cmp(&PersonId::new(other)), Ordering::Equal);
        }
        assert_ne!(one, PersonId::new("P-forest.filler2"));
    }

    #[test]
    fn a_deputy_is_both_persons() {
        let [one, other, third] = ["P-1", "P-2", "P-3"].map(PersonId::new);
        let deputy = PersonId::deputy(&one, &other);
        assert!(deputy.involves(&PersonId::new("p-1")) && other.involves(&deputy) && one.involves(&one));
        assert!(deputy.involves(&PersonId::deputy(&third, &other)));
        assert!(!deputy.involves(&third) && !one.involves(&other));
    }

    #[test]
    fn a_new_id_is_plain() {
        for plain in ["a", "P-1", "water.filler", "2024_1"] {
            assert!(AccountId::new(plain).is_plain(), "{plain}");
        }
        for odd in ["", "..", ".a", "-a", "a?b", "a%2fb", "АDMIN", "a b", "a\u{200b}", "水", &"a".repeat(65)]
        {
            assert!(!AccountId::new(odd).is_plain(), "{odd}");
        }
    }
}
