//! 绩效管理 (Art. 10–14): what the kinds that judge performance have in common: forms as data with their computed cells and
//! rules, facts of an approved request, results of evaluations. Each kind is a folder of its own.

pub mod check;
pub mod content;
pub mod facts;
pub mod form;
pub mod judgement;
mod kind;
pub mod labels;
pub mod listing;
pub mod live;
pub mod paper;
pub mod question;
pub mod result;
pub mod shown;
pub mod target;
pub mod world;
pub mod year;

pub(crate) use kind::performance_kind;

#[cfg(test)]
mod tests;
