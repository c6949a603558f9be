//! 各部门: where every department stands, for the bureau and the auditor; for a department its own line.

use super::late::{Late, LateFor};
use crate::kernel::session::may_do;
use leptos::prelude::*;
use shared::api::desk::{DepartmentState, Desk};
use shared::cases::authority::Capability;
use shared::cases::kernel::Stage;
use shared::kernel::money::grouped;
use shared::kernel::timestamp::Timestamp;

/// The stage whose departments alone are listed; the outer `None` lists all, the inner one those not begun.
pub type Only = RwSignal<Option<Option<Stage>>>;

#[component]
pub fn Departments(desk: Desk, late: Late, only: Only) -> impl IntoView {
    let Desk { departments, may_grant_late, fiscal_year, calendar, today, .. } = desk;
    if departments.is_empty() {
        return ().into_any();
    }
    let all = departments.len() > 1;
    let may_nudge = may_do(Capability::Nudge);
    let limits = calendar.map(|calendar| (calendar.consolidation_deadline, calendar.reason_min));
    let limits = limits.filter(|_| may_grant_late);
    let granting = move |state: &DepartmentState| {
        // What has been reported in time needs no late window.
        let (last, least) = limits.filter(|_| state.stage.is_none_or(Stage::with_department))?;
        let (department, name) = (state.department.clone(), state.name.clone());
        Some(LateFor { department, name, year: fiscal_year, today, last, least })
    };
    let chips = departments.clone();
    view! {
        <section class="card" aria-labelledby="departments-title">
            <h2 id="departments-title">{if all { "各部门进度" } else { "本部门进度" }}</h2>
            {may_nudge.then(|| view! { <p><a href="/nudges" data-link="nudges">"催报"</a></p> })}
            {all.then(|| view! { <Stages departments=chips only/> })}
            <div class="table-scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"部门"</th>
                            <th scope="col">"状态"</th>
                            <th scope="col">"流转时间"</th>
                            <th scope="col" class="number">"申报总额（元）"</th>
                            <th scope="col">"延期至"</th>
                            <th scope="col"><span class="hidden-label">"办理"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || departments
                            .iter()
                            .filter(|state| only.get().is_none_or(|stage| state.stage == stage))
                            .map(|state| view! { <Line state=state.clone() granting=granting(state) late/> })
                            .collect_view()
                            .into_any()}
                    </tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// How many departments are where; pressing one shows only those.
#[component]
fn Stages(departments: Vec<DepartmentState>, only: Only) -> impl IntoView {
    let total = departments.len();
    let mut counts = std::collections::BTreeMap::<Option<Stage>, usize>::new();
    for state in &departments {
        *counts.entry(state.stage).or_default() += 1;
    }
    let chip = move |which: Option<Option<Stage>>, label: &'static str, count: usize| {
        let pressed = move || if only.get() == which { "true" } else { "false" };
        view! { <button type="button" aria-pressed=pressed on:click=move |_| only.set(which)>{label}<b>{count}</b></button> }
    };
    let each = counts.into_iter().map(move |(stage, count)| chip(Some(stage), words(stage), count));
    view! {
        <div class="chips" role="group" aria-label="按状态查看">{chip(None, "全部", total)}{each.collect_view()}</div>
    }
}

fn words(stage: Option<Stage>) -> &'static str {
    stage.map_or("未开始", Stage::label)
}

#[component]
fn Line(state: DepartmentState, granting: Option<LateFor>, late: Late) -> impl IntoView {
    let DepartmentState { department, name, request, stage, since, total, late_until } = state;
    view! {
        <tr data-department=department.to_string()>
            <td>{name.clone()}</td>
            <td><span class="stage" data-stage=stage.map(Stage::word)>{words(stage)}</span></td>
            <td>{since.map(Timestamp::to_minute)}</td>
            <td class="number">{total.map_or_else(|| "—".to_string(), |total| grouped(&total))}</td>
            <td data-late=late_until.map(|until| until.to_string())>{late_until.map(|until| format!("至 {until}"))}</td>
            <td class="number">
                <div class="row-buttons">
                    {request.map(|request| view! {
                        <a href=format!("/requests/{request}") aria-label=format!("查看 {name} 的申请")>"查看"</a>
                    })}
                    {granting.map(|granting| view! {
                        <button type="button" class="plain" data-act="grant-late"
                            on:click=move |_| late.set(Some(granting.clone()))>"批准延期"</button>
                    })}
                </div>
            </td>
        </tr>
    }
}
