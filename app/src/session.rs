//! 登录状态: who is signed in, for every page; and the renewal in place of a session that ran out. A page never
//! reloads for it, and what is being typed goes on being typed.

use crate::api;
use futures_channel::oneshot;
use leptos::prelude::*;
use shared::api::problem::Problem;
use shared::api::session::{Me, ReadMe, SignIn, SignOut};
use shared::ids::AccountId;
use std::cell::{Cell, RefCell};

/// Who is signed in; provided as a context to every page.
#[derive(Clone, Copy)]
pub struct Signed {
    pub me: RwSignal<Option<Me>>,
    /// The server has said who is signed in, or that nobody is.
    pub known: RwSignal<bool>,
    /// The session ran out under a page in use: the renewal is shown.
    pub expired: RwSignal<bool>,
}

thread_local! {
    static SIGNED: Cell<Option<Signed>> = const { Cell::new(None) };
    /// Calls waiting for the session to be renewed.
    static WAITING: RefCell<Vec<oneshot::Sender<bool>>> = const { RefCell::new(Vec::new()) };
}

/// Makes the context and asks the server who is signed in.
pub fn provide() -> Signed {
    let signed =
        Signed { me: RwSignal::new(None), known: RwSignal::new(false), expired: RwSignal::new(false) };
    SIGNED.set(Some(signed));
    provide_context(signed);
    signed
}

impl Signed {
    /// Asks the server who is signed in; the problem when it cannot be reached.
    pub async fn look(self) -> Result<(), Problem> {
        match api::call(ReadMe {}).await {
            Ok(me) => self.me.set(Some(me)),
            Err(problem) if problem.status == 401 => self.me.set(None),
            Err(problem) => return Err(problem),
        }
        self.known.set(true);
        Ok(())
    }

    /// 登录. While a session is being renewed only its own account may come back: what is typed here is its.
    pub async fn sign_in(self, account: String, password: String) -> Result<(), Problem> {
        let me = api::call(SignIn { account, password }).await?;
        self.me.set(Some(me));
        self.known.set(true);
        self.expired.set(false);
        answer(true);
        Ok(())
    }

    /// 退出. What is not delivered yet stays on this device under this account.
    pub async fn sign_out(self) -> Result<(), Problem> {
        self.leave();
        match api::call(SignOut {}).await {
            Err(problem) if problem.status != 401 => Err(problem),
            _ => Ok(()),
        }
    }

    /// Nobody is signed in here any more; calls that waited for a renewal are told so.
    pub fn leave(self) {
        self.me.set(None);
        self.expired.set(false);
        answer(false);
    }
}

/// Whose session it is.
pub fn account() -> Option<AccountId> {
    SIGNED.get()?.me.with_untracked(|me| me.as_ref().map(|me| me.actor.account.clone()))
}

fn answer(renewed: bool) {
    for waiting in WAITING.take() {
        // Whoever waited may be gone with its page.
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
