//! 卡片: one row as a form, for small screens, fingers and anyone who prefers it.

use super::Handle;
use super::cursor::{CellPos, Selection};
use super::editor::{input_mode, is_long};
use super::side_columns::{SideColumn, SideColumns, SideValue};
use super::values::{ChoiceOption, TextReader, choice_options, live, shown, spoken_text};
use crate::form_ui::sheet::store::FormSheet;
use leptos::html;
use leptos::prelude::*;
use shared::engine::definition::Field;
use shared::engine::plan::{FieldIx, Slot};
use shared::engine::session::Cell;
use shared::kernel::finding::Severity;

/// The row of the cursor as a card.
#[component]
pub fn Card(grid: Handle) -> AnyView {
    let (sheet, table, rows) = grid.with_value(|grid| (grid.sheet, grid.table, grid.rows.shown));
    // Follows the cursor, and the rows coming and going.
    let place = Memo::new(move |_| {
        sheet.selected.track();
        rows.track();
        grid.with_value(|grid| {
            let row = grid.selection().cursor.row;
            grid.slot(row).map(|slot| (row, slot))
        })
    });
    let step = move |down: bool| {
        grid.with_value(|grid| {
            let Selection { cursor: CellPos { row, column }, .. } = grid.selection();
            let row = if down { row + 1 } else { row.saturating_sub(1) };
            grid.select(Selection::at(CellPos { row, column }));
        });
    };
    let first = move || place.get().is_none_or(|(row, _)| row == 0);
    let last = move || place.get().is_none_or(|(row, _)| row + 1 >= rows.get());
    let slot = Memo::new(move |_| place.get().map(|(_, slot)| slot));
    let title = move || place.get().map(|(row, _)| format!("第 {} 行，共 {} 行", row + 1, rows.get()));
    view! {
        <section class="grid-card" aria-label="卡片">
            <nav class="grid-card-steps">
                <button type="button" disabled=first on:click=move |_| step(false)>"上一行"</button>
                <span aria-live="polite">{title}</span>
                <button type="button" disabled=last on:click=move |_| step(true)>"下一行"</button>
            </nav>
            {move || slot.get().map(|slot| fields(grid, sheet, table, slot))}
        </section>
    }
    .into_any()
}

fn fields(grid: Handle, sheet: FormSheet, table: usize, slot: Slot) -> AnyView {
    let (width, side) = grid.with_value(|grid| (grid.plan().width(), grid.side_columns));
    let of = move |field: FieldIx| Cell { table, slot, field };
    let laid = move || {
        side.get().and_then(|side| {
            let after = grid.with_value(|grid| grid.plan().by_key.get(side.after).copied())?;
            Some(aside(sheet, of(after), &side))
        })
    };
    let entries = (0..width).map(|field| entry(grid, sheet, of(field))).collect_view();
    view! { {entries} {laid} }.into_any()
}

/// The side columns' values of one row.
fn aside(sheet: FormSheet, cell: Cell, side: &SideColumns) -> AnyView {
    let line = |(at, extra): (usize, &SideColumn)| {
        let SideValue { text, note, .. } = sheet.follow(|session| (side.tell)(session, cell, at));
        view! {
            <div class="grid-card-field">
                <span>{extra.label}</span>
                <output data-aside=extra.key>{format!("{note} {text}").trim().to_string()}</output>
            </div>
        }
    };
    side.columns.iter().enumerate().map(line).collect_view().into_any()
}

/// One field: its label, its control, and what is wrong with it.
fn entry(grid: Handle, sheet: FormSheet, cell: Cell) -> AnyView {
    let field = grid.with_value(|grid| grid.plan().field(cell.field).clone());
    let key = grid.with_value(|grid| grid.plan().table.key.clone());
    let id = control_id(&key, &field.key);
    let findings = Memo::new(move |_| {
        let found = sheet.follow(|session| session.cell_findings(cell));
        found.into_iter().map(|f| (f.severity == Severity::Error, f.message)).collect::<Vec<_>>()
    });
    let invalid = move || findings.with(|found| found.iter().any(|(error, _)| *error)).to_string();
    let control = control(grid, sheet, cell, &field, id.clone(), invalid);
    let messages = move || {
        let found = findings.get().into_iter();
        found
            .map(|(error, text)| view! { <p class=if error { "card-error" } else { "card-warning" }>{text}</p> })
            .collect_view()
    };
    view! {
        <div class="grid-card-field">
            <label for=id class:required=field.required>{field.label}</label>
            {control}
            {messages}
        </div>
    }
    .into_any()
}

fn control(
    grid: Handle,
    sheet: FormSheet,
    cell: Cell,
    field: &Field,
    id: String,
    invalid: impl Fn() -> String + Send + Sync + 'static,
) -> AnyView {
    if field.formula.is_some() {
        let text = move || sheet.follow(|session| shown(session, cell).into_owned());
        return view! { <output id=id>{text}</output> }.into_any();
    }
    if !live(&field.kind) {
        return chooser(sheet, cell, id, invalid);
    }
    let rows = if is_long(&field.kind) { "3" } else { "1" };
    let area = NodeRef::<html::Textarea>::new();
    // Shows what is stored, except while the person is typing here.
    Effect::new(move |_| {
        let text = sheet.follow(|session| spoken_text(session, cell));
        if let Some(area) = area.get().filter(|area| !is_active(area)) {
            area.set_value(&text);
        }
    });
    let finish = move |_| {
        sheet.end_typing();
        if let Some(area) = area.get_untracked() {
            area.set_value(&sheet.read(|session| spoken_text(session, cell)));
        }
    };
    view! {
        <textarea
            id=id
            rows=rows
            node_ref=area
            inputmode=input_mode(&field.kind)
            aria-invalid=invalid
            readonly=move || !sheet.writable(cell)
            on:input=move |event| type_into(grid, cell, &event_target_value(&event))
            on:blur=finish
        ></textarea>
    }
    .into_any()
}

/// Id of the control of a field.
pub fn control_id(table: &str, field: &str) -> String {
    format!("card-{table}-{field}")
}

fn is_active(element: &web_sys::Element) -> bool {
    document().active_element().is_some_and(|active| active == *element)
}

fn type_into(grid: Handle, cell: Cell, text: &str) {
    grid.with_value(|grid| {
        let stored = grid.sheet.read(|session| TextReader::new(session, cell.table).stored(cell.field, text));
        grid.sheet.type_live(cell, &stored);
    });
}

/// A field with a list as the system's own chooser, which suits touch.
fn chooser(
    sheet: FormSheet,
    cell: Cell,
    id: String,
    invalid: impl Fn() -> String + Send + Sync + 'static,
) -> AnyView {
    let current = Memo::new(move |_| sheet.follow(|session| session.text(cell)));
    let offers =
        Memo::new(move |_| sheet.follow(|session| choice_options(session, cell).unwrap_or_default()));
    let options = move || {
        let mut offers = offers.get();
        let current = current.get();
        offers.insert(0, ChoiceOption::plain("", ""));
        // A value that is in no list stays choosable; its rule marks it.
        if offers.iter().all(|offer| offer.stored != current) {
            offers.push(ChoiceOption::plain(&current, &current));
        }
        let option = |offer: ChoiceOption| {
            let selected = offer.stored == current;
            view! { <option value=offer.stored selected=selected>{offer.text}</option> }
        };
        offers.into_iter().map(option).collect_view()
    };
    view! {
        <select
            id=id
            aria-invalid=invalid
            disabled=move || !sheet.writable(cell)
            on:change=move |event| sheet.type_text(cell, &event_target_value(&event))
        >
            {options}
        </select>
    }
    .into_any()
}
