//! 填写项: a text or a choice of the document, typed as a person types and stored behind every key.

use crate::site::typing::VisitCell;
use crate::site::visit::{SaveTime, Visit};
use leptos::ev::Event;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::InputEvent;

/// How a text is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Line,
    Lines,
    Date,
    Count,
}

/// Whether nothing of the visit is typed any more.
pub fn is_closed(visit: Visit) -> bool {
    visit.read(|device| device.is_read_only())
}

/// An input method still composes the text; its end is an event of its own.
fn is_composing(event: &Event) -> bool {
    event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing)
}

/// A text of the document under its label.
#[component]
pub fn Entry(
    visit: Visit,
    cell: VisitCell,
    label: &'static str,
    #[prop(default = EntryKind::Line)] kind: EntryKind,
) -> impl IntoView {
    let id = format!("{}-{}", cell.row, cell.field);
    let cell = StoredValue::new(cell);
    // Set only when the document has another text: a text that is being composed stays.
    let text = Memo::new(move |_| cell.with_value(|cell| cell.text(visit)));
    let typed = move |value: String| {
        cell.with_value(|cell| cell.type_text(visit, &value, SaveTime::AfterKey));
    };
    let input = move |event: Event| {
        if !is_composing(&event) {
            typed(event_target_value(&event));
        }
    };
    let composed = move |event: leptos::ev::CompositionEvent| typed(event_target_value(&event));
    let blur = move |_| visit.save_now();
    let disabled = move || is_closed(visit);
    let (table, row, field) = cell.with_value(|cell| (cell.table, cell.row.to_string(), cell.field));
    view! {
        <div class="site-entry">
            <label for=id.clone()>{label}</label>
            {if kind == EntryKind::Lines {
                view! {
                    <textarea id=id data-table=table data-row=row data-field=field rows="3" prop:value=move || text.get()
                        disabled=disabled on:input=input on:compositionend=composed on:blur=blur></textarea>
                }.into_any()
            } else {
                let (kind, mode) = match kind {
                    EntryKind::Date => ("date", "text"),
                    EntryKind::Count => ("text", "numeric"),
                    EntryKind::Line | EntryKind::Lines => ("text", "text"),
                };
                view! {
                    <input id=id data-table=table data-row=row data-field=field type=kind inputmode=mode autocomplete="off"
                        prop:value=move || text.get() disabled=disabled on:input=input on:compositionend=composed on:blur=blur/>
                }.into_any()
            }}
        </div>
    }
}

/// One of `words`, as buttons.
#[component]
pub fn Choice(
    visit: Visit,
    cell: VisitCell,
    label: &'static str,
    words: &'static [&'static str],
) -> impl IntoView {
    let cell = StoredValue::new(cell);
    let text = Memo::new(move |_| cell.with_value(|cell| cell.text(visit)));
    let (table, row, field) = cell.with_value(|cell| (cell.table, cell.row.to_string(), cell.field));
    let buttons = words.iter().map(|word| {
        let is_chosen = move || text.with(|text| text == word);
        view! {
            <button type="button" data-word=*word aria-pressed=move || if is_chosen() { "true" } else { "false" }
                disabled=move || is_closed(visit)
                on:click=move |_| cell.with_value(|cell| cell.type_text(visit, word, SaveTime::AtOnce))>{*word}</button>
        }
    });
    view! {
        <div class="site-choice" role="group" aria-label=label data-table=table data-row=row data-field=field>
            {buttons.collect_view()}
        </div>
    }
}
