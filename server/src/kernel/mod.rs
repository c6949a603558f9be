//! What every room may use: the clock, random secrets, what many wait for together, and what a handler returns instead of a
//! reply.

pub mod clock;
pub mod failure;
pub mod gathering;
pub mod memory;
pub mod places;
pub mod rates;
pub mod token;
