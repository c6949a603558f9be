//! 本机记录: the browser's local storage, for short notes only. What a person types into a form is in IndexedDB
//! (`sync_client::local_store`).
//!
//! Storage may be blocked or full: then nothing is read, and a write returns `false`. A note either belongs to the
//! browser as a whole and says nothing of a person's work, or has the account in its name, so that the next person
//! of the same browser never reads it.

use leptos::prelude::{window, window_event_listener};
use shared::kernel::ids::{AccountId, CaseId};
use web_sys::Storage;

/// What a note is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// The account whose session this browser holds, for its other tabs.
    Account,
    /// The post the session took up last, for its other tabs.
    Post,
    /// When somebody last used any tab of this browser, in milliseconds.
    LastInput,
    /// The person has signed out and the server does not know yet.
    SignedOut,
    /// The sign-in under way at a service outside, and where the person was.
    Sso,
    /// The window that came to the front last, for the other windows.
    FrontWindow,
    /// Whether figures are shown in 元 or 万元. A choice of the browser: it tells nothing of anybody.
    Unit,
    /// An edition's content by its name, which never changes: the same for everybody signed in.
    Edition(String),
    /// How an account looks at the list of cases of a kind, and the views it saved.
    ListViews { account: AccountId, kind: String },
    /// Operations that the device's database may not have yet, written when the page may end at any moment.
    Unwritten { account: AccountId, case: CaseId },
    /// Words a person is writing that are no part of a document yet: whose, in which case, and what they are for.
    /// They stay after signing out, for that account alone.
    Draft { account: AccountId, case: CaseId, what: String },
}

impl Key {
    fn name(&self) -> String {
        match self {
            Key::Account => "omfund.account".to_string(),
            Key::Post => "omfund.post".to_string(),
            Key::LastInput => "omfund.input".to_string(),
            Key::SignedOut => "omfund.left".to_string(),
            Key::Sso => "omfund.sso".to_string(),
            Key::FrontWindow => "omfund.front".to_string(),
            Key::Unit => "omfund.unit".to_string(),
            Key::Edition(name) => format!("omfund.edition/{name}"),
            Key::ListViews { account, kind } => format!("omfund.list/{account}/{kind}"),
            Key::Unwritten { account, case } => format!("{}{case}", unwritten_of(account)),
            Key::Draft { account, case, what } => format!("omfund.writing/{account}/{case}/{what}"),
        }
    }
}

fn unwritten_of(account: &AccountId) -> String {
    format!("omfund.unwritten/{account}/")
}

/// The cases of which an account has [`Key::Unwritten`] operations.
pub fn unwritten_cases(account: &AccountId) -> Vec<CaseId> {
    let Some(storage) = storage() else { return Vec::new() };
    let prefix = unwritten_of(account);
    let names = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?);
    names.filter_map(|name| name.strip_prefix(&prefix).map(CaseId::new)).collect()
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}

pub fn read(key: &Key) -> Option<String> {
    storage()?.get_item(&key.name()).ok()?
}

/// Stores a note; `false` where the browser does not keep it.
pub fn write(key: &Key, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(&key.name(), value).is_ok())
}

pub fn remove(key: &Key) {
    if let Some(storage) = storage() {
        // It fails only where nothing is kept, which is what was wanted.
        let _ = storage.remove_item(&key.name());
    }
}

/// Calls `changed` with every new value another tab of this browser stores under `key`, for as long as this tab lives.
pub fn follow_other_tabs(key: &Key, changed: impl Fn(String) + 'static) {
    let name = key.name();
    window_event_listener(leptos::ev::storage, move |event| {
        if event.key().as_deref() == Some(name.as_str())
            && let Some(value) = event.new_value()
        {
            changed(value);
        }
    });
}
