//! 未说出的话: words being written that are no part of the document, kept on this device until they are said: by account,
//! request and what they are for. Closing, reloading or a page read again loses none of them.

use super::context::RequestContext;
use leptos::prelude::*;
use web_sys::Storage;

/// Where one piece of writing is kept. Nothing is kept while nobody is signed in.
#[derive(Clone)]
pub struct StoredDraft(Option<String>);

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}

impl StoredDraft {
    pub fn of(work: RequestContext, what: &str) -> StoredDraft {
        let account = untrack(|| work.reviewing.actor()).map(|actor| actor.account);
        StoredDraft(account.map(|account| format!("omfund.writing/{account}/{}/{what}", work.view().case.id)))
    }

    pub fn read(&self) -> Option<String> {
        storage()?.get_item(self.0.as_ref()?).ok()?
    }

    /// Keeps the words as they are now, no words as nothing; answers whether they are on the device.
    pub fn write(&self, words: &str) -> bool {
        let (Some(name), Some(storage)) = (&self.0, storage()) else { return false };
        if words.trim().is_empty() {
            let _ = storage.remove_item(name);
            return false;
        }
        storage.set_item(name, words).is_ok()
    }

    /// They have been said, or let go of.
    pub fn forget(&self) {
        self.write("");
    }
}

/// Words a person left unsaid come back, and what is typed from now on is kept as it is typed.
/// Whoever has said them, or lets go of them, forgets them.
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
