//! 页首: department, stage, save state, counts of findings and the commands.

use super::commands::CommandBar;
use super::context::{RequestContext, Side};
use super::side::jump_to_next;
use crate::features::request::chunks;
use crate::form_ui::sheet::follow::total_tally;
use crate::kernel::chunks::rested;
use crate::sync_client::SaveState;
use leptos::prelude::*;
use shared::api::requests::VersionLine;

#[component]
pub fn Head(work: RequestContext, frozen: Option<VersionLine>) -> impl IntoView {
    let view = work.view();
    let tally = total_tally(work.sheet);
    let version = frozen.as_ref().map(|line| line.version);
    let rested = rested();
    let shown = match (&frozen, view.showing_version) {
        (Some(line), _) => format!("第 {} 版（{}）", line.version, line.at),
        (None, Some(version)) => format!("第 {version} 版"),
        (None, None) => "当前内容".to_string(),
    };
    view! {
        <section class="rq-head" aria-label="申请">
            <div class="rq-title">
                <h1>{format!("{} {} 年度运维服务申请", view.department_name, view.case.fiscal_year.0)}</h1>
                <span class="rq-stage" data-stage=view.case.stage.word()>{view.case.stage.label()}</span>
                <span class="rq-quiet">{shown}</span>
                {work.live.map(|live| view! { <Saved save=live.save/> })}
            </div>
            <div class="rq-counts" role="group" aria-label="检查结果">
                <button type="button" class="rq-count" data-severity="error" on:click=move |_| work.show(Side::Problems)>
                    "错误 "<b data-count="error">{move || tally.get().errors}</b>
                </button>
                <button type="button" class="rq-count" data-severity="warning" on:click=move |_| work.show(Side::Problems)>
                    "提醒 "<b data-count="warning">{move || tally.get().warnings}</b>
                </button>
                <button type="button" class="rq-next" title="下一处错误（F8），上一处（Shift+F8）"
                    on:click=move |_| jump_to_next(work, true)>"下一处"</button>
            </div>
            <Show when=move || rested.get()>{chunks::files(work, version)}</Show>
            {frozen.is_none().then(|| view! { <CommandBar work/> })}
        </section>
    }
}

/// 保存状态.
#[component]
fn Saved(save: RwSignal<SaveState>) -> impl IntoView {
    let word = Memo::new(move |_| save.with(state_word));
    let told = Memo::new(move |_| {
        save.with(|state| match (&state.failed, state_word(state)) {
            (Some(failed), _) => failed.clone(),
            (None, "conflict") => format!("有 {} 处冲突，请选择保留哪一个", state.conflicts),
            (None, "offline") => format!("离线，{} 项改动已存本机，连通后自动送达", state.unsent),
            (None, "kept") => format!("{} 项改动已存本机，正在送达", state.unsent),
            (None, _) => "全部改动已送达服务器".to_string(),
        })
    });
    view! {
        <span class="rq-saved" role="status" data-saved=move || word.get() title=move || told.get()>
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
