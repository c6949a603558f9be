//! 合同 (Art. 6): what a package was awarded for, signed, approved, published, supplemented, ended.

mod flow;
mod listing;
mod paper;
mod rules;

pub use flow::{Command, Contract, ContractRow, Event, Needs, Stage, Term};
