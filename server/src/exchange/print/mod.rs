//! 打印: official documents as PDF on A4 with the measures of GB/T 9704-2012, set in a font the program carries.

mod batch;
mod case_letter;
mod case_paper;
mod font;
mod letter;
mod paper;
mod render;
mod request;
mod review;
mod system_face;
mod table;
mod whole;

pub use batch::{answer, batch};
pub use case_letter::letter;
pub use case_paper::case_paper;
pub use request::request;
pub use review::review;
pub use whole::whole;
