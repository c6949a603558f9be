//! What every page stands on: the API client, submissions, the session, local storage, the address, lazy chunks.

#[cfg(feature = "pages")]
pub mod api;
#[cfg(any(feature = "pages", not(feature = "site")))]
pub mod chunks;
#[cfg(feature = "pages")]
pub mod editions;
#[cfg(feature = "pages")]
pub mod file_transfer;
#[cfg(feature = "pages")]
pub mod local_storage;
#[cfg(any(feature = "pages", feature = "site"))]
pub mod pause;
pub mod random_id;
#[cfg(feature = "pages")]
pub mod router;
#[cfg(feature = "pages")]
pub mod session;
#[cfg(any(feature = "pages", feature = "site"))]
pub mod strict_database;
#[cfg(feature = "pages")]
pub mod submission;
