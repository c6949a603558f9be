//! 一次性链接与激活码: the two halves an account is activated with, each shown once to another administrator.

use crate::ui::{Toast, show_toast};
use leptos::prelude::*;
use shared::api::accounts::{ActivationCode, Invitation};

/// The one-time link: shown once.
#[component]
pub fn Link(invitation: RwSignal<Option<Invitation>>, open: RwSignal<bool>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let origin = window().location().origin().unwrap_or_default();
    let link = Signal::derive(move || {
        invitation.with(|i| i.as_ref().map(|i| format!("{origin}{}", i.link)).unwrap_or_default())
    });
    let hours = move || invitation.with(|i| i.as_ref().map_or(0, |i| i.hours));
    let copy = move |_| {
        // Without permission for the clipboard the link can still be selected with one click.
        let _ = window().navigator().clipboard().write_text(&link.get_untracked());
        show_toast(toast, "链接已复制，请当面或经安全渠道交给本人");
    };
    view! {
        <p>{move || format!(
            "请把链接交给本人设置密码。链接只显示这一次，{} 小时内有效，只能使用一次；本人还须有另一管理员交给的激活码。",
            hours()
        )}</p>
        <code class="one-time" data-invitation="true">{link}</code>
        <div class="dialog-buttons">
            <button type="button" on:click=copy>"复制链接"</button>
            <button type="button" class="primary" on:click=move |_| open.set(false)>"完成"</button>
        </div>
    }
}

/// The code that the link needs: shown once.
#[component]
pub fn Code(code: RwSignal<Option<ActivationCode>>, open: RwSignal<bool>) -> impl IntoView {
    let digits = code.with_untracked(|code| code.as_ref().and_then(|code| code.code.clone()));
    let words = match &digits {
        Some(_) => {
            "请把激活码当面交给本人，不要交给持有链接的管理员。激活码只显示这一次，输错 5 次链接作废。"
        }
        None => "已授予。首位安全管理员的激活码在启动服务的终端上显示，由运行维护人员当面交给本人。",
    };
    view! {
        <p>{words}</p>
        {digits.map(|digits| view! { <code class="one-time" data-code="true">{digits}</code> })}
        <div class="dialog-buttons">
            <button type="button" class="primary" on:click=move |_| open.set(false)>"完成"</button>
        </div>
    }
}
