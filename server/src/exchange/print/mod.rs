//! 打印: official documents as PDF on A4 with the measures of GB/T 9704-2012, set in a font the program carries.

mod batch;
mod font;
mod letter;
mod opinion;
mod paper;
mod render;
mod request;
mod review;
mod table;
mod whole;

pub use batch::{answer, batch};
pub use opinion::opinion;
pub use request::request;
pub use review::review;
pub use whole::whole;
