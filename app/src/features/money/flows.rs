//! 资金流向: where the approved money of a year went, as a Sankey and as a waterfall, each with a table of its figures.

use super::year::OpenedFigure;
use crate::cases::{Unit, shown};
use leptos::prelude::*;
use shared::kernel::money::Money;
use shared::ledger::sankey::Flow;
use std::collections::BTreeMap;

/// Size of a drawing in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
/// Width of a node, room between nodes.
const NODE: f64 = 12.0;
const GAP: f64 = 10.0;
const APPROVED: &str = "批复";
const GRANTED: &str = "预拨";

/// The figure of the money page a node folds; a node of a contract folds its payments.
fn column(node: &str) -> &'static str {
    match node.split(':').next().unwrap_or_default() {
        APPROVED => "approved",
        GRANTED => "advanced",
        "未预拨" => "unadvanced",
        "结余" => "lapsed",
        "结转" => "carried",
        "未支付" => "unspent",
        "退回财政" => "returned",
        "收回" => "recovered",
        "应退" => "refund_due",
        _ => "paid",
    }
}

/// A node with where it is drawn.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    name: String,
    amount: Money,
    x: f64,
    y: f64,
    height: f64,
}

/// A band from one node to another: its upper edge at both ends, and its height.
#[derive(Clone, Debug, PartialEq)]
struct Band {
    from: (f64, f64),
    to: (f64, f64),
    height: f64,
}

fn fen(amount: Money) -> f64 {
    amount.fen() as f64
}

fn outflows<'a>(flows: &'a [Flow], of: &'a str) -> impl Iterator<Item = (&'a str, Money)> {
    flows.iter().filter(move |(from, ..)| from == of).map(|(_, to, amount)| (to.as_str(), *amount))
}

/// Places the nodes in three columns and the bands between them.
fn layout(flows: &[Flow]) -> (Vec<Node>, Vec<Band>) {
    let total: Money = outflows(flows, APPROVED).map(|(_, amount)| amount).sum();
    let most = outflows(flows, APPROVED).count().max(outflows(flows, GRANTED).count());
    let scale = (HEIGHT - GAP * most as f64).max(1.0) / fen(total).max(1.0);
    let mut nodes =
        vec![Node { name: APPROVED.to_string(), amount: total, x: 0.0, y: 0.0, height: fen(total) * scale }];
    let mut bands = Vec::new();
    for (source, x) in [(APPROVED, WIDTH * 0.38), (GRANTED, WIDTH * 0.72)] {
        let Some(from) = nodes.iter().find(|node| node.name == source).cloned() else { continue };
        let (mut left, mut y) = (from.y, 0.0);
        // What goes on is drawn first, so that its bands do not cross the others.
        let mut targets: Vec<(&str, Money)> = outflows(flows, source).collect();
        targets.sort_by_key(|(name, _)| *name != GRANTED);
        for (name, amount) in targets {
            let height = fen(amount) * scale;
            bands.push(Band { from: (from.x + NODE, left), to: (x, y), height });
            nodes.push(Node { name: name.to_string(), amount, x, y, height });
            (left, y) = (left + height, y + height + GAP);
        }
    }
    (nodes, bands)
}

fn path(band: &Band) -> String {
    let ((x0, y0), (x1, y1)) = (band.from, band.to);
    let (middle, height) = ((x0 + x1) / 2.0, band.height);
    let (b0, b1) = (y0 + height, y1 + height);
    format!(
        "M{x0:.1} {y0:.1} C{middle:.1} {y0:.1} {middle:.1} {y1:.1} {x1:.1} {y1:.1} L{x1:.1} {b1:.1} \
         C{middle:.1} {b1:.1} {middle:.1} {b0:.1} {x0:.1} {b0:.1} Z"
    )
}

/// What a node is called: a contract by its number.
fn label(name: &str, numbers: &BTreeMap<String, String>) -> String {
    match name.split_once(':') {
        Some((what, contract)) => {
            format!("{what} {}", numbers.get(contract).map_or(contract, String::as_str))
        }
        None => name.to_string(),
    }
}

/// The steps from what was approved to what was paid: name, amount, where the bar ends below.
fn steps(flows: &[Flow]) -> Vec<(String, Money, Money)> {
    let total: Money = outflows(flows, APPROVED).map(|(_, amount)| amount).sum();
    let mut steps = vec![(APPROVED.to_string(), total, Money::ZERO)];
    let mut left = total;
    let is_paid = |name: &str| name.starts_with("已支付:");
    let both = outflows(flows, APPROVED).chain(outflows(flows, GRANTED));
    for (name, amount) in both.filter(|(name, _)| *name != GRANTED && !is_paid(name)) {
        left -= amount;
        let what = name.split(':').next().unwrap_or(name);
        match steps.iter_mut().find(|(known, ..)| known == what) {
            Some((_, sum, end)) => (*sum, *end) = (*sum + amount, left),
            None => steps.push((what.to_string(), amount, left)),
        }
    }
    steps.push(("已支付".to_string(), left, Money::ZERO));
    steps
}

