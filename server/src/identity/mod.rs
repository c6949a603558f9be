//! Accounts, sessions, passwords, tokens.

pub mod accounts;
mod choice;
mod common_passwords;
pub mod departments;
pub mod former_names;
pub mod passwords;
mod secret_box;
pub mod sessions;
pub mod sso;
pub mod visitor;
