//! 逐行列出修改: a table's rows that came, went, moved or changed, each cell with its old and new value.

use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use shared::engine::definition::{Field, FieldKind, Table, TableKind};
use shared::engine::diff::{CellDifference, Difference, Fate, RowDifference};
use shared::engine::document::Document;
use shared::engine::findings::JUSTIFIED_FINDING;
use shared::engine::op::Typed;
use shared::engine::plan::TableIx;
use shared::kernel::ids::RowId;
use std::sync::Arc;

/// Rows listed at most per table.
const LISTED: usize = 200;

/// One changed cell in words.
struct Line {
    label: String,
    from: String,
    to: String,
}

#[component]
pub fn TableChanges(
    work: RequestContext,
    table: TableIx,
    difference: Arc<Difference>,
    before: Arc<Document>,
    after: Arc<Document>,
    /// The later side is what is shown: its cells can be gone to.
    current: bool,
) -> impl IntoView {
    let definition = work.sheet.read(|session| session.plan().tables[table].table.clone());
    let rows = difference.rows(&definition.key);
    let more = rows.len().saturating_sub(LISTED);
    let listed = rows.iter().take(LISTED).map(|row| {
        // In the order of the form, as the reader knows it.
        let cells = definition.fields.iter().filter_map(|field| row.cells.iter().find(|c| c.field == field.key));
        let lines: Vec<Line> = cells.filter_map(|cell| line(&definition, cell, &before, &after)).collect();
        let document = if row.fate == Fate::Removed { &before } else { &after };
        let title = name(&definition, document, &row.row);
        let goal = row.cells.first().map(|cell| cell.field.clone()).filter(|_| current && row.fate != Fate::Removed);
        let jump = goal.and_then(|field| {
            work.sheet.read(|session| session.cell(&definition.key, row.row.as_str(), &field))
        });
        view! {
            <li class="rq-changed" data-fate=fate_word(row)>
                <p>
                    <b>{fate_label(row)}</b>" "{title}
                    {jump.map(|cell| view! {
                        <button type="button" class="rq-link" on:click=move |_| work.go_to_cell(cell)>"转到"</button>
                    })}
                </p>
                <dl>
                    {lines.into_iter().map(|line| view! {
                        <div>
                            <dt>{line.label}</dt>
                            <dd>
                                {(!line.from.is_empty()).then(|| view! { <del>{line.from}</del> })}
                                {(!line.to.is_empty()).then(|| view! { <ins>{line.to}</ins> })}
                            </dd>
                        </div>
                    }).collect_view()}
                </dl>
            </li>
        }
    });
    let listed = listed.collect_view();
    view! {
        <section>
            <h3 class="rq-subheading">{definition.title.clone()}</h3>
            <ul class="rq-changes">{listed}</ul>
            {(more > 0).then(|| view! { <p class="rq-quiet">{format!("其余 {more} 行未列出。")}</p> })}
        </section>
    }
}

fn fate_word(row: &RowDifference) -> &'static str {
    match row.fate {
        Fate::Added => "added",
        Fate::Removed => "removed",
        Fate::InPlace => "in_place",
        Fate::Moved => "moved",
    }
}

fn fate_label(row: &RowDifference) -> &'static str {
    match (row.fate, row.cells.is_empty()) {
        (Fate::Added, _) => "新增",
        (Fate::Removed, _) => "删除",
        (Fate::InPlace, _) => "修改",
        (Fate::Moved, true) => "移动",
        (Fate::Moved, false) => "移动并修改",
    }
}

/// What a person calls a row of a document.
fn name(table: &Table, document: &Document, row: &RowId) -> String {
    if table.kind != TableKind::Lines {
        return String::new();
    }
    let rows = document.rows(&table.key);
    let at = rows.iter().position(|r| r.id == *row);
    let named = at.and_then(|at| ["name", "spec", "code"].iter().find_map(|key| rows[at].cells.get(*key)));
    format!("第 {} 行 {}", at.map_or(0, |at| at + 1), named.map_or("", String::as_str))
}

/// A cell's change; `None` for what people do not read.
fn line(table: &Table, cell: &CellDifference, before: &Document, after: &Document) -> Option<Line> {
    let field = table.fields.iter().find(|field| field.key == cell.field)?;
    if field.key == JUSTIFIED_FINDING {
        return None;
    }
    let shown = |text: &Typed, document| text.as_deref().map_or(String::new(), |t| value(field, t, document));
    Some(Line { label: field.label.clone(), from: shown(&cell.from, before), to: shown(&cell.to, after) })
}

/// A typed text as a reader reads it in its own document.
fn value(field: &Field, text: &str, document: &Document) -> String {
    match &field.kind {
        FieldKind::RowOf { table, label } => {
            let row = document.row(table, &RowId::new(text));
            row.and_then(|row| row.cells.get(label)).map_or_else(|| text.to_string(), Clone::clone)
        }
        kind => words::stored(kind, text),
    }
}
