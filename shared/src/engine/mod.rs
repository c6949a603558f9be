//! The form engine: a form is data, compiled once to a plan, run by a session on both sides.
//!
//! Words: `definition` (what a form asks), `expr` (its formulas and rules), `document` and `op` (what people
//! typed and how it changed). Running: `compile`, `order` → `plan`, `reading`, `store`, `eval`, `session`, `settle`, `changed`,
//! `editing`, `history`.
//! Answers: `findings`, `explain`, `diff`, `reach`.

mod compile;
pub mod definition;
pub mod dependents;
pub mod diff;
pub mod dirty;
pub mod document;
pub mod editing;
mod eval;
pub mod explain;
pub mod expr;
pub mod findings;
mod history;
pub mod op;
mod order;
pub mod parameters;
pub mod plan;
pub mod reading;
mod recompute;
pub mod scalar;
pub mod session;
mod store;
