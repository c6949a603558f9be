//! 实时更新: the stream of one window (`text/event-stream`): the notices of its account and the changes of the request it
//! has open. One stream carries both, because a browser keeps only six connections to a server.

use super::EventStream;
use super::notices::NoticeEvent;
use super::operations::LogEntry;
use crate::cases::kernel::Stage;
use crate::kernel::ids::CaseId;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::sync::Arc;
use validator::Validate;

/// Path of the stream. The `id` of an event is `NOTICE.OPERATION`: the numbers of the last notice and the last
/// operation sent. A reconnecting browser names it in `Last-Event-ID` and gets what it missed.
pub const PATH: &str = "/api/live";

/// Opens a stream.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct OpenStream {
    /// Id of the last event received in an earlier stream; empty for notices from now on.
    #[serde(default)]
    #[validate(length(max = 64, message = "`since` 应为两个非负整数，以点相连"))]
    pub since: String,
    /// The request the window has open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "super::request_id"))]
    pub request: Option<CaseId>,
    /// Number of the last operation of the request that the window knows.
    #[serde(default, deserialize_with = "super::number")]
    pub after: u64,
}

impl EventStream for OpenStream {
    const PATH: &'static str = PATH;
    type Event = WindowEvent;
}

/// The address of a stream.
pub fn path(since: &str, request: Option<(&CaseId, u64)>) -> String {
    match request {
        Some((request, after)) => {
            format!("{PATH}?since={since}&request={}&after={after}", super::escaped(request.as_str()))
        }
        None => format!("{PATH}?since={since}"),
    }
}

/// The `data` of an event.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum WindowEvent {
    Account(NoticeEvent),
    Desk(DeskEvent),
    Request(LiveEvent),
    /// A [`LiveEvent`] that was encoded once for everybody who is sent it.
    Encoded(#[serde(serialize_with = "as_it_is")] Arc<RawValue>),
}

fn as_it_is<S: Serializer>(encoded: &Arc<RawValue>, serializer: S) -> Result<S::Ok, S::Error> {
    encoded.as_ref().serialize(serializer)
}

/// The `data` of an event about what waits for whom; sent to windows that have no request open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskEvent {
    /// Sent at the start, when a case was begun or moved, and when the day turns. An open desk reads itself again.
    DeskChanged {},
}

/// The `data` of an event about the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveEvent {
    /// Somebody edited.
    Edited { entry: LogEntry },
    /// Revision and stage of the case, sent at the start and after every command. A page that shows another revision
    /// reads the request again.
    Moved { revision: u64, stage: Stage },
    /// Number of the review's latest entry. A page that shows another reads the review again.
    Reviewed { seq: u64 },
}
