//! 确认: the dialog before a command, which says what the command will do.

use super::{command, execute::execute, shown_hash, shown_review};
use crate::cases::keep_words;
use crate::features::request::chunks;
use crate::features::request::context::RequestContext;
use crate::ui::open_modal;
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::cases::kernel::LONGEST_REASON;
use shared::cases::kernel::Verb;
use shared::forms::budget_request;
use shared::kernel::money::grouped;
use shared::kernel::people::Office;

/// Shows a dialog as modal once it is in the page.
pub fn show(dialog: NodeRef<Dialog>) {
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            open_modal(&dialog);
        }
    });
}

/// Closes a dialog, which restores the focus and fires `close`.
pub fn close(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// The dialog of the command being confirmed.
#[component]
pub fn Asking(work: RequestContext) -> impl IntoView {
    view! { {move || work.asking.get().map(|verb| chunks::ask(work, verb))} }
}

#[component]
pub fn Ask(work: RequestContext, verb: Verb) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let reason = RwSignal::new(String::new());
    let unsaid = keep_words(&work.view().case.id, &format!("reason/{}", verb.word()), reason);
    let tried = RwSignal::new(false);
    let written = matches!(verb, Verb::Withdraw | Verb::FinanceObject | Verb::FinanceReject);
    let fault = move || {
        let length = reason.with(|text| text.trim().chars().count());
        (written && !(1..=LONGEST_REASON).contains(&length))
            .then(|| format!("请写明理由，1 至 {LONGEST_REASON} 个字"))
    };
    show(dialog);
    let confirm = move |_| {
        tried.set(true);
        if fault().is_some() {
            return;
        }
        let given = command(work, verb, &reason.get_untracked());
        close(dialog);
        if let Some(given) = given {
            let unsaid = unsaid.clone();
            spawn_local(async move {
                if execute(work, given).await {
                    unsaid.forget();
                }
            });
        }
    };
    view! {
        <dialog class="rq-ask" node_ref=dialog aria-labelledby="rq-ask-title" on:close=move |_| work.asking.set(None)>
            <h2 id="rq-ask-title">{verb.label()}</h2>
            {consequences(work, verb).into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            {written.then(|| view! {
                <label>
                    "理由"
                    <textarea class="rq-entry" rows="4" prop:value=move || reason.get() on:input=move |event| reason.set(event_target_value(&event))></textarea>
                </label>
                <p class="rq-fault" role="alert">{move || tried.get().then(fault).flatten()}</p>
            })}
            <div class="rq-ask-buttons">
                <button type="button" class="primary" data-confirm=verb.word() on:click=confirm>{confirming(verb)}</button>
                <button type="button" on:click=move |_| close(dialog)>"取消"</button>
            </div>
        </dialog>
    }
}

fn confirming(verb: Verb) -> String {
    let label = verb.label();
    if label.starts_with("确认") { label.to_string() } else { format!("确认{label}") }
}

/// What the command will do, in the words of the office.
fn consequences(work: RequestContext, verb: Verb) -> Vec<String> {
    let view = work.view();
    let total = work.sheet.read(|session| {
        session
            .header(budget_request::FORM, "total")
            .map(|cell| grouped(&session.text(cell)))
            .unwrap_or_default()
    });
    let mut lines = vec![format!("{}，申报总额 {total} 元。", view.department_name)];
    match verb {
        Verb::Submit => {
            lines.push(format!(
                "内容冻结为第 {} 版，交部门负责人审核；退回之前不能再修改。",
                view.case.version + 1
            ));
        }
        Verb::DepartmentApprove => {
            lines.push(format!("第 {} 版报送省政务信息管理局。", view.case.version));
        }
        Verb::BureauTake => lines.push("受理后开始审核。".to_string()),
        Verb::BureauPass => lines.push("审核意见为通过，提请省局负责人确认。".to_string()),
        Verb::BureauConfirm => {
            let hash = shown_hash(work);
            lines.push(format!(
                "确认的是您看到的这一版，内容摘要（SM3）{}…。",
                hash.get(..16).unwrap_or(&hash)
            ));
            let review = shown_review(work);
            let cut = work.reviewing.sums.with_untracked(|sums| sums.as_ref().map(|sums| sums.total));
            let (cut, approved) = cut.map_or_else(
                || ("0.00".to_string(), total.clone()),
                |sums| (sums.bureau_cut.to_string(), sums.approved(Office::Bureau).to_string()),
            );
            lines.push(format!(
                "核减 {cut} 元，审核数 {approved} 元；审核意见摘要（SM3）{}…。此后内容或意见有任何改动，确认即失效。",
                review.get(..16).unwrap_or(&review)
            ));
        }
        Verb::Withdraw => lines.push("撤回后本申请终止，不能恢复。".to_string()),
        Verb::FinancePass => lines.push("同意安排，可列入批复；批复由财政负责人签发。".to_string()),
        Verb::FinanceObject => lines.push("提请财政负责人决定不予安排。".to_string()),
        Verb::FinanceReject => lines.push("本年度不予安排，申请终止，不能恢复。".to_string()),
        _ => {}
    }
    lines
}
