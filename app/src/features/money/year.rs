//! 资金表 `/money/:year`: every approved line of the year from approval to clearing. Each figure opens its transfers.

use super::case::Transfers;
use super::flows::Flows;
use crate::cases::{Unit, UnitSwitch, read_page, shown, unit};
use crate::kernel::api;
use crate::kernel::router::Route;
use crate::kernel::session::SignedIn;
use crate::ui::{Dialog, Notice};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::money::{MoneyLine, MoneyLineRow, MoneyYearView, ReadFigure, ReadMoneyYear, TransferLine};
use shared::api::problem::Problem;
use shared::kernel::money::Money;
use shared::kernel::people::Office;

/// Columns in the order the money goes.
const COLUMNS: [(&str, &str); 13] = [
    ("approved", "批复数"),
    ("unadvanced", "批复未预拨"),
    ("advanced", "预拨数"),
    ("supplied", "清算补拨"),
    ("unspent", "预拨未支付"),
    ("uncontracted", "批复未签约"),
    ("reserved", "采购占用"),
    ("contracted", "合同数"),
    ("paid", "已支付"),
    ("payable", "合同未付"),
    ("refund_due", "应退未退"),
    ("returned", "已退回财政"),
    ("lapsed", "结余"),
];

/// The transfers a figure folds, as they are shown.
#[derive(Clone, Copy)]
pub struct OpenedFigure {
    year: u16,
    open: RwSignal<bool>,
    transfers: RwSignal<Vec<TransferLine>>,
    problem: RwSignal<Option<Problem>>,
}

impl OpenedFigure {
    /// The transfers of a figure of one line.
    fn ask(self, line: String, column: &'static str) {
        self.call(ReadFigure { line, column: column.to_string(), fiscal_year: None });
    }

    /// The transfers of a figure of the whole year.
    pub fn ask_year(self, column: &'static str) {
        let (line, column) = (String::new(), column.to_string());
        self.call(ReadFigure { line, column, fiscal_year: Some(self.year) });
    }

    fn call(self, request: ReadFigure) {
        let OpenedFigure { open, transfers, problem, .. } = self;
        spawn_local(async move {
            match api::call(request).await {
                Ok(read) => {
                    problem.try_set(None);
                    transfers.try_set(read);
                    open.try_set(true);
                }
                Err(found) => {
                    problem.try_set(Some(found));
                }
            }
        });
    }
}

pub fn money_year_page() -> AnyView {
    let year = expect_context::<Route>().number::<u16>("year");
    let today = expect_context::<SignedIn>().me.with_untracked(|me| me.as_ref().map(|me| me.today.year()));
    let now = today.and_then(|year| u16::try_from(year).ok()).unwrap_or_default();
    let loader =
        read_page(move || ReadMoneyYear { fiscal_year: year.get().unwrap_or(now), department: None });
    loader.page(|view| view! { <YearPage view/> }.into_any())
}

