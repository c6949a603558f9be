//! 退出前的提醒: what is not delivered stays on this device. A chunk of its own: almost nobody leaves with anything
//! undelivered.

use crate::ui::Dialog;
use leptos::prelude::*;

/// Asks, while `asking`, whether to sign out with `owed` acts still on this device; `leave` signs out.
pub fn leaving(owed: RwSignal<usize>, asking: RwSignal<bool>, leave: Callback<()>) -> AnyView {
    view! {
        <Dialog title="还有内容没有送达" name="leaving" open=asking>
            <p>
                {move || format!("本机还有 {} 项填写没有送达服务器。", owed.get())}
                "退出后仍保存在这台电脑的浏览器中，下次用本账号在这里登录后自动送达；请勿清除浏览器数据。"
            </p>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| asking.set(false)>"先不退出"</button>
                <button type="button" class="primary" data-act="sign-out-anyway" on:click=move |_| {
                    asking.set(false);
                    leave.run(());
                }>"保留在本机并退出"</button>
            </div>
        </Dialog>
    }
    .into_any()
}
