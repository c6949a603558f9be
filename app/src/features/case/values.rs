//! 只读内容: a table of a form as text.

use crate::form_ui::sheet::follow::{figure, shown};
use crate::form_ui::sheet::store::FormSheet;
use leptos::prelude::*;
use shared::engine::plan::TableIx;
use shared::engine::session::Cell;

/// A header as labels with their values, lines as a table. A header follows the edits of others.
#[component]
pub fn Values(sheet: FormSheet, table: TableIx) -> impl IntoView {
    let header = sheet.read(|session| session.plan().tables[table].is_header());
    if header { header_values(sheet, table) } else { line_values(sheet, table) }
}

fn header_values(sheet: FormSheet, table: TableIx) -> AnyView {
    let fields: Vec<(String, String, Cell)> = sheet.read(|session| {
        let plan = &session.plan().tables[table];
        let slot = session.rows(table).first().copied().unwrap_or(0);
        let cell = |field| Cell { table, slot, field };
        let fields = plan.table.fields.iter().enumerate();
        fields.map(|(field, of)| (of.key.clone(), of.label.clone(), cell(field))).collect()
    });
    let field = |(key, label, cell): (String, String, Cell)| {
        let text = figure(sheet, cell);
        let text = move || text.with(|text| if text.is_empty() { "—".to_string() } else { text.clone() });
        view! { <dt>{label}</dt><dd data-value=key>{text}</dd> }
    };
    view! { <dl class="of-claim">{fields.into_iter().map(field).collect_view()}</dl> }.into_any()
}

fn line_values(sheet: FormSheet, table: TableIx) -> AnyView {
    let (labels, rows) = sheet.read(|session| {
        let fields = &session.plan().tables[table].table.fields;
        let labels: Vec<String> = fields.iter().map(|field| field.label.clone()).collect();
        let row = |slot: &u32| -> Vec<String> {
            (0..fields.len()).map(|field| shown(session, Cell { table, slot: *slot, field })).collect()
        };
        let rows: Vec<Vec<String>> = session.rows(table).iter().map(row).collect();
        (labels, rows)
    });
    let cells = |row: Vec<String>| row.into_iter().map(|text| view! { <td>{text}</td> }).collect_view();
    view! {
        <div class="table-scroll"><table class="list of-table">
            <thead><tr>{labels.into_iter().map(|label| view! { <th scope="col">{label}</th> }).collect_view()}</tr></thead>
            <tbody>{rows.into_iter().map(|row| view! { <tr>{cells(row)}</tr> }).collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}
