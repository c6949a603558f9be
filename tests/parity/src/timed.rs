//! The acts of the benchmark as WebAssembly, for Node to time and to know what a page must show.

#[path = "../../bench/acts.rs"]
mod acts;

use wasm_bindgen::prelude::*;

/// The large request, open.
#[wasm_bindgen]
pub struct Large(acts::Acts);

#[wasm_bindgen]
impl Large {
    #[wasm_bindgen(constructor)]
    pub fn open(request: &str) -> Result<Large, String> {
        acts::Acts::open(request).map(Large).map_err(|error| error.to_string())
    }

    /// Number of findings.
    pub fn validate_all(&self) -> usize {
        self.0.validate_all()
    }

    /// Id of the row in the middle, its amount, and the grand total.
    pub fn shown(&self) -> Vec<String> {
        let acts::Shown { row, amount, total } = self.0.shown();
        vec![row, amount, total]
    }

    pub fn type_price(&mut self, text: &str) {
        self.0.type_price(text);
    }

    pub fn block(&self) -> String {
        self.0.block()
    }

    /// Number of cells changed.
    pub fn paste(&mut self, block: &str) -> usize {
        self.0.paste(block)
    }

    /// Merges two people's edits; number of conflicts.
    pub fn merge(&mut self) -> usize {
        let [mine, theirs] = self.0.edits();
        self.0.merge(&mine) + self.0.merge(&theirs)
    }

    /// Keeps what stands now as the later version.
    pub fn keep(&mut self) {
        self.0.keep();
    }

    /// Number of differences of that from what was opened.
    pub fn differing(&self) -> usize {
        self.0.differing()
    }

    pub fn undo(&mut self) {
        self.0.undo();
    }
}

/// Size of the module's memory, in bytes; it never shrinks.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn memory_bytes() -> usize {
    const PAGE: usize = 65_536;
    core::arch::wasm32::memory_size(0) * PAGE
}
