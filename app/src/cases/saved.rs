//! 保存状态: where what was typed into a case has got to.

use crate::sync_client::SaveState;
use leptos::prelude::*;

/// The word after the title, with the whole sentence as its hint.
#[component]
pub fn Saved(save: RwSignal<SaveState>) -> impl IntoView {
    let word = Memo::new(move |_| save.with(state_word));
    let sentence = Memo::new(move |_| {
        save.with(|state| match (&state.failed, state_word(state)) {
            (Some(failed), _) => failed.clone(),
            (None, "conflict") => format!("有 {} 处冲突，请选择保留哪一个", state.conflicts),
            (None, "offline") => format!("离线，{} 项改动已存本机，连通后自动送达", state.unsent),
            (None, "kept") => format!("{} 项改动已存本机，正在送达", state.unsent),
            (None, _) => "全部改动已送达服务器".to_string(),
        })
    });
    view! {
        <span class="rq-saved" role="status" data-saved=move || word.get() title=move || sentence.get()>
            {move || match word.get() {
                "failed" => "未能送达",
                "conflict" => "有冲突",
                "keeping" => "正在保存…",
                "offline" => "离线 · 已存本机",
                "kept" => "已存本机",
                _ => "已送达",
            }}
        </span>
    }
}

fn state_word(state: &SaveState) -> &'static str {
    match state {
        state if state.failed.is_some() => "failed",
        state if state.conflicts > 0 => "conflict",
        state if state.unkept > 0 => "keeping",
        state if state.offline => "offline",
        state if state.unsent > 0 || state.sending => "kept",
        _ => "delivered",
    }
}
