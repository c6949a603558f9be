//! 读取: a page's view from the server, read again after every command; what was shown stays until the new is there.

use crate::kernel::api;
use crate::kernel::session::SignedIn;
use crate::ui::Notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Endpoint;
use shared::api::problem::Problem;
use shared::policy::art04_calendar::year_in_hand;
use shared::policy::editions::register::Register;

/// What a page shows, and how it is read again.
#[derive(Clone, Copy)]
pub struct CaseLoader<T: Send + Sync + 'static> {
    pub view: RwSignal<Option<T>>,
    pub problem: RwSignal<Option<Problem>>,
    /// Whether what is shown is of an earlier request than the last one.
    pub is_reading: RwSignal<bool>,
    pub look: Callback<()>,
}

/// The fiscal year a page is about when its address names none.
pub fn current_year() -> u16 {
    let today = expect_context::<SignedIn>().me.with_untracked(|me| me.as_ref().map(|me| me.today));
    today.and_then(|today| u16::try_from(year_in_hand(Register::shipped(), today).0).ok()).unwrap_or_default()
}

/// Reads what `request` asks for, now and whenever what it reads changes.
pub fn read_page<E>(request: impl Fn() -> E + Send + Sync + 'static) -> CaseLoader<E::Reply>
where
    E: Endpoint,
    E::Reply: PartialEq + Sync,
{
    read_latest(move || api::call(request()))
}

/// Reads what `ask` brings, now and whenever what it reads changes. Answers may overtake each other on the way: only the
/// last one asked for is shown.
pub fn read_latest<T, F>(ask: impl Fn() -> F + Send + Sync + 'static) -> CaseLoader<T>
where
    T: PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, Problem>> + 'static,
{
    let view = RwSignal::new(None::<T>);
    let problem = RwSignal::new(None);
    let is_reading = RwSignal::new(true);
    let asked = RwSignal::new(0_u32);
    let last = StoredValue::new(0_u32);
    Effect::new(move |_| {
        asked.track();
        let answer = ask();
        last.update_value(|last| *last += 1);
        let number = last.get_value();
        is_reading.set(true);
        spawn_local(async move {
            let answer = answer.await;
            if last.try_get_value() != Some(number) {
                return;
            }
            match answer {
                Ok(read) => {
                    problem.try_set(None);
                    if view.try_with_untracked(|shown| shown.as_ref() != Some(&read)).unwrap_or(false) {
                        view.set(Some(read));
                    }
                }
                Err(failure) => {
                    problem.try_set(Some(failure));
                    view.try_set(None);
                }
            }
            is_reading.try_set(false);
        });
    });
    CaseLoader { view, problem, is_reading, look: Callback::new(move |()| asked.update(|n| *n += 1)) }
}

impl<T: Clone + Send + Sync + 'static> CaseLoader<T> {
    /// The page: what is wrong, or what was read.
    pub fn page(self, make: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        let CaseLoader { view, problem, .. } = self;
        view! {
            <main class="page">
                <Notice problem/>
                {move || match view.get() {
                    Some(read) => make(read),
                    None if problem.with(Option::is_some) => view! { <a class="button" href="/">"回到待办"</a> }.into_any(),
                    None => view! { <p class="quiet" role="status">"正在读取…"</p> }.into_any(),
                }}
            </main>
        }
        .into_any()
    }
}
