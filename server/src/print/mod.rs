//! 打印: official documents as PDF on A4 with the measures of GB/T 9704-2012, set in a font the program carries.

mod font;
mod paper;
mod render;
mod request;
mod table;

pub use request::request;
