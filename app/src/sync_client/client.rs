//! 同步: the operations of one account on one request that the server has not confirmed. A client lives as long as the
//! tab, also while its request is not open. `shared::sync` decides; a client applies the decisions to the device and
//! to the page that shows the request. Sending is in `outbound`, other people's edits in `inbound`.

use super::SaveState;
use super::local_store::{self, OperationState, Scope, ScopeWrite, StoredOperation};
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::local_storage::{self, Key};
use crate::kernel::pause::Pause;
use crate::kernel::strict_database::Trouble;
use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::engine::op::{Conflict, Op};
use shared::kernel::ids::OpId;
use shared::sync::queue::{Queue, RefusalScope, RefusedOperation, pieces, verdict};
use shared::sync::replica::Replica;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The page that shows the request now.
#[derive(Clone, Copy)]
pub struct PageHandle {
    pub sheet: FormSheet,
    pub save: RwSignal<SaveState>,
    pub moved: RwSignal<u64>,
    pub reviewed: RwSignal<u64>,
}

pub struct SyncClient {
    pub scope: Scope,
    pub(super) state: RefCell<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub replica: Replica,
    /// Where each operation is on the device.
    pub keys: BTreeMap<OpId, u64>,
    /// Typed, and not yet written to the device.
    pub to_keep: Vec<Op>,
    /// Typed, and not known to be in the device's database; what [`SyncClient::note_unwritten`] writes.
    pub unwritten: Vec<Op>,
    /// Local storage holds a note of unwritten operations.
    pub noted: bool,
    pub keeping: bool,
    /// Why the device does not store.
    pub trouble: Option<Trouble>,
    pub page: Option<PageHandle>,
    pub running: bool,
    pub sending: bool,
    /// The wait after a failure.
    pub pause: Pause,
    pub failures: u32,
    /// The server is not reached.
    pub away: bool,
    /// Why nothing can be sent until the request is read again.
    pub refused_access: Option<Problem>,
    /// Callers of `flush`, waiting until all is delivered.
    pub waiting: Vec<oneshot::Sender<Result<(), Problem>>>,
    /// The request as last read and the log entry it contains, until it is written to the device.
    pub snapshot: Option<(u64, String)>,
    /// Log entries the stream did not bring are being read.
    pub catching_up: bool,
    /// The server's document is being read to compare rows with it.
    pub comparing: bool,
}

thread_local! {
    static CLIENTS: RefCell<BTreeMap<Scope, Rc<SyncClient>>> = const { RefCell::new(BTreeMap::new()) };
    /// The page is hidden or being left: it may end before the device's database has answered.
    static ENDING: Cell<bool> = const { Cell::new(false) };
}

/// The page may end at any moment from now on, or no longer.
pub fn may_end(now: bool) {
    ENDING.set(now);
    if now {
        all().iter().for_each(|client| client.note_unwritten());
    }
}

/// All clients of this tab.
pub fn all() -> Vec<Rc<SyncClient>> {
    CLIENTS.with_borrow(|clients| clients.values().cloned().collect())
}

/// The client of a scope, with what this device stored earlier.
pub async fn of(scope: Scope) -> Rc<SyncClient> {
    let there = || CLIENTS.with_borrow(|clients| clients.get(&scope).cloned());
    if let Some(client) = there() {
        return client;
    }
    let found = local_store::find(&scope).await;
    // Another call may have finished while the device was read.
    if let Some(client) = there() {
        return client;
    }
    let mut state = State::default();
    let noted = local_storage::read(&unwritten_key(&scope));
    state.noted = noted.is_some();
    state.unwritten = noted.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    match found {
        Ok(found) => {
            let written = |op: &Op| found.ops.iter().any(|(_, stored)| stored.op.id == op.id);
            state.unwritten.retain(|op| !written(op));
            let (mut ops, mut refused) = (Vec::new(), Vec::new());
            for (key, StoredOperation { op, mark }) in found.ops {
                match mark {
                    OperationState::Delivered { .. } => continue,
                    OperationState::Pending => ops.push(op.clone()),
                    OperationState::Refused { reason } => {
                        refused.push(RefusedOperation { op: op.clone(), reason })
                    }
                }
                state.keys.insert(op.id, key);
            }
            ops.extend(state.unwritten.clone());
            state.replica = Replica::restored(Queue::restored(ops, refused), found.conflicts);
        }
        Err(trouble) => {
            state.replica =
                Replica::restored(Queue::restored(state.unwritten.clone(), Vec::new()), Vec::new());
            state.trouble = Some(trouble);
        }
    }
    state.to_keep = state.unwritten.clone();
    let client = Rc::new(SyncClient { scope: scope.clone(), state: RefCell::new(state) });
    CLIENTS.with_borrow_mut(|clients| clients.insert(scope, client.clone()));
    client.keep();
    client.note_unwritten();
    client
}

