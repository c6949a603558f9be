//! 单位台账: the contracts of a provider, its scores over time as a line with their table, its payments; on its case page.

use crate::cases::{CaseLoader, read_page};
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::providers::{ProviderContract, ProviderPayment, ProviderScore, ProviderView, ReadProvider};
use shared::kernel::ids::CaseId;

/// Size of the drawing in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 160.0;
const MARGIN: f64 = 24.0;

pub fn provider_money(provider: CaseId) -> impl IntoView {
    let loader = read_page(move || ReadProvider { provider: provider.clone() });
    let CaseLoader { view, problem, .. } = loader;
    view! {
        <Notice problem/>
        {move || view.get().map(|view| view! { <Account view/> })}
    }
}

#[component]
fn Account(view: ProviderView) -> impl IntoView {
    let ProviderView { contracts, scores, payments } = view;
    view! {
        <Contracts contracts/>
        <Scores scores/>
        <Payments payments/>
    }
}

fn link(case: &CaseId, text: String) -> impl IntoView + use<> {
    view! { <a href=format!("/money-cases/{case}")>{text}</a> }
}

#[component]
fn Contracts(contracts: Vec<ProviderContract>) -> impl IntoView {
    let line = |of: ProviderContract| {
        view! {
            <tr data-contract=of.case.to_string()>
                <th scope="row">{link(&of.case, of.number)}</th>
                <td class="number">{of.year}</td>
                <td>{of.stage_label}</td>
                <td class="number">{of.amount.to_string()}</td>
                <td class="number">{of.paid.to_string()}</td>
                <td class="number">{of.payable.to_string()}</td>
            </tr>
        }
    };
    let empty = contracts.is_empty();
    view! {
        <section class="card" aria-labelledby="provider-contracts-title">
            <h2 id="provider-contracts-title">"合同"</h2>
            {empty.then(|| view! { <p class="quiet">"还没有合同。"</p> })}
            {(!empty).then(|| view! {
                <div class="table-scroll"><table class="list">
                    <thead><tr>
                        <th scope="col">"编号"</th><th scope="col" class="number">"年度"</th><th scope="col">"状态"</th>
                        <th scope="col" class="number">"合同额（元）"</th><th scope="col" class="number">"已支付（元）"</th>
                        <th scope="col" class="number">"合同未付（元）"</th>
                    </tr></thead>
                    <tbody>{contracts.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            })}
        </section>
    }
}

/// Where a score of 0 … 100 is drawn.
fn place(at: usize, of: usize, score: f64) -> (f64, f64) {
    let step = (WIDTH - 2.0 * MARGIN) / (of.max(2) - 1) as f64;
    (MARGIN + step * at as f64, HEIGHT - MARGIN - score / 100.0 * (HEIGHT - 2.0 * MARGIN))
}

#[component]
fn Scores(scores: Vec<ProviderScore>) -> impl IntoView {
    let points: Vec<(f64, f64)> = scores
        .iter()
        .enumerate()
        .map(|(at, of)| place(at, scores.len(), of.score.parse().unwrap_or_default()))
        .collect();
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let dots = points.iter().map(|(x, y)| {
        view! { <circle cx=format!("{x:.1}") cy=format!("{y:.1}") r="4" fill="currentColor"></circle> }
    });
    let dots = dots.collect_view();
    let line = |of: ProviderScore| {
        view! {
            <tr data-score=of.case.to_string()>
                <th scope="row">{of.period}</th>
                <td>{of.contract_number}</td>
                <td class="number">{link(&of.case, of.score)}</td>
            </tr>
        }
    };
    (!scores.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="provider-scores-title">
                <h2 id="provider-scores-title">"考核得分"</h2>
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label="各期考核得分，数字见下表" data-chart="scores">
                    <polyline points=path.join(" ") fill="none" stroke="currentColor" stroke-width="2"></polyline>
                    {dots}
                </svg>
                <div class="table-scroll"><table class="list">
                    <thead><tr><th scope="col">"期间"</th><th scope="col">"合同"</th><th scope="col" class="number">"得分"</th></tr></thead>
                    <tbody>{scores.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}

#[component]
fn Payments(payments: Vec<ProviderPayment>) -> impl IntoView {
    let line = |of: ProviderPayment| {
        view! {
            <tr data-payment=of.case.to_string()>
                <th scope="row">{link(&of.case, of.on.to_string())}</th>
                <td>{of.contract_number}</td>
                <td class="number">{of.term}</td>
                <td>{of.stage_label}</td>
                <td class="number">{of.amount.to_string()}</td>
            </tr>
        }
    };
    (!payments.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="provider-payments-title">
                <h2 id="provider-payments-title">"拨付"</h2>
                <div class="table-scroll"><table class="list">
                    <thead><tr>
                        <th scope="col">"日期"</th><th scope="col">"合同"</th><th scope="col" class="number">"期次"</th>
                        <th scope="col">"状态"</th><th scope="col" class="number">"金额（元）"</th>
                    </tr></thead>
                    <tbody>{payments.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}
