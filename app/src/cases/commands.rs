//! 办理: the commands a person has on a case, as one bar and one dialog for every kind. Both are built from the commands'
//! own descriptions; a button works exactly when the server would accept it, or says why not.

use super::dialog::CommandDialog;
use leptos::prelude::*;
use shared::cases::authority::AvailableCommand;
use shared::cases::kernel::{CaseHead, CommandSpec, Emphasis};

/// A case as its commands see it.
#[derive(Clone)]
pub struct CaseCommands {
    pub head: CaseHead,
    pub available: Vec<AvailableCommand>,
    /// What the dialog says of the case besides the command's own sentence: counts, amounts, a hash.
    pub notes: Vec<String>,
    /// Reads the page again.
    pub look: Callback<()>,
}

/// One button per available command that the kind describes; the others have a form of their own on the page.
#[component]
pub fn CommandBar(commands: CaseCommands) -> impl IntoView {
    let asking = RwSignal::new(None::<&'static CommandSpec>);
    let kind = commands.head.kind;
    let described =
        commands.available.iter().filter_map(|command| Some((kind.command(command.verb)?, command)));
    let buttons = described.map(|(spec, AvailableCommand { verb, refusal })| {
        let why = refusal.as_ref().map(|refusal| refusal.message.clone());
        let stands = why.is_none();
        let onward = spec.emphasis == Emphasis::Onward;
        view! {
            <button type="button" class:primary=onward && stands data-command=verb.word() disabled=!stands
                title=why.clone() on:click=move |_| asking.set(Some(spec))>{verb.label()}</button>
            {why.map(|why| view! { <span class="of-why">{why}</span> })}
        }
    });
    let buttons = buttons.collect_view();
    view! {
        <div class="of-commands" role="group" aria-label="办理">{buttons}</div>
        <CommandDialog commands asking/>
    }
}

/// The beginning of what a confirmation binds to, as dialogs and papers show it.
pub fn hash_note(hash: &str) -> String {
    format!("针对的是您看到的这一份，内容摘要（SM3）{}…", hash.get(..16).unwrap_or(hash))
}
