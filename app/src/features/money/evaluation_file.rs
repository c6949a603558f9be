//! 自评表文件: the self-evaluation as a workbook, and a filled-in one: what it changes cell by cell, and what does not fit by the
//! address of its cell. It is taken over by the case's own command.

use crate::kernel::file_transfer;
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, show_toast};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use shared::api::performance::{EvaluationImport, ReadEvaluationSheet, evaluation_workbook_path};
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::self_evaluation::{SheetChange, SheetFault, SheetImport};
use shared::kernel::ids::CaseId;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

#[component]
pub fn EvaluationFile(case: CaseId, may_fill: bool, look: Callback<()>) -> impl IntoView {
    let read = RwSignal::new(None::<EvaluationImport>);
    let (problem, busy) = (RwSignal::new(None), RwSignal::new(false));
    let export = evaluation_workbook_path(&case);
    let of_case = StoredValue::new(case);
    let chosen = move |event: ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file, corrected and saved, can be chosen again.
        input.set_value("");
        read.set(None);
        problem.set(None);
        busy.set(true);
        let request = ReadEvaluationSheet { case: of_case.get_value() };
        spawn_local(async move {
            let outcome = file_transfer::upload_as(&request, file.into()).await;
            busy.try_set(false);
            match outcome {
                Ok(found) => drop(read.try_set(Some(found))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    };
    view! {
        <section class="card" aria-labelledby="evaluation-file-title">
            <h2 id="evaluation-file-title">"自评表（xlsx）"</h2>
            <div class="row-buttons">
                <a class="button" href=export download="" data-act="export-evaluation">"导出自评表"</a>
                {may_fill.then(|| view! {
                    <label class="rq-file">
                        "读入填好的自评表"
                        <input type="file" accept=".xlsx" data-import="evaluation" on:change=chosen/>
                    </label>
                })}
            </div>
            <p role="status">{move || busy.get().then_some("正在读取…")}</p>
            <Notice problem/>
            {move || read.get().map(|found| view! { <Found case=of_case.get_value() found read look/> })}
        </section>
    }
}

/// What the file changes, with the button that takes it over.
#[component]
fn Found(
    case: CaseId,
    found: EvaluationImport,
    read: RwSignal<Option<EvaluationImport>>,
    look: Callback<()>,
) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("x");
    let EvaluationImport { seen, import: SheetImport { changes, faults, findings, document } } = found;
    let (count, is_barred) = (changes.len(), !faults.is_empty() || changes.is_empty());
    let take_over = move |_| {
        let command = json!({ "verb": "fill", "document": document });
        let kind = Some(ExecutionKindName::SelfEvaluation);
        let sending = submission.command_json(case.clone(), seen, kind, command);
        spawn_local(async move {
            if let Some(Ok(_)) = sending.await {
                show_toast(toast, format!("已写入 {count} 格"));
                read.try_set(None);
                look.run(());
            }
        });
    };
    let changed = |of: SheetChange| {
        let cell = of.cell.clone();
        view! {
            <tr data-change=cell>
                <td>{of.cell}</td><th scope="row">{of.label}</th><td>{of.from}</td><td>{of.to}</td>
            </tr>
        }
    };
    view! {
        <p role="status" data-count="changes">{format!("表中有 {count} 格与系统不同")}</p>
        <Faults title="须先改正" faults/>
        <Faults title="写入后的校验" faults=findings/>
        {(count > 0).then(|| view! {
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"单元格"</th><th scope="col">"栏目"</th>
                    <th scope="col">"原来"</th><th scope="col">"改为"</th>
                </tr></thead>
                <tbody>{changes.into_iter().map(changed).collect_view()}</tbody>
            </table></div>
        })}
        <Notice problem=submission.problem/>
        <div class="dialog-buttons">
            <button type="button" on:click=move |_| read.set(None)>"放弃"</button>
            <button type="button" class="primary" data-act="take-over" on:click=take_over
                disabled=move || is_barred || submission.busy.get()>"写入"</button>
        </div>
    }
}

#[component]
fn Faults(title: &'static str, faults: Vec<SheetFault>) -> impl IntoView {
    let line = |of: SheetFault| {
        let class = if of.is_error { "field-error" } else { "quiet" };
        let cell = of.cell.clone();
        view! { <p class=class data-fault=cell><b>{of.cell}</b>" "{of.message}" "{of.rule}</p> }
    };
    (!faults.is_empty()).then(|| view! { <h3>{title}</h3>{faults.into_iter().map(line).collect_view()} })
}
