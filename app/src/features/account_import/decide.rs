//! 同意批量导入: the rows as they would be taken over now, and the decision.

use super::HOME;
use super::preview::Preview;
use crate::kernel::api;
use crate::kernel::router::Route;
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::account_imports::{AskedImport, ReadImport};
use shared::api::accounts::DecideOrder;
use shared::kernel::ids::OpId;

#[component]
pub fn Decision(order: OpId) -> impl IntoView {
    let asked = RwSignal::new(None::<AskedImport>);
    let problem = RwSignal::new(None);
    let id = order.clone();
    spawn_local(async move {
        match api::call(ReadImport { order: id }).await {
            Ok(read) => drop(asked.try_set(Some(read))),
            Err(refused) => drop(problem.try_set(Some(refused))),
        }
    });
    view! {
        <Notice problem/>
        {move || asked.get().map(|asked| view! { <Asked asked order=order.clone()/> })}
    }
}

#[component]
fn Asked(asked: AskedImport, order: OpId) -> impl IntoView {
    let submission = Submission::new("i");
    let toast = expect_context::<Toast>();
    let route = expect_context::<Route>();
    let (reason, namesakes) = (RwSignal::new(String::new()), RwSignal::new(false));
    let AskedImport { rows, namesakes: some_namesakes, asked_by, asked_on, is_open } = asked;
    let faulty = rows.iter().any(|row| !row.faults.is_empty());
    let decide = Callback::new(move |agree: bool| {
        let reason = Some(reason.get_untracked().trim().to_string());
        let reason = reason.filter(|text| !agree && !text.is_empty());
        let namesakes = agree && namesakes.get_untracked();
        let request = DecideOrder { order: order.clone(), agree, reason, namesakes };
        submission.run(
            &request.clone(),
            |_| request,
            move |_| {
                let done =
                    if agree { "已同意，请下载激活码清单" } else { "已退回，未作改动" };
                show_toast(toast, done);
                route.go(HOME);
            },
        );
    });
    let barred = move || submission.busy.get() || faulty || (some_namesakes && !namesakes.get());
    let form = move || {
        view! {
            <form class="card" on:submit=move |event: leptos::ev::SubmitEvent| { event.prevent_default(); decide.run(true); }>
                <Notice problem=submission.problem/>
                <p>"同意后部门和账号立即建立。激活链接清单由提出人下载，激活码清单由您下载，各限一次，72 小时内有效；两份清单不要交给同一人。"</p>
                {some_namesakes.then(|| view! {
                    <label class="check">
                        <input type="checkbox" name="namesakes" bind:checked=namesakes/>
                        "文件中的同名人员已逐一核对，确属不同人员"
                    </label>
                })}
                <div class="field">
                    <label for="import-reason">"不同意的理由"</label>
                    <textarea id="import-reason" name="reason" rows="2" bind:value=reason></textarea>
                    <p class="field-hint">"不同意时填写，10 至 500 个字"</p>
                </div>
                <div class="dialog-buttons">
                    <button type="button" data-act="decline-order" disabled=submission.busy on:click=move |_| decide.run(false)>"不同意"</button>
                    <button class="primary" data-act="agree-order" disabled=barred>"同意"</button>
                </div>
            </form>
        }
    };
    view! {
        <p class="quiet">{format!("{asked_by}于 {asked_on} 提出")}</p>
        <Preview rows/>
        {match is_open {
            true => form().into_any(),
            false => view! { <p class="notice">"这项批量导入已经办结。"</p> }.into_any(),
        }}
    }
}
