//! 申请页的分块: the parts of the request page that come when they are first needed.

// The split points are foreign imports and exports; the macro writes them.
#![allow(unsafe_code)]

use super::changes::Changes;
use super::commands::{Ask, ReturnForm};
use super::context::RequestContext;
use super::import::ImportDialog;
use super::record::Record;
use super::side::{ProblemList, Selected};
use super::submit::HandOver;
use super::{files as papers, returned as reasons, review};
use crate::cases;
use crate::features::chunks::desk_ahead;
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::api;
use crate::kernel::chunks::{ChunkCall, Fetching, split};
use crate::sync_client::Opened;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use shared::api::requests::{FrozenVersion, ReadDefinition, ReadVersion, RequestView};
use shared::cases::kernel::Verb;
use shared::engine::definition::Definition;
use shared::engine::plan::TableIx;
use shared::kernel::ids::CaseId;

split! {
    request / fetch_import / build_import =>
        import_dialog(work: RequestContext, table: TableIx, open: RwSignal<bool>) view! { <ImportDialog work table open/> };
    request / fetch_hand_over / build_hand_over => hand_over(work: RequestContext) view! { <HandOver work/> };
    request / fetch_attachments / build_attachments =>
        attachments(work: RequestContext) request_attachments(work);
    request / fetch_changes / build_changes => changes(work: RequestContext) view! { <Changes work/> };
    request / fetch_record / build_record => record(work: RequestContext) view! { <Record work/> };
    request / fetch_files / build_files => files(work: RequestContext, version: Option<u32>) papers::files(work, version);
    request / fetch_approved / build_approved => approved(work: RequestContext) papers::approved(work);
    request / fetch_returned / build_returned => returned(work: RequestContext) reasons::returned(work);
    request / fetch_ask / build_ask => ask(work: RequestContext, verb: Verb) view! { <Ask work verb/> };
    request / fetch_conflicts / build_conflicts =>
        conflicts(sheet: FormSheet, live: Opened) cases::conflicts(sheet, live);
    review / fetch_review / build_review => review_panel(work: RequestContext) review::panel(work);
    review / fetch_followed / build_followed => review_followed(work: RequestContext) review::follow(work);
    side / fetch_selected / build_selected => selected(work: RequestContext) view! { <Selected work/> };
    side / fetch_problems / build_problems => problems(work: RequestContext) view! { <ProblemList work/> };
    request / fetch_return / build_return => return_form(work: RequestContext) view! { <ReturnForm work/> };
}

/// The attachments of the request; a frozen version only shows them.
fn request_attachments(work: RequestContext) -> impl IntoView {
    let case = work.view().case.id.clone();
    view! { <div class="rq-scroll"><cases::AttachmentBox case can_edit={work.frozen.is_none()}/></div> }
}

/// Reads a frozen version.
#[wasm_split(frozen, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn version(request: CaseId, version: u32) -> Result<ChunkCall<FrozenVersion>, SplitLoaderError> {
    Ok(Box::pin(api::call(ReadVersion { request, version })))
}

/// Reads a form definition that no longer runs.
#[wasm_split(frozen, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn definition(hash: String) -> Result<ChunkCall<Definition>, SplitLoaderError> {
    Ok(Box::pin(api::call(ReadDefinition { hash })))
}

/// Downloads the banners of a request before the page below them is shown, or it would move when they come. What does not
/// arrive says so in its place.
pub async fn banners(view: &RequestView) {
    if view.case.approval.is_some() || view.history.iter().any(|line| !line.reasons.is_empty()) {
        let _ = fetch_returned().await;
    }
}

/// The same for conflicts that wait for a choice since the request was open last.
pub async fn conflicts_banner(sheet: FormSheet) {
    if !sheet.conflicts.with_untracked(Vec::is_empty) {
        let _ = fetch_conflicts().await;
    }
}

/// What a person filling in a request will need next.
pub fn soon_needed() -> Vec<Fetching> {
    vec![Box::pin(fetch_problems()), Box::pin(fetch_hand_over()), desk_ahead()]
}
