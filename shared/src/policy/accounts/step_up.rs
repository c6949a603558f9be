//! 再次验证身份: which acts ask again who acts, once the last sign-in is a while ago.

/// Seconds after a sign-in within which nobody is asked again.
pub const STEP_UP_SECONDS: i64 = 5 * 60;

/// Whether somebody who signed in at the second `signed_in` is asked again at `now`.
pub fn must_prove(signed_in: i64, now: i64) -> bool {
    now - signed_in > STEP_UP_SECONDS
}

/// Whether a command of a case of this kind (`None` for those of the offices) is such an act: approving a payment, putting
/// an edition into force.
pub fn is_weighty(kind: Option<&str>, verb: &str) -> bool {
    matches!((kind, verb), (Some("payment"), "approve") | (None, "confirm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_and_editions_are_asked_about_again_after_five_minutes() {
        assert!(is_weighty(Some("payment"), "approve") && is_weighty(None, "confirm"));
        assert!(!is_weighty(Some("payment"), "apply") && !is_weighty(Some("contract"), "approve"));
        assert!(!is_weighty(None, "bureau_confirm"));
        assert!(!must_prove(1000, 1300) && must_prove(1000, 1301));
    }
}
