//! 版本比较: what two editions differ in, leaf by leaf.

use crate::cases::{CaseLoader, read_latest};
use crate::kernel::editions;
use crate::ui::Notice;
use leptos::prelude::*;
use serde_json::Value;
use shared::api::editions::EditionLine;
use shared::api::problem::Problem;
use shared::policy::editions::Edition;
use shared::policy::editions::catalogue::Catalogue;
use shared::policy::editions::diff::{ParameterChange, diff_editions};

/// Two editions side by side; nothing where there is only one.
#[component]
pub fn Compare(editions: Vec<EditionLine>) -> impl IntoView {
    let codes: Vec<String> = editions.iter().map(|edition| edition.code.clone()).collect();
    let (Some(last), true) = (codes.last().cloned(), codes.len() > 1) else { return ().into_any() };
    let before = codes.get(codes.len() - 2).cloned().unwrap_or_default();
    let (from, to) = (RwSignal::new(before), RwSignal::new(last));
    let CaseLoader { view: changes, problem, .. } = read_latest(move || difference(from.get(), to.get()));
    let choices = StoredValue::new(codes);
    let choose = move |label: &'static str, name: &'static str, chosen: RwSignal<String>| {
        let option = |code: String| view! { <option value=code.clone()>{code.clone()}</option> };
        view! {
            <label>{label}" "
                <select data-compare=name prop:value=move || chosen.get()
                    on:change=move |event| chosen.set(event_target_value(&event))>
                    {choices.get_value().into_iter().map(option).collect_view()}
                </select>
            </label>
        }
    };
    view! {
        <section class="card" aria-labelledby="compare-title">
            <h2 id="compare-title">"版本比较"</h2>
            <Notice problem/>
            <div class="row-buttons">{choose("自", "from", from)}{choose("至", "to", to)}</div>
            {move || changes.get().map(|changes| view! { <Changes changes/> })}
        </section>
    }
    .into_any()
}

#[component]
fn Changes(changes: Vec<ParameterChange>) -> impl IntoView {
    let count = changes.len();
    let line = |ParameterChange { path, from, to }: ParameterChange| {
        view! {
            <tr data-parameter=path.clone()>
                <th scope="row">{label(&path)}</th><td class="quiet">{path.clone()}</td>
                <td>{text(from)}</td><td>{text(to)}</td>
            </tr>
        }
    };
    view! {
        <p role="status" data-count="differences">{match count {
            0 => "两个版本的参数相同。".to_string(),
            count => format!("{count} 项参数不同。"),
        }}</p>
        <div class="table-scroll"><table class="list of-table">
            <thead><tr><th scope="col">"参数"</th><th scope="col">"代码"</th><th scope="col">"原值"</th><th scope="col">"新值"</th></tr></thead>
            <tbody>{changes.into_iter().map(line).collect_view()}</tbody>
        </table></div>
    }
}

/// 参数名称 of the catalogue, with the key of a map's or list's element.
fn label(path: &str) -> String {
    let (name, key) = path.split_once('/').unwrap_or((path, ""));
    let label = Catalogue::shipped().entry(name).map_or(name, |entry| entry.label.as_str());
    if key.is_empty() { label.to_string() } else { format!("{label}（{key}）") }
}

fn text(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => "—".to_string(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

async fn difference(from: String, to: String) -> Result<Vec<ParameterChange>, Problem> {
    let parameters =
        |edition: &Edition| serde_json::to_value(&edition.parameters).map_err(crate::kernel::api::unreadable);
    let (before, after) = (editions::load(&from).await?, editions::load(&to).await?);
    Ok(diff_editions(&parameters(&before)?, &parameters(&after)?))
}
