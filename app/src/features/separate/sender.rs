//! 填写申请内容: sends the claim as the filler wrote it.

use crate::kernel::submission::Submission;
use crate::ui::{Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::cases::kernel::NamedCommand;
use shared::cases::separate::SeparateApplication;
use shared::kernel::ids::CaseId;

/// Sends a command from a form of this page.
#[derive(Clone, Copy)]
pub struct Sender {
    case: StoredValue<(CaseId, u64)>,
    look: Callback<()>,
    toast: Toast,
    pub submission: Submission,
}

impl Sender {
    pub fn new(separate: &SeparateApplication, look: Callback<()>) -> Sender {
        let case = StoredValue::new((separate.id.clone(), separate.revision));
        Sender { case, look, toast: expect_context::<Toast>(), submission: Submission::new("t") }
    }

    pub fn send(self, command: impl NamedCommand, done: &'static str) {
        let (id, seen) = self.case.get_value();
        let sending = self.submission.command(id, seen, command);
        spawn_local(async move {
            if let Some(Ok(_)) = sending.await {
                show_toast(self.toast, done);
                self.look.run(());
            }
        });
    }
}

/// A longer text with its label and hint.
pub fn paragraph(label: &'static str, name: &'static str, value: RwSignal<String>, hint: String) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea id=name name=name rows="3" maxlength="1000" bind:value=value></textarea>
            <p class="field-hint">{hint}</p>
        </div>
    }
    .into_any()
}
