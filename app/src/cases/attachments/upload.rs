//! 续传: one file, piece by piece. The upload's id stays in local storage under the file's hash, so that the same file chosen
//! after a reload goes on where the server is.

use crate::kernel::api;
use crate::kernel::random_id::new_id;
use crate::kernel::session;
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use leptos::prelude::window;
use shared::api::attachments::{Attachment, BeginUpload, FinishUpload, UploadProgress, part_path};
use shared::api::problem::{Problem, code};
use shared::kernel::attachment::AttachmentPlace;
use shared::kernel::content_hash::{ContentHash, ContentHasher};
use shared::kernel::ids::{AttachmentId, CaseId};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, Storage};

/// Bytes hashed between two looks at the page.
const HASHED_AT_ONCE: u64 = 1 << 20;
/// How long a broken line is waited for, try by try, in milliseconds.
const TRIES_MS: [u32; 4] = [1_000, 3_000, 10_000, 30_000];

/// How far an upload has come, in bytes.
pub enum Step {
    Checked { done: u64, size: u64 },
    Sent { id: AttachmentId, done: u64, size: u64 },
}

/// Bytes of a file.
pub fn size(file: &File) -> u64 {
    // A whole number far below 2^53.
    file.size() as u64
}

/// Uploads a file; `on_step` is called for each step and answers whether to go on, `begun` knows uploads of this file that the server has
/// and this device does not.
pub async fn send(
    case: &CaseId,
    place: AttachmentPlace,
    file: &File,
    begun: impl Fn(&ContentHash) -> Option<AttachmentId>,
    on_step: impl Fn(Step) -> bool,
) -> Result<Attachment, Problem> {
    let hash = whole_hash(file, &on_step).await?;
    let key = format!("omfund.upload.{case}.{hash}");
    let id = remembered(&key, begun(&hash));
    let outcome = transfer(case, place, file, &hash, id, &on_step).await;
    if is_over(&outcome)
        && let Some(store) = storage()
    {
        // A device that cannot forget learns from the server that the upload is over.
        let _ = store.remove_item(&key);
    }
    outcome
}

/// Whether the server knows the upload no longer; after anything else it goes on under the same id.
fn is_over(outcome: &Result<Attachment, Problem>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(problem) => matches!(problem.status, 404 | 409 | 422) && !is_altered(problem),
    }
}

/// The line altered a part.
fn is_altered(problem: &Problem) -> bool {
    problem.refusal.as_ref().is_some_and(|refusal| refusal.code == "attachment.altered_part")
}

/// The person called it off.
const STOPPED: &str = "stopped";

fn stopped() -> Problem {
    Problem::new(0, STOPPED, "已停止", "上传已停止；再次选择同一个文件可以续传。")
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// The id under which this file was begun before, or a new one.
fn remembered(key: &str, begun: Option<AttachmentId>) -> AttachmentId {
    let known = storage().and_then(|store| store.get_item(key).ok().flatten());
    if let Some(known) = known {
        return AttachmentId::new(known);
    }
    let id = begun.unwrap_or_else(|| AttachmentId::new(new_id("a")));
    if let Some(store) = storage() {
        // A device that keeps nothing asks the server after a reload.
        let _ = store.set_item(key, id.as_str());
    }
    id
}

async fn transfer(
    case: &CaseId,
    place: AttachmentPlace,
    file: &File,
    hash: &ContentHash,
    id: AttachmentId,
    on_step: &impl Fn(Step) -> bool,
) -> Result<Attachment, Problem> {
    let size = size(file);
    let name = file.name();
    let begin =
        BeginUpload { case: case.clone(), attachment: id.clone(), place, name, size, hash: hash.clone() };
    let UploadProgress { mut received, part, .. } = api::call(begin).await?;
    while received < size {
        if !on_step(Step::Sent { id: id.clone(), done: received, size }) {
            return Err(stopped());
        }
        let bytes = piece(file, received, (received + part).min(size)).await?;
        let before = received;
        received = match sent(case, &id, received, &bytes).await {
            Ok(progress) => progress.received,
            // The server is elsewhere, because an answer was lost.
            Err(Problem { current: Some(current), .. }) if current != received => current,
            Err(problem) => return Err(problem),
        };
        if received == before {
            let detail = "服务器没有收下这一段，请重试。";
            return Err(Problem::new(409, code::REFUSED, "附件没有传完", detail));
        }
    }
    on_step(Step::Sent { id: id.clone(), done: size, size });
    api::call(FinishUpload { case: case.clone(), attachment: id }).await
}

/// The hash of the whole file.
async fn whole_hash(file: &File, on_step: &impl Fn(Step) -> bool) -> Result<ContentHash, Problem> {
    let (mut hasher, size) = (ContentHasher::default(), size(file));
    let mut done = 0;
    while done < size {
        if !on_step(Step::Checked { done, size }) {
            return Err(stopped());
        }
        let end = (done + HASHED_AT_ONCE).min(size);
        hasher.update(&piece(file, done, end).await?);
        done = end;
    }
    Ok(hasher.finish())
}

/// Some bytes of a file.
async fn piece(file: &File, from: u64, to: u64) -> Result<Vec<u8>, Problem> {
    let unreadable = |_| {
        let detail = "文件可能已被移动、改动或删除，请重新选择。";
        Problem::new(0, code::MALFORMED, "读不到所选的文件", detail)
    };
    let slice = file.slice_with_f64_and_f64(from as f64, to as f64).map_err(unreadable)?;
    let buffer = JsFuture::from(slice.array_buffer()).await.map_err(unreadable)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Sends one part; a broken line is tried again, a session that ran out is renewed in place.
async fn sent(
    case: &CaseId,
    id: &AttachmentId,
    offset: u64,
    bytes: &[u8],
) -> Result<UploadProgress, Problem> {
    let path = part_path(case, id, offset, &ContentHash::of(bytes));
    let mut tries = TRIES_MS.into_iter();
    loop {
        match once(&path, bytes).await {
            Err(problem) if problem.code == code::SIGN_IN && session::renewed().await => {}
            Err(problem) if is_passing(&problem) => {
                let Some(wait) = tries.next() else { return Err(problem) };
                TimeoutFuture::new(wait).await;
            }
            outcome => return outcome,
        }
    }
}

/// What a second try may mend.
fn is_passing(problem: &Problem) -> bool {
    problem.code == code::UNREACHED || problem.code == code::TRY_LATER || is_altered(problem)
}

async fn once(path: &str, bytes: &[u8]) -> Result<UploadProgress, Problem> {
    let request = RequestBuilder::new(path)
        .method(Method::POST)
        .header("accept", "application/json")
        .header("content-type", "application/octet-stream")
        .body(Uint8Array::from(bytes).unchecked_into::<wasm_bindgen::JsValue>());
    let response = match request {
        Ok(request) => request.send().await,
        Err(error) => Err(error),
    };
    let response = response.map_err(|_| {
        let detail = "连不上服务器，附件没有传完。请检查网络后重试，会从断开处续传。";
        Problem::new(0, code::UNREACHED, "网络不通", detail)
    })?;
    api::read(response).await
}
