//! 实时更新: what the server pushes to a window (`text/event-stream`): what its account is told, and what happens to the
//! request it has open. One stream for both, because a browser keeps only six connections to a server.

use super::operations::LogEntry;
use crate::cases::kernel::Stage;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize};

/// Path of the stream. The `data` of an event is a [`LiveEvent`] or a [`super::notices::NoticeEvent`]. Its `id` is
/// `NOTICE.OPERATION`, the numbers of the last of each told of; a reconnecting browser names it in `Last-Event-ID` and gets
/// what it missed.
pub const PATH: &str = "/api/live";

/// The stream of a window: of notices after those of the event id `since` (from now on where it is empty) and, where it
/// has one open, of a request from after operation number on.
pub fn path(since: &str, request: Option<(&CaseId, u64)>) -> String {
    match request {
        Some((request, after)) => {
            format!("{PATH}?since={since}&request={}&after={after}", super::escaped(request.as_str()))
        }
        None => format!("{PATH}?since={since}"),
    }
}

/// The `data` of an event that is about the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveEvent {
    /// Somebody edited.
    Edited { entry: LogEntry },
    /// Where the case stands, told at the start and whenever it moves on: when the revision is not the one the
    /// page shows, read the request again.
    Moved { revision: u64, stage: Stage },
    /// The review has come as far as entry `seq`: when the page shows another, read the review again.
    Reviewed { seq: u64 },
}
