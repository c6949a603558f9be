//! 待发送: this person's pending acts. Each can be rewritten or taken back, and shows why it cannot be published.

use super::actions;
use super::compose::label;
use super::state::PanelTab;
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::api::review::{Pending, ReviewView};
use shared::cases::review::anchor::{Anchor, row_name};
use shared::cases::review::batch::Tried;
use shared::cases::review::language::{Act, Step};
use shared::kernel::ids::{OpId, ThreadId};

/// Acts listed at most.
const LISTED: usize = 100;

/// An act about to be taken back together with the acts that depend on it.
type Asked = RwSignal<Option<(OpId, Vec<usize>)>>;

pub fn batch(work: RequestContext) -> AnyView {
    let reviewing = work.reviewing;
    let asked: Asked = RwSignal::new(None);
    (move || {
        let (Some(view), preview) = (reviewing.view.get(), reviewing.preview.get()) else {
            return ().into_any();
        };
        let count = view.pending.len();
        // Between a reading and its preview the two are of different batches.
        if count == 0 || preview.refused.len() != count {
            return ().into_any();
        }
        let items: Vec<AnyView> = (0..count.min(LISTED)).map(|at| item(work, asked, &view, &preview, at)).collect();
        let more = count.saturating_sub(LISTED);
        view! {
            <div class="rv-batch">
                <span role="status" data-count="pending">{format!("{count} 项尚未发送，仅本人可见")}</span>
                <button type="button" class="primary" data-review="publish" disabled=move || reviewing.busy.get()
                    on:click=move |_| actions::publish_pending(work)>{format!("发送意见（{count}）")}</button>
                <ol class="rv-pending-list">{items}</ol>
                {(more > 0).then(|| view! { <p class="rq-quiet">{format!("其余 {more} 项未列出。")}</p> })}
            </div>
        }
        .into_any()
    })
    .into_any()
}

fn item(work: RequestContext, asked: Asked, view: &ReviewView, preview: &Tried, at: usize) -> AnyView {
    let reviewing = work.reviewing;
    let Pending { id, act } = view.pending[at].clone();
    let (kind, text) = words(work, preview, &act);
    let rewritable = matches!(act, Act::Raise { .. } | Act::Cut { .. } | Act::Say { .. });
    let refused = preview.refused[at].as_ref().map(|refusal| refusal.message.clone());
    let rewriting = PanelTab::Rewrite(id.clone());
    let (open, of, whose) = (rewriting.clone(), id.clone(), id);
    let take_back = move || match actions::resting(work, &of) {
        none if none.is_empty() => actions::forget(work, vec![of.clone()]),
        resting => asked.set(Some((of.clone(), resting))),
    };
    let title = text.clone();
    view! {
        <li data-pending=(at + 1).to_string()>
            <p class="rv-pending-item">
                <span class="rv-kind" data-kind=kind_word(&act)>{kind}</span>
                <span class="rv-pending-words" title=title>{text}</span>
                {rewritable.then(|| view! {
                    <button type="button" class="rq-link" data-review="rewrite"
                        aria-pressed=move || (reviewing.shown.get() == open).to_string()
                        on:click=move |_| {
                            reviewing.fault.set(None);
                            reviewing.shown.set(rewriting.clone());
                        }>"修改"</button>
                })}
                <button type="button" class="rq-link" data-review="take-back" disabled=move || reviewing.busy.get()
                    on:click=move |_| take_back()>"撤回"</button>
            </p>
            {refused.map(|why| view! { <p class="rv-gone" data-review="refused">{format!("不能发送：{why}")}</p> })}
            {move || match asked.get() {
                Some((id, resting)) if id == whose => with_others(work, asked, id, &resting),
                _ => ().into_any(),
            }}
        </li>
    }
    .into_any()
}

/// Asks before acts are taken back together with another.
fn with_others(work: RequestContext, asked: Asked, id: OpId, resting: &[usize]) -> AnyView {
    let named: Vec<String> = resting.iter().map(|at| (at + 1).to_string()).collect();
    let text = format!("第 {} 项要在它之后才能办，将一并撤回。", named.join("、"));
    let resting = resting.to_vec();
    let take_back = move || {
        let Some(view) = work.reviewing.view.get_untracked() else { return };
        let of = |(at, pending): (usize, &Pending)| {
            (pending.id == id || resting.contains(&at)).then(|| pending.id.clone())
        };
        asked.set(None);
        actions::forget(work, view.pending.iter().enumerate().filter_map(of).collect());
    };
    view! {
        <p class="rv-pending-item" role="alert" data-review="resting">
            <span class="rv-pending-words">{text}</span>
            <button type="button" class="rq-link" data-review="take-back-all" on:click=move |_| take_back()>"一并撤回"</button>
            <button type="button" class="rq-link" on:click=move |_| asked.set(None)>"不撤回"</button>
        </p>
    }
    .into_any()
}

fn kind_word(act: &Act) -> &'static str {
    match act {
        Act::Raise { kind, .. } => kind.word(),
        Act::Cut { .. } => "cut",
        Act::Say { .. } | Act::View { .. } | Act::Score { .. } => "step",
    }
}

/// What kind of act it is, and what it says.
fn words(work: RequestContext, preview: &Tried, act: &Act) -> (&'static str, String) {
    let place = |anchor: &Anchor| work.sheet.read(|session| label(session, anchor));
    match act {
        Act::Raise { anchor, kind, text, .. } => (kind.label(), format!("{text}（{}）", place(anchor))),
        Act::Cut { lines, total, reason, .. } => {
            let line = work.sheet.read(|session| {
                let line = lines.first()?;
                Some(row_name(session, session.plan().table(&line.table)?, line.row.as_str()))
            });
            let whose =
                if lines.len() == 1 { line.unwrap_or_default() } else { format!("{} 行", lines.len()) };
            ("核减", format!("{whose} {total} 元 · {}", reason.label()))
        }
        Act::Say { thread, step, text } => (step.did().label(), step_text(preview, thread, *step, text)),
        Act::View { section } => ("已阅", place(&Anchor::Section { table: section.clone() })),
        Act::Score { sheet } => ("评分", format!("{} 分", sheet.total())),
    }
}

fn step_text(preview: &Tried, thread: &ThreadId, step: Step, text: &str) -> String {
    let number = preview.review.threads.iter().position(|one| one.id == *thread).map(|at| at + 1);
    let of = number.map_or("已不在的意见".to_string(), |number| format!("#{number}"));
    match step {
        Step::Restate(amount) => format!("{of} 为 {amount} 元 {text}"),
        _ => format!("{of} {text}"),
    }
}
