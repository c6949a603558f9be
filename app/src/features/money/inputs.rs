//! 填写项: an input for every kind of field a money command carries, and the table of its lines.

use super::form;
use super::typed::{FieldPath, TypedCommand};
use leptos::prelude::*;
use shared::cases::execution::offered::{FieldInput, OfferedField, WordOption};

/// A labelled field of the form, or one of its tables.
pub fn field(field: OfferedField, typed: TypedCommand) -> AnyView {
    if let FieldInput::Table { columns } = &field.input {
        return table(field.key.clone(), field.label.clone(), columns.clone(), typed);
    }
    if let FieldInput::Form { form } = field.input {
        return form::fields(form, typed);
    }
    let path = FieldPath::Field { key: field.key.clone() };
    let id = format!("money-{}", field.key);
    let label = match field.required {
        true => format!("{}（必填）", field.label),
        false => field.label.clone(),
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label.clone()}</label>
            {input(field, id, label, path, typed)}
        </div>
    }
    .into_any()
}

/// The input itself, under its label or in a cell of a table.
pub fn input(
    field: OfferedField,
    id: String,
    label: String,
    path: FieldPath,
    typed: TypedCommand,
) -> AnyView {
    let text = typed.text(&path);
    let key = field.key.clone();
    let kind = match &field.input {
        FieldInput::Date => "date",
        _ => "text",
    };
    let mode = match &field.input {
        FieldInput::Number => "decimal",
        FieldInput::Count { .. } => "numeric",
        _ => "text",
    };
    match field.input {
        FieldInput::LongText { .. } | FieldInput::Texts => view! {
            <textarea id=id aria-label=label data-field=key rows="4" prop:value=text
                on:input=move |event| typed.set(&path, event_target_value(&event))></textarea>
        }
        .into_any(),
        FieldInput::Choice { options } => choice(id, label, key, options, text, path, typed),
        FieldInput::Flag => {
            let options = [("true", "是"), ("false", "否")];
            let options = options.map(|(word, label)| WordOption { word: word.into(), label: label.into() });
            choice(id, label, key, options.to_vec(), text, path, typed)
        }
        FieldInput::Codes { options } => codes(id, label, key, options, path, typed),
        FieldInput::Text { .. }
        | FieldInput::Number
        | FieldInput::Count { .. }
        | FieldInput::Date
        | FieldInput::Form { .. }
        | FieldInput::Table { .. } => view! {
            <input id=id aria-label=label data-field=key type=kind inputmode=mode autocomplete="off"
                spellcheck="false" prop:value=text
                on:input=move |event| typed.set(&path, event_target_value(&event))/>
        }
        .into_any(),
    }
}

fn choice(
    id: String,
    label: String,
    key: String,
    options: Vec<WordOption>,
    chosen: String,
    path: FieldPath,
    typed: TypedCommand,
) -> AnyView {
    let option = |WordOption { word, label }: WordOption| {
        let selected = word == chosen;
        view! { <option value=word selected=selected>{label}</option> }
    };
    view! {
        <select id=id aria-label=label data-field=key
            on:change=move |event| typed.set(&path, event_target_value(&event))>
            <option value="">"请选择"</option>
            {options.into_iter().map(option).collect_view()}
        </select>
    }
    .into_any()
}

/// Boxes for several of a list; the chosen words stand in the text, separated by spaces.
fn codes(
    id: String,
    label: String,
    key: String,
    options: Vec<WordOption>,
    path: FieldPath,
    typed: TypedCommand,
) -> AnyView {
    let path = StoredValue::new(path);
    let option = move |WordOption { word, label }: WordOption| {
        let chosen = path.with_value(|path| typed.text(path));
        let checked = chosen.split(' ').any(|one| one == word);
        let toggle = move |event| {
            let on = event_target_checked(&event);
            let text = path.with_value(|path| typed.text(path));
            let others = text.split(' ').filter(|one| !one.is_empty() && *one != word);
            let chosen: Vec<&str> = others.chain(on.then_some(word.as_str())).collect();
            path.with_value(|path| typed.set(path, chosen.join(" ")));
        };
        view! { <label class="money-box"><input type="checkbox" checked=checked on:change=toggle/>{label}</label> }
    };
    view! {
        <div id=id role="group" aria-label=label data-field=key>
            {options.into_iter().map(option).collect_view()}
        </div>
    }
    .into_any()
}

fn table(key: String, label: String, columns: Vec<OfferedField>, typed: TypedCommand) -> AnyView {
    let heads = columns.iter().map(|column| match column.required {
        true => format!("{}*", column.label),
        false => column.label.clone(),
    });
    let heads = heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    let (table, adding, title, counted) = (key.clone(), key.clone(), label.clone(), key.clone());
    // Rows are built anew when one comes or goes, not while a cell is typed into.
    let count = Memo::new(move |_| typed.rows(&counted));
    let rows = move || {
        let cells = |row: usize| {
            let cell = |column: &OfferedField| {
                let path = FieldPath::Line { table: table.clone(), row, key: column.key.clone() };
                let id = format!("money-{table}-{row}-{}", column.key);
                let label = format!("第 {} 行 {}", row + 1, column.label);
                view! { <td>{input(column.clone(), id, label, path, typed)}</td> }
            };
            let removed = table.clone();
            view! {
                <tr data-row=row.to_string()>
                    {columns.iter().map(cell).collect_view()}
                    <td><button type="button" on:click=move |_| typed.remove_row(&removed, row)>"删除"</button></td>
                </tr>
            }
        };
        (0..count.get()).map(cells).collect_view()
    };
    view! {
        <fieldset class="field" data-table=key>
            <legend>{label}</legend>
            <div class="table-scroll"><table class="list of-table" aria-label=title>
                <thead><tr>{heads}<th scope="col">"操作"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            <button type="button" data-act=format!("add-{adding}") on:click=move |_| typed.add_row(&adding)>"增加一行"</button>
        </fieldset>
    }
    .into_any()
}
