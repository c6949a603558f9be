//! 未登录的来访者, and what becomes of their session.

use std::net::IpAddr;

/// Someone who has not signed in, or is doing so now.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub address: IpAddr,
    /// The session token sent along, if any.
    pub token: Option<String>,
}

/// What a handler does to the session of its visitor.
#[derive(Clone, Debug)]
pub enum SessionChange {
    None,
    /// A session begins under this token.
    Start(String),
    End,
}
