//! 对账 `/statements`: the statements that were taken, and what neither side of the account has on the other.

use super::statement_file::TakeFile;
use super::statement_match::{Differing, MatchDialog};
use crate::cases::read_page;
use crate::kernel::api;
use crate::ui::Notice;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::api::statements::{
    MovementLine, ReadStatement, ReadStatements, RowMatch, StatementHead, StatementRowView, StatementsView,
};

/// The statement whose rows are shown.
#[derive(Clone, Copy)]
struct Shown {
    name: RwSignal<Option<StatementHead>>,
    rows: RwSignal<Vec<StatementRowView>>,
    problem: RwSignal<Option<Problem>>,
}

impl Shown {
    fn ask(self, head: StatementHead) {
        let Shown { name, rows, problem } = self;
        spawn_local(async move {
            match api::call(ReadStatement { statement: head.statement.clone() }).await {
                Ok(read) => {
                    problem.try_set(None);
                    rows.try_set(read);
                    name.try_set(Some(head));
                }
                Err(found) => drop(problem.try_set(Some(found))),
            }
        });
    }
}

pub fn statements_page() -> AnyView {
    let loader = read_page(ReadStatements::default);
    let look = loader.look;
    // Outlives what is read anew, so that the statement at hand stays open.
    let shown = Shown { name: RwSignal::new(None), rows: RwSignal::default(), problem: RwSignal::new(None) };
    loader.page(move |view| view! { <StatementsPage view shown look/> }.into_any())
}

#[component]
fn StatementsPage(view: StatementsView, shown: Shown, look: Callback<()>) -> impl IntoView {
    let StatementsView { statements, ledger_only, ledger_balance, statement_balance, may_take } = view;
    let movements = StoredValue::new(ledger_only.clone());
    let differing = RwSignal::new(None::<Differing>);
    let again = Callback::new(move |()| {
        look.run(());
        if let Some(head) = shown.name.get_untracked() {
            shown.ask(head);
        }
    });
    view! {
        <div class="page-head">
            <h1>"对账"</h1>
            <div class="of-head-right"><a class="button" href="/money">"资金表"</a></div>
        </div>
        <section class="card" aria-label="余额">
            <p>
                "账面余额 "<b data-total="ledger">{ledger_balance.to_string()}</b>" 元，对账单收付净额 "
                <b data-total="statement">{statement_balance.to_string()}</b>" 元"
            </p>
            <p class="quiet">"对账单只用于核对，不自动入账；未核对的收付由省局采购支付岗逐笔查明。"</p>
        </section>
        {may_take.then(|| view! { <TakeFile taken=again/> })}
        <Taken statements shown/>
        <Notice problem=shown.problem/>
        {move || shown.name.get().map(|head| view! {
            <Rows head rows=shown.rows.get() may_take differing/>
        })}
        <OnlyInLedger movements=ledger_only/>
        <MatchDialog differing movements matched=again/>
    }
}

#[component]
fn Taken(statements: Vec<StatementHead>, shown: Shown) -> impl IntoView {
    let empty = statements.is_empty();
    let line = move |head: StatementHead| {
        let (open, of) = (head.open, head.clone());
        view! {
            <tr data-statement=head.statement.to_string()>
                <th scope="row">
                    <button type="button" class="rq-link" on:click=move |_| shown.ask(of.clone())>{head.name}</button>
                </th>
                <td>{head.at.to_string()}</td>
                <td>{head.by}</td>
                <td class="number">{head.rows}</td>
                <td class="number" data-count="open">{open}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="statements-title">
            <h2 id="statements-title">"已导入的对账单"</h2>
            {empty.then(|| view! { <p class="quiet">"还没有导入对账单。"</p> })}
            {(!empty).then(|| view! {
                <div class="table-scroll"><table class="list">
                    <thead><tr>
                        <th scope="col">"文件"</th><th scope="col">"导入时间"</th><th scope="col">"导入人"</th>
                        <th scope="col" class="number">"行数"</th><th scope="col" class="number">"未核对"</th>
                    </tr></thead>
                    <tbody>{statements.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            })}
        </section>
    }
}

/// What became of a row, in words.
fn outcome(found: &RowMatch) -> (&'static str, String) {
    match found {
        RowMatch::Matched { rule, vouchers } => {
            ("matched", format!("已核对（{rule}）：{}", vouchers.join("、")))
        }
        RowMatch::ByHand { voucher, reason, by } => {
            ("by_hand", format!("人工核对 {voucher}：{reason}（{by}）"))
        }
        RowMatch::Differs { ledger } => ("differs", format!("金额不符，账面 {ledger} 元")),
        RowMatch::Open => ("open", "账面没有".to_string()),
    }
}

#[component]
fn Rows(
    head: StatementHead,
    rows: Vec<StatementRowView>,
    may_take: bool,
    differing: RwSignal<Option<Differing>>,
) -> impl IntoView {
    let statement = StoredValue::new(head.statement.clone());
    let line = move |row: StatementRowView| {
        let (state, says) = outcome(&row.found);
        let is_open = matches!(row.found, RowMatch::Open | RowMatch::Differs { .. });
        let (number, direction) = (row.number, row.line.direction);
        let choose = move |_| {
            differing.set(Some(Differing { statement: statement.get_value(), row: number, direction }));
        };
        let button = (is_open && may_take)
            .then(|| view! { <button type="button" data-act="match" on:click=choose>"人工核对"</button> });
        view! {
            <tr data-row=number.to_string() data-state=state>
                <th scope="row">{number}</th>
                <td>{row.line.date.to_string()}</td>
                <td>{direction.label()}</td>
                <td class="number">{row.line.amount.to_string()}</td>
                <td>{row.line.voucher}</td>
                <td>{row.line.holder}" "{row.line.account}</td>
                <td>{row.line.summary}</td>
                <td>{says}" "{button}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="statement-rows-title">
            <h2 id="statement-rows-title">{head.name}</h2>
            <div class="table-scroll"><table class="list">
                <thead><tr>
                    <th scope="col">"行"</th><th scope="col">"日期"</th><th scope="col">"收付"</th>
                    <th scope="col" class="number">"金额（元）"</th><th scope="col">"凭证号"</th>
                    <th scope="col">"对方"</th><th scope="col">"摘要"</th><th scope="col">"核对结果"</th>
                </tr></thead>
                <tbody>{rows.into_iter().map(line).collect_view()}</tbody>
            </table></div>
        </section>
    }
}

#[component]
fn OnlyInLedger(movements: Vec<MovementLine>) -> impl IntoView {
    let line = |of: MovementLine| {
        view! {
            <tr data-movement=of.number.to_string()>
                <th scope="row">{of.voucher}</th>
                <td>{of.day.to_string()}</td>
                <td>{of.direction.label()}</td>
                <td class="number">{of.amount.to_string()}</td>
            </tr>
        }
    };
    (!movements.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="ledger-only-title">
                <h2 id="ledger-only-title">"账面有、对账单没有或金额不符"</h2>
                <div class="table-scroll"><table class="list">
                    <thead><tr>
                        <th scope="col">"凭证号"</th><th scope="col">"日期"</th><th scope="col">"收付"</th>
                        <th scope="col" class="number">"金额（元）"</th>
                    </tr></thead>
                    <tbody>{movements.into_iter().map(line).collect_view()}</tbody>
                </table></div>
            </section>
        }
    })
}
