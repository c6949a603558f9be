//! 绩效目标 and the money: the weights of the indicators against their shares, and the funds against the request's
//! total (平衡校验, B-13), both live.

use super::context::RequestContext;
use crate::form_ui::sheet::follow::figure;
use leptos::prelude::*;
use rust_decimal::Decimal;
use shared::engine::session::Cell;
use shared::forms::{budget_request, performance_targets};
use shared::kernel::money::grouped;

fn targets_cell(work: RequestContext, field: &str) -> Option<Cell> {
    work.sheet.read(|session| session.header(performance_targets::FORM, field))
}

fn number(work: RequestContext, cell: Cell) -> Decimal {
    work.sheet.read(|session| session.value(cell).number()).unwrap_or(Decimal::ZERO)
}

/// 分值合计: what each level has and should have.
#[component]
pub fn Weights(work: RequestContext) -> impl IntoView {
    let Some((sum, cost)) = targets_cell(work, "weight_sum").zip(targets_cell(work, "cost_count")) else {
        return ().into_any();
    };
    let with_cost = figure(work.sheet, cost);
    let parameters = work.sheet.read(|session| session.plan().parameters.clone());
    let points = |name: &str| parameters.numbers.get(name).copied().unwrap_or(Decimal::ZERO);
    let levels = ["成本", "产出", "效益", "满意度"].into_iter().filter_map(|level| {
        let cell = targets_cell(work, &performance_targets::weight_of(level))?;
        // A level that a table does not list has no share in it.
        let share = |table: &str| parameters.tables.get(table)?.get(level).copied();
        let (costly, plain) = (share("share_with_cost"), share("share_without_cost"));
        let (costly, plain) = (costly.unwrap_or(Decimal::ZERO), plain.unwrap_or(Decimal::ZERO));
        let wanted = Signal::derive(move || {
            with_cost.track();
            if number(work, cost).is_zero() { plain } else { costly }
        });
        Some(view! { <Weight work cell level wanted/> })
    });
    let levels = levels.collect_view();
    view! {
        <div class="rq-weights" role="group" aria-label="分值合计与应有分值">
            {levels}
            <Weight work cell=sum level="合计" wanted=Signal::stored(points("weight_base"))/>
            <span class="rq-quiet">{format!("另 {} 分为预算执行率", points("execution_weight"))}</span>
        </div>
    }
    .into_any()
}

#[component]
fn Weight(work: RequestContext, cell: Cell, level: &'static str, wanted: Signal<Decimal>) -> impl IntoView {
    let text = figure(work.sheet, cell);
    let now = move || {
        text.track();
        number(work, cell)
    };
    let right = move || now() == wanted.get();
    view! {
        <span class="rq-weight" data-right=move || right().to_string() data-weight=level>
            {level}" "
            <b>{move || now().normalize().to_string()}</b>
            {move || format!(" / {}", wanted.get().normalize())}
            <span class="rq-hidden">{move || if right() { "，相符" } else { "，不符" }}</span>
        </span>
    }
}

/// 平衡校验: funds of the targets against the total of the request.
#[component]
pub fn Balance(work: RequestContext) -> impl IntoView {
    let sheet = work.sheet;
    let total = sheet.read(|session| session.header(budget_request::FORM, "total"));
    let Some(((total, funds), fiscal)) =
        total.zip(targets_cell(work, "funds")).zip(targets_cell(work, "fiscal"))
    else {
        return ().into_any();
    };
    let (total_text, funds_text) = (figure(sheet, total), figure(sheet, funds));
    let gap = move || {
        total_text.track();
        funds_text.track();
        number(work, funds) - number(work, total)
    };
    let balance_text = move || match gap() {
        gap if gap.is_zero() => "相符".to_string(),
        gap if gap.is_sign_negative() => format!("资金总额少 {} 元", grouped(&format!("{:.2}", -gap))),
        gap => format!("资金总额多 {} 元", grouped(&format!("{gap:.2}"))),
    };
    // What 财政拨款 must be for the sum to fit, the other sources as they stand.
    let fill = move |_| {
        let wanted = number(work, fiscal) - gap();
        sheet.type_text(fiscal, &format!("{:.2}", wanted.max(Decimal::ZERO)));
    };
    view! {
        <div class="rq-balance" data-right=move || gap().is_zero().to_string()>
            <b>"平衡校验"</b>
            <span>"申报总额 "{total_text}</span>
            <span>"资金总额 "{funds_text}</span>
            <span class="rq-balance-text" role="status">{balance_text}</span>
            <button type="button" disabled=move || !sheet.editable.get() || gap().is_zero() on:click=fill>
                "财政拨款按申报总额填入"
            </button>
        </div>
    }
    .into_any()
}
