//! The words and the rules of omfund: everything that decides about money, rules and who may do what.
//!
//! Pure: no I/O, no clock, no floats. Compiled for the server and, as wasm32, for the browser, so that
//! both give the same answer to the byte. Data flows downward only: `api → review → workflow → forms → {policy,
//! engine} → words`; a policy never sees a form and the engine never sees a policy.

pub mod api;
pub mod calendar;
pub mod capitals;
pub mod engine;
pub mod export;
pub mod finding;
pub mod forms;
pub mod ids;
pub mod import;
pub mod money;
pub mod order;
pub mod people;
pub mod policy;
pub mod refusal;
pub mod review;
pub mod sync;
pub mod workflow;
