//! 小数位: the places a format shows.

use rust_decimal::Decimal;

/// A rounded number with `places` after the point, of which zeros beyond `fixed` are left out. A format may ask for more
/// places than a decimal number has.
pub(super) fn with_places(rounded: Decimal, places: usize, fixed: usize) -> String {
    let text = rounded.to_string();
    let (whole, given) = text.split_once('.').unwrap_or((&text, ""));
    let mut fraction = given.to_string() + &"0".repeat(places.saturating_sub(given.len()));
    while fraction.len() > fixed && fraction.ends_with('0') {
        fraction.pop();
    }
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
}