fn unwritten_key(scope: &Scope) -> Key {
    Key::Unwritten { account: scope.account.clone(), case: scope.request.clone() }
}

impl SyncClient {
    /// Takes over an act of this person that is already on the screen.
    pub fn take(self: &Rc<Self>, act: &Op) {
        let mut shortened = Vec::new();
        {
            let state = &mut *self.state.borrow_mut();
            for piece in pieces(act.clone()) {
                let (op, refused) = state.replica.acted(piece);
                shortened.extend(refused);
                state.unwritten.push(op.clone());
                state.to_keep.push(op);
            }
        }
        if ENDING.get() {
            self.note_unwritten();
        }
        self.note_refused(&shortened);
        self.keep();
        self.tell();
    }

    /// Writes what was typed to the device, one transaction at a time and in order.
    fn keep(self: &Rc<Self>) {
        let state = &mut *self.state.borrow_mut();
        if state.keeping || state.to_keep.is_empty() {
            return;
        }
        state.keeping = true;
        let client = self.clone();
        spawn_local(async move {
            loop {
                let ops = std::mem::take(&mut client.state.borrow_mut().to_keep);
                if ops.is_empty() {
                    break;
                }
                client.keep_these(ops).await;
                client.tell();
                client.kick();
            }
            client.state.borrow_mut().keeping = false;
        });
    }

    async fn keep_these(&self, ops: Vec<Op>) {
        let add =
            ops.iter().map(|op| StoredOperation { op: op.clone(), mark: OperationState::Pending }).collect();
        let outcome = local_store::write(&self.scope, ScopeWrite { add, ..ScopeWrite::default() }).await;
        let state = &mut *self.state.borrow_mut();
        match outcome {
            Ok(keys) => {
                state.keys.extend(ops.iter().map(|op| op.id.clone()).zip(keys));
                state.trouble = None;
                state.unwritten.retain(|op| !ops.iter().any(|written| written.id == op.id));
            }
            // Without the device the server is the only safe place: it is sent all the same and the page says so.
            Err(trouble) => state.trouble = Some(trouble),
        }
        for op in &ops {
            state.replica.mark_stored(&op.id);
        }
        if state.noted {
            self.note_in(state);
        }
    }

    /// Writes to local storage, which is done before it returns, what the database may not have: it answers later, and
    /// a page that is left does not live to see it.
    pub fn note_unwritten(&self) {
        // Where it is borrowed, the change under way notes it itself.
        if let Ok(mut state) = self.state.try_borrow_mut() {
            self.note_in(&mut state);
        }
    }

    pub(super) fn note_in(&self, state: &mut State) {
        let key = unwritten_key(&self.scope);
        if state.unwritten.is_empty() {
            if std::mem::take(&mut state.noted) {
                local_storage::remove(&key);
            }
            return;
        }
        let text = serde_json::to_string(&state.unwritten).ok();
        state.noted = text.is_some_and(|text| local_storage::write(&key, &text));
    }

    /// Stores refused operations as they are now; those without changes are deleted.
    pub(super) fn note_refused(self: &Rc<Self>, changed: &[RefusedOperation]) {
        let mut writing = ScopeWrite::default();
        {
            let state = &mut *self.state.borrow_mut();
            for refused in changed {
                let Some(key) = state.keys.get(&refused.op.id).copied() else { continue };
                if refused.op.changes.is_empty() {
                    state.keys.remove(&refused.op.id);
                    writing.delete.push(key);
                } else {
                    let mark = OperationState::Refused { reason: refused.reason.clone() };
                    writing.put.push((key, StoredOperation { op: refused.op.clone(), mark }));
                }
            }
        }
        self.write_later(writing);
    }

