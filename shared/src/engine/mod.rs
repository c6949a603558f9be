//! The form engine: a form is data, compiled once to a plan, run by a session on both sides.

pub mod document;
pub mod op;
