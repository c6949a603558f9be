//! 服务单位考核 (Art. 8): points a provider lost in a quarter of a contract; only what lost points is listed.

mod flow;
mod listing;
mod paper;

pub use flow::{Assessment, Command, Event, Item, Stage};
