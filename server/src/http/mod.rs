//! The one door: routes, callers, bodies, replies, headers, problem documents, static files.

pub mod assets;
pub mod caller;
pub mod csp_reports;
pub mod failure;
pub mod fallback;
pub mod listener;
pub mod origin;
pub mod reply;
pub mod request_body;
pub mod routing;
pub mod security_headers;
mod strict_json;
