//! 待送箱: what a person types is written to this device first, reaches the server within two seconds and is deleted from
//! the device only after the server's receipt. A page opens a request here and gets its document, its save state and
//! other people's edits.

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
use crate::kernel::{api, local_storage};
use client::{PageHandle, SyncClient};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use local_store::{OperationState, Scope};
use shared::api::problem::{Problem, code};
use shared::engine::definition::Definition;
use shared::engine::document::Document;
use shared::engine::op::{Conflict, Op};
use shared::engine::parameters::Parameters;
use shared::engine::plan::{Plan, PlanError};
use shared::engine::session::Session;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{AccountId, CaseId};
use shared::sync::queue::{RefusalScope, verdict};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Before what was read is put on the device, in milliseconds: a delay, so that opening comes first.
const SNAPSHOT_AFTER_MS: u32 = 2_000;

/// A request opened for reading or filling in.
#[derive(Clone, Copy)]
pub struct Opened {
    pub sheet: FormSheet,
    pub save: RwSignal<SaveState>,
    /// The case's revision in the last event: when the view has another one, load the request again.
    pub moved: RwSignal<u64>,
    /// Number of the review's latest entry in the last event, 0 when none.
    pub reviewed: RwSignal<u64>,
    client: StoredValue<Rc<SyncClient>, LocalStorage>,
}

impl Opened {
    /// Delivers everything typed, or returns what prevents it. Called before every command of the workflow.
    pub async fn flush(self) -> Result<(), Problem> {
        self.sheet.end_typing();
        match self.client.try_get_value() {
            Some(client) => client.flush().await,
            None => Ok(()),
        }
    }

    /// 保留我的.
    pub fn keep_mine(self, conflict: &Conflict) {
        let (client, conflict) = (self.client.get_value(), conflict.clone());
        spawn_local(async move { client.tried(client.keep_mine(&conflict).await) });
    }

    /// 采用对方的.
    pub fn take_theirs(self, conflict: &Conflict) {
        let (client, conflict) = (self.client.get_value(), conflict.clone());
        spawn_local(async move { client.tried(client.take_theirs(&conflict).await) });
    }
}

/// Delivers what this device has not sent and reads the case from the server; while the server cannot be reached,
/// returns the case as it was last read here with what was typed since. The document is returned by itself, so that it
/// can be freed while a session is built from it.
pub async fn load<V: FormView>(case: CaseId, account: AccountId) -> Result<(V, Document), Problem> {
    let mut view: V = read(case, account).await?;
    let empty = Document::new(view.subject().fiscal_year);
    let document = view.document().map(|document| std::mem::replace(document, empty.clone()));
    Ok((view, document.unwrap_or(empty)))
}

async fn read<V: FormView>(case: CaseId, account: AccountId) -> Result<V, Problem> {
    let scope = Scope { account, request: case.clone() };
    let client = client::of(scope.clone()).await;
    client.try_again();
    // What cannot be delivered now is applied on top of what is read.
    let _ = client.flush().await;
    match api::text(V::read(case)).await {
        Ok(text) => {
            let view: V = serde_json::from_str(&text).map_err(api::unreadable)?;
            keep_snapshot(client, view.subject().seq, text);
            Ok(view)
        }
        Err(problem) if verdict(&problem) == RefusalScope::Later => last_read(&scope).await.ok_or(problem),
        Err(problem) => Err(problem),
    }
}

/// Stores what was read last, however often the request is opened meanwhile.
fn keep_snapshot(client: Rc<SyncClient>, seq: u64, text: String) {
    if client.state.borrow_mut().snapshot.replace((seq, text)).is_some() {
        return;
    }
    spawn_local(async move {
        TimeoutFuture::new(SNAPSHOT_AFTER_MS).await;
        let last = client.state.borrow_mut().snapshot.take();
        if let Some((seq, text)) = last {
            // Without it the request cannot be opened while the server is away; nothing else is lost.
            let _ = local_store::keep_snapshot(&client.scope, seq, &text).await;
        }
    });
}

