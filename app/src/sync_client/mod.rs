//! 待送箱: what a person types is on this device before it is anywhere else, reaches the server within two seconds,
//! and leaves the device only with the server's receipt. A page opens a request here and gets its document, how
//! saving stands and what others do to it.

mod client;
mod inbound;
mod lifecycle;
pub mod live;
mod local_store;
mod outbound;
mod state;
mod view;

pub use lifecycle::wake;
pub use state::SaveState;
pub use view::{FormView, Subject};

use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::api;
use client::{PageHandle, SyncClient};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use local_store::{OperationState, Scope};
use shared::api::problem::{Problem, code};
use shared::engine::document::Document;
use shared::engine::op::{Conflict, Op};
use shared::engine::plan::Plan;
use shared::engine::session::Session;
use shared::forms;
use shared::kernel::ids::{AccountId, CaseId};
use shared::policy::art18_validity::edition_for;
use shared::sync::queue::{RefusalScope, verdict};
use std::rc::Rc;
use std::sync::Arc;

/// Before what was read is put on the device, in milliseconds: a delay, so that opening comes first.
const SNAPSHOT_AFTER_MS: u32 = 2_000;

/// A request opened for reading or filling in.
#[derive(Clone, Copy)]
pub struct Opened {
    pub sheet: FormSheet,
    pub save: RwSignal<SaveState>,
    /// The case's revision as last heard: when it is not the view's, load the request again.
    pub moved: RwSignal<u64>,
    /// Number of the review's latest entry as last heard, 0 when none.
    pub reviewed: RwSignal<u64>,
    courier: StoredValue<Rc<SyncClient>, LocalStorage>,
}

impl Opened {
    /// Delivers everything typed; what stands in the way is the problem. Before every command of the workflow.
    pub async fn flush(self) -> Result<(), Problem> {
        self.sheet.end_typing();
        match self.courier.try_get_value() {
            Some(courier) => courier.flush().await,
            None => Ok(()),
        }
    }

    /// 保留我的.
    pub fn keep_mine(self, conflict: &Conflict) {
        let (courier, conflict) = (self.courier.get_value(), conflict.clone());
        spawn_local(async move { courier.tried(courier.keep_mine(&conflict).await) });
    }

    /// 采用对方的.
    pub fn take_theirs(self, conflict: &Conflict) {
        let (courier, conflict) = (self.courier.get_value(), conflict.clone());
        spawn_local(async move { courier.tried(courier.take_theirs(&conflict).await) });
    }
}

/// Reads a case from the server, after delivering what this device owes it; or, while the server cannot be reached, as
/// it was last read here with what was typed since. Its document comes out of line, to be opened and let go of: a
/// session holds all that is in it.
pub async fn load<V: FormView>(case: CaseId, account: AccountId) -> Result<(V, Document), Problem> {
    let mut view: V = read(case, account).await?;
    let empty = Document::new(view.subject().fiscal_year);
    let document = view.document().map(|document| std::mem::replace(document, empty.clone()));
    Ok((view, document.unwrap_or(empty)))
}

async fn read<V: FormView>(case: CaseId, account: AccountId) -> Result<V, Problem> {
    let scope = Scope { account, request: case.clone() };
    let courier = client::of(scope.clone()).await;
    courier.try_again();
    // What cannot be delivered now is put on top of what is read.
    let _ = courier.flush().await;
    match api::text(V::read(case)).await {
        Ok(text) => {
            let view: V = serde_json::from_str(&text).map_err(api::unreadable)?;
            keep_snapshot(courier, view.subject().seq, text);
            Ok(view)
        }
        Err(problem) if verdict(&problem) == RefusalScope::Later => last_read(&scope).await.ok_or(problem),
        Err(problem) => Err(problem),
    }
}

/// Only the last reading waits to be kept, however often a request is opened meanwhile.
fn keep_snapshot(courier: Rc<SyncClient>, seq: u64, text: String) {
    if courier.state.borrow_mut().snapshot.replace((seq, text)).is_some() {
        return;
    }
    spawn_local(async move {
        TimeoutFuture::new(SNAPSHOT_AFTER_MS).await;
        let last = courier.state.borrow_mut().snapshot.take();
        if let Some((seq, text)) = last {
            // Without it the request merely cannot be opened while the server is away.
            let _ = local_store::keep_snapshot(&courier.scope, seq, &text).await;
        }
    });
}

