//! 财政审核与批复: `/finance/:year` is what finance has before it, `/batches/:id` one batch, `/requests/:id/result` what
//! a department got of it line by line.

mod batch;
mod drafting;
mod notice;
mod overview;
mod result;

pub use batch::batch_page;
pub use overview::finance_page;
pub use result::result_page;
