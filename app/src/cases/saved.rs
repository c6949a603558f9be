//! 保存状态: where what was typed into a case has got to.

use crate::sync_client::{Opened, SaveState};
use leptos::prelude::*;

/// The word after the title, with the whole sentence as its hint. 已保存 is shown only when the server has everything,
/// what is being typed included.
#[component]
pub fn Saved(live: Opened) -> impl IntoView {
    let (save, typing) = (live.save, live.sheet.typing);
    let word = Memo::new(move |_| save.with(|state| state_word(state, typing.get())));
    let sentence = Memo::new(move |_| {
        save.with(|state| match (&state.failed, word.get()) {
            (Some(failed), _) => failed.clone(),
            (None, "conflict") => format!("有 {} 处冲突，请选择保留哪一个", state.conflicts),
            (None, "keeping") => "正在保存".to_string(),
            (None, "offline") => format!("离线，{} 项改动已暂存本机，连通后自动上传", state.unsent),
            (None, "on_device") => format!("{} 项改动已暂存本机，正在上传", state.unsent),
            (None, _) => "全部改动已保存到服务器".to_string(),
        })
    });
    view! {
        <span class="rq-saved" role="status" data-saved=move || word.get() title=move || sentence.get()>
            {move || match word.get() {
                "failed" => "未能保存",
                "conflict" => "有冲突",
                "keeping" => "正在保存…",
                "offline" => "离线 · 已暂存本机",
                "on_device" => "已暂存本机，待上传",
                _ => "已保存",
            }}
        </span>
    }
}

fn state_word(state: &SaveState, typing: bool) -> &'static str {
    match state {
        state if state.failed.is_some() => "failed",
        state if state.conflicts > 0 => "conflict",
        state if typing || state.unsaved > 0 => "keeping",
        state if state.offline => "offline",
        state if state.unsent > 0 || state.sending => "on_device",
        _ => "delivered",
    }
}
