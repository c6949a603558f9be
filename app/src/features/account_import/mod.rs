//! 批量导入账号: template, upload and preview for whoever asks; the same preview with the decision for whoever agrees.

mod decide;
mod preview;

use crate::kernel::file_transfer;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, show_toast};
use decide::Decision;
use leptos::prelude::*;
use leptos::task::spawn_local;
use preview::{FaultList, Preview, blocks, has_namesakes};
use shared::api::account_imports::{AskImport, ImportPreview, PreviewImport, RowOutcome, TEMPLATE};
use shared::kernel::ids::OpId;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The address of the page, also of one order on it.
const HOME: &str = "/accounts";

pub fn import_page() -> impl IntoView {
    let order = expect_context::<Route>().text("order");
    view! {
        <main class="page">
            <div class="page-head">
                <h1>"批量导入部门和账号"</h1>
                <a href=HOME>"返回账号管理"</a>
            </div>
            {move || match order.get() {
                Some(order) => view! { <Decision order=OpId::new(order)/> }.into_any(),
                None => view! { <Asking/> }.into_any(),
            }}
        </main>
    }
}

/// 提出: a workbook is chosen, looked at and asked for.
#[component]
fn Asking() -> impl IntoView {
    let preview = RwSignal::new(None::<ImportPreview>);
    let (file, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let problem = RwSignal::new(None);
    let chosen = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let Some(first) = input.files().and_then(|files| files.get(0)) else { return };
        preview.set(None);
        problem.set(None);
        file.set(first.name());
        // The same file, corrected and saved, can be chosen again.
        input.set_value("");
        busy.set(true);
        spawn_local(async move {
            let outcome = file_transfer::upload::<PreviewImport>(first).await;
            busy.try_set(false);
            match outcome {
                Ok(read) => drop(preview.try_set(Some(read))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    };
    view! {
        <section class="card" aria-labelledby="import-file-title">
            <h2 id="import-file-title">"选择文件"</h2>
            <p class="quiet">"一份工作簿登记部门、建立账号并授予岗位。提出后由另一管理员同意才生效；任何一格有错，整份文件不作改动。"</p>
            <div class="row-buttons">
                <a class="button" href=TEMPLATE download="" data-act="template">"下载模板"</a>
                <label class="rq-file">
                    "选择填好的 .xlsx 文件"
                    <input type="file" accept=".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                        data-import="accounts" on:change=chosen/>
                </label>
            </div>
            <p role="status">{move || match (file.get(), busy.get()) {
                (file, _) if file.is_empty() => None,
                (file, true) => Some(format!("正在读取“{file}”…")),
                (file, false) => Some(format!("已读取“{file}”")),
            }}</p>
            <Notice problem/>
        </section>
        {move || preview.get().map(|read| match read.faults.is_empty() {
            true => view! { <Asked read/> }.into_any(),
            false => view! { <FaultList faults=read.faults/> }.into_any(),
        })}
    }
}

/// The preview with what it takes to ask for it.
#[component]
fn Asked(read: ImportPreview) -> impl IntoView {
    let submission = Submission::new("i");
    let toast = expect_context::<Toast>();
    let route = expect_context::<Route>();
    let namesakes = RwSignal::new(false);
    let ImportPreview { book, rows, .. } = read;
    let some_namesakes = has_namesakes(&rows);
    let idle = rows.iter().all(|row| row.outcome == RowOutcome::Same);
    let stops = rows.clone();
    let barred = Signal::derive(move || idle || blocks(&stops, namesakes.get()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (book, namesakes) = (book.clone(), namesakes.get_untracked());
        let content = (serde_json::to_value(&book).unwrap_or_default(), namesakes);
        let request = move |id| AskImport { order: OpId::new(id), book, namesakes };
        submission.run(&content, request, move |()| {
            show_toast(toast, "已提出，待另一管理员同意");
            route.go(HOME);
        });
    };
    view! {
        <Preview rows/>
        <form class="card" on:submit=submit>
            <Notice problem=submission.problem/>
            {some_namesakes.then(|| view! {
                <label class="check">
                    <input type="checkbox" name="namesakes" bind:checked=namesakes/>
                    "文件中的同名人员已逐一核对，确属不同人员"
                </label>
            })}
            {idle.then(|| view! { <p data-idle="true">"文件中的内容都已登记，没有需要提出的变更。"</p> })}
            <div class="dialog-buttons">
                <button class="primary" data-act="ask-import" disabled=move || barred.get() || submission.busy.get()>"提出"</button>
            </div>
        </form>
    }
}
