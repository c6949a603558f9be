//! 计算结果: a figure nobody types; pressing it asks where it comes from.

use crate::form_ui::sheet::follow::figure;
use crate::form_ui::sheet::store::FormSheet;
use leptos::prelude::*;
use shared::engine::session::Cell;

/// The figure of a computed cell. `total` names it in the totals bar.
#[component]
pub fn Computed(sheet: FormSheet, cell: Cell, id: String, total: Option<String>) -> impl IntoView {
    let text = figure(sheet, cell);
    let (table, row, field, label) = sheet.read(|session| {
        let plan = &session.plan().tables[cell.table];
        let field = plan.field(cell.field);
        let row = session.row_id(cell.table, cell.slot).to_string();
        (plan.table.key.clone(), row, field.key.clone(), field.label.clone())
    });
    // A figure of the totals bar is a total, not a cell of the document.
    let named = total.is_none();
    view! {
        <button
            type="button"
            class="rq-figure"
            id=id
            title=format!("{label}：计算过程")
            data-total=total
            data-table=named.then_some(table)
            data-row=named.then_some(row)
            data-field=named.then_some(field)
            on:click=move |_| sheet.asked.set(Some(cell))
        >
            {text}
        </button>
    }
}
