//! 登录状态: who is signed in, and the renewal in place of a session that ran out. A page never reloads for it, and
//! typing is never interrupted.

use crate::kernel::api;
use crate::kernel::local_storage::{self, Key};
use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Endpoint;
use shared::api::problem::Problem;
use shared::api::session::{Me, ReadMe, SignIn, SignOut};
use shared::cases::authority::{Capability, may};
use shared::kernel::ids::AccountId;
use std::cell::{Cell, RefCell};

/// Who is signed in; provided as a context to every page.
#[derive(Clone, Copy)]
pub struct SignedIn {
    pub me: RwSignal<Option<Me>>,
    /// The server has said who is signed in, or that nobody is.
    pub known: RwSignal<bool>,
    /// The session ran out while a page is in use: the renewal is shown.
    pub expired: RwSignal<bool>,
    /// Nobody has used the page for long: it is covered.
    pub locked: RwSignal<bool>,
}

thread_local! {
    static SIGNED: Cell<Option<SignedIn>> = const { Cell::new(None) };
    /// Sign-ins waiting until the server has ended the session before; `None` while none is being ended. Its answer
    /// would end a session begun meanwhile.
    static ENDING: RefCell<Option<Vec<oneshot::Sender<()>>>> = const { RefCell::new(None) };
    /// Calls waiting for the session to be renewed.
    static WAITING: RefCell<Vec<oneshot::Sender<bool>>> = const { RefCell::new(Vec::new()) };
}

/// Makes the context and asks the server who is signed in.
pub fn provide() -> SignedIn {
    let no = || RwSignal::new(false);
    let signed = SignedIn { me: RwSignal::new(None), known: no(), expired: no(), locked: no() };
    SIGNED.set(Some(signed));
    provide_context(signed);
    signed
}

impl SignedIn {
    /// Asks the server who is signed in; the problem when it cannot be reached.
    pub async fn look(self) -> Result<(), Problem> {
        if local_storage::read(&Key::SignedOut).is_some() {
            end_session().await?;
        }
        let read = match self.locked.get_untracked() {
            // While the page is covered nothing waits for a renewal.
            true => api::once_of(ReadMe {}).await,
            false => api::call(ReadMe {}).await,
        };
        match read {
            Ok(me) => self.came(me),
            // A page under its cover waits for its password.
            Err(problem) if problem.status == 401 && self.locked.get_untracked() => {}
            Err(problem) if problem.status == 401 => self.me.set(None),
            Err(problem) => return Err(problem),
        }
        self.known.set(true);
        Ok(())
    }

    /// Somebody has signed in, or acts in another post. Calls that waited for a renewal go on only for the same account: nothing is sent in
    /// another person's name.
    pub fn came(self, me: Me) {
        let account = &me.actor.account;
        local_storage::write(&Key::Account, account.as_str());
        let waited = self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.actor.account == *account));
        self.me.set(Some(me));
        self.known.set(true);
        self.expired.set(false);
        self.locked.set(false);
        answer(waited);
    }

    /// Follows what other tabs of this browser do: they share one session, which may become another person's.
    pub fn follow_other_tabs(self) {
        // All tabs act in the post that one of them took up.
        local_storage::follow_other_tabs(&Key::Post, move |_| {
            spawn_local(async move { drop(self.look().await) });
        });
        // The next call finds out when another tab has signed out.
        local_storage::follow_other_tabs(&Key::Account, move |other| {
            let shown = self.me.with_untracked(|me| me.as_ref().map(|me| me.actor.account.to_string()));
            if Some(other) != shown {
                // While the server is away nothing is sent; the next call finds out.
                spawn_local(async move { drop(self.look().await) });
            }
        });
    }

    /// 登录, or the renewal of a session that ran out.
    pub async fn sign_in(
        self,
        account: String,
        password: String,
        code: Option<String>,
    ) -> Result<(), Problem> {
        self.enter(SignIn { account, password, code }).await
    }

    /// Signs in by any request that does.
    pub async fn enter<E: Endpoint<Reply = Me>>(self, request: E) -> Result<(), Problem> {
        session_before_ended().await;
        let me = api::call(request).await?;
        local_storage::remove(&Key::SignedOut);
        self.came(me);
        Ok(())
    }

    /// 退出. What is not delivered stays on this device under this account. The session ends here at once; a server that
    /// is away is told before anything else is asked of it.
    pub async fn sign_out(self) {
        self.leave();
        local_storage::remove(&Key::Account);
        ENDING.set(Some(Vec::new()));
        let ended = end_session().await;
        if ended.is_err() {
            local_storage::write(&Key::SignedOut, "true");
        }
        for waiting in ENDING.take().into_iter().flatten() {
            // The caller may be gone with its page.
            let _ = waiting.send(());
        }
        if let Ok(Some(next)) = ended {
            // The session of a service outside ends there. It fails only for an address that no browser can read.
            let _ = window().location().set_href(&next);
        }
    }

    /// Nobody is signed in here any more; calls that waited for a renewal fail.
    pub fn leave(self) {
        self.me.set(None);
        self.expired.set(false);
        self.locked.set(false);
        answer(false);
    }
}

/// Whether the person who is signed in may do it.
pub fn may_do(capability: Capability) -> bool {
    let me_may = |signed: SignedIn| {
        signed.me.with_untracked(|me| me.as_ref().is_some_and(|me| may(&me.actor, capability).is_ok()))
    };
    SIGNED.get().is_some_and(me_may)
}

/// The account of the session, as far as the tabs of this browser know; `None` when they disagree.
pub fn account() -> Option<AccountId> {
    let here = SIGNED.get()?.me.with_untracked(|me| me.as_ref().map(|me| me.actor.account.clone()))?;
    let elsewhere = local_storage::read(&Key::Account);
    elsewhere.is_none_or(|other| other == here.as_str()).then_some(here)
}

async fn session_before_ended() {
    let waiting = ENDING.with_borrow_mut(|ending| {
        let (sender, receiver) = oneshot::channel();
        ending.as_mut().map(|waiting| {
            waiting.push(sender);
            receiver
        })
    });
    if let Some(waiting) = waiting {
        // Dropped or answered, the session has ended.
        let _ = waiting.await;
    }
}

/// Where the browser goes after it, if anywhere.
async fn end_session() -> Result<Option<String>, Problem> {
    let next = match api::call(SignOut {}).await {
        Err(problem) if problem.status != 401 => return Err(problem),
        ended => ended.ok().and_then(|ended| ended.next),
    };
    local_storage::remove(&Key::SignedOut);
    Ok(next)
}

fn answer(renewed: bool) {
    for waiting in WAITING.take() {
        // The caller may be gone with its page.
        let _ = waiting.send(renewed);
    }
}

/// Waits until the session that ran out is renewed; `false` when nobody is signed in or the person leaves.
pub async fn renewed() -> bool {
    let Some(signed) = SIGNED.get().filter(|signed| signed.me.with_untracked(Option::is_some)) else {
        return false;
    };
    let (sender, receiver) = oneshot::channel();
    WAITING.with_borrow_mut(|waiting| waiting.push(sender));
    signed.expired.set(true);
    receiver.await.unwrap_or(false)
}
