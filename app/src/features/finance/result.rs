//! 批复结果 `/requests/:id/result`: what a request asked for, what each office cut and what it got, line by line.

use crate::cases::{Unit, UnitSwitch, read_page, shown, unit};
use crate::kernel::router::Route;
use leptos::prelude::*;
use shared::api::export::{APPROVAL, path};
use shared::api::finance::{Amounts, ReadResult, ResultLine};
use shared::forms::budget_request::{CATEGORIES, category_label};
use shared::kernel::money::Money;

/// The page.
pub fn result_page() -> AnyView {
    let asked = expect_context::<Route>().case("request");
    let request = move || ReadResult { request: asked.get() };
    let unit = unit();
    read_page(request).page(move |view| {
        let (request, lines, total) = (view.request.clone(), view.lines, view.total);
        let printed = path(APPROVAL, &request, None);
        let answer = match &view.approval {
            Some(approval) => format!("{} · {} · 批复第 {} 版的预算与绩效目标", approval.number, approval.date, view.version),
            None => format!("第 {} 版，尚未批复", view.version),
        };
        let parts = CATEGORIES.into_iter().map(move |category| {
            let own: Vec<ResultLine> = lines.iter().filter(|line| line.category == category).cloned().collect();
            view! { <Category category own unit/> }
        });
        view! {
            <div class="page-head">
                <h1>{format!("{} {} 年度批复结果", view.department_name, view.fiscal_year.0)}</h1>
                <span class="stage" data-stage=view.stage.word()>{view.stage.label()}</span>
                <div class="of-head-right"><UnitSwitch unit/><a class="button" href=format!("/requests/{request}")>"打开申请"</a></div>
            </div>
            <section class="card" aria-label="合计">
                <p>{answer}" "{view.approval.is_some().then(|| view! {
                    <a href=printed data-file="approval" download="">"打印批复通知（PDF）"</a>
                })}</p>
                <dl class="of-figures">
                    <Figure label="申报数" total="requested" money=total.requested unit/>
                    <Figure label="省局核减" total="bureau_cut" money=total.bureau_cut unit/>
                    <Figure label="财政核减" total="finance_cut" money=total.finance_cut unit/>
                    <Figure label="批复数" total="approved" money=total.approved() unit/>
                </dl>
            </section>
            {parts.collect_view()}
        }
        .into_any()
    })
}

#[component]
fn Figure(label: &'static str, total: &'static str, money: Money, unit: Unit) -> impl IntoView {
    view! { <div><dt>{label}</dt><dd data-total=total>{move || shown(unit.get(), money)}</dd></div> }
}

#[component]
fn Category(category: &'static str, own: Vec<ResultLine>, unit: Unit) -> impl IntoView {
    if own.is_empty() {
        return ().into_any();
    }
    let sum = own.iter().fold(Amounts::default(), |sum, line| sum.and(line.amounts));
    let title = format!("{category}-title");
    let named = title.clone();
    let cells = move |amounts: Amounts| {
        let cell = move |money: Money, cut: bool| {
            view! { <td class="number" class:of-cut=cut && money != Money::ZERO>{move || shown(unit.get(), money)}</td> }
        };
        view! {
            {cell(amounts.requested, false)}{cell(amounts.bureau_cut, true)}{cell(amounts.finance_cut, true)}
            {cell(amounts.approved(), false)}
        }
    };
    let row = move |line: ResultLine| {
        let system = if line.system_name.is_empty() { "共用".to_string() } else { line.system_name };
        view! { <tr data-line=line.row><th scope="row">{line.name}</th><td>{system}</td>{cells(line.amounts)}</tr> }
    };
    view! {
        <section class="card" aria-labelledby=named>
            <h2 id=title>{category_label(category)}</h2>
            <div class="table-scroll">
                <table class="list of-table">
                    <thead><tr>
                        <th scope="col">"名称"</th><th scope="col">"系统"</th>
                        <th scope="col" class="number">"申报数"</th><th scope="col" class="number">"省局核减"</th>
                        <th scope="col" class="number">"财政核减"</th><th scope="col" class="number">"批复数"</th>
                    </tr></thead>
                    <tbody>{own.into_iter().map(row).collect_view()}</tbody>
                    <tfoot><tr><th scope="row">"小计"</th><td></td>{cells(sum)}</tr></tfoot>
                </table>
            </div>
        </section>
    }
    .into_any()
}
