//! 系统初始化 `/setup`: the seven steps from an empty database to the first request, each done, next or waiting.

use crate::cases::{CaseLoader, read_page};
use leptos::prelude::*;
use shared::api::setup::{ReadSetup, SetupStep, SetupView};

pub fn setup_page() -> AnyView {
    let loader: CaseLoader<SetupView> = read_page(ReadSetup::default);
    loader.page(move |view| view! { <Steps view/> }.into_any())
}

#[component]
fn Steps(view: SetupView) -> impl IntoView {
    let next = view.next().map(|step| step.number);
    let state = match next {
        None => "系统初始化已完成。".to_string(),
        Some(number) => format!("现在办理第 {number} 步。"),
    };
    let line = move |SetupStep { number, title, text, done }: SetupStep| {
        let (word, label) = match (done, next == Some(number)) {
            (true, _) => ("done", "已完成"),
            (false, true) => ("next", "现在办理"),
            (false, false) => ("waiting", "待前面各步完成"),
        };
        view! {
            <tr data-step=number.to_string() data-state=word>
                <th scope="row">{format!("{number}　{title}")}</th>
                <td>{text}</td>
                <td><span class="stage">{label}</span></td>
            </tr>
        }
    };
    view! {
        <div class="page-head"><h1>"系统初始化"</h1></div>
        <section class="card" aria-label="七个步骤">
            <p class="ed-next" role="status" data-setup="state">{state}</p>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr><th scope="col">"步骤"</th><th scope="col">"谁来办、怎样办"</th><th scope="col">"状态"</th></tr></thead>
                <tbody>{view.steps.into_iter().map(line).collect_view()}</tbody>
            </table></div>
            <div class="row-buttons">
                <a class="button" href="/accounts">"账号管理"</a>
                <a class="button" href="/editions">"政策版本"</a>
                <a class="button" href="/">"待办"</a>
            </div>
        </section>
    }
}
