//! 拟意见与办理结果: what the bureau's and finance's reviewers write for their leaders to sign.

use super::claim::yuan;
use super::one::scope;
use crate::cases::order;
use crate::form_ui::sheet::store::new_id;
use crate::ui::{Field, Notice, Toast, flag, go_to_first_wrong, on_press, show_toast, wording};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::cases::language::{Command, Verb};
use shared::cases::separate::SeparateApplication;
use shared::kernel::ids::{CaseId, OpId};
use shared::policy::document_number::document_number;

/// Sends a command from a form of this page.
#[derive(Clone, Copy)]
pub struct Sender {
    case: StoredValue<(CaseId, u64)>,
    look: Callback<()>,
    said: Toast,
    pub busy: RwSignal<bool>,
    pub problem: RwSignal<Option<Problem>>,
}

impl Sender {
    pub fn new(separate: &SeparateApplication, look: Callback<()>) -> Sender {
        let case = StoredValue::new((separate.id.clone(), separate.revision));
        let said = expect_context::<Toast>();
        Sender { case, look, said, busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    pub fn send(self, command: Command, done: &'static str) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        let (id, seen) = self.case.get_value();
        spawn_local(async move {
            match order(id, OpId::new(new_id("t")), seen, command).await {
                Ok(_) => {
                    show_toast(self.said, done);
                    self.look.run(());
                }
                Err(told) => drop(self.problem.try_set(Some(told))),
            }
            self.busy.try_set(false);
        });
    }
}

/// A longer text with its label and hint.
pub fn paragraph(
    label: &'static str,
    name: &'static str,
    value: RwSignal<String>,
    hint: impl Into<String>,
) -> AnyView {
    let hint = hint.into();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea id=name name=name rows="3" maxlength="1000" bind:value=value></textarea>
            <p class="field-hint">{hint}</p>
        </div>
    }
    .into_any()
}

/// One of two, as buttons that stay pressed.
fn either(
    label: &'static str,
    name: &'static str,
    chosen: RwSignal<bool>,
    yes: &'static str,
    no: &'static str,
) -> AnyView {
    let button = move |value: bool, text: &'static str| {
        let pressed = wording(move || if chosen.get() == value { "true" } else { "false" });
        view! {
            <button type="button" data-choice=format!("{name}:{value}") aria-pressed=pressed
                on:click=on_press(move || chosen.set(value))>{text}</button>
        }
    };
    view! {
        <div class="field">
            <span class="of-label">{label}</span>
            <div class="chips" role="group" aria-label=label>{button(true, yes)}{button(false, no)}</div>
        </div>
    }
    .into_any()
}

/// 拟审核意见.
#[component]
pub fn OpinionForm(separate: SeparateApplication, look: Callback<()>) -> impl IntoView {
    let sender = Sender::new(&separate, look);
    let before = separate.opinion;
    let outside = RwSignal::new(before.as_ref().is_none_or(|opinion| opinion.outside));
    let number = RwSignal::new(before.as_ref().map(|opinion| opinion.number.clone()).unwrap_or_default());
    let text = RwSignal::new(before.map(|opinion| opinion.text).unwrap_or_default());
    let tried = RwSignal::new(false);
    let wrong_number = Signal::derive(move || {
        let refusal = number.with(|text| document_number(text)).err();
        refusal.filter(|_| tried.get()).map(|refusal| refusal.message)
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if wrong_number.get_untracked().is_some() {
            return go_to_first_wrong();
        }
        let (outside, number) = (outside.get_untracked(), number.get_untracked());
        sender.send(
            Command::DraftOpinion { outside, number, text: text.get_untracked() },
            "已提请省局负责人签发",
        );
    };
    view! {
        <form class="card" on:submit=submit novalidate=true aria-label="拟定省局意见">
            <h2>"省局意见"</h2>
            <Notice problem=sender.problem/>
            {either("审核结论", "outside", outside, scope(true), scope(false))}
            <div class="of-two"><Field label="意见文号" name="number" value=number error=wrong_number hint="如 晋政信函〔2023〕8号"/></div>
            {paragraph("意见", "opinion", text, "写明理由与依据")}
            <div class="dialog-buttons">
                <button class="primary" data-command=Verb::DraftOpinion.word() disabled=flag(move || sender.busy.get())>{Verb::DraftOpinion.label()}</button>
            </div>
        </form>
    }
}

/// 拟办理结果.
#[component]
pub fn DecisionForm(separate: SeparateApplication, look: Callback<()>) -> impl IntoView {
    let sender = Sender::new(&separate, look);
    let asked = separate.claim.amount.map(|amount| amount.yuan().to_string()).unwrap_or_default();
    let before = separate.decision;
    let arrange = RwSignal::new(before.as_ref().is_none_or(|decision| decision.arrange));
    let kept = before.as_ref().and_then(|decision| decision.amount).map(|amount| amount.yuan().to_string());
    let amount = RwSignal::new(kept.unwrap_or(asked));
    let text = RwSignal::new(before.map(|decision| decision.text).unwrap_or_default());
    let wrong_amount = Signal::derive(move || {
        let wrong = arrange.get() && amount.with(|text| yuan(text)).is_none();
        wrong.then(|| "金额写作数字，以元计，最多两位小数".to_string())
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if wrong_amount.get_untracked().is_some() {
            return go_to_first_wrong();
        }
        let arrange = arrange.get_untracked();
        let amount = arrange.then(|| amount.with_untracked(|text| yuan(text))).flatten();
        let command = Command::DraftDecision { arrange, amount, text: text.get_untracked() };
        sender.send(command, "已提请财政负责人签发");
    };
    view! {
        <form class="card" on:submit=submit novalidate=true aria-label="拟定办理结果">
            <h2>"省财政厅办理结果"</h2>
            <Notice problem=sender.problem/>
            {either("办理结果", "arrange", arrange, "予以安排", "不予安排")}
            <div class="of-two" hidden=flag(move || !arrange.get())>
                <Field label="安排金额（元）" name="arranged" value=amount error=wrong_amount hint="不超过申请金额"/>
            </div>
            {paragraph("说明", "decision", text, "写明安排或不予安排的理由")}
            <div class="dialog-buttons">
                <button class="primary" data-command=Verb::DraftDecision.word() disabled=flag(move || sender.busy.get())>{Verb::DraftDecision.label()}</button>
            </div>
        </form>
    }
}
