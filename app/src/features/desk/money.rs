//! 资金待办: the execution cases that wait for this person.

use leptos::prelude::*;
use shared::api::money::MoneyCaseLine;

#[component]
pub fn MoneyTasks(lines: Vec<MoneyCaseLine>) -> impl IntoView {
    let count = lines.len();
    let line = |line: MoneyCaseLine| {
        let owner = line.department_name.or(line.provider_name).unwrap_or_else(|| "—".to_string());
        view! {
            <tr data-money-task=line.id.to_string()>
                <td><a href=format!("/money-cases/{}", line.id)>{line.title}</a></td>
                <td>{line.kind.label()}</td>
                <td>{owner}</td>
                <td><span class="stage" data-stage=line.stage>{line.stage_label}</span></td>
                <td>{line.since.to_minute()}</td>
            </tr>
        }
    };
    (count > 0).then(|| {
        view! {
            <section class="card" aria-labelledby="money-tasks-title">
                <h2 id="money-tasks-title">"资金待办 "<span class="quiet" data-count="money-tasks">{count}</span></h2>
                <div class="table-scroll"><table class="list">
                    <thead><tr>
                        <th scope="col">"案卷"</th><th scope="col">"种类"</th><th scope="col">"部门（单位）"</th>
                        <th scope="col">"状态"</th><th scope="col">"流转时间"</th>
                    </tr></thead>
                    <tbody>{lines.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}
