//! 录入: what a typed text becomes. Every key reaches the document; what can be read is stored in its normal form
//! (`１，２００` as 1200.00), what cannot is kept as typed and marked.

use super::text::TextEntry;
use crate::form_ui::sheet::follow::shown;
use crate::form_ui::sheet::store::FormSheet;
use leptos::prelude::*;
use shared::engine::definition::{Choice, Field, FieldKind};
use shared::engine::session::Cell;
use shared::exchange::import::normal::{CellKind, normalise};
use shared::kernel::finding::{Finding, Severity};

/// The stored text for what stands in an entry.
pub fn stored(kind: &CellKind, raw: &str) -> String {
    normalise(kind, raw).unwrap_or_else(|_| raw.to_string())
}

/// What stands in an entry nobody is typing in.
pub fn resting(sheet: FormSheet, cell: Cell) -> String {
    sheet.read(|session| shown(session, cell))
}

/// What stands in an entry being typed in: the text as stored, without 千分位.
pub fn typed(sheet: FormSheet, cell: Cell) -> String {
    sheet.read(|session| session.typed(cell).unwrap_or_default().to_string())
}

/// The worst finding, for `aria-invalid`: warnings do not make a field invalid.
pub fn invalid(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}

/// The entry for a field's kind.
pub fn entry(
    sheet: FormSheet,
    cell: Cell,
    field: &Field,
    id: String,
    described: String,
    findings: ReadSignal<Vec<Finding>>,
) -> AnyView {
    match &field.kind {
        FieldKind::Choice { choices, .. } => {
            let choices = choices.clone();
            view! { <ChoiceEntry sheet cell choices id described findings/> }.into_any()
        }
        FieldKind::Flag => {
            let choices =
                ["是", "否"].map(|value| Choice { value: value.to_string(), beside: None }).to_vec();
            view! { <ChoiceEntry sheet cell choices id described findings/> }.into_any()
        }
        _ => {
            let field = field.clone();
            view! { <TextEntry sheet cell field id described findings/> }.into_any()
        }
    }
}

/// A choice from a list. What is stored and not in the list stays choosable, so that looking changes nothing.
#[component]
fn ChoiceEntry(
    sheet: FormSheet,
    cell: Cell,
    choices: Vec<Choice>,
    id: String,
    described: String,
    findings: ReadSignal<Vec<Finding>>,
) -> impl IntoView {
    let kind =
        sheet.read(|session| CellKind::from(&session.plan().tables[cell.table].field(cell.field).kind));
    let now = crate::form_ui::sheet::follow::figure(sheet, cell);
    let known: Vec<String> = choices.into_iter().map(|choice| choice.value).collect();
    let listed = known.clone();
    let foreign = move || Some(now.get()).filter(|text| !text.is_empty() && !listed.contains(text));
    let (table, row, key) = super::text::names(sheet, cell);
    view! {
        <select
            class="rq-entry"
            id=id
            data-table=table
            data-row=row
            data-field=key
            aria-describedby=described
            aria-invalid=move || invalid(&findings.get()).to_string()
            disabled=move || !sheet.writable(cell)
            prop:value=move || now.get()
            on:focus=move |_| sheet.selected.set(Some(cell))
            on:change=move |event| sheet.type_text(cell, &stored(&kind, &event_target_value(&event)))
        >
            <option value="">"请选择"</option>
            {known.into_iter().map(|value| {
                let chosen = value.clone();
                view! {
                    <option value=value.clone() selected=move || now.get() == chosen>{value.clone()}</option>
                }
            }).collect_view()}
            {move || foreign().map(|text| view! { <option value=text.clone() selected=true>{text.clone()}</option> })}
        </select>
    }
}
