//! 办理对话框: says what a command does, asks for what it carries and gives it. Built from the command's description.

use super::commands::CaseCommands;
use super::fields::{CommandFields, FieldInput};
use crate::kernel::submission::Submission;
use crate::ui::{Dialog, Notice, Toast, go_to_first_wrong, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::code;
use shared::cases::kernel::CommandSpec;

/// Open while a command is asked about; closing it keeps what was written for the next time.
#[component]
pub fn CommandDialog(
    commands: CaseCommands,
    asking: RwSignal<Option<&'static CommandSpec>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asking.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && asking.with_untracked(Option::is_some) {
            asking.set(None);
        }
    });
    let title =
        Signal::derive(move || asking.get().map(|spec| spec.verb.label().to_string()).unwrap_or_default());
    view! {
        <Dialog title name="command" open>
            {
                let commands = commands.clone();
                move || match asking.get() {
                    Some(spec) => view! { <CommandForm commands=commands.clone() spec open/> }.into_any(),
                    None => ().into_any(),
                }
            }
        </Dialog>
    }
}

#[component]
fn CommandForm(commands: CaseCommands, spec: &'static CommandSpec, open: RwSignal<bool>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let tried = RwSignal::new(false);
    let submission = Submission::new("t");
    let Submission { busy, problem, .. } = submission;
    let CaseCommands { head, notes, live, look, .. } = commands;
    let fields = CommandFields::new(spec, &head.id);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if fields.has_faults() {
            return go_to_first_wrong();
        }
        let command = fields.command(head.content_hash.as_deref());
        let (case, seen) = (head.id.clone(), head.revision);
        spawn_local(async move {
            if let Some(live) = live
                && let Err(undelivered) = live.flush().await
            {
                problem.try_set(Some(undelivered));
                return;
            }
            match submission.command_json(case, seen, None, command).await {
                Some(Ok(moved)) => {
                    fields.forget();
                    show_toast(toast, format!("已办理，现为“{}”", moved.stage.label()));
                    open.try_set(false);
                    look.run(());
                }
                Some(Err(refused)) if refused.code == code::STALE => look.run(()),
                Some(Err(_)) | None => {}
            }
        });
    };
    let inputs = fields.inputs().into_iter().map(|input| view! { <FieldInput input tried/> }).collect_view();
    view! {
        <form on:submit=submit novalidate=true>
            <Notice problem/>
            <p>{spec.effect}</p>
            {notes.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            {inputs}
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button class="primary" data-confirm=spec.verb.word() disabled=move || busy.get()>{spec.verb.label()}</button>
            </div>
        </form>
    }
}
