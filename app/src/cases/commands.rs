//! 办理: the commands a person has on a case, each asked about once more before it is given. A button works exactly
//! when the server would accept it, or says why not.

use crate::kernel::submission::Submission;
use crate::ui::{Dialog, Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::code;
use shared::cases::authority::AvailableCommand;
use shared::cases::language::{Command, Verb};
use shared::cases::request::decide::LONGEST_REASON;
use shared::kernel::ids::CaseId;
use std::sync::Arc;

/// A case as its commands see it.
#[derive(Clone)]
pub struct Acts {
    pub id: CaseId,
    pub revision: u64,
    pub offers: Vec<AvailableCommand>,
    /// What a command asks and does; `None` for one that is given elsewhere on the page.
    pub ask: Arc<dyn Fn(Verb) -> Option<Ask> + Send + Sync>,
    /// Reads the page again.
    pub look: Callback<()>,
}

/// What is asked before a command is given.
#[derive(Clone)]
pub struct Ask {
    /// What it will do.
    pub lines: Vec<String>,
    pub writing: Option<Writing>,
    /// The command, of what was written.
    pub command: Arc<dyn Fn(String) -> Command + Send + Sync>,
}

/// What a person has to write for it.
#[derive(Clone, Copy)]
pub struct Writing {
    pub label: &'static str,
    /// Fewest characters.
    pub least: usize,
}

#[component]
pub fn CommandBar(acts: Acts) -> impl IntoView {
    let asking = RwSignal::new(None::<Verb>);
    let buttons = acts.offers.iter().filter(|offer| (acts.ask)(offer.verb).is_some()).cloned();
    let buttons = buttons.map(|AvailableCommand { verb, refusal }| {
        let why = refusal.map(|refusal| refusal.message);
        let stands = why.is_none();
        // Whatever goes onward is the one to be pressed; returns and the like stand beside it.
        let onward = !matches!(verb, Verb::Recompile | Verb::ReturnBatch | Verb::DropBatch);
        view! {
            <button type="button" class:primary=onward && stands data-command=verb.word() disabled=!stands
                title=why.clone() on:click=move |_| asking.set(Some(verb))>{verb.label()}</button>
            {why.map(|why| view! { <span class="of-why">{why}</span> })}
        }
    });
    let buttons = buttons.collect_view();
    view! {
        <div class="of-commands" role="group" aria-label="办理">{buttons}</div>
        <Asking acts asking/>
    }
}

#[component]
fn Asking(acts: Acts, asking: RwSignal<Option<Verb>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(asking.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && asking.with_untracked(Option::is_some) {
            asking.set(None);
        }
    });
    let title = Signal::derive(move || asking.get().map(|verb| verb.label().to_string()).unwrap_or_default());
    view! {
        <Dialog title name="command" open>
            {
                let acts = acts.clone();
                move || match asking.get().and_then(|verb| Some((verb, (acts.ask)(verb)?))) {
                    Some((verb, ask)) => view! { <AskForm acts=acts.clone() verb ask open/> }.into_any(),
                    None => ().into_any(),
                }
            }
        </Dialog>
    }
}

#[component]
fn AskForm(acts: Acts, verb: Verb, ask: Ask, open: RwSignal<bool>) -> impl IntoView {
    let said = expect_context::<Toast>();
    let (written, tried) = (RwSignal::new(String::new()), RwSignal::new(false));
    let submission = Submission::new("t");
    let Submission { busy, problem, .. } = submission;
    let Ask { lines, writing, command } = ask;
    let fault = move || {
        let Writing { label, least } = writing?;
        let length = written.with(|text| text.trim().chars().count());
        let wrong = !(least..=LONGEST_REASON).contains(&length);
        wrong.then(|| format!("请写明{label}，{least} 至 {LONGEST_REASON} 个字；已写 {length} 字"))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if fault().is_some() {
            return;
        }
        let acts = acts.clone();
        let command = command(written.get_untracked().trim().to_string());
        let sending = submission.command(acts.id, acts.revision, command);
        spawn_local(async move {
            match sending.await {
                Some(Ok(moved)) => {
                    show_toast(said, format!("已办理，现为“{}”", moved.stage.label()));
                    open.try_set(false);
                    acts.look.run(());
                }
                Some(Err(told)) if told.code == code::STALE => acts.look.run(()),
                _ => {}
            }
        });
    };
    view! {
        <form on:submit=submit novalidate=true>
            <Notice problem/>
            {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            {writing.map(|Writing { label, .. }| view! {
                <div class="field">
                    <label for="command-written">{label}</label>
                    <textarea id="command-written" name="written" rows="4" maxlength=LONGEST_REASON
                        aria-invalid=move || if tried.get() && fault().is_some() { "true" } else { "false" }
                        bind:value=written></textarea>
                    <p class="field-error" role="alert">{move || tried.get().then(fault).flatten()}</p>
                </div>
            })}
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button class="primary" data-confirm=verb.word() disabled=move || busy.get()>{verb.label()}</button>
            </div>
        </form>
    }
}
