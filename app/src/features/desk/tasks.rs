//! 待我办理: the requests that wait for this person, oldest first, with what can be done and what stands in the way.

use leptos::prelude::*;
use shared::api::desk::Task;
use shared::cases::Kind;
use shared::cases::kernel::Verb;

#[component]
pub fn Tasks(
    tasks: Vec<Task>,
    /// There is only one department to see: its name need not be repeated.
    alone: bool,
    /// The year whose request this person has not begun.
    to_begin: Option<i32>,
) -> impl IntoView {
    let count = tasks.len() + usize::from(to_begin.is_some());
    let none = match to_begin {
        Some(year) => format!("{year} 年度运维服务申请还没有开始，请点右上角“开始填报”。"),
        None => "暂无待办事项。".to_string(),
    };
    view! {
        <section class="card" aria-labelledby="tasks-title">
            <h2 id="tasks-title">"待我办理 "<span class="quiet" data-count="tasks">{count}</span></h2>
            {if tasks.is_empty() {
                view! { <p class="empty">{none}</p> }.into_any()
            } else {
                view! {
                    <div class="table-scroll">
                        <table class="list">
                            <thead>
                                <tr>
                                    <th scope="col">{if alone { "申请" } else { "事项" }}</th>
                                    <th scope="col">"状态"</th>
                                    <th scope="col">"流转时间"</th>
                                    <th scope="col">"可办理"</th>
                                    <th scope="col"><span class="hidden-label">"打开"</span></th>
                                </tr>
                            </thead>
                            <tbody>{tasks.into_iter().map(|task| view! { <Line task alone/> }).collect_view()}</tbody>
                        </table>
                    </div>
                }.into_any()
            }}
        </section>
    }
}

#[component]
fn Line(task: Task, alone: bool) -> impl IntoView {
    let Task { kind, id, fiscal_year, stage, title, since, offers } = task;
    let own = alone && kind == Kind::Request;
    let title = if own { format!("{} 年度运维服务申请", fiscal_year.0) } else { title };
    let place = kind.address(&id, fiscal_year);
    let fills = offers.iter().any(|offer| offer.verb == Verb::Submit);
    let open = if fills { "继续填报" } else { "去办理" };
    let offers = offers.into_iter().filter(|offer| offer.verb != Verb::Withdraw);
    view! {
        <tr data-request=id.to_string()>
            <td>{title.clone()}</td>
            <td><span class="stage" data-stage=stage.word()>{stage.label()}</span></td>
            <td>{since.to_minute()}</td>
            <td>
                <div class="task-can">
                    {offers.map(|offer| match offer.refusal {
                        None => view! { <span>{offer.verb.label()}</span> }.into_any(),
                        Some(refusal) => view! {
                            <span class="task-why">{format!("暂不能{}：{}", offer.verb.label(), refusal.message)}</span>
                        }.into_any(),
                    }).collect_view()}
                </div>
            </td>
            <td class="number">
                <a class="button primary" href=place aria-label=format!("{open}：{title}")>{open}</a>
            </td>
        </tr>
    }
}
