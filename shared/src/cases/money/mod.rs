//! 资金: what the kinds that move or judge money have in common: fields and their judgement, the order of judging, the
//! facts, the effects on the ledger. Each kind is a folder of its own beside this one.

pub mod ask;
pub mod body;
pub mod content;
pub mod effect;
pub mod execute;
pub mod facts;
pub mod field;
pub mod judge;
pub mod kind;
pub mod labels;
pub mod offered;
pub mod parameters;
pub mod registry;
pub mod stored;
pub mod verify;
pub mod world;

#[cfg(test)]
mod tests;