#[component]
fn YearPage(view: MoneyYearView) -> impl IntoView {
    let MoneyYearView { fiscal_year, years, lines, total, closed, flows } = view;
    let contracts = lines.iter().flat_map(|line| &line.rows);
    let numbers = contracts.map(|row| (row.contract.to_string(), row.contract_number.clone())).collect();
    let unit = unit();
    let me = expect_context::<SignedIn>().me;
    let reads_statements =
        me.with_untracked(|me| me.as_ref().is_some_and(|me| me.actor.role.office() != Office::Department));
    let opened = OpenedFigure {
        year: fiscal_year,
        open: RwSignal::new(false),
        transfers: RwSignal::default(),
        problem: RwSignal::new(None),
    };
    let problem = opened.problem;
    let others = years.into_iter().map(|year| {
        let current = (year == i32::from(fiscal_year)).then_some("page");
        view! { <a href=format!("/money/{year}") aria-current=current>{format!("{year} 年度")}</a>" " }
    });
    let others = others.collect_view();
    let heads =
        COLUMNS.map(|(_, label)| view! { <th scope="col" class="number">{label}</th> }).collect_view();
    let sums = COLUMNS.map(|(key, _)| {
        let amount = total.get(key).copied().unwrap_or_default();
        view! { <td class="number" data-total=key>{move || shown(unit.get(), amount)}</td> }
    });
    let sums = sums.collect_view();
    let empty = lines.is_empty();
    view! {
        <div class="page-head">
            <h1>{format!("{fiscal_year} 年度资金表")}</h1>
            {closed.then(|| view! { <span class="stage" data-stage="closed">"已关账"</span> })}
            <div class="of-head-right">
                <UnitSwitch unit/>
                {reads_statements.then(|| view! { <a class="button" href="/statements">"对账"</a> })}
                <a class="button" href=format!("/cases?year={fiscal_year}")>"案卷"</a>
            </div>
        </div>
        <Notice problem/>
        <nav class="card" aria-label="年度">{others}</nav>
        <section class="card" aria-label="资金表">
            {empty.then(|| view! { <p class="quiet">"本年度没有批复。"</p> })}
            <div class="table-scroll"><table class="list of-table" data-money=fiscal_year.to_string()>
                <thead><tr>
                    <th scope="col">"批复行"</th><th scope="col">"部门"</th>{heads}
                    <th scope="col" class="number">"结算额"</th><th scope="col" class="number">"清算补退"</th>
                </tr></thead>
                <tbody>{lines.into_iter().map(|line| rows(line, unit, opened)).collect_view()}</tbody>
                <tfoot><tr><th scope="row">"合计"</th><td></td>{sums}<td></td><td></td></tr></tfoot>
            </table></div>
        </section>
        <Flows flows numbers unit opened/>
        <Dialog title="账务明细" name="transfers" open=opened.open>
            {move || view! { <Transfers transfers=opened.transfers.get()/> }}
        </Dialog>
    }
}

/// A line with the contract rows below it.
fn rows(line: MoneyLine, unit: Unit, opened: OpenedFigure) -> impl IntoView {
    let cells = COLUMNS.map(|(key, label)| {
        let (amount, id) = (line.figures.get(key).copied().unwrap_or_default(), line.line.to_string());
        let name = format!("{} {label}", line.name);
        view! {
            <td class="number" data-column=key>
                <button type="button" class="rq-link" aria-label=name on:click=move |_| opened.ask(id.clone(), key)>
                    {move || shown(unit.get(), amount)}
                </button>
            </td>
        }
    });
    let amount = move |amount: Option<Money>| {
        view! { <td class="number">{move || amount.map_or_else(|| "—".to_string(), |amount| shown(unit.get(), amount))}</td> }
    };
    let suspended =
        line.suspended.then(|| view! { <span class="stage" data-stage="suspended">"暂停拨付"</span> });
    view! {
        <tr data-line=line.line.to_string()>
            <th scope="row">{line.name.clone()}{suspended}</th>
            <td>{line.department_name.clone()}</td>
            {cells.collect_view()}
            {amount(line.settled)}
            {amount(line.cleared)}
        </tr>
        {line.rows.into_iter().map(|row| contract_row(row, unit)).collect_view()}
    }
}

fn contract_row(row: MoneyLineRow, unit: Unit) -> impl IntoView {
    let of_row = [
        ("contracted", Some(row.contracted)),
        ("paid", Some(row.paid)),
        ("payable", Some(row.payable)),
        ("refund_due", Some(row.refund_due)),
    ];
    let cells = COLUMNS.map(|(key, _)| {
        let amount = of_row.iter().find(|(own, _)| *own == key).and_then(|(_, amount)| *amount);
        let text = move || amount.map_or_else(String::new, |amount| shown(unit.get(), amount));
        view! { <td class="number" data-column=key>{text}</td> }
    });
    let settled = row.settled;
    let settled = move || settled.map_or_else(String::new, |amount| shown(unit.get(), amount));
    view! {
        <tr class="quiet" data-contract-row=row.row.to_string()>
            <th scope="row"><a href=format!("/money-cases/{}", row.contract)>{format!("合同 {}", row.contract_number)}</a></th>
            <td>{row.provider_name}</td>
            {cells.collect_view()}
            <td class="number">{settled}</td>
            <td></td>
        </tr>
    }
}
