//! 侧栏: the side panel: the selected cell, the list of problems, the review or a return being written. On a
//! tablet it is a sheet from the bottom edge.

mod finding;
mod justify;
mod needs;
mod problems;
mod selected;
mod trace;

pub use finding::FindingCard;
pub use justify::JustifyAll;
pub use problems::{PROBLEMS_HEADING, ProblemList, ProblemPos, in_order, jump_to_next};
pub use selected::Selected;

use super::context::{RequestContext, Side};
use crate::features::request::chunks;
use crate::form_ui::sheet::follow::total_tally;
use crate::kernel::chunks::rested;
use leptos::prelude::*;
use shared::engine::session::Tally;

/// Shown while no cell is selected.
const HINT: &str = "选中一个单元格或一栏，这里说明它为什么标红、数是怎么来的。";

#[component]
pub fn SidePanel(work: RequestContext) -> impl IntoView {
    let open = work.lasting.side_open;
    let tally = total_tally(work.sheet);
    let problems = move || tally.with(|t| t.errors + t.warnings);
    // The refusal of a submit no longer holds when the content changes.
    Effect::new(move |before: Option<Tally>| {
        let now = tally.get();
        if before.is_some_and(|before| before != now) {
            work.alert.set(String::new());
            work.refused.set(Vec::new());
        }
        now
    });
    // A form can be worked on before this panel has something to say: it comes with the first cell selected, or when
    // the page has come to rest.
    let opened = rested();
    Effect::new(move |_| {
        // Set once: every change builds the panel anew, and somebody may be writing a reason there.
        if work.sheet.selected.with(Option::is_some) && !opened.get_untracked() {
            opened.set(true);
        }
    });
    let reviewed = is_reviewed(work);
    let tab = move |side: Side, label: &'static str| {
        view! {
            <button type="button" class="rq-tab" aria-pressed=move || (work.side.get() == side).to_string()
                on:click=move |_| work.show(side)>
                {label}
                {(side == Side::Problems).then(|| view! { <span class="rq-badge">{problems}</span> })}
                {(side == Side::Review).then(|| view! {
                    <span class="rq-badge" data-count="open-remarks">{move || work.reviewing.open_in(None)}</span>
                })}
            </button>
        }
    };
    view! {
        <aside class="rq-side" class:rq-open=move || open.get() class:rq-broad=move || work.side.get() == Side::Review
            aria-label="侧栏">
            <div class="rq-tabs">
                {tab(Side::Selected, "所选单元格")}
                {tab(Side::Problems, "问题清单")}
                {reviewed.then(|| tab(Side::Review, "审核意见"))}
                <Show when=move || work.side.get() == Side::Return>{tab(Side::Return, "退回理由")}</Show>
                <button type="button" class="rq-tab rq-fold" aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)>
                    {move || if open.get() { "收起" } else { "展开" }}
                </button>
            </div>
            <div class="rq-side-page" hidden=move || !open.get()>
                {move || match work.side.get() {
                    // Not built while folded: it would be built anew with every change of a cell.
                    Side::Selected if opened.get() && open.get() => chunks::selected(work),
                    Side::Selected => view! { <p class="rq-quiet">{HINT}</p> }.into_any(),
                    Side::Problems => chunks::problems(work),
                    Side::Review => chunks::review_panel(work),
                    Side::Return => chunks::return_form(work),
                }}
            </div>
        </aside>
    }
}

/// Whether there is a review: once something was reported, except for a frozen version.
pub fn is_reviewed(work: RequestContext) -> bool {
    work.frozen.is_none() && work.view().case.reported_version > 0
}
