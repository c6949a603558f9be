//! 催报: the drafts, returned and late cases that wait for somebody, and nudging about many of them at once.

use crate::kernel::api;
use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::nudges::{MOST_NUDGED, NudgeLine, NudgeList, NudgesSent, ReadNudges, SendNudges};
use shared::kernel::ids::{CaseId, OpId};
use std::collections::BTreeSet;

/// What the text says until somebody writes another.
const USUAL_TEXT: &str = "请尽快办理并报送。";

#[component]
pub fn NudgesPage() -> impl IntoView {
    let read = RwSignal::new(None::<NudgeList>);
    let problem = RwSignal::new(None);
    let chosen = RwSignal::new(BTreeSet::<CaseId>::new());
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ReadNudges {}).await {
                Ok(found) => {
                    chosen.try_update(|chosen| chosen.retain(|case| may_nudge(&found, case)));
                    read.try_set(Some(found));
                }
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    });
    look.run(());
    view! {
        <main class="page">
            <div class="page-head"><h1>"催报"</h1></div>
            <Notice problem/>
            <Sending chosen look/>
            {move || match read.get() {
                None => view! { <p class="quiet" role="status">"正在读取…"</p> }.into_any(),
                Some(list) if list.lines.is_empty() => {
                    view! { <p class="quiet" role="status">"没有填报中、退回未报或逾期的案卷。"</p> }.into_any()
                }
                Some(list) => view! { <Lines list chosen/> }.into_any(),
            }}
        </main>
    }
}

fn may_nudge(list: &NudgeList, case: &CaseId) -> bool {
    list.lines.iter().any(|line| line.case == *case && line.refusal.is_none())
}

#[component]
fn Sending(chosen: RwSignal<BTreeSet<CaseId>>, look: Callback<()>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("nudge");
    let Submission { busy, problem, .. } = submission;
    let text = RwSignal::new(USUAL_TEXT.to_string());
    let count = move || chosen.with(BTreeSet::len);
    let blocked = move || busy.get() || !(1..=MOST_NUDGED).contains(&count());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let cases: Vec<CaseId> = chosen.get_untracked().into_iter().collect();
        let text = text.get_untracked();
        submission.run(
            &(cases.clone(), text.clone()),
            |id| SendNudges { operation: OpId::new(id), cases, text },
            move |sent| {
                show_toast(toast, outcome(&sent));
                chosen.set(BTreeSet::new());
                look.run(());
            },
        );
    };
    view! {
        <form class="card" on:submit=send>
            <Notice problem/>
            <Field label="催报的话" name="nudge-text" value=text hint="最多 200 字；对方在通知和办理记录中看到。同一件、同一人 24 小时内只催一次。"/>
            <button type="submit" class="primary" data-act="nudge"
                disabled=blocked>
                {move || format!("催报所选 {} 件", count())}
            </button>
        </form>
    }
}

fn outcome(sent: &NudgesSent) -> String {
    let reached = sent.lines.iter().filter(|line| line.people > 0).count();
    let people: usize = sent.lines.iter().map(|line| line.people).sum();
    match sent.lines.len() - reached {
        0 => format!("已催报 {reached} 件，通知 {people} 人次"),
        left => format!("已催报 {reached} 件，通知 {people} 人次；{left} 件未催，原因见列表"),
    }
}

#[component]
fn Lines(list: NudgeList, chosen: RwSignal<BTreeSet<CaseId>>) -> impl IntoView {
    let NudgeList { lines, total } = list;
    let free: Vec<CaseId> =
        lines.iter().filter(|line| line.refusal.is_none()).map(|line| line.case.clone()).collect();
    let free = StoredValue::new(free.into_iter().take(MOST_NUDGED).collect::<BTreeSet<CaseId>>());
    let all = move |event: leptos::ev::Event| match event_target_checked(&event) {
        true => chosen.set(free.get_value()),
        false => chosen.set(BTreeSet::new()),
    };
    view! {
        <section class="card" aria-labelledby="nudges-title">
            <h2 id="nudges-title">"可以催报的案卷"</h2>
            <p class="quiet" role="status" data-count="nudges">{format!("共 {total} 件")}</p>
            <div class="table-scroll">
                <table class="list">
                    <thead>
                        <tr>
                            <th scope="col"><input type="checkbox" aria-label="全选" data-act="choose-all" on:change=all/></th>
                            <th scope="col">"案卷"</th>
                            <th scope="col">"状态"</th>
                            <th scope="col">"缘由"</th>
                            <th scope="col">"等待"</th>
                            <th scope="col">"流转时间"</th>
                            <th scope="col" class="number">"已催"</th>
                            <th scope="col">"最近一次"</th>
                        </tr>
                    </thead>
                    <tbody>{lines.into_iter().map(|line| view! { <Line line chosen/> }).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Line(line: NudgeLine, chosen: RwSignal<BTreeSet<CaseId>>) -> impl IntoView {
    let roles: Vec<&str> = line.waits_for.iter().map(|role| role.label()).collect();
    let year = line.fiscal_year.map(|year| format!("{} 年度", year.0)).unwrap_or_default();
    let department = line.department_name.unwrap_or_default();
    let name = format!("{department} {year}{}", line.title);
    let label = format!("选择 {name}");
    let case = StoredValue::new(line.case.clone());
    let is_chosen = move || case.with_value(|case| chosen.with(|chosen| chosen.contains(case)));
    let choose = move |event: leptos::ev::Event| {
        let (case, checked) = (case.get_value(), event_target_checked(&event));
        chosen.update(|chosen| {
            match checked {
                true => chosen.insert(case),
                false => chosen.remove(&case),
            };
        });
    };
    let refused = line.refusal.map(|refusal| refusal.message);
    let is_refused = refused.is_some();
    view! {
        <tr data-nudge=line.case.to_string()>
            <td><input type="checkbox" aria-label=label prop:checked=is_chosen disabled=is_refused on:change=choose/></td>
            <th scope="row">{name}</th>
            <td>{line.stage_label}</td>
            <td data-reason=line.reason.word()>{line.reason.label()}</td>
            <td>{roles.join("、")}</td>
            <td>{line.since.to_minute()}</td>
            <td class="number" data-times=line.times>{line.times}</td>
            <td>
                {line.last.map(|at| at.to_minute())}
                {refused.map(|text| view! { <p class="quiet">{text}</p> })}
            </td>
        </tr>
    }
}
