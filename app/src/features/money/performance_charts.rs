//! 绩效图表: grades of three years, scores, coverage and progress, drawn with the figures they show.

use leptos::prelude::*;
use shared::api::performance::PerformanceDepartment;
use shared::cases::performance::year::{ShownLamp, ShownResult};

/// Grades from the best to the worst, then departments without a result.
const GRADES: [&str; 5] = ["优", "良", "中", "差", "未评"];
/// The tone of each.
const TONES: [u8; 5] = [2, 0, 3, 1, 4];

/// A percentage as a share of a chart, for drawing only.
fn share(text: &str) -> f64 {
    (text.parse::<f64>().unwrap_or_default() / 100.0).clamp(0.0, 1.0)
}

/// 条: a share of the whole width.
pub fn share_bar(percent: &str) -> AnyView {
    let width = format!("{:.1}", share(percent) * 200.0);
    view! {
        <svg class="of-bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
            <rect class="of-bar-own" x="0" y="2" width=width height="10"/>
        </svg>
    }
    .into_any()
}

/// 等次分布: how many departments had which grade in each of three years; each number leads to those departments.
#[component]
pub fn GradeCounts(year: i32, departments: Vec<PerformanceDepartment>) -> impl IntoView {
    let years: Vec<i32> = departments
        .first()
        .map(|of| of.year.trend.iter().map(|(year, _)| *year).collect())
        .unwrap_or_default();
    let rows = years.into_iter().enumerate().map(|(at, of)| {
        let grade = |one: &PerformanceDepartment| {
            let result = one.year.trend.get(at).and_then(|(_, result)| result.as_ref());
            result.map_or("未评".to_string(), |result| result.grade.clone())
        };
        let counts = GRADES.map(|wanted| departments.iter().filter(|one| grade(one) == wanted).count());
        let cells = GRADES.into_iter().zip(counts).map(|(grade, count)| {
            let shown = match (count, of == year) {
                (0, _) => view! { <span class="quiet">"0"</span> }.into_any(),
                (count, true) => {
                    view! { <a href=format!("/performance/{year}?grade={grade}")>{count}</a> }.into_any()
                }
                (count, false) => view! { <span>{count}</span> }.into_any(),
            };
            view! { <td class="number" data-grade-count=grade>{shown}</td> }
        });
        view! {
            <tr data-year=of.to_string()>
                <th scope="row">{format!("{of} 年度")}</th>
                {cells.collect_view()}
                <td>{stack(&counts)}</td>
            </tr>
        }
    });
    let heads = GRADES.map(|grade| view! { <th scope="col" class="number">{grade}</th> });
    view! {
        <section class="card" aria-labelledby="grades-title">
            <h2 id="grades-title">"三年等次分布（部门数）"</h2>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"年度"</th>{heads.into_iter().collect_view()}<th scope="col">"分布"</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </section>
    }
}

/// The parts of a whole, each with its own tone.
fn stack(counts: &[usize]) -> AnyView {
    let whole = counts.iter().sum::<usize>().max(1) as f64;
    let mut from = 0.0;
    let pieces = counts.iter().zip(TONES).map(|(count, tone)| {
        let (x, width) = (from, *count as f64 / whole * 1000.0);
        from += width;
        view! {
            <rect class=format!("of-tone-{tone}") x=format!("{x:.1}") y="0" width=format!("{width:.1}") height="28"/>
        }
    });
    let pieces = pieces.collect_view();
    view! { <svg class="of-stack" viewBox="0 0 1000 28" preserveAspectRatio="none" aria-hidden="true">{pieces}</svg> }
        .into_any()
}

/// 三年得分 of one department.
#[component]
pub fn Scores(trend: Vec<(i32, Option<ShownResult>)>) -> impl IntoView {
    let rows = trend.into_iter().map(|(year, result)| match result {
        Some(ShownResult { source, score, grade }) => view! {
            <tr data-year=year.to_string()>
                <th scope="row">{format!("{year} 年度")}</th>
                <td class="number">{score.clone()}</td>
                <td>{grade}</td>
                <td class="quiet">{source}</td>
                <td>{share_bar(&score)}</td>
            </tr>
        }
        .into_any(),
        None => view! {
            <tr data-year=year.to_string()>
                <th scope="row">{format!("{year} 年度")}</th>
                <td class="number">"—"</td><td>"未评"</td><td></td><td></td>
            </tr>
        }
        .into_any(),
    });
    view! {
        <section class="card" aria-labelledby="scores-title">
            <h2 id="scores-title">"三年得分"</h2>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"年度"</th><th scope="col" class="number">"得分"</th><th scope="col">"等次"</th>
                    <th scope="col">"来源"</th><th scope="col">"图"</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </section>
    }
}

/// 执行进度: what each monitoring found of the budget, and what it forecasts for the whole year.
#[component]
pub fn Progress(lamps: Vec<ShownLamp>) -> impl IntoView {
    let percent = |text: &Option<String>| text.as_ref().map_or("—".to_string(), |text| format!("{text}%"));
    let row = move |of: ShownLamp| {
        let bars = [&of.execution_rate, &of.forecast_rate].map(|text| text.clone().unwrap_or_default());
        let [own, forecast] = bars;
        view! {
            <tr data-progress=of.case.to_string()>
                <th scope="row"><a href=format!("/money-cases/{}", of.case)>{format!("{} 月（{}）", of.period, of.side)}</a></th>
                <td>{of.stage_label.clone()}</td>
                <td class="number">{percent(&of.execution_rate)}</td>
                <td class="number">{of.gap.clone().unwrap_or_else(|| "—".to_string())}</td>
                <td class="number">{percent(&of.forecast_rate)}</td>
                <td>{of.red_yellow_blue_green.clone()}</td>
                <td>{share_bar(&own)}{share_bar(&forecast)}</td>
            </tr>
        }
    };
    (!lamps.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="progress-title">
                <h2 id="progress-title">"执行进度与全年预计"</h2>
                <div class="table-scroll"><table class="list of-table">
                    <thead><tr>
                        <th scope="col">"监控"</th><th scope="col">"状态"</th><th scope="col" class="number">"执行率"</th>
                        <th scope="col" class="number">"落后序时（百分点）"</th>
                        <th scope="col" class="number">"全年预计执行率"</th>
                        <th scope="col">"红/黄/蓝/绿指标"</th><th scope="col">"执行与预计"</th>
                    </tr></thead>
                    <tbody>{lamps.into_iter().map(row).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}
