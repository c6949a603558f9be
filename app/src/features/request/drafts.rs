//! 未说出的话: words being written that are no part of the document, kept on this device until they are sent. Closing,
//! reloading or reading the page again loses none of them.

use super::context::RequestContext;
use crate::kernel::local_storage::{self, Key};
use leptos::prelude::*;

/// Where one piece of writing is kept; nowhere while nobody is signed in.
#[derive(Clone)]
pub struct StoredDraft(Option<Key>);

impl StoredDraft {
    pub fn of(work: RequestContext, what: &str) -> StoredDraft {
        let actor = untrack(|| work.reviewing.actor());
        let key = |account| Key::Draft { account, case: work.view().case.id.clone(), what: what.to_string() };
        StoredDraft(actor.map(|actor| key(actor.account)))
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
pub fn keep_words(work: RequestContext, what: &str, text: RwSignal<String>) -> StoredDraft {
    let kept = StoredDraft::of(work, what);
    if let Some(words) = kept.read() {
        text.set(words);
    }
    let keeping = kept.clone();
    Effect::new(move |_| {
        text.with(|words| keeping.write(words));
    });
    kept
}
