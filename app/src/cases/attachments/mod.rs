//! 附件: the box of a case's attachments. It lists, uploads, previews and removes; the rules are in
//! `shared::kernel::attachment`.

mod preview;
mod queue;
mod upload;

use crate::cases::reading::{CaseLoader, read_page};
use crate::kernel::api;
use crate::ui::{Dialog, Notice, Toast, show_toast};
use leptos::prelude::*;
use leptos::task::spawn_local;
use preview::Preview;
use queue::{Queue, QueueLines};
use shared::api::attachments::{
    Attachment, AttachmentList, FILE, ReadAttachments, RemoveAttachment, UnfinishedUpload, file_path,
};
use shared::api::problem::Problem;
use shared::kernel::attachment::{AttachmentPlace, ScanState, readable_size};
use shared::kernel::ids::{AttachmentId, CaseId};
use web_sys::{DragEvent, FileList, HtmlInputElement};

/// What the parts of the box share.
#[derive(Clone, Copy)]
struct Board {
    case: StoredValue<CaseId>,
    list: RwSignal<Option<AttachmentList>>,
    look: Callback<()>,
    queue: Queue,
    problem: RwSignal<Option<Problem>>,
    /// What the person is asked about before it is removed.
    removing: RwSignal<Option<Removal>>,
    shown: RwSignal<Option<Attachment>>,
}

/// An attachment or an unfinished upload that would be removed.
#[derive(Clone, PartialEq)]
struct Removal {
    id: AttachmentId,
    name: String,
    unfinished: bool,
}

/// `can_edit` only takes away: whether the person may add and remove is the server's word.
#[component]
pub fn AttachmentBox(
    case: CaseId,
    can_edit: bool,
    /// What new attachments belong to.
    #[prop(optional)]
    place: AttachmentPlace,
) -> impl IntoView {
    let asked = case.clone();
    let CaseLoader { view: list, problem: unread, look, .. } =
        read_page(move || ReadAttachments { case: asked.clone() });
    let board = Board {
        case: StoredValue::new(case.clone()),
        list,
        look,
        queue: Queue::new(case, place, list, look),
        problem: RwSignal::new(None),
        removing: RwSignal::new(None),
        shown: RwSignal::new(None),
    };
    let may_write =
        Memo::new(move |_| can_edit && list.with(|l| l.as_ref().is_some_and(|l| l.may_write.is_none())));
    view! {
        <section class="card at-box" aria-labelledby="attachments-title" data-attachments="true">
            <h2 id="attachments-title">"附件"</h2>
            <Notice problem=unread/>
            <Notice problem=board.problem/>
            <List board may_write/>
            <Show when=move || may_write.get()>
                <Unfinished board/>
                <Chooser board/>
            </Show>
            <QueueLines queue=board.queue/>
            {move || closed(list, can_edit).into_any()}
            <RemovalDialog board/>
            <Preview board/>
        </section>
    }
}

/// Why nothing can be added, for who would otherwise look for the button.
fn closed(list: RwSignal<Option<AttachmentList>>, can_edit: bool) -> impl IntoView {
    let why = list.with(|list| list.as_ref().and_then(|list| list.may_write.clone()));
    why.filter(|_| can_edit).map(|refusal| view! { <p class="quiet">{refusal.message}</p> })
}

#[component]
fn List(board: Board, may_write: Memo<bool>) -> impl IntoView {
    let lines = move || board.list.with(|l| l.as_ref().map(|l| l.attachments.clone()).unwrap_or_default());
    let empty = move || board.list.with(|l| l.as_ref().is_some_and(|l| l.attachments.is_empty()));
    let key = |line: &Attachment| format!("{} {}", line.id, line.state.word());
    view! {
        <Show when=empty><p class="quiet">"还没有附件。"</p></Show>
        <ul class="at-list">
            <For each=lines key=key children={move |line| view! { <Line board line may_write/> }.into_any()}/>
        </ul>
    }
}

#[component]
fn Line(board: Board, line: Attachment, may_write: Memo<bool>) -> impl IntoView {
    let href = board.case.with_value(|case| file_path(FILE, case, &line.id));
    let open = line.state == ScanState::Clear;
    let previewed = (open && line.kind.is_previewable()).then(|| line.clone());
    let removal = Removal { id: line.id.clone(), name: line.name.clone(), unfinished: false };
    let about = [Some(line.kind.label().to_string()), Some(readable_size(line.size)), line.place.label()];
    let about = about.into_iter().flatten().chain([line.by.clone(), line.at.clone()]);
    let about = about.collect::<Vec<_>>().join(" · ");
    let label = line.name.clone();
    let state = match &line.threat {
        Some(threat) => format!("{}（{threat}）", line.state.label()),
        None => line.state.label().to_string(),
    };
    view! {
        <li class="at-line" data-attachment=line.id.to_string()>
            <span class="at-name">{line.name.clone()}</span>
            <span class="quiet">{about}</span>
            <span class="at-state" data-scan=line.state.word()>{state}</span>
            <span class="at-acts" role="group" aria-label=label>
                {previewed.map(|shown| view! {
                    <button type="button" data-attachment-act="preview"
                        on:click=move |_| board.shown.set(Some(shown.clone()))>"预览"</button>
                })}
                {open.then(|| view! { <a class="button" href=href data-file="attachment" download="">"下载"</a> })}
                <Show when=move || may_write.get()>
                    {{
                    let removal = removal.clone();
                    view! {
                        <button type="button" data-attachment-act="remove"
                            on:click=move |_| board.removing.set(Some(removal.clone()))>"移除"</button>
                    }.into_any()
                }}
                </Show>
            </span>
        </li>
    }
}

