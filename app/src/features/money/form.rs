//! 表单填写: the open parts of a kind's form in the dialog of `fill`: header fields, tables with what was copied in, reasons
//! for warnings. Only what differs from what stands there is sent.

use super::inputs::input;
use super::typed::{FieldPath, TypedCommand};
use leptos::prelude::*;
use shared::cases::execution::offered::OfferedField;
use shared::cases::performance::shown::{OfferedForm, OfferedRow, OfferedTable, ShownFinding};

pub fn fields(form: OfferedForm, typed: TypedCommand) -> AnyView {
    let OfferedForm { fields, values, tables, warnings } = form;
    let header = fields.into_iter().map(|field| {
        let stored = values.get(&field.key).cloned().unwrap_or_default();
        let path = cell(&["header", &field.key], stored);
        let id = format!("form-{}", field.key);
        let label = labelled(&field);
        view! {
            <div class="field">
                <label for=id.clone()>{label.clone()}</label>
                {input(field, id, label, path, typed)}
            </div>
        }
    });
    let header = header.collect_view();
    view! {
        {header}
        {tables.into_iter().map(|of| table(of, typed)).collect_view()}
        {warnings.into_iter().map(|warning| reason(warning, typed)).collect_view()}
    }
    .into_any()
}

fn labelled(field: &OfferedField) -> String {
    match field.required {
        true => format!("{}（必填）", field.label),
        false => field.label.clone(),
    }
}

fn cell(rest: &[&str], stored: String) -> FieldPath {
    let place = std::iter::once("document").chain(rest.iter().copied()).map(str::to_string).collect();
    FieldPath::Cell { place, stored }
}

/// The reason for which a warning passes.
fn reason(warning: ShownFinding, typed: TypedCommand) -> impl IntoView {
    let ShownFinding { place, message, key, reason, rule, .. } = warning;
    let path = cell(&["justifications", &key], reason.unwrap_or_default());
    let text = typed.text(&path);
    let id = format!("form-reason-{key}");
    view! {
        <div class="field">
            <label for=id.clone()>{format!("{rule} {place}：{message}")}</label>
            <textarea id=id data-field="justification" rows="2" prop:value=text
                on:input=move |event| typed.set(&path, event_target_value(&event))></textarea>
        </div>
    }
}

fn table(of: OfferedTable, typed: TypedCommand) -> impl IntoView {
    let OfferedTable { key, label, adds_rows, columns, rows } = of;
    let heads = columns.iter().map(|column| match column.required {
        true => format!("{}*", column.label),
        false => column.label.clone(),
    });
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    let (name, adding, title) = (key.clone(), key.clone(), label.clone());
    let stored: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let known = stored.clone();
    // Rows are built anew when one comes or goes, not while a cell is typed into.
    let changed = Memo::new(move |_| {
        let rows = typed.form_rows(&name);
        rows.into_iter().filter(|(id, removed)| *removed || !known.contains(id)).collect::<Vec<_>>()
    });
    let (name, known) = (key.clone(), stored.clone());
    let body = move || {
        let changed = changed.get();
        let is_removed = |id: &str| changed.iter().any(|(other, removed)| other == id && *removed);
        let added = changed.iter().filter(|(id, _)| !known.contains(id)).map(|(id, _)| OfferedRow {
            id: id.clone(),
            title: id.clone(),
            ..OfferedRow::default()
        });
        let stays = rows.iter().filter(|row| !is_removed(&row.id)).cloned();
        let lines = stays.chain(added).map(|row| line(&name, row, &columns, adds_rows, &known, typed));
        lines.collect_view()
    };
    view! {
        <fieldset class="field" data-table=key>
            <legend>{label}</legend>
            <div class="table-scroll"><table class="list of-table" aria-label=title>
                <thead><tr>
                    <th scope="col">"行"</th>{heads}
                    {adds_rows.then(|| view! { <th scope="col">"操作"</th> })}
                </tr></thead>
                <tbody>{body}</tbody>
            </table></div>
            {adds_rows.then(|| view! {
                <button type="button" data-act=format!("add-{adding}")
                    on:click=move |_| typed.add_form_row(&adding, &stored)>"增加一行"</button>
            })}
        </fieldset>
    }
}

fn line(
    table: &str,
    row: OfferedRow,
    columns: &[OfferedField],
    adds_rows: bool,
    known: &[String],
    typed: TypedCommand,
) -> impl IntoView + use<> {
    let OfferedRow { id, title, values, locked } = row;
    let cells = columns.iter().map(|column| {
        let stored = values.get(&column.key).cloned().unwrap_or_default();
        if locked.contains(&column.key) {
            return view! { <td>{stored}</td> }.into_any();
        }
        let path = cell(&[table, &id, &column.key], stored);
        let label = format!("{title} {}", column.label);
        let name = format!("form-{table}-{id}-{}", column.key);
        view! { <td>{input(column.clone(), name, label, path, typed)}</td> }.into_any()
    });
    let cells = cells.collect_view();
    let is_stored = known.contains(&id);
    let (table, removed) = (table.to_string(), id.clone());
    view! {
        <tr data-row=id>
            <th scope="row">{title}</th>
            {cells}
            {adds_rows.then(|| view! {
                <td><button type="button"
                    on:click=move |_| typed.remove_form_row(&table, &removed, is_stored)>"删除"</button></td>
            })}
        </tr>
    }
}
