//! 分类别、分部门、分系统: the whole taken apart three ways, each adding up to the same.

use super::charts::{bar, stack};
use crate::cases::{Unit, shown, signed_percent};
use leptos::prelude::*;
use shared::cases::consolidation::budget::{
    ConsolidatedBudget, Figures, Included, Missing, SystemFigures, growth, share,
};
use shared::cases::kernel::Stage;
use shared::forms::budget_request::category_label;
use shared::kernel::money::Money;
use std::sync::Arc;

/// Systems shown before a person asks for all.
const FIRST: usize = 20;

fn percent(part: Money, whole: Money) -> String {
    share(part, whole).map_or_else(|| "—".to_string(), |share| format!("{share:.2}%"))
}

/// 申报数 · 核减数 · 审核数, three cells of a row.
fn three(unit: Unit, figures: Figures) -> AnyView {
    let cell = move |money: Money| view! { <td class="number">{move || shown(unit.get(), money)}</td> };
    view! { {cell(figures.requested)}{cell(figures.cut)}{cell(figures.reviewed())} }.into_any()
}

/// 未纳入汇总的部门.
#[component]
pub fn NotIncluded(missing: Vec<Missing>) -> impl IntoView {
    if missing.is_empty() {
        return ().into_any();
    }
    let line = |line: Missing| {
        let stage = line.stage.map_or("未申报", Stage::label);
        let late = line.late_until.map(|until| format!("（延期至 {until}）"));
        view! {
            <li data-missing=line.department.to_string()>
                {line.name}<span class="stage" data-stage=line.stage.map(Stage::word)>{stage}</span>{late}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="missing-title">
            <h2 id="missing-title">{format!("未纳入的部门 {}", missing.len())}</h2>
            <ul class="of-missing">{missing.into_iter().map(line).collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[component]
pub fn ByCategory(whole: Arc<ConsolidatedBudget>, unit: Unit) -> impl IntoView {
    let all = whole.figures();
    let categories = whole.categories();
    let parts: Vec<(String, Money)> =
        categories.iter().map(|(key, f)| (category_label(key).to_string(), f.reviewed())).collect();
    let row = |(tone, (key, figures)): (usize, (&'static str, Figures))| {
        view! {
            <tr data-total=format!("category:{key}")>
                <th scope="row"><i class=format!("of-swatch of-tone-{tone}")></i>{category_label(key)}</th>
                {three(unit, figures)}
                <td class="number">{percent(figures.reviewed(), all.reviewed())}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="category-title">
            <h2 id="category-title">"分类别"</h2>
            {stack(&parts)}
            <div class="table-scroll">
                <table class="list of-table">
                    <thead><tr>
                        <th scope="col">"类别"</th><th scope="col" class="number">"申报数"</th>
                        <th scope="col" class="number">"核减数"</th><th scope="col" class="number">"审核数"</th>
                        <th scope="col" class="number">"占比"</th>
                    </tr></thead>
                    <tbody>{categories.into_iter().enumerate().map(row).collect_view()}</tbody>
                    <tfoot><tr>
                        <th scope="row">"合计"</th>{three(unit, all)}
                        <td class="number">{percent(all.reviewed(), all.reviewed())}</td>
                    </tr></tfoot>
                </table>
            </div>
        </section>
    }
}

#[component]
pub fn ByDepartment(whole: Arc<ConsolidatedBudget>, unit: Unit) -> impl IntoView {
    let all = whole.figures();
    let largest =
        whole.included.iter().map(|line| line.figures().requested.max(line.last_year.unwrap_or_default()));
    let largest = largest.max().unwrap_or_default();
    let row = |line: &Included| {
        let figures = line.figures();
        let last = line.last_year;
        let grown = last.and_then(|last| growth(last, figures.reviewed()));
        view! {
            <tr data-department=line.department.to_string()>
                <th scope="row"><a href=format!("/requests/{}", line.request)>{line.name.clone()}</a></th>
                <td class="of-bar-cell">{bar(figures.reviewed(), figures.cut, last, largest)}</td>
                {three(unit, figures)}
                <td class="number">{move || last.map_or_else(|| "—".to_string(), |last| shown(unit.get(), last))}</td>
                <td class="number">{grown.map_or_else(|| "—".to_string(), signed_percent)}</td>
                <td class="number">{percent(figures.reviewed(), all.reviewed())}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="department-title">
            <h2 id="department-title">"分部门"</h2>
            <p class="of-legend" aria-hidden="true">
                <i class="of-swatch of-bar-own"></i>"审核数"<i class="of-swatch of-bar-cut"></i>"核减数"
                <i class="of-swatch of-last"></i>"上年度结算"
            </p>
            <div class="table-scroll">
                <table class="list of-table">
                    <thead><tr>
                        <th scope="col">"部门"</th><th scope="col"><span class="hidden-label">"对比"</span></th>
                        <th scope="col" class="number">"申报数"</th><th scope="col" class="number">"核减数"</th>
                        <th scope="col" class="number">"审核数"</th><th scope="col" class="number">"上年度结算"</th>
                        <th scope="col" class="number">"增长率"</th><th scope="col" class="number">"占比"</th>
                    </tr></thead>
                    <tbody>{whole.included.iter().map(row).collect_view()}</tbody>
                    <tfoot><tr>
                        <th scope="row">"合计"</th><td></td>{three(unit, all)}<td></td><td></td>
                        <td class="number">{percent(all.reviewed(), all.reviewed())}</td>
                    </tr></tfoot>
                </table>
            </div>
        </section>
    }
}

#[component]
pub fn BySystem(whole: Arc<ConsolidatedBudget>, unit: Unit) -> impl IntoView {
    let all = whole.figures();
    let systems = Arc::new(whole.systems());
    let count = systems.len();
    let every = RwSignal::new(count <= FIRST);
    let row = move |system: &SystemFigures| {
        let name = match (system.system.is_empty(), system.name.is_empty()) {
            (true, _) => "共用（不分系统）".to_string(),
            (false, true) => "（未命名系统）".to_string(),
            (false, false) => system.name.clone(),
        };
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{system.department.clone()}</td>
                {three(unit, system.figures)}
                <td class="number">{percent(system.figures.reviewed(), all.reviewed())}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="system-title">
            <h2 id="system-title">{format!("分系统 {count}")}</h2>
            <div class="table-scroll">
                <table class="list of-table">
                    <thead><tr>
                        <th scope="col">"系统"</th><th scope="col">"部门"</th>
                        <th scope="col" class="number">"申报数"</th><th scope="col" class="number">"核减数"</th>
                        <th scope="col" class="number">"审核数"</th><th scope="col" class="number">"占比"</th>
                    </tr></thead>
                    <tbody>{move || {
                        let most = if every.get() { count } else { FIRST };
                        systems.iter().take(most).map(row).collect_view().into_any()
                    }}</tbody>
                </table>
            </div>
            {move || if every.get() { ().into_any() } else { view! {
                <button type="button" data-act="all-systems" on:click=move |_| every.set(true)>
                    {format!("显示全部 {count} 个系统")}
                </button>
            }.into_any() }}
        </section>
    }
}
