//! 一个窗口写入: the Web Lock `omfund-site`. Its owner writes until the window closes; another window waits and says so.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::window;
use std::cell::RefCell;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

const NAME: &str = "omfund-site";

/// Takes the lock; `waits` says whether to wait for the other window. `false` when another window has it.
pub async fn take(waits: bool) -> bool {
    let (sender, receiver) = oneshot::channel();
    match request(waits, sender) {
        Ok(()) => receiver.await.unwrap_or(false),
        // Only a page without a secure context has no locks, and it has no encryption either.
        Err(_) => false,
    }
}

fn request(waits: bool, sender: oneshot::Sender<bool>) -> Result<(), JsValue> {
    let locks = Reflect::get(&window().navigator(), &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &(!waits).into())?;
    let sender = RefCell::new(Some(sender));
    let granted = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
        let is_ours = !lock.is_null();
        if let Some(sender) = sender.take() {
            // The receiver waits for exactly this.
            let _ = sender.send(is_ours);
        }
        // Never settled: the lock ends with the window.
        if is_ours { Promise::new(&mut |_, _| {}).into() } else { JsValue::UNDEFINED }
    });
    request.call3(&locks, &NAME.into(), &options, &granted.into_js_value())?;
    Ok(())
}
