//! 打不开: a request that does not exist for this person, or could not be read, said calmly with a way on.

use super::context::Lasting;
use leptos::prelude::*;
use shared::api::problem::{Problem, code};

#[component]
pub fn Missing(problem: Problem, lasting: Lasting) -> impl IntoView {
    let unknown = problem.code == code::UNKNOWN || problem.status == 404;
    let (title, detail) = match unknown {
        true => (
            "没有这份申请".to_string(),
            "它不存在，或者不属于您的部门。请从“我的待办”打开您的申请。".to_string(),
        ),
        false => (problem.title, problem.detail),
    };
    view! {
        <main class="rq-missing">
            <h1 tabindex="-1">{title}</h1>
            <p>{detail}</p>
            <p>
                {(!unknown).then(|| view! {
                    <button type="button" on:click=move |_| lasting.reads.update(|n| *n += 1)>"重新打开"</button>
                })}
                <a href="/">"返回我的待办"</a>
            </p>
        </main>
    }
}
