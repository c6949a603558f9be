//! The one door: routes, bodies, headers, problem documents, static assets.

pub mod assets;
pub mod failure;
pub mod request_body;
pub mod routing;
pub mod security_headers;
