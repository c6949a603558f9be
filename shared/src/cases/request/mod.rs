//! 运维服务申请: the annual request (Art. 1–4, 9, 11).

mod command;
mod effects;
mod flow;
mod listing;
mod play;
mod reminder;
mod state;

pub use command::{Command, Facts, ReviewConclusion};
pub use effects::{effects, review_notifications};
pub use flow::sees_live;
pub use reminder::{Reminder, RequestProgress, reminder};
pub use state::{Approval, Event, FinanceOpinion, RequestCase};

#[cfg(test)]
mod tests;
