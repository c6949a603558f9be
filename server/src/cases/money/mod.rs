//! 资金与绩效: the kinds that move money or judge performance, with the ledger under them. All rules are in
//! `shared::cases::execution`; this folder reads the world of a command from rows and writes back what it changed.

pub mod case_rows;
pub mod command_world;
pub mod commands;
pub mod execute;
pub mod facts;
pub mod gate;
pub mod institutions;
pub mod issued;
pub mod line_rows;
mod notify;
pub mod pages;
pub mod papers;
pub mod performance;
pub mod providers;
pub mod record;
pub mod reference;
pub mod rows;
mod statement_rows;
pub mod statements;
pub mod surroundings;
pub mod world;
mod writes;
pub mod year;
