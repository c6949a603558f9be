//! 信使: what this device owes the server for one account and request, for as long as the page lives — also while
//! the request itself is not open. What is decided here is decided by `shared::sync`; this keeps it together with
//! the device and the page that shows it. Sending is in `sending`, the others' edits in `hearing`.

use super::SaveState;
use super::local_store::{self, OperationState, Scope, ScopeWrite, StoredOperation, Trouble};
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::pause::Pause;
use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::problem::Problem;
use shared::engine::op::{Conflict, Op};
use shared::kernel::ids::OpId;
use shared::sync::queue::{Queue, RefusalScope, RefusedOperation, pieces, verdict};
use shared::sync::replica::Replica;
use std::cell::RefCell;
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
    /// Typed, and not yet handed to the device.
    pub to_keep: Vec<Op>,
    pub keeping: bool,
    /// Why the device does not keep.
    pub trouble: Option<Trouble>,
    pub face: Option<PageHandle>,
    pub running: bool,
    pub sending: bool,
    /// The wait after a failure.
    pub pause: Pause,
    pub failures: u32,
    /// The server is not reached.
    pub away: bool,
    /// Nothing can be sent as things stand; tried again when the request is read again.
    pub standing: Option<Problem>,
    /// Who waits until all is delivered.
    pub waiting: Vec<oneshot::Sender<Result<(), Problem>>>,
    /// The request as last read, with the entry it goes up to, until it is put on the device.
    pub snapshot: Option<(u64, String)>,
    /// Entries are being read that the stream did not bring.
    pub catching_up: bool,
    /// The server's document is being read to compare rows with it.
    pub comparing: bool,
}

thread_local! {
    static COURIERS: RefCell<BTreeMap<Scope, Rc<SyncClient>>> = const { RefCell::new(BTreeMap::new()) };
}

/// All there are in this page.
pub fn all() -> Vec<Rc<SyncClient>> {
    COURIERS.with_borrow(|couriers| couriers.values().cloned().collect())
}

/// The courier of a scope, with what this device kept from before.
pub async fn of(scope: Scope) -> Rc<SyncClient> {
    let there = || COURIERS.with_borrow(|couriers| couriers.get(&scope).cloned());
    if let Some(courier) = there() {
        return courier;
    }
    let found = local_store::find(&scope).await;
    // Another call may have been quicker while the device was read.
    if let Some(courier) = there() {
        return courier;
    }
    let mut state = State::default();
    match found {
        Ok(found) => {
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
            state.replica = Replica::restored(Queue::restored(ops, refused), found.conflicts);
        }
        Err(trouble) => state.trouble = Some(trouble),
    }
    let courier = Rc::new(SyncClient { scope: scope.clone(), state: RefCell::new(state) });
    COURIERS.with_borrow_mut(|couriers| couriers.insert(scope, courier.clone()));
    courier
}

impl SyncClient {
    /// An act of this person, already on the screen.
    pub fn take(self: &Rc<Self>, act: &Op) {
        let mut shortened = Vec::new();
        {
            let state = &mut *self.state.borrow_mut();
            for piece in pieces(act.clone()) {
                let (op, refused) = state.replica.acted(piece);
                shortened.extend(refused);
                state.to_keep.push(op);
            }
        }
        self.note_refused(&shortened);
        self.keep();
        self.tell();
    }

    /// Puts what was typed on the device, one transaction at a time and in order.
    fn keep(self: &Rc<Self>) {
        let state = &mut *self.state.borrow_mut();
        if state.keeping || state.to_keep.is_empty() {
            return;
        }
        state.keeping = true;
        let courier = self.clone();
        spawn_local(async move {
            loop {
                let ops = std::mem::take(&mut courier.state.borrow_mut().to_keep);
                if ops.is_empty() {
                    break;
                }
                courier.keep_these(ops).await;
                courier.tell();
                courier.kick();
            }
            courier.state.borrow_mut().keeping = false;
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
            }
            // Without the device the server is the only safe place: it is sent all the same, and said so.
            Err(trouble) => state.trouble = Some(trouble),
        }
        for op in &ops {
            state.replica.kept(&op.id);
        }
    }

    /// Brings what is refused up to date on the device; empty is history.
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

    /// Keeps the conflicts as they stand, on the device and on the page.
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
        let courier = self.clone();
        spawn_local(async move { courier.write(writing).await });
    }

    pub(super) async fn write(&self, writing: ScopeWrite) {
        if let Err(trouble) = local_store::write(&self.scope, writing).await {
            self.state.borrow_mut().trouble = Some(trouble);
            self.tell();
        }
    }

    /// A page shows the request from now on, as of entry `seq`; `misfits` is what of [`Courier::unconfirmed`] did
    /// not fit it.
    pub fn attach(&self, face: PageHandle, seq: u64, misfits: &[Conflict]) {
        let state = &mut *self.state.borrow_mut();
        state.replica.shown(seq, misfits);
        state.face = Some(face);
    }

    /// The page is left; what is owed goes on being delivered.
    pub fn detach(&self, face: PageHandle) {
        face.sheet.end_typing();
        let state = &mut *self.state.borrow_mut();
        if state.face.is_some_and(|shown| shown.save == face.save) {
            state.face = None;
        }
    }

    /// What is being typed is handed over now.
    pub fn end_typing(&self) {
        let face = self.state.borrow().face;
        if let Some(face) = face {
            face.sheet.end_typing();
        }
    }

    /// A decision that could not be carried out now is shown as why; it stands as before.
    pub fn tried(&self, outcome: Result<(), Problem>) {
        if let Err(problem) = outcome {
            self.state.borrow_mut().away = verdict(&problem) == RefusalScope::Later;
            self.tell();
        }
    }

    /// What this device has on top of the server's document, oldest first.
    pub fn unconfirmed(&self) -> Vec<Op> {
        self.state.borrow().replica.queue().unconfirmed()
    }

    /// Leaving now would lose something: it is neither on the device nor with the server.
    pub fn would_lose(&self) -> bool {
        let state = self.state.borrow();
        state.trouble.is_some() && state.replica.queue().unsent() > 0
    }

    /// Tells the page how things stand.
    pub(super) fn tell(&self) {
        let (face, save, conflicts) = {
            let state = self.state.borrow();
            let Some(face) = state.face else { return };
            (face, self.save_state(&state), state.replica.conflicts().to_vec())
        };
        if face.sheet.conflicts.with_untracked(|shown| *shown != conflicts) {
            face.sheet.conflicts.set(conflicts);
        }
        if face.save.with_untracked(|shown| *shown != save) {
            face.save.set(save);
        }
    }

    fn save_state(&self, state: &State) -> SaveState {
        let queue = state.replica.queue();
        let refused = queue.refused();
        let failed = if let Some(problem) = &state.standing {
            Some(problem.detail.clone())
        } else if let Some(first) = refused.first() {
            Some(format!("有 {} 处内容没有被接受，请修改：{}", refused.len(), first.reason))
        } else {
            state.trouble.as_ref().map(|trouble| {
                format!("浏览器不能在本机保存（{trouble}），填写的内容只直接送往服务器；请保持网络连通，不要关闭页面")
            })
        };
        SaveState {
            unkept: queue.unkept(),
            unsent: queue.unsent(),
            sending: state.sending,
            conflicts: state.replica.conflicts().len(),
            offline: state.away,
            failed,
        }
    }
}
