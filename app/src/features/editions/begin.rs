//! 新建变更: a sort of change and its base, or a file as a new version. The file is judged by the server, and becomes typed
//! content of the new draft.

use crate::kernel::api;
use crate::kernel::random_id::new_id;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::Notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::editions::{EditionLine, ImportEdition, OpenEdition};
use shared::api::problem::{Problem, code};
use shared::cases::Kind;
use shared::cases::edition::RegisterChange;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, OpId};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

/// In the order they are needed most often.
const SORTS: [RegisterChange; 4] =
    [RegisterChange::Extension, RegisterChange::Revision, RegisterChange::New, RegisterChange::Calendar];

fn what_for(change: RegisterChange) -> &'static str {
    match change {
        RegisterChange::Extension => "主管部门发文延续执行，参数不变",
        RegisterChange::Revision => "同一文件，更正或授权调整参数",
        RegisterChange::New => "新文件，另立一个版本",
        RegisterChange::Calendar => "国务院办公厅公布的放假与调休",
    }
}

#[component]
pub fn Begin(editions: Vec<EditionLine>) -> impl IntoView {
    let newest = editions.last().map(|edition| edition.code.clone()).unwrap_or_default();
    let base = RwSignal::new(newest);
    let submission = Submission::new("o");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let begin = move |change: RegisterChange| {
        let id = CaseId::new(new_id("e"));
        let (case, named) = (id.clone(), base.get_untracked());
        let open = move |_| OpenEdition { case, change, base: Some(named) };
        submission.run(&(change, base.get_untracked()), open, move |()| {
            route.go(&Kind::Edition.address(&id, FiscalYear(0)));
        });
    };
    let import = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(file) = input.and_then(|input| input.files()?.get(0)) else { return };
        let base = base.get_untracked();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let outcome = imported(file, base).await;
            busy.try_set(false);
            match outcome {
                Ok(case) => route.go(&Kind::Edition.address(&case, FiscalYear(0))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    };
    let choice = |edition: &EditionLine| {
        view! { <option value=edition.code.clone()>{format!("{}　{}", edition.code, edition.document)}</option> }
    };
    view! {
        <section class="card" aria-labelledby="begin-title">
            <h2 id="begin-title">"新建变更"</h2>
            <Notice problem/>
            <div class="field ed-base">
                <label for="edition-base">"所据版本"</label>
                <select id="edition-base" prop:value=move || base.get()
                    on:change=move |event| base.set(event_target_value(&event))>
                    {editions.iter().rev().map(choice).collect_view()}
                </select>
            </div>
            <dl class="ed-sorts">
                {SORTS.into_iter().map(|change| view! {
                    <dt>
                        <button type="button" data-act=format!("open-{}", change.word()) disabled=busy
                            aria-describedby=format!("for-{}", change.word())
                            on:click=move |_| begin(change)>{change.label()}</button>
                    </dt>
                    <dd id=format!("for-{}", change.word())>{what_for(change)}</dd>
                }).collect_view()}
                <dt>
                    <label class="button">
                        "导入"
                        <input id="edition-file" class="hidden-label" type="file" accept="application/json,.json"
                            aria-describedby="for-file" disabled=busy on:change=import/>
                    </label>
                </dt>
                <dd id="for-file">"版本文件（JSON），作为新版本；先按参数目录核对，不合要求的，说明在哪一项、怎样改"</dd>
            </dl>
        </section>
    }
}

/// The draft that a file became. A draft whose file was refused stays as it is, to be filled in or dropped.
async fn imported(file: web_sys::File, base: String) -> Result<CaseId, Problem> {
    let unread = || Problem::new(422, code::MALFORMED, "读不到文件", "请重新选择文件。");
    let text = JsFuture::from(file.text()).await.map_err(|_| unread())?;
    let text = text.as_string().ok_or_else(unread)?;
    let case = CaseId::new(new_id("e"));
    let change = RegisterChange::New;
    api::call(OpenEdition { case: case.clone(), change, base: Some(base) }).await?;
    let operation = OpId::new(new_id("o"));
    api::call(ImportEdition { case: case.clone(), operation, file: text }).await?;
    Ok(case)
}