#[component]
pub fn Flows(
    flows: Vec<Flow>,
    numbers: BTreeMap<String, String>,
    unit: Unit,
    opened: OpenedFigure,
) -> impl IntoView {
    let (nodes, bands) = layout(&flows);
    let bands = bands.iter().map(|band| {
        view! { <path d=path(band) fill="currentColor" fill-opacity="0.16"></path> }
    });
    let bands = bands.collect_view();
    let names = StoredValue::new(numbers);
    let node = |node: &Node| {
        let text = label(&node.name, &names.get_value());
        let (x, y) = (format!("{:.1}", node.x), format!("{:.1}", node.y));
        let (text_x, text_y) = (format!("{:.1}", node.x + NODE + 6.0), format!("{:.1}", node.y + 12.0));
        view! {
            <rect x=x y=y width=NODE.to_string() height=format!("{:.1}", node.height.max(1.0)) fill="currentColor"></rect>
            <text x=text_x y=text_y font-size="12" fill="currentColor">{text}</text>
        }
    };
    let drawn = nodes.iter().map(node).collect_view();
    let line = move |node: Node| {
        let (name, amount) = (node.name, node.amount);
        let (text, column) = (label(&name, &names.get_value()), column(&name));
        let contract = name.split_once(':').map(|(_, contract)| format!("/money-cases/{contract}"));
        let figure = move || shown(unit.get(), amount);
        let opening = text.clone();
        view! {
            <tr data-flow=name>
                <th scope="row">{text}</th>
                <td class="number">{match contract {
                    Some(address) => view! { <a href=address>{figure}</a> }.into_any(),
                    None => view! {
                        <button type="button" class="rq-link" aria-label=opening
                            on:click=move |_| opened.ask_year(column)>{figure}</button>
                    }.into_any(),
                }}</td>
            </tr>
        }
    };
    let described = "从批复到预拨、支付、退回和结余的资金流向，数字见旁表";
    (!flows.is_empty()).then(|| {
        let steps = steps(&flows);
        view! {
            <section class="card" aria-labelledby="flows-title">
                <h2 id="flows-title">"资金流向"</h2>
                <svg viewBox=format!("0 -4 {WIDTH} {}", HEIGHT + 24.0) role="img" aria-label=described data-chart="sankey">
                    {bands}{drawn}
                </svg>
                <div class="table-scroll"><table class="list" data-flows="true">
                    <thead><tr><th scope="col">"去向"</th><th scope="col" class="number">"金额"</th></tr></thead>
                    <tbody>{nodes.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
            <Waterfall steps unit/>
        }
    })
}

#[component]
fn Waterfall(steps: Vec<(String, Money, Money)>, unit: Unit) -> impl IntoView {
    let total = steps.first().map_or(1.0, |(_, amount, _)| fen(*amount)).max(1.0);
    let width = WIDTH / steps.len().max(1) as f64;
    let high = |amount: Money| fen(amount) / total * (HEIGHT - 30.0);
    let bar = |(at, (name, amount, end)): (usize, &(String, Money, Money))| {
        let (x, height) = (width * at as f64, high(*amount));
        let y = HEIGHT - 30.0 - high(*end) - height;
        let middle = format!("{:.1}", x + width / 2.0);
        view! {
            <rect x=format!("{:.1}", x + 6.0) y=format!("{y:.1}") width=format!("{:.1}", (width - 12.0).max(2.0))
                height=format!("{:.1}", height.max(1.0)) fill="currentColor" fill-opacity="0.5"></rect>
            <text x=middle y=format!("{:.1}", HEIGHT - 10.0) font-size="12" text-anchor="middle" fill="currentColor">{name.clone()}</text>
        }
    };
    let bars = steps.iter().enumerate().map(bar).collect_view();
    let line = |(name, amount, _): (String, Money, Money)| {
        view! { <tr><th scope="row">{name}</th><td class="number">{move || shown(unit.get(), amount)}</td></tr> }
    };
    let described = "批复数逐项减去未预拨、结余、未支付等到已支付，数字见旁表";
    view! {
        <section class="card" aria-labelledby="waterfall-title">
            <h2 id="waterfall-title">"从批复到支付"</h2>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=described data-chart="waterfall">{bars}</svg>
            <div class="table-scroll"><table class="list" data-waterfall="true">
                <thead><tr><th scope="col">"项目"</th><th scope="col" class="number">"金额"</th></tr></thead>
                <tbody>{steps.into_iter().map(line).collect_view()}</tbody>
            </table></div>
        </section>
    }
}
