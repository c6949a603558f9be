//! 合计栏: always in sight, and right after every key: by category, by system, in all, against last year.

use super::context::RequestContext;
use crate::form_ui::sheet::fields::Computed;
use crate::form_ui::sheet::follow::{figure, row_changes};
use leptos::prelude::*;
use rust_decimal::Decimal;
use shared::engine::plan::{Slot, TableIx};
use shared::engine::session::Cell;
use shared::forms::budget_request::{CATEGORIES, FORM, subtotal};
use shared::kernel::money::in_ten_thousands;

#[component]
pub fn Totals(work: RequestContext) -> impl IntoView {
    let sheet = work.sheet;
    let header = move |field: &str| sheet.read(|session| session.header(FORM, field));
    let categories = CATEGORIES.into_iter().filter_map(|category| {
        let cell = header(&subtotal(category))?;
        let title = sheet.read(|session| session.plan().tables[cell.table].field(cell.field).label.clone());
        let title = title.replace("小计（元）", "");
        Some(view! { <Sum work cell title total=format!("category:{category}")/> })
    });
    let categories = categories.collect_view();
    let total = header("total").map(|cell| {
        view! { <div class="rq-total-all"><Sum work cell title="申报总额".to_string() total="total".to_string()/></div> }
    });
    let growth = header("growth").zip(header("last_year_settled")).map(|(growth, last)| {
        let (rate, last) = (figure(sheet, growth), figure(sheet, last));
        let compared = move || match rate.get() {
            rate if rate.is_empty() && last.with(String::is_empty) => "上年无结算额".to_string(),
            rate if rate.is_empty() => "增长率无法计算".to_string(),
            rate => format!("较上年 {}{rate}%", if rate.starts_with('-') { "" } else { "+" }),
        };
        view! {
            <div class="rq-sum rq-growth">
                <span class="rq-sum-title">"增长"</span>
                <span class="rq-sum-value" data-total="growth">{compared}</span>
                <span class="rq-sum-small">{move || match last.get() {
                    last if last.is_empty() => String::new(),
                    last => format!("上年 {last}"),
                }}</span>
            </div>
        }
    });
    view! {
        <section class="rq-totals" aria-label="合计">
            {categories}
            <BySystem work/>
            {growth}
            {total}
        </section>
    }
}

/// 元 with 万元 below.
#[component]
fn Sum(work: RequestContext, cell: Cell, title: String, total: String) -> impl IntoView {
    let small = ten_thousands(work, cell);
    view! {
        <div class="rq-sum">
            <span class="rq-sum-title">{title}</span>
            <span class="rq-sum-value"><Computed sheet=work.sheet cell id=format!("rq-total-{total}") total=Some(total)/></span>
            <span class="rq-sum-small">{small}</span>
        </div>
    }
}

fn ten_thousands(work: RequestContext, cell: Cell) -> impl Fn() -> String + Send + Copy + 'static {
    let text = figure(work.sheet, cell);
    move || {
        // The figure wakes this; the number itself is read exactly.
        text.track();
        let value = work.sheet.read(|session| session.value(cell).number()).unwrap_or(Decimal::ZERO);
        format!("{} 万元", in_ten_thousands(value))
    }
}

/// 分系统: every system's subtotal and 共用, above the bar while asked for.
#[component]
fn BySystem(work: RequestContext) -> impl IntoView {
    let sheet = work.sheet;
    let open = RwSignal::new(false);
    let table = sheet.read(|session| session.plan().table("systems")).unwrap_or_default();
    let moved = row_changes(sheet, table);
    let rows = move || {
        moved.track();
        sheet.read(|session| session.rows(table).to_vec())
    };
    let shared = sheet.read(|session| session.header(FORM, "shared"));
    view! {
        <div class="rq-sum rq-systems">
            <span class="rq-sum-title">"分系统"</span>
            <button type="button" aria-expanded=move || open.get().to_string() aria-controls="rq-by-system"
                on:click=move |_| open.update(|open| *open = !*open)
                on:keydown=move |event| if event.key() == "Escape" { open.set(false) }>
                {move || if open.get() { "收起" } else { "查看" }}
            </button>
            <div class="rq-popover" id="rq-by-system" hidden=move || !open.get()>
                <ul>
                    <For each=rows key=Slot::to_string children=move |row| view! { <SystemSum work table row/> }/>
                    {shared.map(|cell| view! {
                        <li>
                            <span>"共用（不分系统）"</span>
                            <Computed sheet=work.sheet cell id="rq-total-shared".to_string() total=Some("system:shared".to_string())/>
                        </li>
                    })}
                </ul>
            </div>
        </div>
    }
}

#[component]
fn SystemSum(work: RequestContext, table: TableIx, row: Slot) -> impl IntoView {
    let sheet = work.sheet;
    let (id, name, sum) = sheet.read(|session| {
        let cell =
            |field: &str| session.plan().field(table, field).map(|field| Cell { table, slot: row, field });
        (session.row_id(table, row).to_string(), cell("name"), cell("subtotal"))
    });
    let name = name.map(|cell| figure(sheet, cell));
    let named = move || {
        name.map(|name| name.get()).filter(|n| !n.is_empty()).unwrap_or_else(|| "（未命名系统）".into())
    };
    view! {
        <li>
            <span>{named}</span>
            {sum.map(|cell| view! {
                <Computed sheet=work.sheet cell id=format!("rq-total-system-{id}") total=Some(format!("system:{id}"))/>
            })}
        </li>
    }
}
