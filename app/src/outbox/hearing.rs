//! 听取: the others' edits, as the stream brings them or the log has them, and the rows two people disagree about.

use super::courier::Courier;
use crate::api;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::live::LiveEvent;
use shared::api::operations::{LogEntry, ReadOperations};
use shared::api::problem::Problem;
use shared::api::requests::ReadRequest;
use shared::engine::document::{Document, Row};
use shared::engine::op::{Change, Conflict, Op};
use shared::ids::{OpId, RowId};
use shared::sync::conflicts;
use shared::sync::difference::toward;
use shared::sync::follower::Heard;
use std::rc::Rc;

impl Courier {
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
            LiveEvent::Edited { entry } => {
                if !self.entry(&entry) {
                    self.catch_up();
                }
            }
        }
    }

    /// Number of the last entry followed.
    pub fn seq(&self) -> u64 {
        self.state.borrow().follower.seq()
    }

    /// `false` when entries before it are missing.
    fn entry(self: &Rc<Self>, entry: &LogEntry) -> bool {
        let (heard, face, changed) = {
            let state = &mut *self.state.borrow_mut();
            let before = state.conflicts.clone();
            let heard = state.follower.hear(entry, &mut state.conflicts);
            (heard, state.face, state.conflicts != before)
        };
        if changed {
            self.note_conflicts();
        }
        let op = match heard {
            Heard::Gap => return false,
            Heard::Nothing => return true,
            Heard::Apply(op) => op,
        };
        let Some(face) = face else { return true };
        let refused = face.sheet.receive(&op);
        let removed = |table: &str, row: &RowId| {
            op.changes
                .iter()
                .any(|c| matches!(c, Change::RemoveRow { table: t, row: r, .. } if t == table && r == row))
        };
        // Somebody removed a row this person has been writing in: it stays on the screen until decided.
        let kept: Vec<Conflict> = refused
            .into_iter()
            .filter(|c| matches!(c, Conflict::Row { table, row } if removed(table, row)))
            .collect();
        if !kept.is_empty() {
            for conflict in kept {
                conflicts::add(&mut self.state.borrow_mut().conflicts, conflict);
            }
            self.note_conflicts();
        }
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

    /// Compares rows with the server's: what differs is put before the person, what does not is settled.
    pub(super) async fn examine(self: &Rc<Self>, rows: Vec<(String, RowId)>) {
        let theirs = self.document().await.ok();
        for (table, row) in rows {
            let mine = self.row_here(&table, &row);
            let same = theirs.as_ref().is_some_and(|document| document.row(&table, &row) == mine.as_ref());
            if !same {
                conflicts::add(&mut self.state.borrow_mut().conflicts, Conflict::Row { table, row });
            }
        }
        self.note_conflicts();
    }

    async fn document(&self) -> Result<Document, Problem> {
        let view = api::call(ReadRequest { request: self.scope.request.clone() }).await?;
        Ok(view.document)
    }

    fn row_here(&self, table: &str, row: &RowId) -> Option<Row> {
        let sheet = self.state.borrow().face?.sheet;
        sheet.read(|session| {
            let table = session.plan().table(table)?;
            Some(session.row(table, session.slot(table, row.as_str())?))
        })
    }

    /// 保留我的: mine goes to the server again, knowing theirs.
    pub async fn keep_mine(self: &Rc<Self>, conflict: &Conflict) -> Result<(), Problem> {
        let Some(face) = self.state.borrow().face else { return Ok(()) };
        let changes = match conflict {
            Conflict::Cell { at, mine, theirs } => {
                let now = self.row_here(&at.table, &at.row).and_then(|row| row.cells.get(&at.field).cloned());
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

    /// 采用对方的: the server has it already; here it replaces mine.
    pub async fn take_theirs(self: &Rc<Self>, conflict: &Conflict) -> Result<(), Problem> {
        let Some(face) = self.state.borrow().face else { return Ok(()) };
        face.sheet.end_typing();
        let changes = match conflict {
            Conflict::Cell { at, theirs, .. } => {
                let now = self.row_here(&at.table, &at.row).and_then(|row| row.cells.get(&at.field).cloned());
                vec![conflicts::taking_theirs(at, theirs, &now)]
            }
            Conflict::Row { table, row } => {
                let theirs = self.document().await?;
                let mine = self.row_here(table, row);
                toward(table, mine.as_ref(), theirs.row(table, row))
            }
        };
        self.decided(conflict);
        face.sheet.receive(&Op { id: OpId::new("theirs"), changes });
        Ok(())
    }

    fn decided(self: &Rc<Self>, conflict: &Conflict) {
        let same_place = |other: &Conflict| match (conflict, other) {
            (Conflict::Cell { at, .. }, Conflict::Cell { at: other, .. }) => at == other,
            _ => conflict == other,
        };
        self.state.borrow_mut().conflicts.retain(|other| !same_place(other));
        self.note_conflicts();
    }
}
