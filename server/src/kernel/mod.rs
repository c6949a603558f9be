//! What every room may use: the clock, random secrets, and what a handler returns instead of a reply.

pub mod clock;
pub mod failure;
pub mod places;
pub mod rates;
pub mod token;
