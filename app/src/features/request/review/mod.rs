//! 审核: the review of the form. Reading it, acting in it, and laying it over the cells; the panel is one view.

mod actions;
mod batch;
mod columns;
mod compose;
mod cut_form;
mod list;
mod marks;
mod panel;
mod reference;
mod rewrite;
mod score;
mod settle;
mod state;
mod sums;
mod thread;

pub use list::badge;
pub use marks::open_state;
pub use panel::panel;
pub use state::Reviewing;

use super::context::{RequestContext, Side};
use crate::form_ui::sheet::follow::rests;
use crate::ui::show_toast;
use leptos::ev;
use leptos::prelude::*;
use marks::ordered;
use shared::cases::kernel::Stage;
use shared::cases::review::sums as sums_of;
use shared::cases::review::thread::State;
use state::{PanelTab, Wanted};
use std::sync::Arc;

/// Delay after the last change of the form before the sums follow, in milliseconds.
const BEHIND_MS: u32 = 200;

/// Reads the review and updates everything that shows it until the page is left. Shows nothing itself.
pub fn follow(work: RequestContext) -> AnyView {
    actions::read(work);
    actions::read_returned(work);
    let reviewing = work.reviewing;
    if !matches!(work.view().case.stage, Stage::BureauReview | Stage::Returned | Stage::FinanceReview) {
        // There is nothing left to do to them: all are looked back on.
        reviewing.filter.update(|filter| filter.state = Some(Wanted::All));
    }
    if let Some(live) = work.live {
        Effect::new(move |_| {
            let heard = live.reviewed.get();
            if reviewing.view.with_untracked(|view| view.as_ref().is_some_and(|view| view.seq < heard)) {
                actions::read(work);
            }
        });
    }
    Effect::new(move |_| {
        let (Some(view), Some(actor)) = (reviewing.view.get(), reviewing.actor()) else { return };
        reviewing.preview.set(Arc::new(actions::preview(work, &actor, &view)));
    });
    Effect::new(move |_| {
        let preview = reviewing.preview.get();
        work.sheet.overlay.set(marks::overlay(work, &preview.review));
    });
    let rested = rests(work.sheet, BEHIND_MS);
    Effect::new(move |_| {
        rested.track();
        let (preview, draft) = (reviewing.preview.get(), reviewing.draft.get());
        let Some(actor) = untrack(|| reviewing.actor()) else { return };
        let drafted = draft.map(|draft| Arc::new(actions::drafted(work, &actor, &preview, &draft)));
        let now = drafted.as_ref().unwrap_or(&preview);
        let cuts = sums_of::cuts(&now.review);
        let sums = (!cuts.is_empty()).then(|| {
            let lines = work.sheet.read(sums_of::lines);
            Arc::new(sums_of::sums(&lines, &cuts))
        });
        reviewing.sums.set(sums);
        // Columns that are shown stay: they do not come and go with the last cut.
        if columns::wanted(work, &actor, now) || reviewing.side.with_untracked(Option::is_some) {
            reviewing.side.set(Some(columns::side_columns(work, &preview, now)));
        }
    });
    let toast = expect_context::<crate::ui::Toast>();
    Effect::new(move |_| {
        if let Some(text) = work.sheet.refused.get() {
            work.sheet.refused.set(None);
            show_toast(toast, text);
        }
    });
    listen(work);
    ().into_any()
}

/// F9 and Shift+F9: the next remark that is not resolved, and the one before.
fn listen(work: RequestContext) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.key() == "F9" && !event.is_composing() && !event.default_prevented() {
            event.prevent_default();
            step(work, !event.shift_key());
        }
    });
    on_cleanup(move || handle.remove());
}

/// Goes to the next or previous open remark, from the one shown.
fn step(work: RequestContext, forward: bool) {
    let reviewing = work.reviewing;
    let preview = reviewing.preview.get_untracked();
    let open = |id: &&shared::kernel::ids::ThreadId| {
        preview.review.thread(id).is_some_and(|thread| thread.state != State::Resolved)
    };
    let order = ordered(work, &preview.review);
    let order: Vec<_> = order.iter().filter(open).collect();
    if order.is_empty() {
        return;
    }
    let now = match reviewing.shown.get_untracked() {
        PanelTab::Thread(id) => order.iter().position(|other| **other == id),
        _ => None,
    };
    let next = match (now, forward) {
        (None, true) => 0,
        (None, false) => order.len() - 1,
        (Some(at), true) => (at + 1) % order.len(),
        (Some(at), false) => (at + order.len() - 1) % order.len(),
    };
    go_to(work, order[next]);
}

/// Shows a remark and what it is about.
pub fn go_to(work: RequestContext, id: &shared::kernel::ids::ThreadId) {
    work.reviewing.shown.set(PanelTab::Thread(id.clone()));
    let anchor =
        work.reviewing.preview.with_untracked(|p| p.review.thread(id).map(|thread| thread.anchor.clone()));
    let place = anchor.and_then(|anchor| work.sheet.read(|session| marks::place_of(session, &anchor)));
    if let Some(place) = place {
        work.go_to(&place);
    }
    work.show(Side::Review);
}
