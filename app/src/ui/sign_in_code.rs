//! 动态口令 at a sign-in: its field appears once the server has asked for it, and what was typed before stays.

use super::Field;
use leptos::prelude::*;
use shared::api::problem::Problem;

/// The code of one sign-in form.
#[derive(Clone, Copy)]
pub struct SignInCode {
    value: RwSignal<String>,
    needed: RwSignal<bool>,
}

impl SignInCode {
    pub fn new() -> SignInCode {
        SignInCode { value: RwSignal::new(String::new()), needed: RwSignal::new(false) }
    }

    /// What is sent with the password.
    pub fn given(self) -> Option<String> {
        Some(self.value.get_untracked().trim().to_string()).filter(|code| !code.is_empty())
    }

    /// Whether the refusal is about the code: then the password was right and stays.
    pub fn asks(self, problem: &Problem) -> bool {
        let code = problem.refusal.as_ref().map(|refusal| refusal.code.as_str());
        let about_code = matches!(code, Some("ACT-30" | "ACT-31" | "ACT-32" | "ACT-33"));
        self.value.try_set(String::new());
        if about_code {
            self.needed.try_set(true);
        }
        about_code
    }

    pub fn field(self) -> impl IntoView {
        let value = self.value;
        view! {
            <Show when=move || self.needed.get()>
                <Field label="动态口令" name="code" value kind="text" autocomplete="one-time-code"
                    hint="手机应用显示的 6 位数字；设备不在身边时填一个恢复码"/>
            </Show>
        }
    }
}
