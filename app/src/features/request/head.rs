//! 页首: department, stage, save state, counts of findings and the commands.

use super::commands::CommandBar;
use super::context::{RequestContext, Side};
use super::side::jump_to_next;
use crate::cases::Saved;
use crate::features::request::chunks;
use crate::form_ui::sheet::follow::total_tally;
use crate::kernel::chunks::rested;
use leptos::prelude::*;
use shared::api::requests::VersionLine;
use shared::kernel::finding::Severity;

#[component]
pub fn Head(work: RequestContext, frozen: Option<VersionLine>) -> impl IntoView {
    let view = work.view();
    let tally = total_tally(work.sheet);
    let version = frozen.as_ref().map(|line| line.version);
    let rested = rested();
    let problems = move |only| {
        let tally = tally.get_untracked();
        let count = if only == Severity::Error { tally.errors } else { tally.warnings };
        // A list narrowed to nothing would say less than the whole.
        work.only.set((count > 0).then_some(only));
        work.show(Side::Problems);
    };
    let shown = match (&frozen, view.showing_version) {
        (Some(line), _) => format!("第 {} 版（{}）", line.version, line.at),
        (None, Some(version)) => format!("第 {version} 版"),
        (None, None) if view.locked.is_none() => "草稿（未提交）".to_string(),
        (None, None) => "当前稿".to_string(),
    };
    view! {
        <section class="rq-head" aria-label="申请">
            <div class="rq-title">
                <h1>{format!("{} {} 年度运维服务申请", view.department_name, view.case.fiscal_year.0)}</h1>
                <span class="rq-stage" data-stage=view.case.stage.word()>{view.case.stage.label()}</span>
                <span class="rq-quiet">{shown}</span>
                {work.live.map(|live| view! { <Saved live/> })}
            </div>
            <div class="rq-counts" role="group" aria-label="检查结果">
                <button type="button" class="rq-count" data-severity="error" on:click=move |_| problems(Severity::Error)>
                    "错误 "<b data-count="error">{move || tally.get().errors}</b>
                </button>
                <button type="button" class="rq-count" data-severity="warning" on:click=move |_| problems(Severity::Warning)>
                    "提醒 "<b data-count="warning">{move || tally.get().warnings}</b>
                </button>
                <button type="button" class="rq-next" title="下一处错误（F8），上一处（Shift+F8）"
                    on:click=move |_| jump_to_next(work, true)>"下一处错误（F8）"</button>
            </div>
            <span class="rq-files-place"><Show when=move || rested.get()>{chunks::files(work, version)}</Show></span>
            {frozen.is_none().then(|| view! { <CommandBar work/> })}
        </section>
    }
}
