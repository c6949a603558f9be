//! 现场评价的同步: the tablet's side and the server's side of one visit as functions of values. Time, random numbers, storage and
//! the network are arguments; `shared/tests/site_sync` runs both sides against every fault, from a seed.

pub mod api;
pub mod backoff;
pub mod blob;
pub mod case;
pub mod content;
mod delivery;
pub mod device;
pub mod drafting;
pub mod operation;
pub mod overlay;
pub mod package;
pub mod pin;
pub mod receipt;
pub mod sentinel;
pub mod server;
pub mod storage;
pub mod storage_word;
pub mod transport;