async fn last_read<V: FormView>(scope: &Scope) -> Option<V> {
    let text = local_store::snapshot(scope).await.ok()??;
    let mut view: V = serde_json::from_str(&text).ok()?;
    let read_to = view.subject().seq;
    for (_, stored) in local_store::find(scope).await.ok()?.ops {
        if matches!(stored.mark, OperationState::Delivered { seq } if seq > read_to)
            && let Some(document) = view.document()
        {
            document.apply(&stored.op);
        }
    }
    Some(view)
}

/// Opens what was loaded. Signals and the stream end with the owner of the caller.
pub fn open(
    subject: Subject,
    plan: Plan,
    document: Document,
    account: AccountId,
) -> impl Future<Output = Opened> {
    let owner = Owner::current().unwrap_or_default();
    async move {
        let mut session = opened(plan, document);
        let scope = Scope { account, request: subject.case.clone() };
        let client = client::of(scope).await;
        let mut misfits = Vec::new();
        if subject.editable {
            for op in client.unconfirmed() {
                misfits.extend(session.apply(&op).conflicts);
            }
        }
        owner.with(|| attach(session, &subject, client, &misfits))
    }
}

/// Opens a frozen version for reading. Signals end with the owner of the caller.
pub fn open_frozen(plan: Plan, document: Document) -> FormSheet {
    FormSheet::new(opened(plan, document), |_| {})
}

/// The form that content is written in, with the parameters it is judged by.
pub fn plan(definition: Definition, parameters: &Parameters, year: FiscalYear) -> Result<Plan, Problem> {
    let wrong = |error: PlanError| Problem::new(500, code::INTERNAL, "表单定义有误", error.to_string());
    Plan::compile(definition, parameters, year).map_err(wrong)
}

/// Builds the session row by row and frees each row at once: the document is never in memory twice.
fn opened(plan: Plan, document: Document) -> Session {
    let mut tables = document.tables;
    Session::read(Arc::new(plan), |table, intake| {
        let rows = tables.remove(table).unwrap_or_default();
        intake.make_room(rows.len());
        rows.into_iter().for_each(|row| intake.take(&row));
    })
}

fn attach(session: Session, subject: &Subject, client: Rc<SyncClient>, misfits: &[Conflict]) -> Opened {
    let sender = client.clone();
    let sheet = FormSheet::new(session, move |op: &Op| sender.take(op));
    sheet.editable.set(subject.editable);
    let page = PageHandle {
        sheet,
        save: RwSignal::new(SaveState::default()),
        moved: RwSignal::new(subject.revision),
        reviewed: RwSignal::new(0),
    };
    client.attach(page, subject.seq, misfits);
    client.tell();
    if subject.editable {
        client.kick();
    }
    let (seq, hearer) = (client.clone(), client.clone());
    let request = subject.case.clone();
    let live = live::listen(
        move || Some((request.clone(), seq.seq())),
        move |data| {
            // Other events are for the bell.
            if let Ok(event) = serde_json::from_str(data) {
                hearer.hear(event);
            }
        },
    );
    // Dropped with the owner, which ends the stream.
    StoredValue::new_local(live);
    let client = StoredValue::new_local(client);
    on_cleanup(move || client.with_value(|client| client.detach(page)));
    Opened { sheet, save: page.save, moved: page.moved, reviewed: page.reviewed, client }
}

/// Delivers what this account has not sent to requests that are not open: after a crash, a sign-out, a day offline.
pub fn resume(account: AccountId) {
    spawn_local(async move {
        let owing = local_store::owing(&account).await.unwrap_or_default().into_keys();
        let cases: BTreeSet<CaseId> = owing.chain(local_storage::unwritten_cases(&account)).collect();
        for request in cases {
            client::of(Scope { account: account.clone(), request }).await.try_again();
        }
    });
}

/// Number of undelivered operations of this account on this device.
pub async fn pending(account: &AccountId) -> usize {
    local_store::owing(account).await.map(|owing| owing.into_values().sum()).unwrap_or_default()
}

/// Signing out, covering the page, another person: what is delivered and not this account's is deleted from this device;
/// what is not delivered stays.
pub async fn forget_read_but(account: Option<&AccountId>) {
    // What cannot be deleted now is deleted the next time.
    let _ = local_store::forget_read_but(account).await;
}
