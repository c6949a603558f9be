//! 编号: ids this browser makes for operations, rows and cases.

use leptos::prelude::window;

/// A fresh random id that begins with `prefix`.
pub fn new_id(prefix: &str) -> String {
    let random = window().crypto().map(|crypto| crypto.random_uuid());
    // A page without a secure context has no random UUIDs; the script engine's random numbers take their place.
    let random = random.unwrap_or_else(|_| {
        let part = || (js_sys::Math::random() * 4_294_967_296.0) as u32;
        format!("{:08x}{:08x}{:08x}{:08x}", part(), part(), part(), part())
    });
    format!("{prefix}{}", random.replace('-', ""))
}
