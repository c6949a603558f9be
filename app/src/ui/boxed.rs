//! 共用类型的部件: every closure written straight into a view is a type of its own and brings its own copy of the code
//! that renders it. Boxed here, they share one copy each, which is a good part of the first load.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// What can be shown as a text; nothing is an empty one.
pub trait Words {
    fn words(self) -> String;
}

impl Words for String {
    fn words(self) -> String {
        self
    }
}

impl Words for &str {
    fn words(self) -> String {
        self.to_string()
    }
}

impl Words for i64 {
    fn words(self) -> String {
        self.to_string()
    }
}

impl Words for usize {
    fn words(self) -> String {
        self.to_string()
    }
}

impl<W: Words> Words for Option<W> {
    fn words(self) -> String {
        self.map(Words::words).unwrap_or_default()
    }
}

/// A text that follows what it reads.
pub fn wording<W: Words>(mut read: impl FnMut() -> W + Send + 'static) -> Box<dyn FnMut() -> String + Send> {
    Box::new(move || read().words())
}

/// A yes or no that follows what it reads.
pub fn flag(read: impl FnMut() -> bool + Send + 'static) -> Box<dyn FnMut() -> bool + Send> {
    Box::new(read)
}

/// A part of the page made anew when what it reads changes.
pub fn part(make: impl FnMut() -> AnyView + Send + 'static) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(make)
}

/// What a press of a button does.
pub fn on_press(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| act())
}

/// A part shown while something holds.
pub fn when(
    holds: impl Fn() -> bool + Send + Sync + 'static,
    make: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let holds: Box<dyn Fn() -> bool + Send + Sync> = Box::new(holds);
    let make: Box<dyn Fn() -> AnyView + Send> = Box::new(make);
    let holds = Memo::new(move |_| holds());
    part(move || if holds.get() { make() } else { ().into_any() }).into_any()
}

/// An entry of a list under the key that tells it from the others.
struct Entry {
    key: String,
    make: Box<dyn FnOnce() -> AnyView + Send>,
}

/// One part per item; a part stays as it is while its key does.
pub fn each<T: Send + 'static>(
    items: impl Fn() -> Vec<T> + Send + 'static,
    key: impl Fn(&T) -> String + Send + 'static,
    make: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let make = Arc::new(make);
    let entry = move |item: T| {
        let (key, make) = (key(&item), make.clone());
        Entry { key, make: Box::new(move || make(item)) }
    };
    let entries: Box<dyn Fn() -> Vec<Entry> + Send> =
        Box::new(move || items().into_iter().map(&entry).collect());
    view! { <For each=entries key=|entry| entry.key.clone() children=|entry| (entry.make)()/> }.into_any()
}
