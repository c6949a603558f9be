//! 各部门: where every department stands, for the bureau and the auditor; for a department its own line.

use super::tasks::minutes;
use crate::ui::{Dialog, Field, Notice, Said, say};
use crate::{api, sheet};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::desk::{DepartmentState, Desk, GrantLateWindow};
use shared::calendar::{Date, FiscalYear};
use shared::ids::{DepartmentId, OpId};
use shared::money::grouped;
use shared::policy::art04_calendar::REASON_AT_LEAST;
use shared::workflow::language::Stage;

/// A department to be granted a late window.
type Late = RwSignal<Option<(DepartmentId, String)>>;

#[component]
pub fn Departments(desk: Desk, look: Callback<()>) -> impl IntoView {
    let Desk { departments, may_grant_late, fiscal_year, calendar, today, .. } = desk;
    if departments.is_empty() {
        return ().into_any();
    }
    let all = departments.len() > 1;
    let late: Late = RwSignal::new(None);
    let only = RwSignal::new(None::<Option<Stage>>);
    let last = calendar.map(|calendar| calendar.consolidation_deadline);
    let chips = departments.clone();
    view! {
        <section class="card" aria-labelledby="departments-title">
            <h2 id="departments-title">{if all { "各部门进度" } else { "本部门进度" }}</h2>
            {all.then(|| view! { <Stages departments=chips only/> })}
            <div class="table-scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col">"部门"</th>
                            <th scope="col">"状态"</th>
                            <th scope="col">"到达时间"</th>
                            <th scope="col" class="number">"申报总额（元）"</th>
                            <th scope="col">"延期"</th>
                            <th scope="col"><span class="hidden-label">"办理"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || departments
                            .iter()
                            .filter(|state| only.get().is_none_or(|stage| state.stage == stage))
                            .map(|state| view! { <Line state=state.clone() late may_grant_late/> })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
        {last.map(|last| view! { <Grant late year=fiscal_year today last look/> })}
    }
    .into_any()
}

/// How many departments are where; pressing one shows only those.
#[component]
fn Stages(departments: Vec<DepartmentState>, only: RwSignal<Option<Option<Stage>>>) -> impl IntoView {
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
fn Line(state: DepartmentState, late: Late, may_grant_late: bool) -> impl IntoView {
    let DepartmentState { department, name, request, stage, since, total, late_until } = state;
    // What has been reported in time needs no late window.
    let grantable = may_grant_late && stage.is_none_or(Stage::with_department);
    let (id, title) = (department.clone(), name.clone());
    view! {
        <tr data-department=department.to_string()>
            <td>{name.clone()}</td>
            <td><span class="stage" data-stage=stage.map(Stage::word)>{words(stage)}</span></td>
            <td>{since.map(|since| minutes(&since))}</td>
            <td class="number">{total.map_or_else(|| "—".to_string(), |total| grouped(&total))}</td>
            <td data-late=late_until.map(|until| until.to_string())>{late_until.map(|until| format!("至 {until}"))}</td>
            <td class="number">
                <div class="row-buttons">
                    {request.map(|request| view! {
                        <a href=format!("/requests/{request}") aria-label=format!("查看 {name} 的申请")>"查看"</a>
                    })}
                    {grantable.then(|| view! {
                        <button type="button" class="plain" data-act="grant-late"
                            on:click=move |_| late.set(Some((id.clone(), title.clone())))>"批准延期"</button>
                    })}
                </div>
            </td>
        </tr>
    }
}

/// 批准延期申报, with its written reason.
#[component]
fn Grant(late: Late, year: FiscalYear, today: Date, last: Date, look: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(late.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && late.with_untracked(Option::is_some) {
            late.set(None);
        }
    });
    let title = Signal::derive(move || {
        late.with(|late| late.as_ref().map(|(_, name)| format!("批准 {name} 延期申报")).unwrap_or_default())
    });
    view! {
        <Dialog title name="grant-late" open>
            {move || late.get().map(|(department, _)| view! { <GrantForm department year today last open look/> })}
        </Dialog>
    }
}

#[component]
fn GrantForm(
    department: DepartmentId,
    year: FiscalYear,
    today: Date,
    last: Date,
    open: RwSignal<bool>,
    look: Callback<()>,
) -> impl IntoView {
    let said = expect_context::<Said>();
    let (until, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (tried, busy) = (RwSignal::new(false), RwSignal::new(false));
    let problem = RwSignal::new(None);
    // One id for all tries: sent twice it is granted once.
    let operation = OpId::new(sheet::store::new_id("o"));
    let wrong_day = Signal::derive(move || {
        let day = until.with(|text| Date::parse(text));
        let fits = day.is_some_and(|day| (today..=last).contains(&day));
        (tried.get() && !fits).then(|| format!("请选择 {today} 至 {last} 之间的日期"))
    });
    let length = move || reason.with(|text| text.trim().chars().count());
    let short = move || tried.get() && length() < REASON_AT_LEAST;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let Some(day) = until.with_untracked(|text| Date::parse(text)) else { return };
        if wrong_day.get_untracked().is_some() || short() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        let request = GrantLateWindow {
            operation: operation.clone(),
            department: department.clone(),
            fiscal_year: year,
            until: day,
            reason: reason.get_untracked(),
        };
        spawn_local(async move {
            match api::call(request).await {
                Ok(()) => {
                    say(said, format!("已批准延期至 {day}"));
                    open.try_set(false);
                    look.run(());
                }
                Err(told) => drop(problem.try_set(Some(told))),
            }
            busy.try_set(false);
        });
    };
    view! {
        <form on:submit=submit novalidate=true>
            <Notice problem/>
            <Field label="延期至" name="until" kind="date" value=until error=wrong_day
                between=(today.to_string(), last.to_string()) hint="不晚于省局汇总报送截止日"/>
            <div class="field">
                <label for="late-reason">"理由"</label>
                <textarea id="late-reason" name="reason" rows="4" maxlength="500" aria-describedby="late-reason-hint"
                    aria-invalid=move || short().then_some("true") bind:value=reason></textarea>
                <p class="field-hint" id="late-reason-hint">
                    {move || format!("写明为什么不能按期报送，不少于 {REASON_AT_LEAST} 个字，长期保存；已写 {} 字", length())}
                </p>
                <p class="field-error">{move || short().then(|| format!("理由不少于 {REASON_AT_LEAST} 个字"))}</p>
            </div>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button class="primary" disabled=busy>"批准延期"</button>
            </div>
        </form>
    }
}
