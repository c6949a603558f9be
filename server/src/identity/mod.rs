//! Accounts, sessions, passwords, tokens.

pub mod accounts;
pub mod passwords;
pub mod sessions;
pub mod token;
