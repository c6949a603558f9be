//! 总览: the whole in one line of figures, and what it stands on.

use crate::cases::{Unit, shown, signed_percent};
use leptos::prelude::*;
use shared::api::consolidation::ConsolidationView;
use shared::cases::consolidation::budget::growth;
use shared::kernel::money::Money;

#[component]
pub fn Figures(view: ConsolidationView, unit: Unit) -> impl IntoView {
    let figures = view.whole.figures();
    let (last, now) = view.whole.against_last_year();
    let known = view.whole.included.iter().filter(|line| line.last_year.is_some()).count();
    let compared = match growth(last, now) {
        Some(rate) => signed_percent(rate),
        None => "尚无数据".to_string(),
    };
    let money = move |label: &'static str, total: &'static str, money: Money| {
        view! {
            <div>
                <dt>{label}</dt>
                <dd data-total=total>{move || shown(unit.get(), money)}</dd>
            </div>
        }
    };
    let days = view.today.days_until(view.deadline);
    let reported = view.compilation.as_ref().and_then(|c| c.reported_on);
    let status = match (reported, days) {
        (Some(on), _) => format!("已于 {on} 报送"),
        (None, 0..) => format!("还有 {days} 天"),
        (None, _) => format!("已逾期 {} 天", -days),
    };
    let late = reported.is_none() && days < 0;
    view! {
        <section class="card" aria-label="总览">
            <dl class="of-figures">
                <div><dt>"纳入部门"</dt><dd data-count="included">{view.whole.included.len()}</dd></div>
                <div><dt>"未纳入"</dt><dd data-count="missing">{view.whole.missing.len()}</dd></div>
                {money("申报数", "requested", figures.requested)}
                {money("省局核减数", "cut", figures.cut)}
                {money("审核数", "reviewed", figures.reviewed())}
                <div>
                    <dt>"较上年度结算"</dt>
                    <dd data-total="growth">{compared}</dd>
                    <dd class="of-small">{format!("仅计有上年结算额的 {known} 个部门")}</dd>
                </div>
                <div class:late=late>
                    <dt>"报送截止"</dt>
                    <dd>{view.deadline.to_string()}</dd>
                    <dd class="of-small">{status}</dd>
                </div>
            </dl>
            {match view.frozen {
                Some(line) => view! {
                    <p class="of-sealed">
                        {format!("第 {} 版，{} {} 冻结，内容摘要（SM3）", line.version, line.by, line.at)}
                        <code title=line.hash.clone() data-hash=line.hash.clone()>{format!("{}…", line.hash.get(..16).unwrap_or(&line.hash))}</code>
                    </p>
                }.into_any(),
                None => view! { <p class="of-sealed">"以下为审核通过的申请的实时汇总，尚未冻结。"</p> }.into_any(),
            }}
        </section>
    }
}
