//! The words and the rules of omfund: everything that decides about money, rules and who may do what.
//!
//! Pure: no I/O, no clock, no floats. Compiled for the server and, as wasm32, for the browser, so that
//! both give the same answer to the byte. Layers, each importing only those to its right: `api → cases → {forms,
//! exchange, sync} → {policy, engine} → kernel`; a policy never sees a form and the engine never sees a policy.

pub mod api;
pub mod cases;
pub mod engine;
pub mod exchange;
pub mod forms;
pub mod kernel;
pub mod ledger;
pub mod policy;
pub mod search;
pub mod sync;
pub mod vectors;
