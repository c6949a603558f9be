//! 情况说明: the written reason why a warning is accepted. It is part of the document: saved, undone and frozen like
//! everything else.

use crate::cases::{StoredDraft, keep_words};
use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::follow::row_changes;
use leptos::prelude::*;
use shared::engine::editing::NewRow;
use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS, JUSTIFIED_FINDING, justification_row};
use shared::engine::op::Change;
use shared::engine::session::Session;
use shared::kernel::finding::Finding;
use std::collections::BTreeMap;

/// Fewest and most characters of a reason.
const LENGTHS: std::ops::RangeInclusive<usize> = 5..=500;

/// The changes that give every one of `findings` the reason `text`.
fn giving(session: &Session, findings: &[Finding], text: &str) -> Vec<Change> {
    let Some(table) = session.plan().table(JUSTIFICATIONS) else { return Vec::new() };
    let (mut changes, mut rows) = (Vec::new(), Vec::new());
    for finding in findings {
        let row = justification_row(finding);
        match session.cell(JUSTIFICATIONS, row.as_str(), JUSTIFICATION) {
            Some(cell) => changes.extend(session.typing(cell, text)),
            None => {
                let cells = BTreeMap::from([
                    (JUSTIFIED_FINDING.to_string(), finding.key()),
                    (JUSTIFICATION.to_string(), text.to_string()),
                ]);
                rows.push(NewRow { id: row, cells });
            }
        }
    }
    changes.extend(session.inserting(table, session.rows(table).last().copied(), rows));
    changes
}

/// The change that takes the reason back.
fn taking_back(session: &Session, finding: &Finding) -> Vec<Change> {
    let Some(table) = session.plan().table(JUSTIFICATIONS) else { return Vec::new() };
    let slot = session.slot(table, justification_row(finding).as_str());
    slot.map(|slot| session.removing(table, slot)).into_iter().collect()
}

fn fault(text: &str) -> Option<String> {
    let length = text.trim().chars().count();
    (!LENGTHS.contains(&length)).then(|| format!("理由应为 {} 至 {} 个字", LENGTHS.start(), LENGTHS.end()))
}

/// One reason for all warnings of a rule, such as eighteen machines in warranty.
#[component]
pub fn JustifyAll(work: RequestContext, findings: Vec<Finding>) -> impl IntoView {
    let sheet = work.sheet;
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(None);
    let count = findings.len();
    let rule = findings.first().map(|finding| finding.rule.clone()).unwrap_or_default();
    let unsaid = keep_words(&work.view().case.id, &format!("justify-all/{rule}"), text);
    let save = move |_| {
        wrong.set(text.with_untracked(|text| fault(text)));
        if wrong.with_untracked(Option::is_none) {
            let reason = text.get_untracked().trim().to_string();
            sheet.act(sheet.read(|session| giving(session, &findings, &reason)));
            unsaid.forget();
        }
    };
    view! {
        <div class="rq-justify">
            <label>
                <span>{format!("以下 {count} 条用同一情况说明")}</span>
                <textarea rows="2" class="rq-entry" data-justify="all" prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))></textarea>
            </label>
            {move || wrong.get().map(|wrong| view! { <p class="rq-fault" role="alert">{wrong}</p> })}
            <button type="button" data-justify="save-all" disabled=move || !sheet.editable.get() on:click=save>
                {format!("用于这 {count} 条")}
            </button>
        </div>
    }
}

/// Writes, shows and takes back the reason.
#[component]
pub fn Justify(work: RequestContext, finding: Finding) -> impl IntoView {
    let sheet = work.sheet;
    let finding = StoredValue::new(finding);
    let stored =
        move || sheet.read(|session| finding.with_value(|f| session.justification(f).map(str::to_string)));
    let table = sheet.read(|session| session.plan().table(JUSTIFICATIONS)).unwrap_or_default();
    let reasons = row_changes(sheet, table);
    let given = RwSignal::new(stored());
    let writing = RwSignal::new(given.get_untracked().is_none());
    let text = RwSignal::new(given.get_untracked().unwrap_or_default());
    let what = finding.with_value(|finding| format!("justify/{}", finding.key()));
    let unsaid = StoredValue::new(keep_words(&work.view().case.id, &what, text));
    Effect::new(move |_| {
        reasons.track();
        given.set(stored());
    });
    let tried = RwSignal::new(false);
    let wrong = move || text.with(|text| fault(text));
    let save = move || {
        tried.set(true);
        if wrong().is_some() {
            return;
        }
        let reason = text.get_untracked().trim().to_string();
        let one = |f: &Finding| sheet.read(|session| giving(session, std::slice::from_ref(f), &reason));
        sheet.act(finding.with_value(one));
        unsaid.with_value(StoredDraft::forget);
        given.set(stored());
        writing.set(false);
    };
    let take_back = move || {
        sheet.act(sheet.read(|session| finding.with_value(|f| taking_back(session, f))));
        given.set(stored());
        text.set(String::new());
        unsaid.with_value(StoredDraft::forget);
        writing.set(true);
    };
    view! {
        <div class="rq-justify">
            <Show when=move || !writing.get() && given.get().is_some()>
                <p><b>"情况说明："</b>{move || given.get()}</p>
                <Show when=move || sheet.editable.get()>
                    <button type="button" class="rq-link" on:click=move |_| writing.set(true)>"修改"</button>
                    <button type="button" class="rq-link" on:click=move |_| take_back()>"撤销理由"</button>
                </Show>
            </Show>
            <Show when=move || given.get().is_none() && !sheet.editable.get()><p>"没有情况说明。"</p></Show>
            <Show when=move || (writing.get() || given.get().is_none()) && sheet.editable.get()>
                <label>
                    <span>"情况属实，说明如下"</span>
                    <textarea rows="2" class="rq-entry" prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))></textarea>
                </label>
                {move || tried.get().then(wrong).flatten().map(|wrong| view! { <p class="rq-fault" role="alert">{wrong}</p> })}
                <button type="button" on:click=move |_| save()>"保存理由"</button>
            </Show>
        </div>
    }
}