async fn last_read<V: FormView>(scope: &Scope) -> Option<V> {
    let text = local_store::snapshot(scope).await.ok()??;
    let mut view: V = serde_json::from_str(&text).ok()?;
    let read_to = view.subject().seq;
    for (_, kept) in local_store::find(scope).await.ok()?.ops {
        if matches!(kept.mark, OperationState::Delivered { seq } if seq > read_to)
            && let Some(document) = view.document()
        {
            document.apply(&kept.op);
        }
    }
    Some(view)
}

/// Opens what was loaded. Signals and the stream end with the owner this is called in.
pub fn open(
    subject: Subject,
    document: Document,
    account: AccountId,
) -> impl Future<Output = Result<Opened, Problem>> {
    let owner = Owner::current().unwrap_or_default();
    async move {
        let mut session = opened(plan(&subject)?, document);
        let scope = Scope { account, request: subject.case.clone() };
        let courier = client::of(scope).await;
        let mut misfits = Vec::new();
        if subject.editable {
            for op in courier.unconfirmed() {
                misfits.extend(session.apply(&op).conflicts);
            }
        }
        Ok(owner.with(|| attach(session, &subject, courier, &misfits)))
    }
}

/// Opens a frozen version, to be read only. Signals end with the owner this is called in.
pub fn open_frozen(subject: &Subject, document: Document) -> Result<FormSheet, Problem> {
    Ok(FormSheet::new(opened(plan(subject)?, document), |_| {}))
}

/// The form of the kind, compiled for the year.
fn plan(subject: &Subject) -> Result<Plan, Problem> {
    let edition = edition_for(subject.fiscal_year).map_err(Problem::refused)?;
    let wrong = |error: String| Problem::new(500, code::INTERNAL, "表单定义有误", error);
    let definition = subject.kind.definition();
    let definition = definition.ok_or_else(|| wrong(format!("{}没有表单", subject.kind.label())))?;
    forms::compiled(definition, &edition, subject.fiscal_year).map_err(|error| wrong(error.to_string()))
}

/// Row by row, each let go of once it is in the session: there is room for the document once, not twice.
fn opened(plan: Plan, document: Document) -> Session {
    let mut tables = document.tables;
    Session::read(Arc::new(plan), |table, intake| {
        let rows = tables.remove(table).unwrap_or_default();
        intake.make_room(rows.len());
        rows.into_iter().for_each(|row| intake.take(&row));
    })
}

fn attach(session: Session, subject: &Subject, courier: Rc<SyncClient>, misfits: &[Conflict]) -> Opened {
    let sender = courier.clone();
    let sheet = FormSheet::new(session, move |op: &Op| sender.take(op));
    sheet.editable.set(subject.editable);
    let face = PageHandle {
        sheet,
        save: RwSignal::new(SaveState::default()),
        moved: RwSignal::new(subject.revision),
        reviewed: RwSignal::new(0),
    };
    courier.attach(face, subject.seq, misfits);
    courier.tell();
    if subject.editable {
        courier.kick();
    }
    let (seq, hearer) = (courier.clone(), courier.clone());
    let request = subject.case.clone();
    let live = live::listen(
        move || Some((request.clone(), seq.seq())),
        move |data| {
            // What is none of the request's is the bell's.
            if let Ok(event) = serde_json::from_str(data) {
                hearer.hear(event);
            }
        },
    );
    // Dropped with the owner, which ends the stream.
    StoredValue::new_local(live);
    let courier = StoredValue::new_local(courier);
    on_cleanup(move || courier.with_value(|courier| courier.detach(face)));
    Opened { sheet, save: face.save, moved: face.moved, reviewed: face.reviewed, courier }
}

/// Delivers what this account still owes to requests that are not open: after a crash, a sign-out, a day offline.
pub fn resume(account: AccountId) {
    spawn_local(async move {
        for request in local_store::owing(&account).await.unwrap_or_default().into_keys() {
            client::of(Scope { account: account.clone(), request }).await.try_again();
        }
    });
}

/// How many operations this account has on this device that are not delivered.
pub async fn pending(account: &AccountId) -> usize {
    local_store::owing(account).await.map(|owing| owing.into_values().sum()).unwrap_or_default()
}

/// Signing out: what is delivered leaves this device; what is owed stays.
pub async fn forget_read(account: &AccountId) {
    // What cannot be removed now is removed at the next signing out.
    let _ = local_store::forget_read(account).await;
}
