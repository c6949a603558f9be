//! 人工核对: a person says which movement of the ledger a row of a statement is, and why.

use crate::kernel::submission::Submission;
use crate::ui::{Dialog, Notice, Toast, show_toast};
use leptos::prelude::*;
use shared::api::statements::{LEAST_REASON, MatchStatementRow, MovementLine};
use shared::kernel::ids::CaseId;
use shared::ledger::reconcile::CashDirection;

/// A row that matches nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Differing {
    pub statement: CaseId,
    pub row: u64,
    pub direction: CashDirection,
}

#[component]
pub fn MatchDialog(
    differing: RwSignal<Option<Differing>>,
    movements: StoredValue<Vec<MovementLine>>,
    matched: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(differing.with(Option::is_some)));
    let toast = expect_context::<Toast>();
    let submission = Submission::new("m");
    let (movement, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(Differing { statement, row, .. }) = differing.get_untracked() else { return };
        let movement = movement.get_untracked().parse().unwrap_or_default();
        let reason = reason.get_untracked();
        let content = (statement.to_string(), row, movement, reason.clone());
        let request = move |_| MatchStatementRow { statement, row, movement, reason };
        submission.run(&content, request, move |()| {
            open.set(false);
            differing.set(None);
            show_toast(toast, "已核对");
            matched.run(());
        });
    };
    let choices = move || {
        let direction = differing.get().map(|of| of.direction);
        let same = move |of: &MovementLine| Some(of.direction) == direction;
        let option = |of: MovementLine| {
            let text = format!("{} {} {} 元", of.voucher, of.day, of.amount);
            view! { <option value=of.number.to_string()>{text}</option> }
        };
        movements.get_value().into_iter().filter(same).map(option).collect_view()
    };
    view! {
        <Dialog title="人工核对" name="match" open>
            <form on:submit=send>
                <Notice problem=submission.problem/>
                <div class="field">
                    <label for="match-movement">"账面收付（必选）"</label>
                    <select id="match-movement" name="movement" required=true prop:value=move || movement.get()
                        on:change=move |event| movement.set(event_target_value(&event))>
                        <option value="">"请选择"</option>
                        {choices}
                    </select>
                </div>
                <div class="field">
                    <label for="match-reason">{format!("理由（不少于{LEAST_REASON}个字）")}</label>
                    <textarea id="match-reason" name="reason" rows="3" bind:value=reason></textarea>
                </div>
                <div class="dialog-buttons">
                    <button type="button" on:click=move |_| differing.set(None)>"取消"</button>
                    <button class="primary" data-confirm="match" disabled=move || submission.busy.get()>"确定"</button>
                </div>
            </form>
        </Dialog>
    }
}
