//! omfund in the browser: Leptos, client-side rendered.
//!
//! A library so that the benchmark's page can show a form by the very grid and fields of the product.

// What only the pages use is nothing to a form alone.
#![cfg_attr(not(feature = "pages"), allow(dead_code, unused_imports))]

#[cfg(feature = "pages")]
mod api;
#[cfg(feature = "pages")]
mod bell;
mod chunks;
mod grid;
#[cfg(feature = "pages")]
mod leaving;
#[cfg(feature = "pages")]
mod live;
#[cfg(feature = "pages")]
mod matter;
#[cfg(feature = "pages")]
mod outbox;
#[cfg(feature = "pages")]
mod pages;
#[cfg(feature = "pages")]
mod product;
#[cfg(feature = "pages")]
mod router;
#[cfg(feature = "pages")]
mod session;
mod sheet;
#[cfg(feature = "pages")]
mod shell;
mod ui;

/// Quicker than the usual one where thousands of small texts are kept, and smaller.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

pub use grid::Grid;
#[cfg(feature = "pages")]
pub use product::run;
pub use sheet::fields::{Computed, HeaderForm};
pub use sheet::follow::{cell_findings, total_tally};
pub use sheet::store::{FormSheet, new_id};
pub use sheet::words::article;
