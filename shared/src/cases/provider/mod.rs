//! 运维服务单位 (Art. 6): the register of providers. New bank details count only once a second person confirmed them.

mod flow;
mod listing;
mod paper;

pub use flow::{Command, Event, Provider, Stage};
