//! 实时更新: what the server pushes to everyone who has a request open (`text/event-stream`).

use super::operations::LogEntry;
use crate::ids::RequestId;
use crate::workflow::language::Stage;
use serde::{Deserialize, Serialize};

/// Path of the stream. Each event's `id` is the number of the last operation told of; a reconnecting browser
/// names it in `Last-Event-ID` or `?after=`, and gets what it missed.
pub const PATH: &str = "/api/requests/{request}/stream";

/// The stream of one request, from after operation `after` on.
pub fn path(request: &RequestId, after: u64) -> String {
    format!("{}?after={after}", PATH.replace("{request}", &super::escaped(request.as_str())))
}

/// The `data` of one event.
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
