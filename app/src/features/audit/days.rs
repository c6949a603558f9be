//! 按日统计: acts, refusals and sign-ins outside working hours, drawn and as a table that says the same.

use leptos::prelude::*;
use shared::api::audit::AuditDay;

#[component]
pub fn Days(days: Vec<AuditDay>) -> impl IntoView {
    let largest = days.iter().map(|day| day.acts).max().unwrap_or_default().max(1);
    let (refused, late) =
        days.iter().fold((0, 0), |(refused, late), day| (refused + day.refused, late + day.late_sign_ins));
    let summary =
        format!("按日统计：{} 天有记录，未办成 {refused} 次，21 时至次日 7 时登录 {late} 次", days.len());
    let row = move |day: AuditDay| {
        let AuditDay { day, acts, refused, late_sign_ins } = day;
        view! {
            <tr data-day=day.clone()>
                <th scope="row" class="au-time">{day.clone()}</th>
                <td class="of-bar-cell">{bar(acts, refused, largest)}</td>
                <td class="number">{acts}</td>
                <td class="number">{refused}</td>
                <td class="number">{late_sign_ins}</td>
            </tr>
        }
    };
    view! {
        <details class="au-days">
            <summary>{summary}</summary>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"日期"</th>
                    <th scope="col"><span class="hidden-label">"图"</span></th>
                    <th scope="col" class="number">"行为"</th>
                    <th scope="col" class="number">"其中未办成"</th>
                    <th scope="col" class="number">"21 时至次日 7 时登录"</th>
                </tr></thead>
                <tbody>{days.into_iter().map(row).collect_view()}</tbody>
            </table></div>
        </details>
    }
}

/// The acts of a day against the busiest one, the refused among them marked.
fn bar(acts: u64, refused: u64, largest: u64) -> impl IntoView {
    let wide = |count: u64| (count.saturating_mul(200) / largest).to_string();
    view! {
        <svg class="of-bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="of-bar-own" x="0" y="2" width=wide(acts) height="10"/>
            <rect class="of-bar-cut" x="0" y="2" width=wide(refused) height="10"/>
        </svg>
    }
}
