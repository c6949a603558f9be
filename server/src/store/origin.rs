//! 来源: from where and in which session the request under way came. The door sets it once; the audit trail reads it, so
//! that no handler has to pass it on.

/// Where a request came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestOrigin {
    /// Network of the client: /24 of IPv4, /64 of IPv6.
    pub network: String,
    /// Part of the hash of the session's token; empty before sign-in.
    pub session: String,
}

tokio::task_local! {
    static ORIGIN: RequestOrigin;
}

/// Runs a request whose audit entries carry this origin.
pub async fn within<F: Future>(origin: RequestOrigin, request: F) -> F::Output {
    ORIGIN.scope(origin, request).await
}

/// The origin of the request under way; empty for what the server does by itself.
pub fn current() -> RequestOrigin {
    ORIGIN.try_with(RequestOrigin::clone).unwrap_or_default()
}
