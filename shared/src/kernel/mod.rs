//! The words everything uses: ids, money, calendar, people, findings, refusals.

pub mod attachment;
pub mod calendar;
pub mod capitals;
pub mod finding;
pub mod hash;
pub mod ids;
pub mod money;
pub mod order;
pub mod people;
pub mod refusal;
pub mod upload;
pub(crate) mod words;
