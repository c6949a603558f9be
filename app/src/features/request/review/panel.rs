//! 审核侧栏: the one view of the review: how far it has come, what waits to be published, and one of list, remark,
//! form or score sheet.

use super::marks::{office, open_state};
use super::state::PanelTab;
use super::{actions, batch, columns, compose, cut_form, list, reference, rewrite, score, sums, thread};
use crate::features::request::context::RequestContext;
use crate::features::request::section::Section;
use crate::kernel::editions;
use crate::ui::Notice;
use leptos::prelude::*;
use shared::api::review::{LastViewed, ReviewView};
use shared::cases::review::language::Act;
use shared::engine::definition::TableKind;
use shared::policy::art11_target_review::consequence_text;
use std::sync::Arc;

pub fn panel(work: RequestContext) -> AnyView {
    let reviewing = work.reviewing;
    // Shown whole or not at all: what stands under the progress would jump when it comes.
    let is_read = Memo::new(move |_| reviewing.view.with(Option::is_some));
    view! {
        <div class="rv" data-review-seq=move || reviewing.view.get().map(|view| view.seq.to_string())>
            <p class="rq-fault" role="alert">{move || reviewing.fault.get()}</p>
            <Notice problem=reviewing.submission.problem/>
            {move || match is_read.get() {
                true => review(work),
                false => view! { <p role="status">"正在读取审核意见…"</p> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// The review as it was read.
fn review(work: RequestContext) -> AnyView {
    let reviewing = work.reviewing;
    view! {
        {move || reviewing.view.get().map(|view| progress_view(work, &view))}
        {opened(work)}
        {reference::reference(work)}
        {sums::table(work)}
        {move || match reviewing.shown.get() {
            PanelTab::List => list::list(work),
            PanelTab::Thread(id) => thread::thread(work, id),
            PanelTab::Remark => compose::compose(work, None),
            PanelTab::Cut => cut_form::cutting(work, None),
            PanelTab::Rewrite(id) => rewrite::rewrite(work, id),
            PanelTab::Score => score::score(work),
        }}
    }
    .into_any()
}

/// Why the cell under the cursor is open or closed after a return.
fn opened(work: RequestContext) -> AnyView {
    let loaded = Memo::new(move |_| {
        let cell = work.sheet.selected.get()?;
        work.reviewing.preview.with(|preview| open_state(work, &preview.review, cell))
    });
    (move || {
        loaded
            .get()
            .map(|(open, words)| view! { <p class="rv-open" data-open=open.to_string()>{words}</p> })
            .into_any()
    })
    .into_any()
}

fn progress_view(work: RequestContext, view: &Arc<ReviewView>) -> AnyView {
    view! {
        {looked(work, view)}
        {view.may_review.is_none().then(|| doing(work))}
        {view.may_review.is_none().then(|| progress(work, view))}
        {scored(work, view)}
        {batch::batch(work)}
    }
    .into_any()
}

/// What a reviewer begins with.
fn doing(work: RequestContext) -> AnyView {
    let reviewing = work.reviewing;
    let button = move |shown: PanelTab, name: &'static str, label: &'static str| {
        let here = shown.clone();
        view! {
            <button type="button" data-review=name aria-pressed=move || (reviewing.shown.get() == here).to_string()
                on:click=move |_| {
                    reviewing.fault.set(None);
                    let cut = shown == PanelTab::Cut;
                    // A form that is open already keeps what is typed into it.
                    if reviewing.shown.get_untracked() != shown {
                        reviewing.shown.set(shown.clone());
                    }
                    if cut {
                        columns::begin_cut(work);
                    }
                }>
                {label}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="rv-buttons" role="group" aria-label="审核">
            {button(PanelTab::List, "list", "清单")}
            {button(PanelTab::Remark, "remark", "提意见")}
            {button(PanelTab::Cut, "cut", "核减")}
            {button(PanelTab::Score, "score-sheet", "目标评分")}
        </div>
    }
    .into_any()
}

/// 已阅 and what still stands in the way of passing.
fn progress(work: RequestContext, view: &Arc<ReviewView>) -> AnyView {
    let Some(progress) = view.progress.clone() else { return ().into_any() };
    let (sections, unviewed) = work.sheet.read(|session| {
        let shown = session.plan().tables.iter().filter(|t| t.table.kind != TableKind::Justifications);
        (shown.count(), progress.unviewed.len())
    });
    let left = view.unfinished.as_ref().map(|refusal| refusal.message.clone());
    let waiting = progress.unviewed.clone();
    let here = Memo::new(move |_| match work.section.get() {
        Section::Table(table) => {
            Some(work.sheet.read(|session| session.plan().tables[table].table.key.clone()))
        }
        _ => None,
    });
    let unseen = move || here.get().is_some_and(|key| waiting.contains(&key));
    let mark = move || {
        if let Some(section) = here.get_untracked() {
            actions::send(work, vec![Act::View { section }], || {});
        }
    };
    view! {
        <p class="rv-progress">
            <span data-count="viewed">{format!("已阅 {}/{sections} 个部分", sections - unviewed)}</span>
            <Show when=unseen>
                <button type="button" data-review="viewed" on:click=move |_| mark()>"本部分已阅"</button>
            </Show>
        </p>
        <p class="rq-quiet" data-review="left">{left.unwrap_or_else(|| "审核事项已办结，可以通过。".to_string())}</p>
    }
    .into_any()
}

/// What the targets were given.
fn scored(work: RequestContext, view: &Arc<ReviewView>) -> AnyView {
    let Some(scored) = view.review.scored_by(office(work.view().case.stage)) else { return ().into_any() };
    let Some(edition) = editions::known(&work.view().edition) else { return ().into_any() };
    let (total, grade) = (scored.sheet.total(), scored.sheet.grade(&edition));
    let opinion = scored.sheet.opinion.clone();
    // The score of other targets decides nothing any more.
    let stale = view.progress.as_ref().is_some_and(|progress| progress.grade.is_none());
    let (before, then) = match stale {
        true => ("原", "目标已有改动，须重新评分".to_string()),
        false => ("", consequence_text(&edition, grade).to_string()),
    };
    view! {
        <p data-review="grade">
            {format!("绩效目标{before}评分 {total} 分，等次“{}”：{then}", grade.label())}
            {(!opinion.is_empty()).then(|| view! { <span class="rq-quiet">{format!("。{opinion}")}</span> })}
        </p>
    }
    .into_any()
}

/// What changed since this person last said they had seen everything.
fn looked(work: RequestContext, view: &Arc<ReviewView>) -> AnyView {
    let shown = work.view();
    let version = shown.showing_version.unwrap_or(shown.case.version);
    let Some(LastViewed { version: before, seq, at }) = view.look.clone() else { return ().into_any() };
    let entries = view.seq.saturating_sub(seq);
    if entries == 0 && before >= version {
        return ().into_any();
    }
    let at = at.map_or_else(|| "刚才".to_string(), |at| at.to_string());
    let newer = version > before && before > 0;
    let content = newer.then(|| format!("内容从第 {before} 版到第 {version} 版"));
    let record = (entries > 0).then(|| format!("审核意见与办理新增 {entries} 条"));
    let since: Vec<String> = content.into_iter().chain(record).collect();
    let compare = move || {
        work.compared.set(Some((before, Some(version))));
        work.open(Section::Changes);
    };
    view! {
        <div class="rv-batch" data-review="since">
            <span>
                {format!("您上次查看（{at}）后：{}。", since.join("；"))}
            </span>
            <span class="rv-buttons">
                {newer.then(|| view! {
                    <button type="button" class="rq-link" data-review="compare" on:click=move |_| compare()>"查看改动"</button>
                })}
                <button type="button" class="rq-link" data-review="look" on:click=move |_| actions::remember(work)>"标为已看"</button>
            </span>
        </div>
    }
    .into_any()
}
