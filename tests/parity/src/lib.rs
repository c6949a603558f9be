//! The engine as WebAssembly with one door, so that Node can compare it with the native one (`omfund check`).

mod random;
mod timed;

use shared::forms::case::check_case;
use wasm_bindgen::prelude::*;

/// What `walk SEED ACTS` prints.
#[wasm_bindgen]
pub fn walk(seed: u64, acts: u32) -> Result<String, String> {
    random::walk(seed, acts)
}

/// What `omfund check` prints for this request, or why it refuses it.
#[wasm_bindgen]
pub fn check(request: &str) -> Result<String, String> {
    check_case(request, None).map_err(|error| error.to_string())
}
