//! 公开绩效表核对 `/check-table`, and `/public/check-table` for visitors: a published table is loaded or pasted, recomputed and
//! explained by the server. Nothing of it is stored.

mod report;

use crate::kernel::{api, file_transfer};
use crate::ui::Notice;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use report::Report;
use shared::api::published::{CheckTable, ExplainedTable, ReadTableChecker};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlInputElement};

/// Formats a published table is read from.
const ACCEPTED: &str = ".json,.xlsx,.xls,.et,.csv,.tsv,.txt,.html,.htm";

/// The page for people who have signed in.
pub fn checker_page() -> AnyView {
    view! { <main class="page"><Checker/></main> }.into_any()
}

/// The page for visitors, where the installation lets them in.
pub fn public_checker_page() -> AnyView {
    let is_public = RwSignal::new(None);
    let problem = RwSignal::new(None);
    spawn_local(async move {
        match api::once_of(ReadTableChecker {}).await {
            Ok(checker) => drop(is_public.try_set(Some(checker.is_public))),
            Err(failure) => drop(problem.try_set(Some(failure))),
        }
    });
    view! {
        <main class="page">
            <Notice problem/>
            {move || is_public.get().map(|open| match open {
                true => view! { <Checker/><p><a href="/">"去登录"</a></p> }.into_any(),
                false => view! {
                    <p class="notice" role="status">
                        <b>"本系统的核对工具须登录后使用。"</b><a class="button" href="/check-table">"登录后核对"</a>
                    </p>
                }.into_any(),
            })}
        </main>
    }
    .into_any()
}

/// What a page shows of a check.
#[derive(Clone, Copy)]
struct Check {
    checked: RwSignal<Option<ExplainedTable>>,
    problem: RwSignal<Option<shared::api::problem::Problem>>,
    busy: RwSignal<bool>,
}

impl Check {
    fn run(self, name: String, content: Blob) {
        let Check { checked, problem, busy } = self;
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let outcome = file_transfer::upload_as(&CheckTable { name }, content).await;
            busy.try_set(false);
            match outcome {
                Ok(read) => drop(checked.try_set(Some(read))),
                Err(refused) => {
                    checked.try_set(None);
                    problem.try_set(Some(refused));
                }
            }
        });
    }
}

#[component]
fn Checker() -> impl IntoView {
    let check =
        Check { checked: RwSignal::new(None), problem: RwSignal::new(None), busy: RwSignal::new(false) };
    let Check { checked, problem, busy } = check;
    let chosen = move |event: ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file, corrected and saved, can be chosen again.
        input.set_value("");
        check.run(file.name().chars().take(120).collect(), file.into());
    };
    view! {
        <div class="page-head"><h1>"公开绩效表核对"</h1></div>
        <section class="card" aria-labelledby="check-file-title">
            <h2 id="check-file-title">"要核对的表"</h2>
            <p class="quiet">
                "选择一张公开的绩效自评表、绩效目标表（xlsx、xls、et 工作簿，csv、网页或 JSON 文件），或从网页、Word 复制表格后粘贴在下面。系统重新计算并说明每处差异，不保存任何内容。"
            </p>
            <div class="row-buttons">
                <label class="rq-file">
                    "选择文件"
                    <input type="file" accept=ACCEPTED data-check="file" on:change=chosen/>
                </label>
            </div>
            <Pasted check/>
            <p role="status">{move || busy.get().then_some("正在核对…")}</p>
            <Notice problem/>
        </section>
        {move || checked.get().map(|table| view! { <Report table/> })}
    }
}

/// A table from the clipboard. Its HTML, which alone knows merged cells, is sent as long as the text is what was pasted.
#[component]
fn Pasted(check: Check) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let html = RwSignal::new(None::<String>);
    let paste = move |event: ev::ClipboardEvent| {
        let of_kind = |kind: &str| event.clipboard_data().and_then(|data| data.get_data(kind).ok());
        let found = of_kind("text/html").filter(|html| html.contains("<table"));
        if let (Some(found), Some(plain)) = (found, of_kind("text/plain")) {
            event.prevent_default();
            text.set(plain);
            html.set(Some(found));
        }
    };
    let typed = move |event: ev::Event| {
        html.set(None);
        text.set(event_target_value(&event));
    };
    let run = move |_| {
        let content = html.get_untracked().unwrap_or_else(|| text.get_untracked());
        let parts = js_sys::Array::of1(&JsValue::from_str(&content));
        if let Ok(blob) = Blob::new_with_str_sequence(&parts) {
            check.run("粘贴的表格".to_string(), blob);
        }
    };
    view! {
        <div class="field">
            <label for="check-text">"粘贴的表格"</label>
            <textarea id="check-text" data-check="text" rows="6" prop:value=text on:paste=paste on:input=typed></textarea>
        </div>
        <div class="dialog-buttons">
            <button type="button" class="primary" data-act="check" on:click=run
                disabled=move || check.busy.get() || text.with(|text| text.trim().is_empty())>"核对"</button>
        </div>
    }
}
