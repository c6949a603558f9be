//! 提示: why typing is locked, conflicts with a colleague's edits and the outcome of the last command. The reasons of a
//! return are in `returned`, the conflicts in `conflicts`.

use super::chunks;
use super::context::RequestContext;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::requests::VersionLine;

#[component]
pub fn Banners(work: RequestContext, frozen: Option<VersionLine>) -> impl IntoView {
    let view = work.view();
    let locked = match &frozen {
        Some(line) => Some(format!(
            "这是 {} 于 {} 提交的第 {} 版，只能查看（SM3 {}…）。",
            line.by,
            line.at,
            line.version,
            line.hash.get(..12).unwrap_or(&line.hash)
        )),
        None => view.locked.as_ref().map(|refusal| refusal.message.clone()),
    };
    let id = view.case.id.clone();
    let back = frozen.is_some().then(|| {
        view! { <a href=format!("/requests/{id}")>"回到当前稿"</a> }
    });
    let returned = view.history.iter().any(|line| !line.reasons.is_empty());
    view! {
        <div class="rq-banners">
            <CommandNotice work/>
            {locked.map(|text| view! {
                <p class="rq-banner rq-locked"><b>"只读："</b>{text}{back}</p>
            })}
            {(view.case.confirmation_stands() == Some(false)).then(|| view! {
                <p class="rq-banner rq-bad" data-confirmation="void">
                    "省局负责人的确认针对以前的版本，内容改动后已失效，须重新审核确认。"
                </p>
            })}
            {view.case.approval.is_some().then(|| chunks::approved(work))}
            {returned.then(|| chunks::returned(work))}
            {work.live.map(|live| view! {
                <Show when=move || !work.sheet.conflicts.with(Vec::is_empty)>{chunks::conflicts(work.sheet, live)}</Show>
            })}
        </div>
    }
}

/// The notice of the last command.
#[component]
fn CommandNotice(work: RequestContext) -> impl IntoView {
    let notice = work.lasting.notice;
    view! {
        <div role="status" aria-live="polite">
            {move || notice.get().map(|shown| view! {
                <p class="rq-banner" class:rq-bad=shown.bad class:rq-good=!shown.bad>
                    {shown.text}
                    <button type="button" class="rq-link" on:click=move |_| notice.set(None)>"关闭"</button>
                </p>
            })}
            <Notice problem=work.lasting.submission.problem/>
        </div>
    }
}
