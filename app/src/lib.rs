//! omfund in the browser: Leptos, client-side rendered.
//!
//! A library, so that the benchmark's page shows a form with the product's own grid and fields, and the tablet has its own entry.

// Without the pages much of `kernel` and `ui` is unused.
#![cfg_attr(not(feature = "pages"), allow(dead_code, unused_imports))]

#[cfg(feature = "pages")]
mod cases;
#[cfg(feature = "pages")]
mod features;
// Its lazy parts are exports, which a linker keeps with all they need.
#[cfg(any(feature = "pages", not(feature = "site")))]
mod form_ui;
mod kernel;
#[cfg(feature = "site")]
mod site;
#[cfg(feature = "pages")]
mod sync_client;
mod ui;

/// Faster than the default allocator for thousands of small texts, and smaller.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[cfg(feature = "pages")]
pub use features::product::run;
#[cfg(any(feature = "pages", not(feature = "site")))]
pub use form_ui::{
    grid::Grid,
    sheet::fields::{Computed, HeaderForm},
    sheet::follow::{cell_findings, total_tally},
    sheet::store::FormSheet,
};
pub use kernel::random_id::new_id;
#[cfg(feature = "site")]
pub use site::run as run_site;
