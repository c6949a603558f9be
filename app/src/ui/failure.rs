//! 填写有误: after a form is refused the cursor goes to its first wrong field.

use super::focus_soon;

/// Moves the focus to the first wrong field, after the page has marked it.
pub fn go_to_first_wrong() {
    focus_soon("form [aria-invalid='true']");
}
