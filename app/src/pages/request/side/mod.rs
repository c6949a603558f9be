//! 侧栏: beside the form, what is known about the selected cell, the list of problems, or a return being written. On a
//! tablet it is a sheet from the bottom edge.

mod finding;
mod justify;
mod problems;
mod selected;
mod trace;

pub use finding::FindingCard;
pub use justify::JustifyAll;
pub use problems::{PROBLEMS_HEADING, Spot, jump_to_next};

use super::commands::ReturnForm;
use super::work::{Side, Work};
use crate::sheet::follow::total_tally;
use crate::ui::{flag, on_press, part, when, wording};
use leptos::prelude::*;
use shared::engine::session::Tally;

#[component]
pub fn SidePanel(work: Work) -> impl IntoView {
    let open = work.lasting.side_open;
    let tally = total_tally(work.sheet);
    let problems = move || tally.with(|t| t.errors + t.warnings);
    // What a submit was refused for is over as soon as something of it changes.
    Effect::new(move |before: Option<Tally>| {
        let now = tally.get();
        if before.is_some_and(|before| before != now) {
            work.alert.set(String::new());
            work.refused.set(Vec::new());
        }
        now
    });
    let tab = move |side: Side, label: &'static str| {
        view! {
            <button type="button" class="rq-tab" aria-pressed=wording(move || (work.side.get() == side).to_string())
                on:click=on_press(move || work.show(side))>
                {label}
                {(side == Side::Problems).then(|| view! { <span class="rq-badge">{problems}</span> })}
            </button>
        }
    };
    view! {
        <aside class="rq-side" class:rq-open=flag(move || open.get()) aria-label="侧栏">
            <div class="rq-tabs">
                {tab(Side::Selected, "所选单元格")}
                {tab(Side::Problems, "问题清单")}
                {when(move || work.side.get() == Side::Return, move || view! {{tab(Side::Return, "退回理由")}}.into_any())}
                <button type="button" class="rq-tab rq-fold" aria-expanded=wording(move || open.get().to_string())
                    on:click=on_press(move || open.update(|open| *open = !*open))>
                    {wording(move || if open.get() { "收起" } else { "展开" })}
                </button>
            </div>
            <div class="rq-side-page" hidden=flag(move || !open.get())>
                {part(move || (match work.side.get() {
                    Side::Selected => view! { <selected::Selected work/> }.into_any(),
                    Side::Problems => view! { <problems::ProblemList work/> }.into_any(),
                    Side::Return => view! { <ReturnForm work/> }.into_any(),
                }).into_any())}
            </div>
        </aside>
    }
}
