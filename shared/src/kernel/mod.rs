//! The words everything uses: ids, money, calendar, people, findings, refusals.

pub mod attachment;
pub mod calendar;
pub mod capitals;
pub mod characters;
pub mod citation;
pub mod content_hash;
pub mod finding;
pub mod hash;
pub mod ids;
pub mod money;
pub mod people;
pub mod phone;
pub mod refusal;
pub mod timestamp;
pub mod upload;
pub mod whole_number;
pub(crate) mod words;
