//! The words everything uses: ids, money, calendar, people, findings, refusals.

pub mod calendar;
pub mod capitals;
pub mod finding;
pub mod hash;
pub mod ids;
pub mod money;
pub mod people;
pub mod refusal;
pub mod timestamp;
pub(crate) mod words;
