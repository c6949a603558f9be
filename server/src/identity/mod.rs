//! Accounts, sessions, passwords, tokens.

pub mod accounts;
pub mod departments;
pub mod passwords;
pub mod sessions;
pub mod visitor;
