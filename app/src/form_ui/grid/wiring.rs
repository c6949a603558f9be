//! 事件接线: event handlers that live exactly as long as their grid.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

type Handler = Closure<dyn FnMut(Event)>;

/// Handlers with where they are attached; dropped, they are detached again.
#[derive(Default)]
pub struct Wiring {
    handlers: Vec<(EventTarget, &'static str, Handler)>,
}

impl Wiring {
    /// Calls `handle` on every event `name` of `target` and below it. `E` is the event's own type.
    pub fn on<E: JsCast + 'static>(
        &mut self,
        target: &EventTarget,
        name: &'static str,
        handle: impl Fn(E) + 'static,
    ) {
        let handler =
            Handler::wrap(Box::new(move |event: Event| handle(event.unchecked_into::<E>())) as Box<_>);
        // It fails only for an invalid callback.
        let _ = target.add_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
        self.handlers.push((target.clone(), name, handler));
    }
}

impl Drop for Wiring {
    fn drop(&mut self) {
        for (target, name, handler) in &self.handlers {
            let _ = target.remove_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
        }
    }
}
