//! 资金与绩效: the kinds that move money or judge performance, with the ledger under them. All rules are in
//! `shared::cases::execution`; this folder reads the world of a command from rows and writes back what it changed.

pub mod execute;
pub mod facts;
pub mod gate;
pub mod institutions;
mod notify;
pub mod pages;
pub mod papers;
pub mod performance;
pub mod reference;
pub mod rows;
mod surroundings;
pub mod world;
mod writes;
