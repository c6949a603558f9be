//! 时钟与随机数 of the browser, as the pure machine takes them.

use super::crypto::random_bytes;
use leptos::prelude::window;
use shared::sync::site::device::DeviceMoment;

/// Now, by both clocks. Milliseconds are whole far below the precision of a float.
pub fn now() -> DeviceMoment {
    let mono_ms = window().performance().map_or(0, |performance| performance.now() as u64);
    DeviceMoment { wall_ms: js_sys::Date::now() as i64, mono_ms }
}

/// 128 random bits. Nothing is stored without them: an id that comes twice would lose an operation.
pub fn random_u128() -> Option<u128> {
    Some(u128::from_be_bytes(random_bytes(16).ok()?.try_into().ok()?))
}

/// Spreads the attempts of many tablets.
pub fn random_u64() -> u64 {
    random_u128().map_or(0, |random| random as u64)
}
