//! 填写申请内容: sends the claim as the filler wrote it.

use crate::cases::order;
use crate::form_ui::sheet::store::new_id;
use crate::ui::{Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::cases::kernel::NamedCommand;
use shared::cases::separate::SeparateApplication;
use shared::kernel::ids::{CaseId, OpId};

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

    pub fn send(self, command: impl NamedCommand + 'static, done: &'static str) {
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
    hint: &'static str,
) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea id=name name=name rows="3" maxlength="1000" bind:value=value></textarea>
            <p class="field-hint">{hint}</p>
        </div>
    }
    .into_any()
}
