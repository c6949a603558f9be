//! 文本与数字录入: one input that follows its cell. Composition of Chinese text (IME) is never interrupted; money is
//! grouped while nobody types in it.

use super::entry::{invalid, resting, stored, typed};
use crate::form_ui::sheet::store::FormSheet;
use leptos::ev;
use leptos::prelude::*;
use shared::engine::definition::{Field, FieldKind};
use shared::engine::session::Cell;
use shared::exchange::import::normal::CellKind;
use shared::kernel::finding::Finding;
use wasm_bindgen::JsCast;

/// Table, row and field of a cell, for the attributes tests and jumps find it by.
pub fn names(sheet: FormSheet, cell: Cell) -> (String, String, String) {
    sheet.read(|session| {
        let at = session.cell_at(cell);
        (at.table.to_string(), at.row.to_string(), at.field.to_string())
    })
}

/// An entry's link to its cell.
#[derive(Clone, Copy)]
struct Link {
    sheet: FormSheet,
    cell: Cell,
    kind: StoredValue<CellKind>,
    /// What stands in the entry.
    text: RwSignal<String>,
    focused: RwSignal<bool>,
}

impl Link {
    fn stored(&self, raw: &str) -> String {
        self.kind.with_value(|kind| stored(kind, raw))
    }

    fn live(&self, raw: String) {
        let stored = self.stored(&raw);
        self.text.set(raw);
        self.sheet.type_live(self.cell, &stored);
    }

    /// Typing here is over for now: what can be read stands in its normal form.
    fn commit(&self) {
        // The whole page may be on its way out, the sheet before its entries.
        let Some(editable) = self.sheet.editable.try_get_untracked() else { return };
        if editable {
            let raw = self.text.get_untracked();
            self.sheet.type_live(self.cell, &self.stored(&raw));
            self.sheet.end_typing();
        }
        self.rest();
    }

    fn rest(&self) {
        let text = match self.focused.get_untracked() {
            true => typed(self.sheet, self.cell),
            false => resting(self.sheet, self.cell),
        };
        self.text.set(text);
    }

    /// Something else changed the cell: undo, a colleague, the button of a finding.
    fn follow(&self) {
        let own = self.focused.get_untracked()
            && self.stored(&self.text.get_untracked()) == typed(self.sheet, self.cell);
        if !own {
            self.rest();
        }
    }

    fn on_input(&self, event: &ev::Event) {
        let composing = event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing);
        if !composing {
            self.live(event_target_value(event));
        }
    }
}

/// Paragraphs are text areas, everything else one line.
#[component]
pub fn TextEntry(
    sheet: FormSheet,
    cell: Cell,
    field: Field,
    id: String,
    described: String,
    findings: ReadSignal<Vec<Finding>>,
) -> impl IntoView {
    let link = Link {
        sheet,
        cell,
        kind: StoredValue::new(CellKind::from(&field.kind)),
        text: RwSignal::new(resting(sheet, cell)),
        focused: RwSignal::new(false),
    };
    sheet.listen(move |_, changed| {
        if changed.holds(cell) {
            link.follow();
        }
    });
    // The part may leave the page while its entry has the focus.
    on_cleanup(move || {
        if link.focused.get_untracked() {
            link.commit();
        }
    });
    let focus = move |_| {
        link.focused.set(true);
        link.rest();
        sheet.selected.set(Some(cell));
    };
    let blur = move |_| {
        // An entry leaving the page with the focus has committed already.
        if link.focused.try_set(false).is_none() {
            link.commit();
        }
    };
    let composed = move |event: ev::CompositionEvent| link.live(event_target_value(&event));
    let (table, row, key) = names(sheet, cell);
    let wrong = move || invalid(&findings.get()).to_string();
    let fixed = move || !sheet.writable(cell);
    let required = field.required.to_string();
    if let FieldKind::Text { lines: true, longest, .. } = field.kind {
        let length = move || link.text.with(|text| text.trim().chars().count());
        return view! {
            <textarea class="rq-entry" id=id rows="3" data-table=table data-row=row data-field=key
                aria-describedby=described aria-invalid=wrong aria-required=required readonly=fixed
                prop:value=move || link.text.get()
                on:focus=focus on:blur=blur on:compositionend=composed
                on:input=move |event| link.on_input(&event)></textarea>
            <span class="rq-length" aria-hidden="true">{move || format!("{} / {longest}", length())}</span>
        }
        .into_any();
    }
    let number = matches!(field.kind, FieldKind::Number { .. });
    view! {
        <input class="rq-entry" class:rq-number=number type="text" id=id autocomplete="off"
            data-table=table data-row=row data-field=key inputmode=number.then_some("decimal")
            aria-describedby=described aria-invalid=wrong aria-required=required readonly=fixed
            prop:value=move || link.text.get()
            on:focus=focus on:blur=blur on:compositionend=composed
            on:input=move |event| link.on_input(&event)
            on:keydown=move |event| {
                if event.key() == "Enter" && !event.is_composing() {
                    link.commit();
                }
            }/>
    }
    .into_any()
}
