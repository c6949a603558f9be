//! 通知: what this person was told, newest first, and what the stream says of the next.

use super::{Endpoint, Method};
use crate::cases::Kind;
use crate::kernel::calendar::FiscalYear;
use crate::kernel::ids::{CaseId, NoticeId};
use crate::kernel::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

/// Most notices one reply lists and one call marks.
pub const MOST: usize = 200;

#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadNotices {}

impl Endpoint for ReadNotices {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/notices";
    type Reply = Notices;
}

/// Reminders first, then what was told, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    pub unread: usize,
    pub notices: Vec<Notice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub id: NoticeId,
    /// `None` for a reminder, which stands as long as its reason does.
    pub at: Option<Timestamp>,
    /// The case it is about; `None` for a reminder.
    pub case: Option<CaseTold>,
    pub about: String,
    /// Who did it, empty for a reminder.
    pub by: String,
    pub text: String,
    pub read: bool,
}

/// A case of any kind, with what its page's address is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseTold {
    pub id: CaseId,
    /// `None` for a case of a money kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    pub fiscal_year: FiscalYear,
}

/// 标为已读; repeating it changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct MarkNoticesRead {
    #[validate(
        length(min = 1, max = 200, message = "一次标记 1 至 200 条通知"),
        custom(function = "well_formed")
    )]
    pub notices: Vec<NoticeId>,
}

impl Endpoint for MarkNoticesRead {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/notices/read";
    /// How many are unread still.
    type Reply = usize;
}

fn well_formed(notices: &[NoticeId]) -> Result<(), ValidationError> {
    notices.iter().try_for_each(super::notice_id)
}

/// The `data` of an event of the stream that is about the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NoticeEvent {
    /// Something new.
    Told { notice: Notice },
    /// How many are unread, told at the start and whenever it changes.
    Unread { unread: usize },
}
