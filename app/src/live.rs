//! 实时更新: a stream of the server. The browser reconnects by itself after a broken line; after a refusal or a restart
//! of the server it is opened again here, from where it got to. A hidden page does not listen.

use gloo_timers::callback::Timeout;
use leptos::prelude::document;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// Before a stream that was refused is tried again, in milliseconds.
const AGAIN_MS: u32 = 4_000;

/// Listens until dropped.
pub struct Live {
    line: Rc<Line>,
    on_visible: Closure<dyn FnMut()>,
}

struct Line {
    /// Path of the stream, from where it got to.
    path: Box<dyn Fn() -> String>,
    heard: Box<dyn Fn(&str)>,
    open: RefCell<Option<Open>>,
    again: RefCell<Option<Timeout>>,
}

struct Open {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

/// Starts listening; `path` is asked whenever the stream is opened, `heard` gets the data of every event.
pub fn listen(path: impl Fn() -> String + 'static, heard: impl Fn(&str) + 'static) -> Live {
    let line = Rc::new(Line {
        path: Box::new(path),
        heard: Box::new(heard),
        open: RefCell::new(None),
        again: RefCell::new(None),
    });
    line.connect();
    let weak = Rc::downgrade(&line);
    let on_visible = Closure::new(move || {
        if let Some(line) = weak.upgrade() {
            line.connect();
        }
    });
    // Where the listener cannot be added the stream simply stays as it is.
    let _ =
        document().add_event_listener_with_callback("visibilitychange", on_visible.as_ref().unchecked_ref());
    Live { line, on_visible }
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = document().remove_event_listener_with_callback(
            "visibilitychange",
            self.on_visible.as_ref().unchecked_ref(),
        );
        self.line.open.take();
        self.line.again.take();
    }
}

impl Line {
    fn connect(self: &Rc<Self>) {
        self.again.take();
        if document().hidden() {
            self.open.take();
            return;
        }
        if self.open.borrow().as_ref().is_some_and(|open| open.source.ready_state() != EventSource::CLOSED) {
            return;
        }
        let Ok(source) = EventSource::new(&(self.path)()) else { return };
        let weak = Rc::downgrade(self);
        let on_message = Closure::new(move |message: MessageEvent| {
            if let (Some(line), Some(data)) = (weak.upgrade(), message.data().as_string()) {
                (line.heard)(&data);
            }
        });
        let weak = Rc::downgrade(self);
        let on_error = Closure::new(move |_: Event| {
            if let Some(line) = weak.upgrade() {
                line.broken();
            }
        });
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.open.replace(Some(Open { source, _on_message: on_message, _on_error: on_error }));
    }

    /// The browser mends a broken line itself; a refused one is closed for good.
    fn broken(self: &Rc<Self>) {
        let closed =
            self.open.borrow().as_ref().is_some_and(|open| open.source.ready_state() == EventSource::CLOSED);
        if closed {
            let line = self.clone();
            self.again.replace(Some(Timeout::new(AGAIN_MS, move || line.connect())));
        }
    }
}
