//! 总账: accounts, transfers, balances and what is read from them (money.md § 5). Knows no case and no rule of the measures:
//! the kinds of `cases` decide what is written.

pub mod account;
pub mod balance;
pub mod figures;
pub mod log;
pub mod reconcile;
pub mod replay;
pub mod sankey;
pub mod transfer;
pub mod verify;

#[cfg(test)]
mod tests;
