//! 提出意见: a remark on the selected cell, its row, the part shown or the whole request, pending until published.

use super::actions;
use super::state::PanelTab;
use crate::cases::keep_words;
use crate::features::request::context::RequestContext;
use crate::features::request::section::Section;
use crate::form_ui::sheet::words;
use crate::kernel::random_id::new_id;
use leptos::prelude::*;
use shared::cases::review::anchor::Anchor;
use shared::cases::review::language::Act;
use shared::cases::review::thread::Kind;
use shared::engine::session::Session;
use shared::kernel::ids::{OpId, ThreadId};

/// The anchors that fit the place of the cursor, narrowest first.
fn here(work: RequestContext) -> Vec<Anchor> {
    let cell = work.sheet.selected.get();
    let section = work.section.get();
    work.sheet.read(|session| {
        let mut anchors = Vec::new();
        if let Some(cell) = cell.filter(|cell| Section::Table(cell.table) == section) {
            let at = session.cell_at(cell);
            let lines = !session.plan().tables[cell.table].is_header();
            let row = Anchor::Row { table: at.table.to_string(), row: at.row.clone() };
            anchors.push(Anchor::cell(at));
            anchors.extend(lines.then_some(row));
        }
        if let Section::Table(table) = section {
            anchors.push(Anchor::Section { table: session.plan().tables[table].table.key.clone() });
        }
        anchors.push(Anchor::Whole {});
        anchors
    })
}

pub fn label(session: &Session, anchor: &Anchor) -> String {
    let Some(place) = anchor.place(session.plan()) else { return "整份申请".to_string() };
    let place = words::place(session, &place);
    match anchor {
        Anchor::Cell { .. } => place,
        Anchor::Row { .. } => format!("{place}（整行）"),
        Anchor::Section { .. } | Anchor::Whole {} => format!("{place}（整个部分）"),
    }
}

/// `pending`: a pending remark to rewrite, instead of a new one.
pub fn compose(work: RequestContext, pending: Option<(OpId, Act)>) -> AnyView {
    let reviewing = work.reviewing;
    let (chosen, kind, text) =
        (RwSignal::new(0), RwSignal::new(Kind::Question), RwSignal::new(String::new()));
    let pending = pending.and_then(|(id, act)| match act {
        Act::Raise { thread, anchor, kind: was, text: typed } => {
            kind.set(was);
            text.set(typed);
            Some((id, thread, anchor))
        }
        _ => None,
    });
    let rewriting = pending.is_some();
    let what = pending.as_ref().map_or_else(|| "remark".to_string(), |(id, ..)| format!("rewrite/{id}"));
    let said_now = keep_words(&work.view().case.id, &what, text);
    let let_go = said_now.clone();
    let fixed = pending.as_ref().map(|(_, _, anchor)| anchor.clone());
    let meant = move || fixed.clone().map_or_else(|| here(work), |anchor| vec![anchor]);
    let offered = meant.clone();
    mean_narrowest(work, chosen);
    // One thread for all tries: what is sent again must be the same act.
    let thread = ThreadId::new(new_id("t"));
    let keep = move || {
        let anchors = untrack(&meant);
        let Some(anchor) = anchors.get(chosen.get_untracked()).cloned() else { return };
        let (kind, typed) = (kind.get_untracked(), text.get_untracked());
        let unsaid = said_now.clone();
        let done = move || {
            text.set(String::new());
            unsaid.forget();
            reviewing.shown.set(PanelTab::List);
        };
        match pending.clone() {
            Some((id, thread, _)) => {
                actions::replace(work, id, Act::Raise { thread, anchor, kind, text: typed }, done);
            }
            None => {
                let raised = Act::Raise { thread: thread.clone(), anchor, kind, text: typed };
                actions::keep(work, raised, done);
            }
        }
    };
    view! {
        <h3 class="rq-subheading">{if rewriting { "修改尚未发送的意见" } else { "提出意见" }}</h3>
        {places(work, chosen, offered)}
        <fieldset class="rv-choice">
            <legend>"类别"</legend>
            {[Kind::Question, Kind::MustFix].map(|one| view! {
                <label>
                    <input type="radio" name="rv-kind" prop:checked=move || kind.get() == one on:change=move |_| kind.set(one)/>
                    {one.label()}
                </label>
            })}
        </fieldset>
        <label class="rv-field">
            "意见"
            <textarea class="rq-entry" rows="4" aria-label="意见" prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))></textarea>
        </label>
        <div class="rv-buttons">
            <button type="button" class="primary" data-review="keep" disabled=move || reviewing.busy.get()
                on:click=move |_| keep()>{if rewriting { "保存修改" } else { "暂存（稍后一并发送）" }}</button>
            <button type="button" on:click=move |_| {
                text.set(String::new());
                let_go.forget();
                reviewing.shown.set(PanelTab::List);
            }>"取消"</button>
        </div>
    }
    .into_any()
}

/// Chooses the narrowest anchor again for another cell or part.
fn mean_narrowest(work: RequestContext, chosen: RwSignal<usize>) {
    Effect::new(move |_| {
        work.sheet.selected.track();
        work.section.track();
        chosen.set(0);
    });
}

/// The choice of the anchor among those offered.
fn places(
    work: RequestContext,
    chosen: RwSignal<usize>,
    offered: impl Fn() -> Vec<Anchor> + Send + 'static,
) -> AnyView {
    view! {
        <label class="rv-field">
            "位置"
            {move || {
                let anchors = offered();
                let options: Vec<AnyView> = anchors.iter().enumerate().map(|(at, anchor)| {
                    let text = work.sheet.read(|session| label(session, anchor));
                    view! { <option value=at.to_string() selected=move || chosen.get() == at>{text}</option> }.into_any()
                }).collect();
                view! {
                    <select class="rq-entry" aria-label="位置"
                        on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or(0))>
                        {options}
                    </select>
                }.into_any()
            }}
        </label>
    }
    .into_any()
}
