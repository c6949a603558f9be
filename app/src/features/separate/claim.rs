//! 申请内容: typed by the filler, read by everybody after.

use super::sender::{Sender, paragraph};
use crate::ui::{Field, Notice};
use leptos::prelude::*;
use shared::cases::kernel::Verb;
use shared::cases::separate::Claim;
use shared::cases::separate::Command;
use shared::cases::separate::{SeparateApplication, complete};
use shared::kernel::money::Money;
use shared::policy::art18_validity::edition_for;

#[component]
pub fn ClaimForm(separate: SeparateApplication, look: Callback<()>) -> impl IntoView {
    let sender = Sender::new(&separate, look);
    let Claim { system, amount, reason, why_outside } = separate.claim;
    let system = RwSignal::new(system);
    let amount = RwSignal::new(amount.map(|amount| amount.yuan().to_string()).unwrap_or_default());
    let (reason, why_outside) = (RwSignal::new(reason), RwSignal::new(why_outside));
    let money = move || amount.with(|text| yuan(text));
    let wrong_amount = Signal::derive(move || {
        let wrong = amount.with(|text| !text.trim().is_empty()) && money().is_none();
        wrong.then(|| "金额写作数字，以元计，最多两位小数".to_string())
    });
    let claim = move || Claim {
        system: system.get(),
        amount: money(),
        reason: reason.get(),
        why_outside: why_outside.get(),
    };
    let missing = move || {
        let edition = edition_for(separate.fiscal_year);
        edition.and_then(|edition| complete(&claim(), edition)).err().map(|refusal| refusal.message)
    };
    let least = edition_for(separate.fiscal_year).map_or(1, |edition| edition.parameters.reason_min);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if wrong_amount.get_untracked().is_none() {
            sender.send(Command::FillClaim { claim: untrack(claim) }, "已保存");
        }
    };
    view! {
        <form class="card" on:submit=submit novalidate=true aria-label="申请内容">
            <h2>"申请内容"</h2>
            <Notice problem=sender.submission.problem/>
            <div class="of-two">
                <Field label="系统名称" name="system" value=system/>
                <Field label="申请金额（元）" name="amount" value=amount error=wrong_amount/>
            </div>
            {paragraph("申请事由", "reason", reason, format!("为什么需要这笔运维资金，不少于 {least} 个字"))}
            {paragraph("不属于集中运维的理由", "why_outside", why_outside, format!("为什么不能列入年度运维服务申请，不少于 {least} 个字"))}
            <p class="of-sealed" role="status">{move || missing().unwrap_or_else(|| "已填写完整，保存后即可提交部门审核。".to_string())}</p>
            <div class="dialog-buttons">
                <button class="primary" data-command=Verb::FillClaim.word() disabled=move || sender.submission.busy.get()>{Verb::FillClaim.label()}</button>
            </div>
        </form>
    }
}

/// An amount as a person writes it: 千分位 and the unit are passed over.
pub fn yuan(text: &str) -> Option<Money> {
    let plain: String =
        text.trim().trim_end_matches('元').chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    Money::from_yuan(plain.parse().ok()?).filter(|money| money.fits_field())
}

#[component]
pub fn ClaimShown(claim: Claim) -> impl IntoView {
    let amount = claim.amount.map_or_else(|| "—".to_string(), |amount| format!("{amount} 元"));
    view! {
        <section class="card" aria-labelledby="claim-title">
            <h2 id="claim-title">"申请内容"</h2>
            <dl class="of-claim">
                <dt>"系统名称"</dt><dd>{claim.system}</dd>
                <dt>"申请金额"</dt><dd data-total="asked">{amount}</dd>
                <dt>"申请事由"</dt><dd>{claim.reason}</dd>
                <dt>"不属于集中运维的理由"</dt><dd>{claim.why_outside}</dd>
            </dl>
        </section>
    }
}
