//! 意见清单: every remark with its place, state and kind, in the order of the form, filtered.

use super::marks::{ordered, words_of};
use super::state::{Filter, Wanted};
use super::{go_to, settle, state::Reviewing};
use crate::features::request::context::RequestContext;
use crate::features::request::section::Section;
use leptos::prelude::*;
use shared::cases::review::thread::{Kind, State, Thread};

/// Remarks listed at most.
const LISTED: usize = 300;

pub fn list(work: RequestContext) -> AnyView {
    let reviewing = work.reviewing;
    view! {
        <div class="rv-filter" role="group" aria-label="筛选意见">
            <select aria-label="状态" on:change=move |event| {
                let state = wanted(&event_target_value(&event));
                reviewing.filter.update(|filter| filter.state = state);
            }>
                <option value="unresolved">"未办结"</option>
                <option value="all" selected=move || reviewing.filter.get().state == Some(Wanted::All)>"全部状态"</option>
                {State::ALL.map(|state| view! {
                    <option value=state.word() selected=move || reviewing.filter.get().state == Some(Wanted::Only(state))>
                        {state.label()}
                    </option>
                })}
            </select>
            <select aria-label="类别" on:change=move |event| {
                let word = event_target_value(&event);
                let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word);
                reviewing.filter.update(|filter| filter.kind = kind);
            }>
                <option value="">"全部类别"</option>
                {Kind::ALL.map(|kind| view! {
                    <option value=kind.word() selected=move || reviewing.filter.get().kind == Some(kind)>{kind.label()}</option>
                })}
            </select>
            <label>
                <input type="checkbox" prop:checked=move || reviewing.filter.get().here
                    on:change=move |event| {
                        let here = event_target_checked(&event);
                        reviewing.filter.update(|filter| filter.here = here);
                    }/>
                "只看本部分"
            </label>
        </div>
        {settle::settle(work)}
        {move || rows(work, reviewing, reviewing.filter.get())}
    }
    .into_any()
}

fn wanted(word: &str) -> Option<Wanted> {
    match word {
        "unresolved" => None,
        word => Some(State::ALL.into_iter().find(|s| s.word() == word).map_or(Wanted::All, Wanted::Only)),
    }
}

fn rows(work: RequestContext, reviewing: Reviewing, filter: Filter) -> AnyView {
    let preview = reviewing.preview.get();
    let here = match work.section.get() {
        Section::Table(table) => work.sheet.read(|session| session.plan().tables[table].table.key.clone()),
        _ => String::new(),
    };
    let order = ordered(work, &preview.review);
    let threads: Vec<&Thread> = order
        .iter()
        .filter_map(|id| preview.review.thread(id))
        .filter(|thread| filter.shows(thread, &here))
        .collect();
    if threads.is_empty() {
        let all = preview.review.threads.len();
        let text = match filter {
            _ if all == 0 => "还没有审核意见。".to_string(),
            Filter { state: None, kind: None, here: false } => {
                format!("没有未办结的意见。已办结 {all} 条，选“全部状态”查看。")
            }
            _ => "没有符合筛选的意见。".to_string(),
        };
        return view! { <p class="rq-quiet">{text}</p> }.into_any();
    }
    let more = threads.len().saturating_sub(LISTED);
    let total = threads.len();
    let items: Vec<AnyView> = threads
        .into_iter()
        .take(LISTED)
        .map(|thread| item(work, thread, preview.threads.contains(&thread.id)))
        .collect();
    view! {
        <p class="rq-quiet" data-count="threads">{format!("{total} 条")}</p>
        <ol class="rv-list">{items}</ol>
        {(more > 0).then(|| view! { <p class="rq-quiet">{format!("其余 {more} 条未列出，请用筛选。")}</p> })}
    }
    .into_any()
}

fn item(work: RequestContext, thread: &Thread, pending: bool) -> AnyView {
    let place = work.sheet.read(|session| words_of(session, thread));
    let text = thread.entries.first().map(|entry| entry.text.clone()).unwrap_or_default();
    let id = thread.id.clone();
    let number = work.reviewing.number(&id);
    let cut = thread
        .cut
        .as_ref()
        .map(|cut| format!("核减 {} 元 · {} · {}", cut.amount, cut.reason.label(), cut.verdict.label()));
    let (state, kind) = (thread.state, thread.kind);
    view! {
        <li>
            <button type="button" class="rv-item" data-thread=thread.id.to_string() data-state=state.word() data-kind=kind.word()
                on:click=move |_| go_to(work, &id)>
                <span class="rv-item-head">
                    <b>{format!("#{number}")}</b>
                    <span class="rv-kind" data-kind=kind.word()>{kind.label()}</span>
                    <span class="rv-state" data-state=state.word()>{state.label()}</span>
                    {pending.then(|| view! { <span class="rv-pending">"尚未发送"</span> })}
                </span>
                <span class="rv-place">{place}</span>
                {cut.map(|cut| view! { <span class="rv-cut-line">{cut}</span> })}
                <span class="rv-text">{text}</span>
            </button>
        </li>
    }
    .into_any()
}

/// The open remarks of a part, for the task list.
pub fn badge(work: RequestContext, section: String) -> AnyView {
    let count = Memo::new(move |_| work.reviewing.open_in(Some(&section)));
    view! {
        <Show when={move || count.get() > 0}>
            <span class="rq-badge rv-badge" title="未办结的审核意见" data-count="remarks">{count}</span>
        </Show>
    }
    .into_any()
}
