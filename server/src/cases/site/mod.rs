//! 现场评价的接收: the server's side of the tablets. What an operation becomes is decided in `shared::sync::site`; here are the log of
//! a visit, the devices with their keys, the bytes of photos, and the case that follows the log in the same transaction.

mod blob_rows;
pub mod blobs;
pub mod desk;
pub mod devices;
pub mod import;
pub mod push;
mod receiving;
pub mod register;
mod rows;
pub mod tasks;
