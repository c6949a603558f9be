//! 未发出的内容: words being written that are no part of the document, stored on this device until they are sent. Closing,
//! reloading or reading the page again loses none of them.

use crate::kernel::local_storage::{self, Key};
use crate::kernel::session;
use leptos::prelude::*;
use shared::kernel::ids::CaseId;

/// Where one piece of writing is stored; nowhere while nobody is signed in.
#[derive(Clone)]
pub struct StoredDraft(Option<Key>);

impl StoredDraft {
    pub fn of(case: &CaseId, what: &str) -> StoredDraft {
        let key = |account| Key::Draft { account, case: case.clone(), what: what.to_string() };
        StoredDraft(session::account().map(key))
    }

    pub fn read(&self) -> Option<String> {
        local_storage::read(self.0.as_ref()?)
    }

    /// Stores the words as they are now and removes empty ones. Returns whether they are on the device.
    pub fn write(&self, words: &str) -> bool {
        let Some(key) = &self.0 else { return false };
        if words.trim().is_empty() {
            local_storage::remove(key);
            return false;
        }
        local_storage::write(key, words)
    }

    /// The words were sent or given up.
    pub fn forget(&self) {
        self.write("");
    }
}

/// Restores words left from before and stores what is typed from now on. Whoever sends the words or gives them up
/// calls [`StoredDraft::forget`].
pub fn keep_words(case: &CaseId, what: &str, text: RwSignal<String>) -> StoredDraft {
    let draft = StoredDraft::of(case, what);
    if let Some(words) = draft.read() {
        text.set(words);
    }
    let storing = draft.clone();
    Effect::new(move |first: Option<bool>| text.with(|words| first.is_some() && storing.write(words)));
    draft
}
