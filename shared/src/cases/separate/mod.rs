//! 单独申请 (Art. 5).

mod effects;
mod flow;

pub use flow::{
    Claim, Command, Decision, Event, Facts, LONGEST, Opinion, REASON_AT_LEAST, SeparateApplication, Signed,
    complete,
};

#[cfg(test)]
mod tests;
