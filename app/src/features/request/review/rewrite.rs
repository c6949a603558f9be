//! 修改尚未发送的一项: in the form it was made in, or, for an answer in a thread, its words and its amount.

use super::state::PanelTab;
use super::{actions, compose, cut_form};
use crate::cases::{StoredDraft, keep_words};
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::cases::review::language::{Act, Step};
use shared::kernel::ids::{OpId, ThreadId};
use shared::kernel::money::Money;

pub fn rewrite(work: RequestContext, id: OpId) -> AnyView {
    let act = work.reviewing.view.with_untracked(|view| {
        view.as_ref()?.pending.iter().find(|pending| pending.id == id).map(|pending| pending.act.clone())
    });
    match act {
        Some(act @ Act::Raise { .. }) => compose::compose(work, Some((id, act))),
        Some(Act::Cut { lines, how_much, reason, article, text, .. }) => {
            cut_form::cutting(work, Some(cut_form::StoredCut { id, lines, how_much, reason, article, text }))
        }
        Some(Act::Say { thread, step, text }) => saying(work, id, thread, step, text),
        Some(Act::View { .. } | Act::Score { .. }) | None => {
            view! { <p class="rq-quiet">"这一项已不在尚未发送之列。"</p> }.into_any()
        }
    }
}

fn saying(work: RequestContext, id: OpId, thread: ThreadId, step: Step, text: String) -> AnyView {
    let reviewing = work.reviewing;
    let number = reviewing.number(&thread);
    let (words, amount) = (RwSignal::new(text), RwSignal::new(restated(step)));
    let case = work.view().case.id.clone();
    let what = format!("rewrite/{id}");
    let unsaid = [keep_words(&case, &what, words), keep_words(&case, &format!("{what}/amount"), amount)];
    let given_up = unsaid.clone();
    let amounted = matches!(step, Step::Restate(_));
    let keep = move || {
        let typed = amount.get_untracked().replace([',', '，', ' '], "");
        let step = match (step, typed.parse().ok().and_then(Money::from_yuan)) {
            (Step::Restate(_), Some(money)) => Step::Restate(money),
            (Step::Restate(_), None) => {
                return reviewing.fault.set(Some("核减金额应为数字，最多两位小数。".to_string()));
            }
            (step, _) => step,
        };
        let act = Act::Say { thread: thread.clone(), step, text: words.get_untracked() };
        let unsaid = unsaid.clone();
        actions::replace(work, id.clone(), act, move || {
            unsaid.iter().for_each(StoredDraft::forget);
            reviewing.shown.set(PanelTab::List);
        });
    };
    view! {
        <h3 class="rq-subheading">{format!("修改尚未发送的“{}”（#{number}）", step.did().label())}</h3>
        {amounted.then(|| view! {
            <label class="rv-field">
                "调整为（元）"
                <input class="rq-entry rv-amount" inputmode="decimal" aria-label="调整为（元）"
                    prop:value=move || amount.get() on:input=move |event| amount.set(event_target_value(&event))/>
            </label>
        })}
        <label class="rv-field">
            "说明"
            <textarea class="rq-entry" rows="3" aria-label="说明" prop:value=move || words.get()
                on:input=move |event| words.set(event_target_value(&event))></textarea>
        </label>
        <div class="rv-buttons">
            <button type="button" class="primary" data-review="keep" disabled=move || reviewing.busy.get()
                on:click=move |_| keep()>"保存修改"</button>
            <button type="button" on:click=move |_| {
                given_up.iter().for_each(StoredDraft::forget);
                reviewing.shown.set(PanelTab::List);
            }>"取消"</button>
        </div>
    }
    .into_any()
}

fn restated(step: Step) -> String {
    match step {
        Step::Restate(money) => money.yuan().to_string(),
        _ => String::new(),
    }
}
