//! 执行案件: what the kinds of the execution of a budget, which move money or judge performance, have in common: fields
//! and their judgement, the order of judging, the facts, the effects on the ledger. Each kind is a folder of its own.

pub mod announcement;
pub mod ask;
pub mod body;
pub mod command_form;
pub mod content;
pub mod effect;
pub mod execute;
pub mod facts;
pub mod field;
pub mod judge;
pub mod kind;
pub mod labels;
pub mod listing;
pub mod offered;
pub mod paper;
pub mod parameters;
pub mod read_set;
pub mod registry;
pub mod stored;
pub mod succession;
pub mod survey;
pub mod verify;
pub mod world;

#[cfg(test)]
mod tests;
