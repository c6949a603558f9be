//! 布局: head, task list, the part being worked on, the side panel, and the totals below.

use super::banners::Banners;
use super::chunks;
use super::commands::Asking;
use super::content::Centre;
use super::context::{HEADING, Lasting, RequestContext, Side, focus_soon};
use super::head::Head;
use super::keys;
use super::load::LoadedRequest;
use super::side::{SidePanel, is_reviewed};
use super::tasks::TaskList;
use super::totals::Totals;
use leptos::prelude::*;
use shared::cases::kernel::Stage;
use std::sync::Arc;

#[component]
pub fn Workplace(open: Arc<LoadedRequest>, lasting: Lasting) -> impl IntoView {
    let work = RequestContext::new(&open, lasting);
    keys::listen(work);
    follow_the_case(&open, work);
    let reviewed = is_reviewed(work);
    if reviewed && reads_reviews(work) {
        work.side.set(Side::Review);
    }
    explain_when_asked(work);
    let frozen = open.frozen.clone();
    if lasting.reads.get_untracked() > 0 {
        // The element with the focus was part of the opening before.
        focus_soon(HEADING.to_string());
    }
    view! {
        <div class="rq">
            <Head work frozen=frozen.clone()/>
            <Banners work frozen/>
            <div class="rq-body">
                <TaskList work/>
                <Centre work/>
                <SidePanel work/>
            </div>
            <Totals work/>
            <Asking work/>
            <div hidden>{reviewed.then(|| chunks::review_followed(work))}</div>
        </div>
    }
}

/// Whose work here is the review: an office's, and the department's once something was returned to it.
fn reads_reviews(work: RequestContext) -> bool {
    let view = work.view();
    let bureau = matches!(view.case.stage, Stage::BureauReview | Stage::BureauConfirm | Stage::FinanceReview);
    view.case.stage == Stage::Returned || (bureau && view.showing_version.is_some())
}

/// Opens the panel when a figure or a finding is pressed, to explain it.
fn explain_when_asked(work: RequestContext) {
    Effect::new(move |_| {
        if let Some(cell) = work.sheet.asked.get() {
            work.sheet.asked.set(None);
            work.sheet.selected.set(Some(cell));
            work.show(Side::Selected);
        }
    });
}

/// Reads the request again when the stream reports another revision than the one shown.
fn follow_the_case(open: &LoadedRequest, work: RequestContext) {
    let Some(live) = open.live else { return };
    let shown = open.view.case.revision;
    Effect::new(move |_| {
        // An own command reads the request again itself.
        if live.moved.get() > shown && !work.busy.get() {
            work.lasting.tell(false, "案卷有新的办理，页面已更新。");
            work.read_again();
        }
    });
}
