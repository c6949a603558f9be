//! 单独申请 (Art. 5): what its page has beyond the general case page.

mod onward;

pub use onward::OnwardBanner;
