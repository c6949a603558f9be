//! 分块: the parts of the program that come over the wire when they are first needed, so that the first form does not
//! wait for them. A part that does not arrive says so in its place and can be asked for again.

// The split points are foreign imports and exports, which is what they are to the linker; the macro writes them.
#![allow(unsafe_code)]

use crate::form_ui::grid::{Card, Handle};
use crate::ui::{on_press, part};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

type Fetching = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// How far a part has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Coming,
    Here,
    Missing,
}

/// `part(arguments) = view, in chunk`: what is shown once the chunk is here, and the way it is fetched.
macro_rules! split {
    ($($chunk:ident / $fetch:ident / $build:ident => $show:ident($($arg:ident: $type:ty),*) $view:expr;)+) => {$(
        #[wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload($fetch), fallible)]
        fn $build($($arg: $type),*) -> Result<AnyView, SplitLoaderError> {
            Ok($view.into_any())
        }

        pub fn $show($($arg: $type),*) -> AnyView {
            arriving(|| Box::pin($fetch()), move || now(Box::pin($build($($arg),*))))
        }
    )+};
}

split! {
    request / fetch_card / build_card => card(board: Handle) view! { <Card board/> };
}

#[cfg(feature = "pages")]
mod pages;
#[cfg(feature = "pages")]
pub use pages::*;

/// Shows a part as soon as it is here, which is at once when it has been here before.
fn arriving(fetch: fn() -> Fetching, show: impl Fn() -> Option<AnyView> + Send + 'static) -> AnyView {
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
    part(move || {
        let here = (arrival.get() == Arrival::Here).then(&show).flatten();
        match (here, arrival.get()) {
            (Some(view), _) => view,
            (None, Arrival::Coming) => view! { <p class="arriving" role="status">"正在打开…"</p> }.into_any(),
            (None, _) => view! {
                <p class="notice bad" role="alert">
                    <b>"这部分没有下载到。"</b>
                    "请检查网络后重试；系统刚升级过的，请刷新页面，填写的内容都在本机。"
                    <button type="button" on:click=on_press(look)>"重试"</button>
                </p>
            }
            .into_any(),
        }
    })
    .into_any()
}

/// The view of a part that is here: its function is ready at the first asking.
fn now(building: impl Future<Output = Result<AnyView, SplitLoaderError>>) -> Option<AnyView> {
    match pin!(building).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(view)) => Some(view),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}
