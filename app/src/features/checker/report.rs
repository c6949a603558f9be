//! 核对结果: what the checker found, the recomputed figures, and every indicator with how its score follows.

use leptos::prelude::*;
use shared::api::published::ExplainedTable;
use shared::exchange::published_table::{ExplainedFigure, ExplainedFinding, ExplainedRow, UnreadPart};

const SEVERITIES: [(&str, &str); 3] = [("error", "错误"), ("warning", "疑问"), ("info", "说明")];

fn severity_label(word: &str) -> &'static str {
    SEVERITIES.into_iter().find(|(own, _)| *own == word).map_or("", |(_, label)| label)
}

/// The tables of a file, one after the other, and what of the file was not read.
#[component]
pub fn Report(table: ExplainedTable) -> impl IntoView {
    let mut first = table;
    let further = std::mem::take(&mut first.further);
    let skipped = std::mem::take(&mut first.skipped);
    let tables = std::iter::once(first).chain(further);
    view! {
        {tables.enumerate().map(|(number, table)| view! { <OneTable table number/> }).collect_view()}
        <Unread title="没有核对的工作表" parts=skipped/>
    }
}

/// Parts that were not understood, each with what to do.
#[component]
fn Unread(title: &'static str, parts: Vec<UnreadPart>) -> impl IntoView {
    let line = |of: UnreadPart| {
        let place = of.place.clone();
        view! {
            <tr data-unread=place>
                <th scope="row">{of.place}</th>
                <td>{of.text}</td>
                <td>{of.reason}</td>
            </tr>
        }
    };
    (!parts.is_empty()).then(|| {
        view! {
            <section class="card" aria-label=title>
                <h2>{title}</h2>
                <div class="table-scroll"><table class="list of-table">
                    <thead><tr>
                        <th scope="col">"位置"</th><th scope="col">"所印"</th><th scope="col">"为什么没有核对"</th>
                    </tr></thead>
                    <tbody>{parts.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}

/// A table; its number makes the ids of its titles unique.
#[component]
fn OneTable(table: ExplainedTable, number: usize) -> impl IntoView {
    let title = format!("check-findings-title-{number}");
    let ExplainedTable { name, kind, complete, ocr, figures, rows, findings, unread, .. } = table;
    let counts = SEVERITIES.map(|(word, label)| {
        let count = findings.iter().filter(|finding| finding.severity == word).count();
        view! { <span data-count=word>{format!("{label} {count}　")}</span> }
    });
    let clean = findings.is_empty();
    let clean_words = if unread.is_empty() {
        "没有发现差异。"
    } else {
        "读懂的部分没有发现差异；没有读懂的部分见下。"
    };
    view! {
        <section class="card" aria-labelledby=title data-checked=name.clone()>
            <h2 id=title.clone()>{format!("{name}（{kind}）")}</h2>
            <p role="status">{counts.into_iter().collect_view()}</p>
            {(!complete).then(|| view! { <p class="quiet">"没有读到合计行，只核对各行，不核对合计。"</p> })}
            {ocr.then(|| view! { <p class="quiet">"这张表是从图片识别的，差异也可能是识别错误。"</p> })}
            {clean.then(|| view! { <p data-clean=unread.is_empty().to_string()>{clean_words}</p> })}
            {(!clean).then(|| view! { <Findings findings/> })}
        </section>
        <Unread title="没有读懂的部分" parts=unread/>
        <Figures figures number/>
        <Rows rows number/>
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
fn Figures(figures: Vec<ExplainedFigure>, number: usize) -> impl IntoView {
    let title = format!("check-figures-title-{number}");
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
        <section class="card" aria-labelledby=title>
            <h2 id=title.clone()>"重新计算"</h2>
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
fn Rows(rows: Vec<ExplainedRow>, number: usize) -> impl IntoView {
    let title = format!("check-rows-title-{number}");
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
            <section class="card" aria-labelledby=title>
                <h2 id=title.clone()>"各项指标"</h2>
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
