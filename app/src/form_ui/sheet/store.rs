//! 填报数据: the one place in the browser where a document changes. Every act goes key → operation → session →
//! listeners; nothing else writes, and what is on the screen is only ever read from here.

use super::overlay::Overlay;
use crate::kernel::random_id::new_id;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use shared::engine::dirty::Changed;
use shared::engine::editing::Applied;
use shared::engine::op::{CellAt, Change, Conflict, Op, Typed};
use shared::engine::plan::{Slot, TableIx};
use shared::engine::session::{Cell, Session};
use shared::kernel::ids::OpId;
use shared::kernel::refusal::Refusal;

/// Longest time something typed stays in the page alone, in milliseconds.
const TYPING_MS: u32 = 1_000;

/// Called with exactly what changed; the grid repaints those cells and nothing else.
type Listener = Box<dyn Fn(&Session, &Changed)>;
/// Called with every act of this person: the outbox stores it and sends it.
type Sender = Box<dyn Fn(&Op)>;

/// A cell being typed into: every key is applied at once, but it is one undo step.
struct Typing {
    cell: Cell,
    at: CellAt,
    /// What was there before.
    from: Typed,
    /// What the outbox has got of it so far.
    sent: Typed,
}

struct Inner {
    session: Session,
    typing: Option<Typing>,
    /// Runs while something typed has not been handed to the outbox.
    timer: Option<Timeout>,
    listeners: Vec<(usize, Listener)>,
    next_listener: usize,
    sender: Sender,
}

/// A handle to the document being filled in; copies are the same document.
#[derive(Clone, Copy)]
pub struct FormSheet {
    inner: StoredValue<Inner, LocalStorage>,
    /// Counts changes: what is read through it is read again after each (totals, counts, lists of findings).
    revision: RwSignal<u64>,
    /// Whether this person may type; the reason is shown elsewhere.
    pub editable: RwSignal<bool>,
    /// The cell the cursor is on.
    pub selected: RwSignal<Option<Cell>>,
    /// A cell that a person wants explained: whoever explains takes it and sets it back to `None`.
    pub asked: RwSignal<Option<Cell>>,
    /// Where to jump to: whoever shows that table takes it, scrolls there and sets it back to `None`.
    pub jump: RwSignal<Option<Cell>>,
    /// What a review says of cells, and what a return keeps closed.
    pub overlay: RwSignal<Overlay>,
    /// Why the last act was not done, until whoever shows it takes it.
    pub refused: RwSignal<Option<String>>,
    /// The rows shown of the table last sorted or filtered, in their order.
    pub rows_shown: RwSignal<Option<(TableIx, Vec<Slot>)>>,
    /// Cells whose value somebody else changed while this person did: both are shown until one is chosen.
    pub conflicts: RwSignal<Vec<Conflict>>,
    /// Something typed has not been handed to the outbox.
    pub typing: RwSignal<bool>,
    /// The first cell the last undo or redo changed, until whoever shows it takes it.
    pub restored: RwSignal<Option<Cell>>,
}

