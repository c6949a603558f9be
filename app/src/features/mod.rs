//! 页面, one file or folder each; `routes` lists them with their paths.

mod account_import;
mod accounts;
mod bell;
mod case;
mod channels;
mod chunks;
mod consolidation;
mod delegation;
mod desk;
mod finance;
mod idle;
mod invitation;
mod leaving;
mod lock;
mod money;
mod not_found;
mod own_account;
mod posts;
pub mod product;
mod renewal;
mod request;
mod routes;
mod second_factor;
mod separate;
pub mod shell;
mod sign_in;
mod sign_in_code;
