//! 实时更新: the one event stream of this window. A listener names its request and gets every event. The browser
//! reconnects by itself after a broken connection; after a refusal, and when the request listened to changes, this file
//! opens a new stream from the last event on.
//!
//! A browser opens at most six connections to a server and saving needs one: hidden windows do not listen, and of the
//! visible ones only those that were in front last do.

use crate::kernel::local_storage::{self, Key};
use crate::kernel::random_id::new_id;
use gloo_timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::{document, window_event_listener};
use shared::api::live;
use shared::kernel::ids::CaseId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent};

/// Before a stream that was refused is tried again, in milliseconds: no event tells when the server would accept it.
const AGAIN_MS: u32 = 4_000;
/// Most windows of one browser that listen at the same time.
const AT_ONCE: usize = 4;

/// Listens until dropped.
pub struct Live(u32);

struct Listener {
    id: u32,
    /// The request listened to and the number of the operation it got to.
    request: Box<dyn Fn() -> Option<(CaseId, u64)>>,
    heard: Rc<dyn Fn(&str)>,
}

#[derive(Default)]
struct Line {
    listeners: RefCell<Vec<Listener>>,
    made: Cell<u32>,
    open: RefCell<Option<Open>>,
    again: RefCell<Option<Timeout>>,
    /// Id of the last event heard.
    last: RefCell<String>,
    /// The other windows that were in front since this one was.
    before_us: RefCell<Vec<String>>,
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

thread_local! {
    static LINE: Rc<Line> = line();
}

/// Starts listening, to a request as well where `request` names one; `heard` gets the data of every event.
pub fn listen(request: impl Fn() -> Option<(CaseId, u64)> + 'static, heard: impl Fn(&str) + 'static) -> Live {
    LINE.with(|line| {
        let id = line.made.replace(line.made.get() + 1);
        let listener = Listener { id, request: Box::new(request), heard: Rc::new(heard) };
        line.listeners.borrow_mut().push(listener);
        line.anew();
        Live(id)
    })
}

impl Drop for Live {
    fn drop(&mut self) {
        // When the page ends the line may be dropped before its listeners.
        let _ = LINE.try_with(|line| {
            let gone = {
                let mut listeners = line.listeners.borrow_mut();
                let at = listeners.iter().position(|listener| listener.id == self.0);
                at.map(|at| listeners.remove(at))
            };
            drop(gone);
            if line.listeners.borrow().is_empty() {
                // The next listener may be another person.
                line.last.take();
            }
            line.anew();
        });
    }
}

/// The line of this window. It follows the window's visibility and the other windows from now on.
fn line() -> Rc<Line> {
    let line = Rc::new(Line::default());
    let name = new_id("w");
    let in_front = {
        let line = line.clone();
        move || {
            if !document().hidden() {
                line.before_us.take();
                // Where the note is not stored every window listens, as if it were alone.
                local_storage::write(&Key::FrontWindow, &name);
            }
            line.connect();
        }
    };
    in_front();
    window_event_listener(ev::visibilitychange, {
        let in_front = in_front.clone();
        move |_| in_front()
    });
    window_event_listener(ev::focus, move |_| in_front());
    let behind = line.clone();
    local_storage::follow_other_tabs(&Key::FrontWindow, move |other| {
        let mut before_us = behind.before_us.borrow_mut();
        if !before_us.contains(&other) {
            before_us.push(other);
        }
        drop(before_us);
        behind.connect();
    });
    line
}

impl Line {
    /// Opens the stream anew in a task of its own: listeners come and go several at a time while a page is replaced,
    /// and one new stream serves them all.
    fn anew(self: &Rc<Self>) {
        let line = self.clone();
        self.again.replace(Some(Timeout::new(0, move || {
            line.open.take();
            line.connect();
        })));
    }

    fn connect(self: &Rc<Self>) {
        let nobody = self.listeners.borrow().is_empty();
        if nobody || document().hidden() || self.before_us.borrow().len() >= AT_ONCE {
            self.open.take();
            return;
        }
        if self.open.borrow().as_ref().is_some_and(|open| open.source.ready_state() != EventSource::CLOSED) {
            return;
        }
        self.again.take();
        let request = self.listeners.borrow().iter().find_map(|listener| (listener.request)());
        let request = request.as_ref().map(|(request, after)| (request, *after));
        let Ok(source) = EventSource::new(&live::path(&self.last.borrow(), request)) else { return };
        let weak = Rc::downgrade(self);
        let on_message = Closure::new(move |message: MessageEvent| {
            if let (Some(line), Some(data)) = (weak.upgrade(), message.data().as_string()) {
                line.last.replace(message.last_event_id());
                // A listener may stop listening while it handles the event, so the list is copied.
                let all: Vec<_> = line.listeners.borrow().iter().map(|l| l.heard.clone()).collect();
                all.iter().for_each(|heard| heard(&data));
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

    /// The browser reconnects a broken stream itself; a refused one stays closed.
    fn broken(self: &Rc<Self>) {
        let closed =
            self.open.borrow().as_ref().is_some_and(|open| open.source.ready_state() == EventSource::CLOSED);
        if closed {
            let line = self.clone();
            self.again.replace(Some(Timeout::new(AGAIN_MS, move || line.connect())));
        }
    }
}