/// Uploads that a closed page or a lost line left: the same file chosen again goes on where they stopped.
#[component]
fn Unfinished(board: Board) -> impl IntoView {
    let lines = move || {
        let mut all = board.list.with(|l| l.as_ref().map(|l| l.unfinished.clone()).unwrap_or_default());
        all.retain(|upload| !board.queue.is_sending(upload));
        all
    };
    let key = |upload: &UnfinishedUpload| format!("{} {}", upload.id, upload.received);
    view! {
        <ul class="at-list">
            <For each=lines key=key children={move |upload: UnfinishedUpload| {
                let percent = (upload.received * 100).checked_div(upload.size).unwrap_or_default();
                let removal = Removal { id: upload.id.clone(), name: upload.name.clone(), unfinished: true };
                view! {
                    <li class="at-line" data-unfinished=upload.id.to_string()>
                        <span class="at-name">{upload.name.clone()}</span>
                        <span class="at-state" data-scan="unfinished">
                            {format!("没有传完，已传 {percent}%；再次选择同一个文件即可续传")}
                        </span>
                        <span class="at-acts">
                            <button type="button" data-attachment-act="discard"
                                on:click=move |_| board.removing.set(Some(removal.clone()))>"放弃"</button>
                        </span>
                    </li>
                }
                .into_any()
            }}/>
        </ul>
    }
}

/// The button and the place to drop files on.
#[component]
fn Chooser(board: Board) -> impl IntoView {
    let over = RwSignal::new(false);
    let limits = move || board.list.with(|l| l.as_ref().map(|l| l.limits.clone()).unwrap_or_default());
    let take = move |files: Option<FileList>| {
        let Some(files) = files else { return };
        let limits = limits();
        (0..files.length()).filter_map(|i| files.get(i)).for_each(|file| board.queue.add(file, &limits));
    };
    let chosen = move |event: leptos::ev::Event| {
        let input = event_target::<HtmlInputElement>(&event);
        take(input.files());
        // The same file can be chosen again.
        input.set_value("");
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let drag = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let hint = move || {
        let limits = limits();
        format!("可上传 {}；每个不超过 {}。", limits.accepted(), readable_size(limits.largest_file))
    };
    view! {
        <div class="at-drop" class:over=move || over.get() on:dragover=drag on:drop=dropped
            on:dragleave=move |_| over.set(false)>
            <label class="button">
                "选择文件"
                <input class="hidden-label" type="file" multiple=true data-attachment-act="choose"
                    accept=move || limits().accepted_extensions() aria-describedby="attachments-hint" on:change=chosen/>
            </label>
            <span>"或把文件拖到这里"</span>
            <p class="field-hint" id="attachments-hint">{hint}</p>
        </div>
    }
}

#[component]
fn RemovalDialog(board: Board) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| open.set(board.removing.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && board.removing.with_untracked(Option::is_some) {
            board.removing.set(None);
        }
    });
    let remove = move || {
        let Some(Removal { id, name, unfinished }) = board.removing.get_untracked() else { return };
        busy.set(true);
        let case = board.case.get_value();
        spawn_local(async move {
            match api::call(RemoveAttachment { case, attachment: id }).await {
                // What is gone already is what was wanted.
                Err(problem) if !(unfinished && problem.status == 404) => {
                    drop(board.problem.try_set(Some(problem)))
                }
                Ok(()) | Err(_) => {
                    board.problem.try_set(None);
                    show_toast(toast, format!("已移除“{name}”"));
                }
            }
            busy.try_set(false);
            board.removing.try_set(None);
            board.look.run(());
        });
    };
    let words = move || match board.removing.get() {
        Some(Removal { name, unfinished: true, .. }) => format!("放弃上传“{name}”？已传的部分会删除。"),
        Some(Removal { name, .. }) => {
            format!("从案卷中移除“{name}”？已冻结的版本中仍保留；移除后需要时须重新上传。")
        }
        None => String::new(),
    };
    view! {
        <Dialog title="移除附件".to_string() name="remove-attachment" open>
            <p>{words}</p>
            <div class="dialog-buttons">
                <button type="button" on:click=move |_| open.set(false)>"取消"</button>
                <button type="button" class="primary" data-confirm="remove_attachment"
                    disabled=move || busy.get() on:click=move |_| remove()>"移除"</button>
            </div>
        </Dialog>
    }
}
