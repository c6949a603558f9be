//! 资金: the kinds that move or judge money, with the ledger under them. All rules are in `shared::cases::execution`; this
//! folder reads the world of a command from rows and writes back what it changed.

pub mod execute;
mod notify;
pub mod pages;
pub mod papers;
pub mod rows;
pub mod world;
mod writes;
