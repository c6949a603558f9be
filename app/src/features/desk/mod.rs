//! 待办: the tasks of this person, the year's calendar, and for the bureau every department.

mod departments;
mod late;
mod money;
mod tasks;
mod year;

use super::posts::Elsewhere;
use crate::kernel::api;
use crate::kernel::router::Route;
use crate::kernel::session::{SignedIn, may_do};
use crate::kernel::submission::Submission;
use crate::sync_client::live::{Live, listen};
use crate::ui::Notice;
use departments::{Departments, Only};
use late::{Grant, Late};
use leptos::prelude::*;
use leptos::task::spawn_local;
use money::MoneyTasks;
use shared::api::desk::{Desk, ReadDesk};
use shared::api::live::DeskEvent;
use shared::api::problem::code;
use shared::api::requests::OpenRequest;
use shared::cases::authority::Capability;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Office;
use tasks::Tasks;
use year::Year;

#[component]
pub fn DeskPage() -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let office = signed.me.with_untracked(|me| me.as_ref().map(|me| me.actor.role.office()));
    if office == Some(Office::Administration) {
        return view! { <Administration/> }.into_any();
    }
    let desk = RwSignal::new(None::<Desk>);
    let problem = RwSignal::new(None);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ReadDesk::default()).await {
                Ok(read) => {
                    problem.try_set(None);
                    if desk.try_with_untracked(|shown| shown.as_ref() != Some(&read)).unwrap_or(false) {
                        desk.set(Some(read));
                    }
                }
                Err(found) => drop(problem.try_set(Some(found))),
            }
        });
    });
    let (late, only): (Late, Only) = (RwSignal::new(None), RwSignal::new(None));
    look.run(());
    let focused = window_event_listener(leptos::ev::focus, move |_| look.run(()));
    on_cleanup(move || focused.remove());
    // What others do and the turn of a day arrive as events; dropped with the page.
    let live: Live = listen(
        || None,
        move |data| {
            if serde_json::from_str::<DeskEvent>(data).is_ok() {
                look.run(());
            }
        },
    );
    StoredValue::new_local(live);
    view! {
        <main class="page">
            <Notice problem/>
            {move || match desk.get() {
                None => view! { <p class="quiet" role="status">"正在读取待办…"</p> }.into_any(),
                Some(desk) => view! { <Shown desk late only look/> }.into_any(),
            }}
            <Grant late look/>
        </main>
    }
    .into_any()
}

#[component]
fn Shown(desk: Desk, late: Late, only: Only, look: Callback<()>) -> impl IntoView {
    // Finance sees no list of departments, but cases of many.
    let alone = desk.departments.len() == 1;
    let to_begin = desk.may_open.then_some(desk.fiscal_year.0);
    view! {
        <div class="page-head">
            <h1>{format!("待办 · {} 年度", desk.fiscal_year.0)}</h1>
            {desk.may_open.then(|| view! { <Start year=desk.fiscal_year.0 look/> })}
        </div>
        <Year today=desk.today year=desk.fiscal_year calendar=desk.calendar.clone()/>
        <Tasks tasks=desk.tasks.clone() alone to_begin/>
        <MoneyTasks lines=desk.money.clone()/>
        <Elsewhere lines=desk.elsewhere.clone()/>
        <Departments desk late only/>
    }
}

/// 开始填报 the year's request.
#[component]
fn Start(year: i32, look: Callback<()>) -> impl IntoView {
    let submission = Submission::new("r");
    let Submission { busy, problem, .. } = submission;
    let route = expect_context::<Route>();
    let start = move |_| {
        let open = |id| OpenRequest { request: CaseId::new(id), fiscal_year: FiscalYear(year) };
        let opening = submission.send(&(), open);
        spawn_local(async move {
            match opening.await {
                Some(Ok(view)) => route.go(&format!("/requests/{}", view.case.id)),
                Some(Err(refused)) if refused.code == code::EXISTS => look.run(()),
                _ => {}
            }
        });
    };
    view! {
        <div>
            <Notice problem/>
            <button type="button" class="primary" data-act="open-request" disabled=busy on:click=start>
                {format!("开始填报 {year} 年度运维服务申请")}
            </button>
        </div>
    }
}

/// 三员 see no business.
#[component]
fn Administration() -> impl IntoView {
    view! {
        <main class="page">
            <div class="page-head"><h1>"系统管理"</h1></div>
            <section class="card">
                <p>"管理员账号不处理业务事项。"</p>
                <p class="row-buttons">
                    <a class="button" href="/setup">"系统初始化"</a>
                    {may_do(Capability::ListAccounts).then(|| view! { <a class="button" href="/accounts">"账号管理"</a> })}
                    {may_do(Capability::ReadAuditTrail).then(|| view! { <a class="button" href="/audit">"审计日志"</a> })}
                    {may_do(Capability::OpenEdition).then(|| view! { <a class="button" href="/editions">"政策版本"</a> })}
                </p>
            </section>
        </main>
    }
}