impl FormSheet {
    /// `sender` gets every act, undo and redo of this person, already applied here.
    pub fn new(session: Session, sender: impl Fn(&Op) + 'static) -> FormSheet {
        let inner = Inner {
            session,
            typing: None,
            timer: None,
            listeners: Vec::new(),
            next_listener: 0,
            sender: Box::new(sender),
        };
        FormSheet {
            inner: StoredValue::new_local(inner),
            revision: RwSignal::new(0),
            editable: RwSignal::new(false),
            selected: RwSignal::new(None),
            asked: RwSignal::new(None),
            jump: RwSignal::new(None),
            overlay: RwSignal::new(Overlay::default()),
            refused: RwSignal::new(None),
            rows_shown: RwSignal::new(None),
            conflicts: RwSignal::new(Vec::new()),
            typing: RwSignal::new(false),
            restored: RwSignal::new(None),
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

    /// How many changes there were; `None` once the page has been left.
    pub fn changes(&self) -> Option<u64> {
        self.revision.try_get_untracked()
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

    /// Whether a cell may be typed into; follows what opens and closes it.
    pub fn writable(&self, cell: Cell) -> bool {
        self.editable.get() && self.overlay.with(|overlay| self.read(|session| overlay.opens(session, cell)))
    }

    /// As [`Sheet::writable`], asked once.
    pub fn takes(&self, cell: Cell) -> bool {
        untrack(|| self.writable(cell))
    }

    /// Whether these changes may be made now.
    pub fn may(&self, changes: &[Change]) -> bool {
        self.editable.get_untracked() && self.refusal(changes).is_none()
    }

    fn refusal(&self, changes: &[Change]) -> Option<Refusal> {
        self.overlay.with_untracked(|overlay| {
            self.read(|session| changes.iter().find_map(|change| overlay.allows(session, change).err()))
        })
    }

    /// Whether all changes may be made; what may not is said.
    fn admits(&self, changes: &[Change]) -> bool {
        let refusal = self.refusal(changes);
        let admitted = refusal.is_none();
        if let Some(refusal) = refusal {
            self.refused.set(Some(refusal.message));
        }
        admitted
    }

    /// One act of this person: one operation, one undo step, one message to the server.
    pub fn act(&self, changes: Vec<Change>) {
        if changes.is_empty() || !self.editable.get_untracked() || !self.admits(&changes) {
            return;
        }
        self.end_typing();
        let op = Op { id: new_op_id(), changes };
        let applied = self.inner.try_update_value(|inner| inner.session.apply(&op));
        self.tell(applied, Some(&op));
        // Remembered where it is: a paste is a large operation.
        self.inner.try_update_value(|inner| inner.session.remember(op));
        self.revise();
    }

    /// Types one text into one cell.
    pub fn type_text(&self, cell: Cell, text: &str) {
        let change = self.read(|session| session.typing(cell, text));
        self.act(change.into_iter().collect());
    }

    /// Types into a cell key by key: the numbers follow each key, a second of typing at most is not yet with
    /// the outbox, and the whole is one undo step. Ends with [`Sheet::end_typing`] or any other act.
    pub fn type_live(&self, cell: Cell, text: &str) {
        if !self.editable.get_untracked() {
            return;
        }
        let same = self.inner.with_value(|inner| inner.typing.as_ref().is_some_and(|t| t.cell == cell));
        if !same {
            self.end_typing();
        }
        let Some(change) = self.read(|session| session.typing(cell, text)) else { return };
        if !self.admits(std::slice::from_ref(&change)) {
            return;
        }
        let applied = self.inner.try_update_value(|inner| {
            if inner.typing.is_none() {
                let from = inner.session.typed_text(cell);
                let at = inner.session.cell_at(cell);
                inner.typing = Some(Typing { cell, at, sent: from.clone(), from });
            }
            inner.session.apply(&Op { id: new_op_id(), changes: vec![change] })
        });
        self.done(applied, None);
        let sheet = *self;
        let begins = self.inner.try_update_value(|inner| {
            let begins = inner.timer.is_none();
            if begins {
                inner.timer = Some(Timeout::new(TYPING_MS, move || sheet.flush()));
            }
            begins
        });
        if begins == Some(true) {
            self.typing.set(true);
        }
    }

    /// The typing into a cell is over: it becomes one undo step and goes to the outbox.
    pub fn end_typing(&self) {
        self.flush();
        let remembered = self.inner.try_update_value(|inner| {
            let Some(typing) = inner.typing.take() else { return false };
            let to = inner.session.typed_text(typing.cell);
            let changed = to != typing.from;
            if changed {
                let change = Change::Set { at: typing.at, from: typing.from, to };
                inner.session.remember(Op { id: new_op_id(), changes: vec![change] });
            }
            changed
        });
        if remembered == Some(true) {
            // From here it can be taken back.
            self.revise();
        }
    }

    /// Gives the outbox what has been typed since the last time.
    fn flush(&self) {
        let op = self.inner.try_update_value(|inner| {
            inner.timer = None;
            let typing = inner.typing.as_mut()?;
            let to = inner.session.typed_text(typing.cell);
            let from = std::mem::replace(&mut typing.sent, to.clone());
            (from != to).then(|| Op {
                id: new_op_id(),
                changes: vec![Change::Set { at: typing.at.clone(), from, to }],
            })
        });
        if let Some(op) = op.flatten() {
            self.inner.with_value(|inner| (inner.sender)(&op));
        }
        if self.typing.try_get_untracked() == Some(true) {
            self.typing.set(false);
        }
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
        self.end_typing();
        let done = self.inner.try_update_value(|inner| step(&mut inner.session)).flatten();
        if let Some((op, applied)) = done {
            self.done(Some(applied), Some(&op));
            let cell = |change: &Change| match change {
                Change::Set { at, .. } => {
                    self.read(|session| session.cell(&at.table, at.row.as_str(), &at.field))
                }
                _ => None,
            };
            self.restored.set(op.changes.iter().find_map(cell));
        }
    }

    /// Applies somebody else's operation, or an own one kept on this device from before a reload.
    pub fn receive(&self, op: &Op) -> Vec<Conflict> {
        let applied = self.inner.try_update_value(|inner| inner.session.apply(op));
        let conflicts = applied.as_ref().map(|a| a.conflicts.clone()).unwrap_or_default();
        self.done(applied, None);
        conflicts
    }

    /// 全部校验: everything judged anew.
    pub fn validate(&self) {
        let changed = self.inner.try_update_value(|inner| inner.session.validate());
        self.done(changed.map(|changed| Applied { changed, ..Applied::default() }), None);
    }

    fn done(&self, applied: Option<Applied>, send: Option<&Op>) {
        self.tell(applied, send);
        self.revise();
    }

    /// Tells the outbox and the listeners.
    fn tell(&self, applied: Option<Applied>, send: Option<&Op>) {
        let Some(applied) = applied else { return };
        self.inner.with_value(|inner| {
            if let Some(op) = send {
                (inner.sender)(op);
            }
            for (_, listener) in &inner.listeners {
                listener(&inner.session, &applied.changed);
            }
        });
    }

    /// What is read through the revision is read again.
    fn revise(&self) {
        self.revision.update(|revision| *revision += 1);
    }
}

fn new_op_id() -> OpId {
    OpId::new(new_id("o"))
}
