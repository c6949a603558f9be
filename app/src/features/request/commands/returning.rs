//! 退回: the reasons of a return, written in the panel so that each can point at a cell. Until it is sent they are stored
//! on the device.

use super::execute::execute;
use crate::cases::StoredDraft;
use crate::features::request::context::{RequestContext, Side};
use crate::features::request::section::Section;
use crate::features::request::side::is_reviewed;
use crate::form_ui::sheet::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::cases::kernel::LONGEST_REASON;
use shared::cases::kernel::Reason;
use shared::cases::kernel::Verb;
use shared::cases::kernel::reasons::MOST_REASONS;
use shared::cases::request::Command;
use shared::cases::review::thread::State;
use shared::kernel::finding::Place;

/// One reason being written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ReasonDraft {
    number: usize,
    text: RwSignal<String>,
    place: RwSignal<Option<Place>>,
}

/// The return being written; looking at other things keeps it.
#[derive(Clone, Copy)]
pub struct Returning {
    verb: RwSignal<Option<Verb>>,
    drafts: RwSignal<Vec<ReasonDraft>>,
    /// Counts the reasons ever begun, so that each keeps its own number.
    begun: RwSignal<usize>,
}

impl Returning {
    pub fn new() -> Returning {
        Returning { verb: RwSignal::new(None), drafts: RwSignal::new(Vec::new()), begun: RwSignal::new(0) }
    }

    /// Begins or continues a return of this kind, with an empty reason where one is needed.
    pub fn begin(&self, verb: Verb, needed: bool) {
        self.verb.set(Some(verb));
        if needed && self.drafts.with_untracked(Vec::is_empty) {
            self.add();
        }
    }

    pub fn clear(&self) {
        self.verb.set(None);
        self.drafts.set(Vec::new());
    }

    fn add(&self) {
        self.put(Reason { text: String::new(), place: None });
    }

    fn put(&self, reason: Reason) {
        self.begun.update(|begun| *begun += 1);
        let number = self.begun.get_untracked();
        let draft =
            ReasonDraft { number, text: RwSignal::new(reason.text), place: RwSignal::new(reason.place) };
        self.drafts.update(|drafts| drafts.push(draft));
    }

    /// What is written so far, as stored on the device; empty when no reason has words.
    fn written(&self) -> String {
        let reason = |draft: &ReasonDraft| Reason { text: draft.text.get(), place: draft.place.get() };
        let reasons: Vec<Reason> = self.drafts.with(|drafts| drafts.iter().map(reason).collect());
        if self.verb.get().is_none() || reasons.iter().all(|reason| reason.text.trim().is_empty()) {
            return String::new();
        }
        serde_json::to_string(&reasons).unwrap_or_default()
    }

    /// Restores what was stored, unless something is written already.
    fn restore(&self, draft: &StoredDraft) {
        let reasons: Vec<Reason> =
            draft.read().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        if !reasons.is_empty() && untrack(|| self.written().is_empty()) {
            self.drafts.set(Vec::new());
            reasons.into_iter().for_each(|reason| self.put(reason));
        }
    }

    fn remove(&self, draft: ReasonDraft) {
        self.drafts.update(|drafts| drafts.retain(|other| *other != draft));
    }

    /// What is wrong with what is written so far. Open remarks can take the place of reasons.
    fn fault(&self, remarks: usize) -> Option<String> {
        self.drafts.with(|drafts| {
            if drafts.is_empty() && remarks > 0 && self.verb.get() == Some(Verb::BureauReturn) {
                return None;
            }
            if drafts.is_empty() || drafts.len() > MOST_REASONS {
                return Some(format!("请写明理由，1 至 {MOST_REASONS} 条"));
            }
            let wrong = |draft: &ReasonDraft| {
                let length = draft.text.with(|text| text.trim().chars().count());
                !(1..=LONGEST_REASON).contains(&length)
            };
            let at = drafts.iter().position(wrong)?;
            Some(format!("第 {} 条理由应为 1 至 {LONGEST_REASON} 个字", at + 1))
        })
    }

