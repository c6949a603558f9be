//! 表单填写: the form of a case on its page while somebody may type into it. What it comes to and what breaks its rules follow
//! every key; it is saved by the case's own command, and before any other.

use super::content::MANY;
use super::dialog::Target;
use super::entries::{Entries, Whereabouts};
use super::typed::TypedForm;
use crate::form_ui::sheet::fields::field_id;
use crate::form_ui::sheet::follow::rests;
use crate::kernel::submission::Submission;
use crate::ui::{Notice, Toast, show_toast};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;
use shared::api::problem::{Problem, code};
use shared::api::transition::Moved;
use shared::cases::performance::live::JudgedForm;
use shared::cases::performance::shown::ShownFinding;
use shared::engine::editing::NewRow;
use shared::engine::findings::{JUSTIFICATION, JUSTIFICATIONS};
use shared::engine::op::CellAt;
use shared::engine::session::Cell;
use shared::kernel::finding::{Place, Severity};
use shared::kernel::ids::RowId;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Delay after a key before the form is judged, in milliseconds: longer than from one key to the next of somebody who types on,
/// because a form of hundreds of rows is judged for longer than a key may wait.
const BEHIND_MS: u32 = 300;

/// The form of a case being filled in.
#[derive(Clone, Copy)]
pub struct Filling {
    pub typed: TypedForm,
    /// With what was typed until a moment ago; the last one that could be judged.
    pub judged: ReadSignal<JudgedForm>,
    target: StoredValue<Target>,
    /// The revision the next command goes out on.
    seen: StoredValue<u64>,
    submission: Submission,
}

impl Filling {
    pub fn new(typed: TypedForm, target: Target) -> Filling {
        let judged = judged(typed);
        let (seen, target) = (StoredValue::new(target.seen), StoredValue::new(target));
        Filling { typed, judged, target, seen, submission: Submission::new("f") }
    }

    /// The revision the next command goes out on.
    pub fn seen(self) -> u64 {
        self.seen.get_value()
    }

    /// Saves what is typed, if the server does not have it yet.
    ///
    /// # Errors
    /// Why it could not be saved; it stays on this device.
    pub async fn save(self) -> Result<(), Problem> {
        self.typed.sheet.end_typing();
        if !self.typed.is_unsent.get_untracked() {
            return Ok(());
        }
        let document = self.typed.document();
        let mut command = self.typed.body();
        command.insert("verb".to_string(), json!(self.typed.form.with_value(|form| form.verb().to_string())));
        let Target { case, kind, .. } = self.target.get_value();
        let sending = self.submission.command_json(case, self.seen(), Some(kind), command.into());
        match sending.await {
            Some(Ok(Moved { revision, .. })) => {
                self.seen.try_set_value(revision);
                self.typed.has_sent(document);
                Ok(())
            }
            Some(Err(problem)) => Err(problem),
            // It is under way already; the command after it goes out once it is there.
            None => Err(Problem::new(409, code::STALE, "正在保存", "正在保存填写内容，请稍候再办理。")),
        }
    }
}

/// The form judged at once, and again after each rest of the keys.
fn judged(typed: TypedForm) -> ReadSignal<JudgedForm> {
    let document = typed.document();
    let first = typed.form.with_value(|form| form.judged(&document)).and_then(Result::ok).unwrap_or_default();
    mark(typed, &first);
    let (judged, write) = signal(first);
    let rested = rests(typed.sheet, BEHIND_MS);
    Effect::new(move |before: Option<()>| {
        rested.track();
        if before.is_some() {
            spawn_local(judge(typed, write));
        }
    });
    judged
}

/// Judges step by step. A key typed meanwhile is served between two steps, and the form is judged after the next rest.
async fn judge(typed: TypedForm, judged: WriteSignal<JudgedForm>) {
    let (form, document) = (typed.form.get_value(), typed.document());
    let begun = typed.sheet.changes();
    let mut judging = form.judging(&document);
    while let Some(on) = judging.take() {
        TimeoutFuture::new(0).await;
        if begun.is_none() || typed.sheet.changes() != begun {
            return;
        }
        match form.judge(on) {
            Some(Ok(ControlFlow::Continue(further))) => judging = Some(further),
            Some(Ok(ControlFlow::Break(result))) => {
                mark(typed, &result);
                judged.set(result);
            }
            // What cannot be judged leaves the last result.
            Some(Err(_)) | None => {}
        }
    }
}

/// Marks the cells of what was found, so that the tables show and find them like their own.
fn mark(typed: TypedForm, judged: &JudgedForm) {
    let document = typed.document();
    let places: Vec<&Place> = judged.findings.iter().map(|(place, _)| place).collect();
    let cells = typed.form.with_value(|form| form.cells_of(&document, &places));
    let mut found: HashMap<Cell, Severity> = HashMap::new();
    typed.sheet.read(|session| {
        for (at, (_, finding)) in cells.iter().zip(&judged.findings) {
            let cell = at.as_ref().and_then(|at| session.cell(&at.table, at.row.as_str(), &at.field));
            let Some(cell) = cell else { continue };
            let severity = if finding.is_error { Severity::Error } else { Severity::Warning };
            let worst = found.entry(cell).or_insert(severity);
            *worst = severity.min(*worst);
        }
    });
    let overlay = typed.sheet.overlay;
    if overlay.with_untracked(|overlay| *overlay.found != found) {
        overlay.update(|overlay| overlay.found = Arc::new(found));
    }
}

