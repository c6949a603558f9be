//! 填报数据: the one place in the browser where a document changes. Every act goes key → operation → session →
//! listeners; nothing else writes, and what is on the screen is only ever read from here.

use leptos::prelude::*;
use shared::engine::editing::Applied;
use shared::engine::op::{Change, Conflict, Op};
use shared::engine::session::{Cell, Changed, Session};
use shared::ids::OpId;

/// Called with exactly what changed; the grid repaints those cells and nothing else.
type Listener = Box<dyn Fn(&Session, &Changed)>;
/// Called with every act of this person: the outbox stores it and sends it.
type Sender = Box<dyn Fn(&Op)>;

struct Inner {
    session: Session,
    listeners: Vec<(usize, Listener)>,
    next_listener: usize,
    sender: Sender,
}

/// A handle to the document being filled in; copies are the same document.
#[derive(Clone, Copy)]
pub struct Sheet {
    inner: StoredValue<Inner, LocalStorage>,
    /// Counts changes: what is read through it is read again after each (totals, counts, lists of findings).
    revision: RwSignal<u64>,
    /// Whether this person may type; the reason is shown elsewhere.
    pub editable: RwSignal<bool>,
    /// The cell the cursor is on.
    pub selected: RwSignal<Option<Cell>>,
    /// Where to jump to: whoever shows that table takes it, scrolls there and sets it back to `None`.
    pub jump: RwSignal<Option<Cell>>,
    /// Cells whose value somebody else changed while this person did: both are shown until one is chosen.
    pub conflicts: RwSignal<Vec<Conflict>>,
}

impl Sheet {
    /// `sender` gets every act, undo and redo of this person, already applied here.
    pub fn new(session: Session, sender: impl Fn(&Op) + 'static) -> Sheet {
        let inner = Inner { session, listeners: Vec::new(), next_listener: 0, sender: Box::new(sender) };
        Sheet {
            inner: StoredValue::new_local(inner),
            revision: RwSignal::new(0),
            editable: RwSignal::new(false),
            selected: RwSignal::new(None),
            jump: RwSignal::new(None),
            conflicts: RwSignal::new(Vec::new()),
        }
    }

    /// Reads without following changes: in event handlers and in listeners' own painting.
    pub fn read<R>(&self, read: impl FnOnce(&Session) -> R) -> R {
        self.inner.with_value(|inner| read(&inner.session))
    }

    /// Reads and follows: run again after every change. For few, coarse things only.
    pub fn follow<R>(&self, read: impl FnOnce(&Session) -> R) -> R {
        self.revision.track();
        self.read(read)
    }

    /// Tells `listener` of every change until the calling component is gone.
    pub fn listen(&self, listener: impl Fn(&Session, &Changed) + 'static) {
        let inner = self.inner;
        let id = inner.try_update_value(|inner| {
            let id = inner.next_listener;
            inner.next_listener += 1;
            inner.listeners.push((id, Box::new(listener)));
            id
        });
        on_cleanup(move || {
            inner.try_update_value(|inner| inner.listeners.retain(|(other, _)| Some(*other) != id));
        });
    }

    /// One act of this person: one operation, one undo step, one message to the server.
    pub fn act(&self, changes: Vec<Change>) {
        if changes.is_empty() || !self.editable.get_untracked() {
            return;
        }
        let op = Op { id: new_op_id(), changes };
        let applied = self.inner.try_update_value(|inner| inner.session.act(op.clone()));
        self.done(applied, Some(&op));
    }

    /// Types one text into one cell.
    pub fn type_text(&self, cell: Cell, text: &str) {
        let change = self.read(|session| session.typing(cell, text));
        self.act(change.into_iter().collect());
    }

    pub fn undo(&self) {
        self.step(|session| session.undo(new_op_id()));
    }

    pub fn redo(&self) {
        self.step(|session| session.redo(new_op_id()));
    }

    fn step(&self, step: impl FnOnce(&mut Session) -> Option<(Op, Applied)>) {
        if !self.editable.get_untracked() {
            return;
        }
        let done = self.inner.try_update_value(|inner| step(&mut inner.session)).flatten();
        if let Some((op, applied)) = done {
            self.done(Some(applied), Some(&op));
        }
    }

    /// Applies somebody else's operation, or an own one kept on this device from before a reload.
    pub fn receive(&self, op: &Op) -> Vec<Conflict> {
        let applied = self.inner.try_update_value(|inner| inner.session.apply(op));
        let conflicts = applied.as_ref().map(|a| a.conflicts.clone()).unwrap_or_default();
        self.done(applied, None);
        conflicts
    }

    fn done(&self, applied: Option<Applied>, send: Option<&Op>) {
        let Some(applied) = applied else { return };
        self.inner.with_value(|inner| {
            if let Some(op) = send {
                (inner.sender)(op);
            }
            for (_, listener) in &inner.listeners {
                listener(&inner.session, &applied.changed);
            }
        });
        self.revision.update(|revision| *revision += 1);
    }
}

/// A fresh random id for an operation or a row.
pub fn new_id(prefix: &str) -> String {
    let random = window().crypto().map(|crypto| crypto.random_uuid());
    // A page without a secure context has no random UUIDs; time and chance from the engine's own source do.
    let random = random.unwrap_or_else(|_| {
        let part = || (js_sys::Math::random() * 4_294_967_296.0) as u32;
        format!("{:08x}{:08x}{:08x}{:08x}", part(), part(), part(), part())
    });
    format!("{prefix}{}", random.replace('-', ""))
}

fn new_op_id() -> OpId {
    OpId::new(new_id("o"))
}