    fn command(&self) -> Option<Command> {
        let reason = |draft: &ReasonDraft| Reason {
            text: draft.text.get_untracked().trim().to_string(),
            place: draft.place.get_untracked(),
        };
        let reasons = self.drafts.with_untracked(|drafts| drafts.iter().map(reason).collect());
        match self.verb.get_untracked()? {
            Verb::DepartmentReturn => Some(Command::DepartmentReturn { reasons }),
            Verb::BureauReturn => Some(Command::BureauReturn { reasons }),
            Verb::LeaderReturn => Some(Command::LeaderReturn { reasons }),
            Verb::FinanceReturn => Some(Command::FinanceReturn { reasons }),
            _ => None,
        }
    }
}

#[component]
pub fn ReturnForm(work: RequestContext) -> impl IntoView {
    let returning = work.returning;
    let tried = RwSignal::new(false);
    let draft = StoredDraft::of(&work.view().case.id, "return");
    returning.restore(&draft);
    let (storing, on_device) = (draft.clone(), RwSignal::new(false));
    Effect::new(move |_| on_device.set(storing.write(&returning.written())));
    // The department does not see what is not published.
    let open = move || {
        let published = work.reviewing.view.get();
        published.map_or(0, |view| view.review.threads.iter().filter(|t| t.state != State::Resolved).count())
    };
    let send = move |_| {
        tried.set(true);
        if returning.fault(open()).is_some() {
            return;
        }
        if let Some(command) = returning.command() {
            let draft = draft.clone();
            spawn_local(async move {
                if execute(work, command).await {
                    draft.forget();
                }
            });
        }
    };
    let later = move || work.show(if is_reviewed(work) { Side::Review } else { Side::Selected });
    view! {
        <h2 class="rq-side-heading">{move || returning.verb.get().map(Verb::label)}</h2>
        <p class="rq-help">"逐条写明要改什么；点选一个单元格后，可把它定为这一条的位置。未指定位置的，部门可修改整份申请。"</p>
        <Show when={move || open() > 0 && returning.verb.get() == Some(Verb::BureauReturn)}>
            <p class="rq-help" data-return="remarks">
                {move || format!("已发送、未办结的审核意见 {} 条，部门据此修改；可以不另写理由。", open())}
            </p>
        </Show>
        <ol class="rq-reasons">
            <For each=move || returning.drafts.get() key=|draft| draft.number
                children=move |draft| view! { <li><Writing work draft/></li> }/>
        </ol>
        <button type="button" on:click=move |_| returning.add()>"再加一条"</button>
        <Show when=move || on_device.get()><p class="rq-quiet" data-return="stored">"草稿已保存在本机，退回后清除。"</p></Show>
        <p class="rq-fault" role="alert">{move || tried.get().then(|| returning.fault(open())).flatten()}</p>
        <div class="rq-ask-buttons">
            <button type="button" class="primary" data-confirm="return" disabled=move || work.busy.get() on:click=send>
                {move || returning.verb.get().map(Verb::label)}
            </button>
            <button type="button" data-return="later" on:click=move |_| later()>"取消"</button>
        </div>
    }
}

/// The selected cell, or the part shown.
fn here(work: RequestContext) -> Option<Place> {
    work.sheet.read(|session| {
        if let Some(cell) = work.sheet.selected.get_untracked() {
            return Some(session.cell_place(cell));
        }
        let Section::Table(table) = work.section.get_untracked() else { return None };
        let plan = &session.plan().tables[table];
        let form = session.plan().definition.forms[plan.form].key.clone();
        let lines = (!plan.is_header()).then(|| plan.table.key.clone());
        Some(Place { form, table: lines, row: None, field: None })
    })
}

#[component]
fn Writing(work: RequestContext, draft: ReasonDraft) -> impl IntoView {
    let returning = work.returning;
    let pointed =
        move || draft.place.get().map(|place| work.sheet.read(|session| words::place(session, &place)));
    view! {
        <textarea class="rq-entry" rows="3" aria-label="退回理由" prop:value=move || draft.text.get()
            on:input=move |event| draft.text.set(event_target_value(&event))></textarea>
        <p class="rq-place">
            <Show when=move || draft.place.get().is_some() fallback=|| "未指定位置">
                {pointed}
                <button type="button" class="rq-link" on:click=move |_| draft.place.set(None)>"清除"</button>
            </Show>
        </p>
        <button type="button" class="rq-link" on:click=move |_| draft.place.set(here(work))>"用当前所选位置"</button>
        <button type="button" class="rq-link" on:click=move |_| returning.remove(draft)>"删除这一条"</button>
    }
}
