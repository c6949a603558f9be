//! 未登录的来访者, and what becomes of their session.

use shared::policy::accounts::address::ClientAddress;

/// Someone who has not signed in, or is doing so now.
#[derive(Clone, Debug)]
pub struct Visitor {
    pub client: ClientAddress,
    /// What the browser calls itself, `User-Agent`; empty when it does not.
    pub browser: String,
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
