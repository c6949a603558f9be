//! 核对结果: what the checker found, the recomputed figures, and every indicator with how its score follows.

use leptos::prelude::*;
use shared::api::published::ExplainedTable;
use shared::exchange::published_table::{ExplainedFigure, ExplainedFinding, ExplainedRow};

const SEVERITIES: [(&str, &str); 3] = [("error", "错误"), ("warning", "疑问"), ("info", "说明")];

fn severity_label(word: &str) -> &'static str {
    SEVERITIES.into_iter().find(|(own, _)| *own == word).map_or("", |(_, label)| label)
}

#[component]
pub fn Report(table: ExplainedTable) -> impl IntoView {
    let ExplainedTable { name, kind, complete, ocr, figures, rows, findings } = table;
    let counts = SEVERITIES.map(|(word, label)| {
        let count = findings.iter().filter(|finding| finding.severity == word).count();
        view! { <span data-count=word>{format!("{label} {count}　")}</span> }
    });
    let clean = findings.is_empty();
    view! {
        <section class="card" aria-labelledby="check-findings-title" data-checked=name.clone()>
            <h2 id="check-findings-title">{format!("{name}（{kind}）")}</h2>
            <p role="status">{counts.into_iter().collect_view()}</p>
            {(!complete).then(|| view! { <p class="quiet">"没有读到合计行，只核对各行，不核对合计。"</p> })}
            {ocr.then(|| view! { <p class="quiet">"这张表是从图片识别的，差异也可能是识别错误。"</p> })}
            {clean.then(|| view! { <p data-clean="true">"没有发现差异。"</p> })}
            {(!clean).then(|| view! { <Findings findings/> })}
        </section>
        <Figures figures/>
        <Rows rows/>
    }
}

#[component]
fn Findings(findings: Vec<ExplainedFinding>) -> impl IntoView {
    let line = |of: ExplainedFinding| {
        let (code, severity) = (of.code.clone(), of.severity.clone());
        view! {
            <tr data-finding=code data-severity=severity>
                <td><b class=format!("check-{}", of.severity)>{severity_label(&of.severity)}</b></td>
                <th scope="row">{of.place}</th>
                <td>{of.sentence}</td>
                <td class="number">{of.printed}</td>
                <td class="number">{of.expected}</td>
                <td class="quiet">{of.code}</td>
            </tr>
        }
    };
    view! {
        <div class="table-scroll"><table class="list of-table">
            <thead><tr>
                <th scope="col">"程度"</th><th scope="col">"位置"</th><th scope="col">"说明"</th>
                <th scope="col" class="number">"所印"</th><th scope="col" class="number">"应为"</th>
                <th scope="col">"规则"</th>
            </tr></thead>
            <tbody>{findings.into_iter().map(line).collect_view()}</tbody>
        </table></div>
    }
}

#[component]
fn Figures(figures: Vec<ExplainedFigure>) -> impl IntoView {
    let line = |of: ExplainedFigure| {
        view! {
            <tr data-figure=of.key>
                <th scope="row">{of.label}</th>
                <td class="number">{of.value.unwrap_or_else(|| "—".to_string())}</td>
                <td class="quiet">{of.how}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="check-figures-title">
            <h2 id="check-figures-title">"重新计算"</h2>
            <div class="table-scroll"><table class="list of-table">
                <thead><tr>
                    <th scope="col">"项目"</th><th scope="col" class="number">"计算结果"</th><th scope="col">"怎样算的"</th>
                </tr></thead>
                <tbody>{figures.into_iter().map(line).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

#[component]
fn Rows(rows: Vec<ExplainedRow>) -> impl IntoView {
    let line = |of: ExplainedRow| {
        let met = match of.met {
            Some(true) => "达标",
            Some(false) => "未达标",
            None => "—",
        };
        view! {
            <tr data-row=of.row.to_string()>
                <td class="number">{of.row + 1}</td>
                <td>{of.level}</td>
                <th scope="row">{of.name}</th>
                <td>{of.target}</td>
                <td>{of.actual}</td>
                <td class="number">{of.weight}</td>
                <td class="number">{of.score}</td>
                <td class="number">{of.expected.unwrap_or_else(|| "—".to_string())}</td>
                <td>{met}</td>
                <td class="quiet">{of.how}</td>
            </tr>
        }
    };
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="check-rows-title">
                <h2 id="check-rows-title">"各项指标"</h2>
                <div class="table-scroll"><table class="list of-table">
                    <thead><tr>
                        <th scope="col" class="number">"行"</th><th scope="col">"分类"</th><th scope="col">"指标"</th>
                        <th scope="col">"指标值"</th><th scope="col">"完成值"</th>
                        <th scope="col" class="number">"分值"</th><th scope="col" class="number">"所印得分"</th>
                        <th scope="col" class="number">"按规则"</th><th scope="col">"达标"</th><th scope="col">"怎样算的"</th>
                    </tr></thead>
                    <tbody>{rows.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}
