//! 办理对话框: asks for what a money command carries and gives it. What is typed is typed into the form of the command. A
//! warning is asked about in place: its reason goes with the same command.

use super::entries::Entries;
use super::filling::Filling;
use super::typed::TypedForm;
use crate::cases::{current_year, keep_words};
use crate::kernel::submission::Submission;
use crate::ui::{Dialog, Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use shared::api::problem::code;
use shared::cases::execution::command_form::CommandForm;
use shared::cases::execution::judge::is_warning;
use shared::cases::execution::offered::OfferedCommand;
use shared::cases::execution::registry::ExecutionKindName;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId};
use std::collections::BTreeMap;

/// The case a command is given to, as its author sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub account: AccountId,
    pub case: CaseId,
    pub kind: ExecutionKindName,
    /// 0 for a case that is to be opened.
    pub seen: u64,
}

/// Open while a command is asked about; what was typed stays on this device when it is closed.
#[component]
pub fn MoneyDialog(
    target: Target,
    asking: RwSignal<Option<OfferedCommand>>,
    /// What the fields begin with where nothing was typed.
    #[prop(optional)]
    given: BTreeMap<String, String>,
    /// The case's form being filled in: it is saved before any command.
    #[prop(optional_no_strip)]
    filling: Option<Filling>,
    /// The command was carried out.
    done: Callback<()>,
    /// The case was read before somebody else acted on it.
    look: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asking.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && asking.with_untracked(Option::is_some) {
            asking.set(None);
        }
    });
    let title = Signal::derive(move || asking.get().map(|command| command.label).unwrap_or_default());
    view! {
        <Dialog title name="command" open>
            {
                let (target, given) = (target.clone(), given.clone());
                move || match asking.get() {
                    Some(command) => {
                        let (target, given) = (target.clone(), given.clone());
                        view! { <CommandPart target given command filling open done look/> }.into_any()
                    }
                    None => ().into_any(),
                }
            }
        </Dialog>
    }
}

#[component]
fn CommandPart(
    target: Target,
    given: BTreeMap<String, String>,
    command: OfferedCommand,
    filling: Option<Filling>,
    open: RwSignal<bool>,
    done: Callback<()>,
    look: Callback<()>,
) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let submission = Submission::new("m");
    let Submission { busy, problem, .. } = submission;
    let (verb, label) = (command.verb.clone(), command.label.clone());
    let form = CommandForm::new(command, FiscalYear(i32::from(current_year())), &given);
    let typed = match TypedForm::open(target.account.clone(), &target.case, form) {
        Ok(typed) => typed,
        Err(defect) => return view! { <Notice problem=RwSignal::new(Some(defect))/> }.into_any(),
    };
    let reason = RwSignal::new(String::new());
    let unsaid = keep_words(&target.case, &format!("command-{verb}/justify"), reason);
    let warning = Memo::new(move |_| {
        let refusal = problem.get().and_then(|problem| problem.refusal);
        refusal.map(|refusal| refusal.code).filter(|code| is_warning(code))
    });
    let asked = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if let Some(code) = warning.get() {
            asked.set(Some(code));
        }
    });
    let (of_button, of_toast) = (label.clone(), label);
    let of_body = verb.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        typed.sheet.end_typing();
        let document = typed.document();
        let mut body = typed.body();
        body.insert("verb".to_string(), json!(of_body));
        let justify = asked.get_untracked().zip(Some(reason.get_untracked()));
        if let Some((code, reason)) = justify.filter(|(_, reason)| !reason.trim().is_empty()) {
            body.insert("justify".to_string(), json!({ code: reason }));
        }
        let Target { case, kind, seen, .. } = target.clone();
        let (label, unsaid) = (of_toast.clone(), unsaid.clone());
        spawn_local(async move {
            if let Some(filling) = filling
                && let Err(unsaved) = filling.save().await
            {
                return problem.set(Some(unsaved));
            }
            let seen = filling.map_or(seen, Filling::seen);
            match submission.command_json(case, seen, Some(kind), body.into()).await {
                Some(Ok(_)) => {
                    typed.has_sent(document);
                    unsaid.forget();
                    show_toast(toast, format!("“{label}”已办理"));
                    open.try_set(false);
                    done.run(());
                }
                Some(Err(refused)) if refused.code == code::STALE => look.run(()),
                Some(Err(_)) | None => {}
            }
        });
    };
    view! {
        <form class="money-form filling" on:submit=submit novalidate=true>
            <Notice problem/>
            <Entries typed/>
            <Justification asked reason/>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button class="primary" data-confirm=verb disabled=move || busy.get()>{of_button}</button>
            </div>
        </form>
    }
    .into_any()
}

/// Asks for the reason with which a warning passes.
#[component]
fn Justification(asked: RwSignal<Option<String>>, reason: RwSignal<String>) -> impl IntoView {
    view! {
        <Show when=move || asked.with(Option::is_some)>
            <div class="field">
                <label for="money-justify">"情况说明（如属实，写明理由后再次提交）"</label>
                <textarea id="money-justify" data-field="justify" rows="3" bind:value=reason></textarea>
            </div>
        </Show>
    }
}