    /// Stores the conflicts and shows them on the page.
    pub(super) fn note_conflicts(self: &Rc<Self>) {
        let conflicts = Some(self.state.borrow().replica.conflicts().to_vec());
        self.write_later(ScopeWrite { conflicts, ..ScopeWrite::default() });
        self.tell();
    }

    fn write_later(self: &Rc<Self>, writing: ScopeWrite) {
        let nothing = writing.put.is_empty() && writing.delete.is_empty() && writing.conflicts.is_none();
        if nothing {
            return;
        }
        let client = self.clone();
        spawn_local(async move { client.write(writing).await });
    }

    pub(super) async fn write(&self, writing: ScopeWrite) {
        if let Err(trouble) = local_store::write(&self.scope, writing).await {
            self.state.borrow_mut().trouble = Some(trouble);
            self.tell();
        }
    }

    /// A page shows the request from now on, as of log entry `seq`. `misfits` are the conflicts between it and
    /// [`SyncClient::unconfirmed`].
    pub fn attach(&self, page: PageHandle, seq: u64, misfits: &[Conflict]) {
        let state = &mut *self.state.borrow_mut();
        state.replica.shown(seq, misfits);
        state.page = Some(page);
    }

    /// The page is left; delivery goes on.
    pub fn detach(&self, page: PageHandle) {
        page.sheet.end_typing();
        let state = &mut *self.state.borrow_mut();
        if state.page.is_some_and(|shown| shown.save == page.save) {
            state.page = None;
        }
    }

    /// Takes over what is being typed now.
    pub fn end_typing(&self) {
        let page = self.state.borrow().page;
        if let Some(page) = page {
            page.sheet.end_typing();
        }
    }

    /// Shows why a decision about a conflict could not be carried out; the conflict stays.
    pub fn tried(&self, outcome: Result<(), Problem>) {
        if let Err(problem) = outcome {
            self.state.borrow_mut().away = verdict(&problem) == RefusalScope::Later;
            self.tell();
        }
    }

    /// Operations on top of the server's document, oldest first.
    pub fn unconfirmed(&self) -> Vec<Op> {
        self.state.borrow().replica.queue().unconfirmed()
    }

    /// Whether leaving now would lose something that is neither on the device nor on the server; asked once the page may
    /// end.
    pub fn would_lose(&self) -> bool {
        let state = self.state.borrow();
        let unsent = state.replica.queue().unsent() > 0;
        (state.trouble.is_some() && unsent) || (!state.unwritten.is_empty() && !state.noted)
    }

    /// Updates the page's conflicts and save state.
    pub(super) fn tell(&self) {
        let (page, save, conflicts) = {
            let state = self.state.borrow();
            let Some(page) = state.page else { return };
            (page, self.save_state(&state), state.replica.conflicts().to_vec())
        };
        if page.sheet.conflicts.with_untracked(|shown| *shown != conflicts) {
            page.sheet.conflicts.set(conflicts);
        }
        if page.save.with_untracked(|shown| *shown != save) {
            page.save.set(save);
        }
    }

    fn save_state(&self, state: &State) -> SaveState {
        let queue = state.replica.queue();
        let refused = queue.refused();
        let failed = if let Some(problem) = &state.refused_access {
            Some(problem.detail.clone())
        } else if let Some(first) = refused.first() {
            Some(format!("有 {} 处内容没有被接受，请修改：{}", refused.len(), first.reason))
        } else {
            state.trouble.as_ref().map(|trouble| {
                format!("浏览器不能在本机保存（{trouble}），填写的内容只直接送往服务器；请保持网络连通，不要关闭页面")
            })
        };
        SaveState {
            unsaved: queue.unsaved(),
            unsent: queue.unsent(),
            sending: state.sending,
            conflicts: state.replica.conflicts().len(),
            offline: state.away,
            failed,
        }
    }
}
