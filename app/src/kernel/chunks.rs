//! 分块: parts of the app that are downloaded when they are first needed, so that the first form does not wait for
//! them. A part that does not arrive says so in its place and can be asked for again. Here is only the loader; each
//! folder names its own parts with [`split!`].

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
use shared::api::problem::{Problem, code};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// A download of a chunk.
pub type Fetching = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// What a function of a chunk asks the server for.
pub type ChunkCall<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// How far a part has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Coming,
    Here,
    Missing,
}

/// `chunk / fetch / build => show(arguments) view;`: `show` is the view once the chunk is here, `fetch` downloads the
/// chunk ahead. The file that uses it allows `unsafe_code`: the split points are foreign imports and exports, which is
/// what they are to the linker.
macro_rules! split {
    ($($chunk:ident / $fetch:ident / $build:ident => $show:ident($($arg:ident: $type:ty),*) $view:expr;)+) => {$(
        #[::leptos::wasm_split::wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
        fn $build($($arg: $type),*) -> Result<::leptos::prelude::AnyView, ::leptos::wasm_split::SplitLoaderError> {
            Ok(::leptos::prelude::IntoAny::into_any($view))
        }

        pub fn $show($($arg: $type),*) -> ::leptos::prelude::AnyView {
            $crate::kernel::chunks::arriving(
                || Box::pin($fetch()),
                move || $crate::kernel::chunks::now(Box::pin($build($($arg),*))),
            )
        }
    )+};
}
pub(crate) use split;

/// Shows a part as soon as it is here, which is at once when it has been here before.
pub fn arriving(fetch: fn() -> Fetching, show: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
    let arrival = RwSignal::new(Arrival::Coming);
    let look = move || {
        let mut fetching = fetch();
        if let Poll::Ready(Ok(())) = fetching.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return arrival.set(Arrival::Here);
        }
        arrival.set(Arrival::Coming);
        spawn_local(async move {
            let arrived = if fetching.await.is_ok() { Arrival::Here } else { Arrival::Missing };
            // The page may have been left meanwhile.
            arrival.try_set(arrived);
        });
    };
    look();
    let part = move || {
        let here = (arrival.get() == Arrival::Here).then(&show).flatten();
        match (here, arrival.get()) {
            (Some(view), _) => view,
            (None, Arrival::Coming) => view! { <p class="arriving" role="status">"正在打开…"</p> }.into_any(),
            (None, _) => view! {
                <p class="notice bad" role="alert">
                    <b>"这部分没有下载到。"</b>
                    "请检查网络后重试；系统刚升级过的，请刷新页面，填写的内容都在本机。"
                    <button type="button" on:click=move |_| look()>"重试"</button>
                </p>
            }
            .into_any(),
        }
    };
    part.into_any()
}

/// The view of a part that is here: its function is ready at the first poll.
pub fn now(building: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> Option<AnyView> {
    match pin!(building).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(view)) => Some(view),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}

/// A chunk that cannot be had now is the network's trouble like any other.
pub fn not_downloaded(_: SplitLoaderError) -> Problem {
    let detail = "请检查网络后重试；系统刚升级过的，请刷新页面，填写的内容都在本机。";
    Problem::new(0, code::UNREACHED, "这部分没有下载到", detail)
}

/// How long a page is left alone before the parts it may need are downloaded, in milliseconds. A fixed time, because
/// not every browser reports when it is idle.
const QUIET_MS: u32 = 1_500;

/// Becomes `true` when the page has been left alone for a while: what it does not need at once comes then.
pub fn rested() -> RwSignal<bool> {
    let rested = RwSignal::new(false);
    after_a_rest(move || {
        // The page may have been left meanwhile.
        if rested.try_get_untracked() == Some(false) {
            rested.set(true);
        }
    });
    rested
}

/// Downloads parts before they are asked for, once the page has been left alone for a while: they then open at once
/// and without a network.
pub fn fetch_ahead(parts: fn() -> Vec<Fetching>) {
    after_a_rest(move || {
        spawn_local(async move {
            for part in parts() {
                // What does not arrive now is downloaded when it is needed.
                let _ = part.await;
            }
        });
    });
}

fn after_a_rest(act: impl FnOnce() + 'static) {
    Timeout::new(QUIET_MS, act).forget();
}
