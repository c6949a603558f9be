//! 拨付 (Art. 6, 9, 16, 17): money of the bureau goes to a provider for a term of a contract.

mod flow;
mod listing;
mod paper;
mod rules;

pub use flow::{Command, Event, Payment, PaymentLine, Stage};
