//! 动态口令 of one's own account: set up with the password, scanned or typed into a device, confirmed with a first code.

use crate::kernel::api;
use crate::kernel::session::SignedIn;
use crate::kernel::submission::Submission;
use crate::ui::{Field, Notice};
use leptos::prelude::*;
use leptos::task::spawn_local;
use qrcodegen::{QrCode, QrCodeEcc};
use shared::api::second_factor::{
    BeginSecondFactor, ConfirmSecondFactor, NewSecondFactor, ReadSecondFactor, RecoveryCodes,
    SecondFactorState,
};
use std::fmt::Write;

/// Light modules around a code, which a camera needs to find it.
const QUIET: i32 = 4;

#[component]
pub fn OwnSecondFactor() -> impl IntoView {
    let state = RwSignal::new(None::<SecondFactorState>);
    let problem = RwSignal::new(None);
    let new = RwSignal::new(None::<NewSecondFactor>);
    let codes = RwSignal::new(None::<RecoveryCodes>);
    let look = Callback::new(move |()| {
        spawn_local(async move {
            match api::call(ReadSecondFactor {}).await {
                Ok(read) => drop(state.try_set(Some(read))),
                Err(refused) => drop(problem.try_set(Some(refused))),
            }
        });
    });
    look.run(());
    view! {
        <section class="card ac-later" aria-labelledby="factor-title">
            <h2 id="factor-title">"动态口令"</h2>
            <Notice problem/>
            {move || match (codes.get(), new.get(), state.get()) {
                (Some(shown), _, _) => view! { <Codes shown codes look/> }.into_any(),
                (None, Some(factor), _) => view! { <Confirm factor new codes/> }.into_any(),
                (None, None, Some(SecondFactorState { is_on: true, codes_left, .. })) => view! {
                    <p data-factor="on">{format!("已启用：登录时除密码外还须输入手机应用显示的 6 位数字。恢复码还剩 {codes_left} 个。")}</p>
                    <p class="quiet">"更换或遗失设备的，请系统管理员或安全管理员办理“重置动态口令”。"</p>
                }.into_any(),
                (None, None, Some(SecondFactorState { is_required, .. })) => view! {
                    {is_required.then(|| view! {
                        <p class="notice warn" data-factor="required"><b>"须先启用"</b>"本系统要求全部人员使用动态口令。"</p>
                    })}
                    <Begin new/>
                }.into_any(),
                (None, None, None) => ().into_any(),
            }}
        </section>
    }
}

#[component]
fn Begin(new: RwSignal<Option<NewSecondFactor>>) -> impl IntoView {
    let submission = Submission::new("f");
    let password = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = BeginSecondFactor { password: password.get_untracked() };
        let content = request.password.clone();
        submission.run(&content, |_| request, move |made| drop(new.try_set(Some(made))));
    };
    view! {
        <p class="quiet">"启用后，登录时除密码外还须输入手机应用（支持标准动态口令的均可）显示的 6 位数字，密码泄露也不能冒用。"</p>
        <form class="narrow" on:submit=submit>
            <Notice problem=submission.problem/>
            <Field label="现在的密码" name="factor-password" value=password kind="password" autocomplete="current-password"/>
            <button class="primary" data-act="begin-factor" disabled=move || submission.busy.get() || password.with(String::is_empty)>"启用动态口令"</button>
        </form>
    }
}

#[component]
fn Confirm(
    factor: NewSecondFactor,
    new: RwSignal<Option<NewSecondFactor>>,
    codes: RwSignal<Option<RecoveryCodes>>,
) -> impl IntoView {
    let submission = Submission::new("f");
    let code = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = ConfirmSecondFactor { code: code.get_untracked().trim().to_string() };
        let content = request.code.clone();
        submission.run(
            &content,
            |_| request,
            move |made| {
                codes.try_set(Some(made));
                new.try_set(None);
            },
        );
    };
    view! {
        <p>"用手机应用扫描二维码，或手工输入密钥，再把显示的 6 位数字填在下面。"</p>
        {qr_path(&factor.address).map(|(size, path)| view! {
            <svg class="qr" viewBox=format!("0 0 {size} {size}") role="img" aria-label="动态口令二维码" shape-rendering="crispEdges">
                <rect width=size height=size fill="#fff"></rect>
                <path d=path fill="#000"></path>
            </svg>
        })}
        <p>"密钥："<code class="one-time" data-factor-secret="true">{factor.secret}</code></p>
        <form class="narrow" on:submit=submit>
            <Notice problem=submission.problem/>
            <Field label="动态口令" name="factor-code" value=code autocomplete="one-time-code"/>
            <button class="primary" data-act="confirm-factor" disabled=move || submission.busy.get() || code.with(|code| code.trim().len() < 6)>"确认"</button>
        </form>
    }
}

#[component]
fn Codes(shown: RecoveryCodes, codes: RwSignal<Option<RecoveryCodes>>, look: Callback<()>) -> impl IntoView {
    let signed = expect_context::<SignedIn>();
    let close = move |_| {
        codes.set(None);
        look.run(());
        // Shows the page that a missing second factor held closed.
        spawn_local(async move { drop(signed.look().await) });
    };
    view! {
        <p class="notice caution"><b>"请抄下恢复码"</b>"设备不在身边时，每个恢复码可代替一次动态口令。恢复码只显示这一次，请离线保管。"</p>
        <ol class="recovery-codes" data-recovery="true">
            {shown.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
        </ol>
        <button type="button" class="primary" data-act="codes-noted" on:click=close>"已抄下"</button>
    }
}

/// Side of the picture and the path of its dark modules; `None` for a text that no code holds.
fn qr_path(text: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let mut path = String::new();
    for y in 0..side {
        for x in (0..side).filter(|x| code.get_module(*x, y)) {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Some((side + 2 * QUIET, path))
}
