//! 听取: the others' edits, as the stream brings them or the log has them, and the rows two people disagree about.

use super::client::SyncClient;
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::api;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::cases::ReadCase;
use shared::api::live::LiveEvent;
use shared::api::operations::{LogEntry, ReadOperations};
use shared::api::problem::Problem;
use shared::engine::document::{Document, Row};
use shared::engine::op::{CellAt, Conflict, Op, Typed};
use shared::kernel::ids::{OpId, RowId};
use shared::sync::conflicts;
use shared::sync::difference::toward;
use shared::sync::follower::Heard;
use std::rc::Rc;

impl SyncClient {
    pub fn hear(self: &Rc<Self>, event: LiveEvent) {
        match event {
            LiveEvent::Moved { revision, .. } => {
                let face = self.state.borrow().face;
                if let Some(face) = face
                    && face.moved.get_untracked() != revision
                {
                    face.moved.set(revision);
                }
            }
            LiveEvent::Reviewed { seq } => {
                let face = self.state.borrow().face;
                if let Some(face) = face
                    && face.reviewed.get_untracked() != seq
                {
                    face.reviewed.set(seq);
                }
            }
            LiveEvent::Edited { entry } => {
                if !self.entry(&entry) {
                    self.catch_up();
                }
            }
        }
    }

    /// Number of the last entry followed.
    pub fn seq(&self) -> u64 {
        self.state.borrow().replica.seq()
    }

    /// `false` when entries before it are missing.
    fn entry(self: &Rc<Self>, entry: &LogEntry) -> bool {
        let (heard, face, changed) = {
            let state = &mut *self.state.borrow_mut();
            let (heard, changed) = state.replica.heard(entry);
            (heard, state.face, changed)
        };
        if changed {
            self.note_conflicts();
        }
        match (heard, face) {
            (Heard::Gap, _) => return false,
            (Heard::Apply(op), Some(face)) => {
                let misfits = face.sheet.receive(&op);
                if self.state.borrow_mut().replica.misfitted(&op, misfits) {
                    self.note_conflicts();
                }
            }
            _ => {}
        }
        self.compare();
        true
    }

    /// Reads what the stream did not bring.
    fn catch_up(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().catching_up, true) {
            return;
        }
        let courier = self.clone();
        spawn_local(async move {
            // Where the server is away the stream breaks too, and brings everything when it is back.
            while let Ok(true) = courier.read_on().await {}
            courier.state.borrow_mut().catching_up = false;
        });
    }

    /// Whether there may be more.
    async fn read_on(self: &Rc<Self>) -> Result<bool, Problem> {
        let read = ReadOperations { request: self.scope.request.clone(), after: self.seq() };
        let log = api::call(read).await?;
        let before = self.seq();
        for entry in &log.entries {
            self.entry(entry);
        }
        Ok(self.seq() > before && self.seq() < log.latest)
    }

    /// Once nothing typed here is under way, rows where mine and theirs met are compared with the server's.
    pub(super) fn compare(self: &Rc<Self>) {
        if !self.state.borrow().replica.wants_to_compare() {
            return;
        }
        self.end_typing();
        let state = &mut *self.state.borrow_mut();
        if !state.replica.wants_to_compare() || std::mem::replace(&mut state.comparing, true) {
            return;
        }
        let courier = self.clone();
        spawn_local(async move {
            let theirs = courier.document().await;
            courier.state.borrow_mut().comparing = false;
            courier.compared(theirs);
        });
    }

    fn compared(self: &Rc<Self>, theirs: Result<Document, Problem>) {
        let (face, changes) = {
            let face = self.state.borrow().face;
            // What was typed meanwhile is delivered first; then it is compared again.
            self.end_typing();
            let state = &mut *self.state.borrow_mut();
            match (theirs, face) {
                _ if !state.replica.wants_to_compare() => return,
                (Ok(theirs), Some(face)) => {
                    let mine = |table: &str, row: &RowId| row_on(face.sheet, table, row);
                    (Some(face), state.replica.compared(&theirs, mine))
                }
                (Err(_), Some(_)) => return,
                (_, None) => {
                    state.replica.asked_unseen();
                    (None, Vec::new())
                }
            }
        };
        if let Some(face) = face
            && !changes.is_empty()
        {
            face.sheet.receive(&Op { id: OpId::new("compared"), changes });
        }
        self.note_conflicts();
    }

    async fn document(&self) -> Result<Document, Problem> {
        let view = api::call(ReadCase { case: self.scope.request.clone() }).await?;
        Ok(view.form.map_or_else(|| Document::new(view.head.fiscal_year), |form| form.document))
    }

    fn row_here(&self, table: &str, row: &RowId) -> Option<Row> {
        row_on(self.state.borrow().face?.sheet, table, row)
    }

    /// What this device shows in a cell.
    fn typed_here(&self, at: &CellAt) -> Typed {
        let sheet = self.state.borrow().face?.sheet;
        sheet.read(|session| session.typed_text(session.cell(&at.table, at.row.as_str(), &at.field)?))
    }

    /// 保留我的: mine goes to the server again, knowing theirs.
    pub async fn keep_mine(self: &Rc<Self>, conflict: &Conflict) -> Result<(), Problem> {
        let Some(face) = self.state.borrow().face else { return Ok(()) };
        let changes = match conflict {
            Conflict::Cell { at, mine, theirs } => {
                let now = self.typed_here(at);
                vec![conflicts::keeping_mine(at, mine, theirs, &now)]
            }
            Conflict::Row { table, row } => {
                let theirs = self.document().await?;
                let mine = self.row_here(table, row);
                toward(table, theirs.row(table, row), mine.as_ref())
            }
        };
        self.decided(conflict);
        face.sheet.act(changes);
        Ok(())
    }

    /// 采用对方的: theirs is put over mine, as an act of this person like any other.
    pub async fn take_theirs(self: &Rc<Self>, conflict: &Conflict) -> Result<(), Problem> {
        let Some(face) = self.state.borrow().face else { return Ok(()) };
        face.sheet.end_typing();
        let changes = match conflict {
            Conflict::Cell { at, theirs, .. } => {
                let now = self.typed_here(at);
                vec![conflicts::taking_theirs(at, theirs, &now)]
            }
            Conflict::Row { table, row } => {
                let theirs = self.document().await?;
                let mine = self.row_here(table, row);
                toward(table, mine.as_ref(), theirs.row(table, row))
            }
        };
        self.decided(conflict);
        face.sheet.act(changes);
        Ok(())
    }

    fn decided(self: &Rc<Self>, conflict: &Conflict) {
        self.state.borrow_mut().replica.decided(conflict);
        self.note_conflicts();
    }
}

fn row_on(sheet: FormSheet, table: &str, row: &RowId) -> Option<Row> {
    sheet.read(|session| {
        let table = session.plan().table(table)?;
        Some(session.row(table, session.slot(table, row.as_str())?))
    })
}
