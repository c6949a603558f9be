//! 来访者: who sends a request. Reads and writes the session cookie; nothing else in the server knows that there is one.

use crate::context::{Context, Shared};
use crate::identity::sessions;
use crate::identity::visitor::{SessionChange, Visitor};
use crate::kernel::failure::Failure;
use crate::store::change_bus;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use shared::api::Endpoint;
use shared::kernel::people::Actor;
use shared::policy::accounts::address::client_address;
use shared::policy::accounts::step_up::must_prove;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::sync::watch;

/// Longest stored name of a browser, in characters.
const LONGEST_BROWSER: usize = 200;

/// The visitor behind a request.
pub async fn visitor(context: &Context, parts: &mut Parts) -> Visitor {
    let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, &())
        .await
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
    // A line that is no text is no address either, and ends the walk like one.
    let line = |value: &HeaderValue| value.to_str().unwrap_or_default().to_string();
    let forwarded: Vec<String> = parts.headers.get_all("x-forwarded-for").iter().map(line).collect();
    let browser = parts.headers.get(USER_AGENT).map(line).unwrap_or_default();
    Visitor {
        client: client_address(peer, &forwarded, &context.settings.trusted_proxies),
        browser: browser.chars().take(LONGEST_BROWSER).collect(),
        token: session_token(context, &parts.headers),
    }
}

/// Someone who has signed in, and the session they use.
pub struct Caller {
    pub actor: Actor,
    /// Their password has expired.
    pub must_change: bool,
    /// They must set up a second factor first.
    pub must_enrol: bool,
    /// Unix second of their sign-in.
    since: i64,
    token: String,
}

impl Caller {
    /// # Errors
    /// Problem 401 when nobody has signed in.
    pub async fn of(context: &Shared, headers: &HeaderMap) -> Result<Caller, Failure> {
        let token = session_token(context, headers).ok_or_else(Failure::sign_in)?;
        let found = sessions::actor(context, &token).await?.ok_or_else(Failure::sign_in)?;
        let sessions::Found { actor, must_change, must_enrol, since, .. } = found;
        Ok(Caller { actor, must_change, must_enrol, since, token })
    }

    /// Asks again who it is, for an act that needs it. The browser signs the same person in again and repeats the act.
    ///
    /// # Errors
    /// Problem 401 when the sign-in is a while ago.
    pub fn require_step_up<E: Endpoint>(&self, context: &Context, request: &E) -> Result<(), Failure> {
        if request.needs_step_up() && must_prove(self.since, context.clock().seconds()) {
            return Err(Failure::step_up());
        }
        Ok(())
    }
}

/// Someone who listens to a stream.
pub struct Subscriber {
    /// The person as of the start of the stream; see [`Subscriber::current`].
    pub actor: Actor,
    /// Id of the last event that the browser received before it reconnected; empty at first.
    pub last_event_id: String,
    token: String,
    /// The Unix second until which `actor` holds, unless people change; 0 at first, so that it is asked.
    until: i64,
    people: watch::Receiver<()>,
}

impl Subscriber {
    pub fn new(context: &Context, caller: Caller, headers: &HeaderMap) -> Subscriber {
        let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let last_event_id = last.unwrap_or_default().to_string();
        let people = context.db.hub().listen(&change_bus::people(context.tenant()));
        Subscriber { actor: caller.actor, last_event_id, token: caller.token, until: 0, people }
    }

    /// The person as of now; `None` once the session is over. Does not count as use of the session. The database is asked
    /// again when accounts or sessions changed or the session's time is up, not for each event.
    pub async fn current(&mut self, context: &Shared) -> Result<Option<Actor>, Failure> {
        let changed = self.people.has_changed().unwrap_or(true);
        if !changed && context.clock().seconds() <= self.until {
            return Ok(Some(self.actor.clone()));
        }
        self.people.mark_unchanged();
        let found = sessions::peek_until(context, &self.token).await?;
        let Some((actor, until)) = found.filter(|(actor, _)| actor.account == self.actor.account) else {
            return Ok(None);
        };
        (self.actor, self.until) = (actor.clone(), until);
        Ok(Some(actor))
    }
}

/// The `set-cookie` header of a session change.
pub fn cookie_header(context: &Context, change: &SessionChange) -> Option<HeaderValue> {
    let name = cookie_name(context);
    let secure = if context.secure() { "; Secure" } else { "" };
    let text = match change {
        SessionChange::None => return None,
        SessionChange::Start(token) => format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{secure}"),
        SessionChange::End => format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}"),
    };
    HeaderValue::from_str(&text).ok()
}

/// `__Host-` binds the cookie to this host, where https allows it.
fn cookie_name(context: &Context) -> &'static str {
    if context.secure() { "__Host-omfund" } else { "omfund" }
}

fn session_token(context: &Context, headers: &HeaderMap) -> Option<String> {
    let name = cookie_name(context);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_string())
}
