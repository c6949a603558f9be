//! 导入工作簿: an xlsx file goes to the server as it is and comes back as raw cells. Its body is a file, so it is no
//! [`super::Endpoint`]: it is posted as `application/octet-stream` and answered with a [`Workbook`] or a problem.

pub use crate::exchange::import::workbook::Workbook;

pub const PATH: &str = "/api/workbooks";

/// Largest file accepted, in bytes. A page checks it before sending: a server that stops reading cannot be heard.
pub const LARGEST: usize = 10 << 20;
