//! 表头: a form's header as a dense two-column form.

mod computed;
mod entry;
mod text;

pub use computed::Computed;

use super::work::{Work, field_id};
use crate::sheet::follow::{cell_findings, finding_key};
use crate::sheet::words;
use crate::ui::{each, on_press};
use leptos::prelude::*;
use shared::engine::definition::{Kind, Measure};
use shared::engine::plan::TableIx;
use shared::engine::session::Cell;
use shared::forms::budget_request;

/// The header of a form: what is typed, with computed figures where they belong in the order of the form, and the
/// sums at its end.
#[component]
pub fn HeaderForm(work: Work, table: TableIx) -> impl IntoView {
    let (fields, sums) = work.sheet.read(|session| {
        let plan = &session.plan().tables[table];
        let slot = session.rows(table).first().copied().unwrap_or(0);
        let last_typed = plan.table.fields.iter().rposition(|f| f.formula.is_none()).unwrap_or(0);
        let cell = |field| Cell { table, slot, field };
        let fields: Vec<Cell> = (0..=last_typed).map(cell).collect();
        // The targets' own sums are the weights panel's affair.
        let own = plan.table.key == budget_request::FORM;
        let sums: Vec<Cell> = (last_typed + 1..plan.width()).filter(|_| own).map(cell).collect();
        (fields, sums)
    });
    view! {
        <div class="rq-fields">
            {fields.into_iter().map(|cell| view! { <Field work cell/> }).collect_view()}
        </div>
        {(!sums.is_empty()).then(|| view! {
            <h3 class="rq-subheading">"汇总"</h3>
            <div class="rq-sums">
                {sums.into_iter().map(|cell| view! { <Field work cell/> }).collect_view()}
            </div>
        })}
    }
}

/// One field: label, entry, help and what is wrong with it, in room that is always there.
#[component]
fn Field(work: Work, cell: Cell) -> impl IntoView {
    let (id, field) = work.sheet.read(|session| {
        (field_id(session, cell), session.plan().tables[cell.table].field(cell.field).clone())
    });
    let findings = cell_findings(work.sheet, cell);
    let wide = matches!(field.kind, Kind::Text { lines: true, .. });
    let help_id = format!("{id}-help");
    let findings_id = format!("{id}-findings");
    let described = format!("{help_id} {findings_id}");
    let computed = field.formula.is_some();
    let entry = if computed {
        view! { <Computed work cell id=id.clone() total=None/> }.into_any()
    } else {
        entry::entry(work, cell, &field, id.clone(), described, findings)
    };
    let unit = match field.kind {
        Kind::Number { measure: Measure::Money, .. } if !field.label.contains('元') => Some("元"),
        _ => None,
    };
    let help = field.help.clone();
    view! {
        <div class="rq-field" class:rq-wide=wide class:rq-computed=computed>
            <label class="rq-label" for=id>
                {field.label.clone()}
                {unit.map(|unit| view! { <span class="rq-unit">{unit}</span> })}
                {field.required.then(|| view! { <span class="rq-required">"必填"</span> })}
            </label>
            {entry}
            {(!computed).then(|| view! {
                <div class="rq-under">
                    <ul class="rq-field-findings" id=findings_id>
                        {each(move || findings.get(), finding_key, move |finding| view! {
                            <li data-severity=finding.severity.word()>
                                <span>{finding.message.clone()}</span>
                                <button type="button" class="rq-link" on:click=on_press(move || {
                                    work.sheet.selected.set(Some(cell));
                                    work.show(super::work::Side::Selected);
                                })>
                                    {format!("{} {}", finding.rule, words::article(finding.article))}
                                </button>
                            </li>
                        }.into_any())}
                    </ul>
                    <p class="rq-help" id=help_id>{help}</p>
                </div>
            })}
        </div>
    }
}
