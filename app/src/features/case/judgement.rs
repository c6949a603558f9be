//! 当时的判定 `/cases/:id/versions/:n`: a frozen version judged again as it was judged then.

use crate::cases::{CaseLoader, read_page};
use crate::kernel::router::Route;
use crate::ui::Notice;
use leptos::prelude::*;
use serde_json::Value;
use shared::api::replay::{ReadReplay, ReplayedVersion};

/// Sums that the outcome names, and what the page calls them.
const SUMS: [(&str, &str); 3] =
    [("total", "申报总额（元）"), ("growth", "比上年增减"), ("funds", "绩效目标资金（元）")];

pub fn judgement_page() -> AnyView {
    let route = expect_context::<Route>();
    let (case, version) = (route.case("case"), route.number::<u32>("version"));
    let asked = move || ReadReplay { case: case.get(), version: version.get().unwrap_or(0) };
    let CaseLoader { view: read, problem, .. } = read_page(asked);
    view! {
        <main class="page">
            <div class="page-head">
                <h1>{move || format!("第 {} 版当时的判定", version.get().unwrap_or(0))}</h1>
                <a class="button" href=move || format!("/cases/{}?version={}", case.get(), version.get().unwrap_or(0))>"查看这一版"</a>
            </div>
            <Notice problem/>
            {move || match read.get() {
                Some(replayed) => view! { <Outcome replayed/> }.into_any(),
                None if problem.with(Option::is_some) => ().into_any(),
                None => view! { <p class="quiet" role="status">"正在重新判定…"</p> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

#[component]
fn Outcome(replayed: ReplayedVersion) -> impl IntoView {
    let ReplayedVersion { title, definition, edition, same, differences, result } = replayed;
    // Written by the server from its own values.
    let result: Value = serde_json::from_str(&result).unwrap_or_default();
    let words = match same {
        true => "重新判定的结果与当时存储的一致。",
        false => "重新判定的结果与当时存储的不一致：",
    };
    let findings = result["findings"].as_array().cloned().unwrap_or_default();
    let count = findings.len();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let sums = SUMS.into_iter().filter_map(|(key, label)| Some((label, result[key].as_str()?.to_string())));
    let sums = sums.map(|(label, sum)| view! { <p>{label}"："<b>{sum}</b></p> }).collect_view();
    let row = move |finding: Value| {
        let place = ["table", "row", "field"].map(|part| text(&finding[part]));
        let place: Vec<String> = place.into_iter().filter(|part| !part.is_empty()).collect();
        view! {
            <tr data-finding=text(&finding["rule"])>
                <th scope="row">{text(&finding["rule"])}</th>
                <td>{text(&finding["severity"])}</td>
                <td>{place.join(" · ")}</td>
                <td>{text(&finding["about"])}</td>
            </tr>
        }
    };
    view! {
        <section class="card" data-same=same.to_string()>
            <h2>{title}</h2>
            <p>{words}</p>
            <ul>{differences.into_iter().map(|text| view! { <li data-difference="true">{text}</li> }).collect_view()}</ul>
            <p class="quiet">{format!("政策版本 {edition} · 表单定义 {}…", definition.get(..12).unwrap_or(&definition))}</p>
            {sums}
        </section>
        <section class="card" aria-labelledby="findings-title">
            <h2 id="findings-title">{format!("校验结果 {count} 条")}</h2>
            <div class="table-scroll"><table class="list">
                <thead><tr>
                    <th scope="col">"规则"</th><th scope="col">"程度"</th><th scope="col">"位置"</th><th scope="col">"涉及"</th>
                </tr></thead>
                <tbody>{findings.into_iter().map(row).collect_view()}</tbody>
            </table></div>
        </section>
    }
}