/// Fields and tables, the findings with the reasons of warnings, and the button that saves.
#[component]
pub fn FillingPart(filling: Filling, look: Callback<()>) -> impl IntoView {
    let toast = expect_context::<Toast>();
    let Filling { typed, judged, submission, .. } = filling;
    let label = typed.form.with_value(|form| form.label().to_string());
    let name = label.clone();
    let save = move |_| {
        let label = name.clone();
        spawn_local(async move {
            match filling.save().await {
                Ok(()) => {
                    show_toast(toast, format!("“{label}”已保存"));
                    look.run(());
                }
                Err(problem) if problem.code == code::STALE => look.run(()),
                // Shown above the button.
                Err(_) => {}
            }
        });
    };
    let findings = Memo::new(move |_| judged.with(|judged| judged.findings.clone()));
    let lines = Memo::new(move |_| findings.with(Vec::len));
    let count = move || {
        findings.with(|all| match all.iter().filter(|(_, of)| of.is_error).count() {
            0 => "已填写完整。".to_string(),
            errors => format!("还有 {errors} 处未填写或不合要求，提交前须改正："),
        })
    };
    view! {
        <section class="card filling" aria-labelledby="filling-title" data-filling="true">
            <h2 id="filling-title">{label.clone()}" "<Whereabouts typed/></h2>
            <Entries typed/>
            <div data-findings="true" class:of-many=move || { lines.get() >= MANY } style:--rows=move || lines.get().to_string()>
                <p class="of-sealed" role="status" data-count="findings">{count}</p>
                <ul class="money-findings">
                    <For each=move || findings.get() key=|(_, of)| (of.key.clone(), of.message.clone())
                        children=move |(place, finding)| view! { <Line typed place finding/> }/>
                </ul>
            </div>
            <Notice problem=submission.problem/>
            <div class="dialog-buttons">
                <button type="button" class="primary" data-confirm="fill" on:click=save
                    disabled=move || submission.busy.get() || !typed.is_unsent.get()>"保存"</button>
            </div>
        </section>
    }
}

/// A finding, with the way to its cell and, for a warning, the reason for which it passes.
#[component]
fn Line(typed: TypedForm, place: Place, finding: ShownFinding) -> impl IntoView {
    let ShownFinding { rule, is_error, place: name, message, key, .. } = finding;
    let severity = if is_error { "错误" } else { "提醒" };
    let go = place.field.clone().map(|field| {
        let at = (place.table.clone(), place.row.clone(), field);
        view! { <button type="button" class="rq-link" data-act="go" on:click=move |_| go_to(typed, &at)>{name.clone()}</button> }
            .into_any()
    });
    let reason = (!is_error).then(|| view! { <Reason typed key/> });
    view! {
        <li data-rule=rule.clone() data-severity=if is_error { "error" } else { "warning" }>
            {format!("{severity} {rule} ")}{go.unwrap_or_else(|| view! { {name} }.into_any())}{format!("：{message}")}
            {reason}
        </li>
    }
}

/// Puts the keyboard on the cell of a finding.
fn go_to(typed: TypedForm, (table, row, field): &(Option<String>, Option<String>, String)) {
    let document = typed.document();
    let CellAt { table, row, field } =
        typed.form.with_value(|form| form.cell_of(&document, (table.as_deref(), row.as_deref(), field)));
    let sheet = typed.sheet;
    let Some(cell) = sheet.read(|session| session.cell(&table, row.as_str(), &field)) else { return };
    let header =
        sheet.read(|session| session.plan().tables[cell.table].is_header().then(|| field_id(session, cell)));
    let Some(id) = header else { return sheet.jump.set(Some(cell)) };
    let found = leptos::prelude::document().get_element_by_id(&id);
    if let Some(entry) = found.and_then(|entry| entry.dyn_into::<HtmlElement>().ok()) {
        // An entry that cannot take the focus leaves it where it is.
        let _ = entry.focus();
    }
}

/// 情况说明 of a warning: a cell of the form like any other.
#[component]
fn Reason(typed: TypedForm, key: String) -> impl IntoView {
    let sheet = typed.sheet;
    let row = RowId::new(key);
    let (of_text, of_typing) = (row.clone(), row.clone());
    let text = move || {
        sheet.follow(|session| {
            let cell = session.cell(JUSTIFICATIONS, of_text.as_str(), JUSTIFICATION);
            cell.and_then(|cell| session.typed(cell)).unwrap_or_default().to_string()
        })
    };
    let type_reason = move |event| {
        let text = event_target_value(&event);
        let cell = sheet.read(|session| session.cell(JUSTIFICATIONS, of_typing.as_str(), JUSTIFICATION));
        match cell {
            Some(cell) => sheet.type_live(cell, &text),
            None => {
                let cells = BTreeMap::from([(JUSTIFICATION.to_string(), text)]);
                let row = NewRow { id: of_typing.clone(), cells };
                sheet.act(sheet.read(|session| {
                    let Some(table) = session.plan().table(JUSTIFICATIONS) else { return Vec::new() };
                    session.inserting(table, session.rows(table).last().copied(), vec![row])
                }));
            }
        }
    };
    let id = format!("reason-{row}");
    view! {
        <div class="field">
            <label for=id.clone()>"情况说明"</label>
            <textarea id=id class="rq-entry" rows="2" data-table=JUSTIFICATIONS data-row=row.to_string() data-field="justification"
                prop:value=text on:input=type_reason on:blur=move |_| sheet.end_typing()></textarea>
        </div>
    }
}
