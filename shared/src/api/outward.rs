//! 对外发送: by which channels a person's notices leave, and what could not be delivered.

use super::{Endpoint, Method};
use crate::cases::authority::Capability;
use crate::kernel::words::words;
use crate::policy::notices::{Manner, Topic};
use serde::{Deserialize, Serialize};
use validator::Validate;

words! {
    /// 渠道.
    Channel {
        Mail "mail" "邮件",
        Webhook "webhook" "办公系统",
    }
}

/// 通知方式 of one's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadChannels {}

impl Endpoint for ReadChannels {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/me/channels";
    type Reply = Channels;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// Those the server sends by.
    pub channels: Vec<ChannelLine>,
    /// 邮箱, where one is registered.
    pub mail: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLine {
    pub channel: Channel,
    /// One for each topic.
    pub manners: Vec<TopicManner>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicManner {
    pub topic: Topic,
    pub manner: Manner,
}

/// How notices of a topic reach oneself by a channel from now on.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetManner {
    pub channel: Channel,
    pub topic: Topic,
    pub manner: Manner,
}

impl Endpoint for SetManner {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/me/channels";
    type Reply = ();
}

/// 未送达: rows that were given up, for the system administrator.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReadUndelivered {}

impl Endpoint for ReadUndelivered {
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/outbox";
    const REQUIRES: Option<Capability> = Some(Capability::CreateAccount);
    type Reply = Undelivered;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undelivered {
    /// The latest first, at most 200. What a notice is about is not shown: the administrator sees no business.
    pub rows: Vec<UndeliveredLine>,
    /// Rows that wait for their next try.
    pub waiting: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndeliveredLine {
    pub key: String,
    pub channel: Channel,
    pub account: String,
    pub attempts: u32,
    /// What the other side answered last.
    pub answer: String,
}

/// 重发: tried again from the beginning.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct SendAgain {
    #[validate(length(min = 1, max = 200, message = "没有这一条"))]
    pub key: String,
}

impl Endpoint for SendAgain {
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/outbox";
    const REQUIRES: Option<Capability> = Some(Capability::CreateAccount);
    type Reply = ();
}
