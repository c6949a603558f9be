//! What the kinds of case that watch the others share: 政策版本, 信息公开, 账号事项.

pub mod field;
pub mod judge;
