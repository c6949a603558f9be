//! 上传队列: files are sent one after the other, so that a slow line is not shared among them.

use super::upload::{self, Step};
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::attachments::{AttachmentList, UnfinishedUpload};
use shared::api::problem::{Problem, code};
use shared::kernel::attachment::{AttachmentLimits, AttachmentPlace, Usage};
use shared::kernel::content_hash::ContentHash;
use shared::kernel::ids::{AttachmentId, CaseId};
use web_sys::File;

/// How far a file of the queue is.
#[derive(Clone, PartialEq)]
pub enum Sending {
    Waiting,
    /// The hash of the whole is being made.
    Checking {
        percent: u64,
    },
    Going {
        id: AttachmentId,
        percent: u64,
    },
    Failed(Problem),
}

/// A file of the queue.
#[derive(Clone, Copy)]
struct Entry {
    number: usize,
    file: StoredValue<File, LocalStorage>,
    state: RwSignal<Sending>,
    /// The person called it off.
    stopped: RwSignal<bool>,
}

#[derive(Clone, Copy)]
pub struct Queue {
    case: StoredValue<CaseId>,
    place: StoredValue<AttachmentPlace>,
    list: RwSignal<Option<AttachmentList>>,
    look: Callback<()>,
    entries: RwSignal<Vec<Entry>>,
    added: StoredValue<usize>,
    running: StoredValue<bool>,
}

impl Queue {
    pub fn new(
        case: CaseId,
        place: AttachmentPlace,
        list: RwSignal<Option<AttachmentList>>,
        look: Callback<()>,
    ) -> Queue {
        Queue {
            case: StoredValue::new(case),
            place: StoredValue::new(place),
            list,
            look,
            entries: RwSignal::new(Vec::new()),
            added: StoredValue::new(0),
            running: StoredValue::new(false),
        }
    }

    /// Adds a file; one that the limits refuse is refused at once, without being read.
    pub fn add(self, file: File, limits: &AttachmentLimits) {
        let checked = limits.check_begin(&file.name(), upload::size(&file), Usage::default());
        let state = match checked {
            Ok(()) => Sending::Waiting,
            Err(refusal) => {
                let title = "附件没有收下";
                Sending::Failed(Problem::new(422, code::REFUSED, title, refusal.to_string()))
            }
        };
        let number = self.added.get_value();
        self.added.set_value(number + 1);
        let (state, stopped) = (RwSignal::new(state), RwSignal::new(false));
        let entry = Entry { number, file: StoredValue::new_local(file), state, stopped };
        self.entries.update(|entries| entries.push(entry));
        self.run();
    }

    /// Whether an upload that the list calls unfinished is being sent from this page.
    pub fn is_sending(self, upload: &UnfinishedUpload) -> bool {
        let going = |entry: &Entry| {
            entry.state.with(|state| matches!(state, Sending::Going { id, .. } if *id == upload.id))
        };
        self.entries.with(|entries| entries.iter().any(going))
    }

    /// Sends what waits, unless that is under way.
    fn run(self) {
        if self.running.get_value() {
            return;
        }
        self.running.set_value(true);
        spawn_local(async move {
            while let Some(entry) = self.next() {
                let outcome = self.send(entry).await;
                if self.is_gone() {
                    return;
                }
                match outcome {
                    Ok(()) => self.forget(entry),
                    Err(_) if entry.stopped.get_untracked() => self.forget(entry),
                    Err(problem) => entry.state.set(Sending::Failed(problem)),
                }
                self.look.run(());
            }
            self.running.try_set_value(false);
        });
    }

    /// Whether the page was left; what was sent is with the server.
    fn is_gone(self) -> bool {
        self.entries.try_with_untracked(|_| ()).is_none()
    }

    fn next(self) -> Option<Entry> {
        let waits = |entry: &&Entry| entry.state.with_untracked(|state| *state == Sending::Waiting);
        self.entries.try_with_untracked(|entries| entries.iter().find(waits).copied())?
    }

    async fn send(self, entry: Entry) -> Result<(), Problem> {
        let (case, place, file) = (self.case.get_value(), self.place.get_value(), entry.file.get_value());
        let on_step = move |step: Step| {
            if self.is_gone() || entry.stopped.get_untracked() {
                return false;
            }
            entry.state.set(match step {
                Step::Checked { done, size } => Sending::Checking { percent: percent(done, size) },
                Step::Sent { id, done, size } => Sending::Going { id, percent: percent(done, size) },
            });
            true
        };
        let name = file.name();
        let begun = |hash: &ContentHash| {
            let same = |upload: &&UnfinishedUpload| upload.hash == *hash && upload.name == name;
            let list = self.list.try_get_untracked()??;
            list.unfinished.iter().find(same).map(|upload| upload.id.clone())
        };
        upload::send(&case, place, &file, begun, on_step).await.map(drop)
    }

    fn forget(self, entry: Entry) {
        self.entries.update(|entries| entries.retain(|other| other.number != entry.number));
    }
}

fn percent(done: u64, size: u64) -> u64 {
    (done * 100).checked_div(size).unwrap_or_default()
}

#[component]
pub fn QueueLines(queue: Queue) -> impl IntoView {
    view! {
        <ul class="at-list" aria-live="polite">
            <For each=move || queue.entries.get() key=|entry| entry.number.to_string() children={move |entry| {
                let name = entry.file.with_value(File::name);
                view! {
                    <li class="at-line" data-sending=name.clone()>
                        <span class="at-name">{name.clone()}</span>
                        {move || state(queue, entry)}
                    </li>
                }
                .into_any()
            }}/>
        </ul>
    }
}

fn state(queue: Queue, entry: Entry) -> AnyView {
    let stop = move |_| {
        entry.stopped.set(true);
        if entry.state.with_untracked(|state| *state == Sending::Waiting) {
            queue.forget(entry);
        }
    };
    let going = |words: &'static str, percent: u64| {
        view! {
            <span class="at-state" data-scan="sending">
                <progress max="100" value=percent.to_string() aria-label=words></progress>
                {format!("{words} {percent}%")}
            </span>
        }
    };
    let shown = match entry.state.get() {
        Sending::Failed(problem) => return failed(queue, entry, problem),
        Sending::Waiting => going("等待上传", 0),
        Sending::Checking { percent } => going("正在核对", percent),
        Sending::Going { percent, .. } => going("正在上传", percent),
    };
    view! {
        {shown}
        <span class="at-acts"><button type="button" data-attachment-act="stop" on:click=stop>"停止"</button></span>
    }
    .into_any()
}

fn failed(queue: Queue, entry: Entry, problem: Problem) -> AnyView {
    let again = move |_| {
        entry.stopped.set(false);
        entry.state.set(Sending::Waiting);
        queue.run();
    };
    let text = problem.detail;
    view! {
        <span class="at-state" role="alert" data-scan="failed" data-problem=problem.code>{move || text.clone()}</span>
        <span class="at-acts">
            <button type="button" data-attachment-act="again" on:click=again>"重试"</button>
            <button type="button" data-attachment-act="dismiss" on:click=move |_| queue.forget(entry)>"关闭"</button>
        </span>
    }
    .into_any()
}
