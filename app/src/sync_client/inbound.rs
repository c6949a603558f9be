//! 接收: other people's edits from the stream or the log, and the rows two people disagree about.

use super::client::SyncClient;
use crate::form_ui::sheet::store::FormSheet;
use crate::kernel::api;
use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::cases::{CaseContent, ReadCase};
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
                let page = self.state.borrow().page;
                if let Some(page) = page
                    && page.moved.get_untracked() != revision
                {
                    page.moved.set(revision);
                }
            }
            LiveEvent::Reviewed { seq } => {
                let page = self.state.borrow().page;
                if let Some(page) = page
                    && page.reviewed.get_untracked() != seq
                {
                    page.reviewed.set(seq);
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

    /// Applies one log entry; `false` when entries before it are missing.
    fn entry(self: &Rc<Self>, entry: &LogEntry) -> bool {
        let (heard, page, changed) = {
            let state = &mut *self.state.borrow_mut();
            let (heard, changed) = state.replica.heard(entry);
            (heard, state.page, changed)
        };
        if changed {
            self.note_conflicts();
        }
        match (heard, page) {
            (Heard::Gap, _) => return false,
            (Heard::Apply(op), Some(page)) => {
                let misfits = page.sheet.receive(&op);
                if self.state.borrow_mut().replica.misfitted(&op, misfits) {
                    self.note_conflicts();
                }
            }
            _ => {}
        }
        self.compare();
        true
    }

    /// Reads the log entries the stream did not bring.
    fn catch_up(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().catching_up, true) {
            return;
        }
        let client = self.clone();
        spawn_local(async move {
            // While the server is away the stream is broken too; it brings everything when it is back.
            while let Ok(true) = client.read_on().await {}
            client.state.borrow_mut().catching_up = false;
        });
    }

    /// Reads a page of the log; `true` while there may be more.
    async fn read_on(self: &Rc<Self>) -> Result<bool, Problem> {
        let read = ReadOperations { request: self.scope.request.clone(), after: self.seq() };
        let log = api::call(read).await?;
        let before = self.seq();
        for entry in &log.entries {
            self.entry(entry);
        }
        Ok(self.seq() > before && self.seq() < log.latest)
    }

    /// Compares rows that both sides changed with the server's, once nothing typed here is on its way.
    pub(super) fn compare(self: &Rc<Self>) {
        if !self.state.borrow().replica.wants_to_compare() {
            return;
        }
        self.end_typing();
        let state = &mut *self.state.borrow_mut();
        if !state.replica.wants_to_compare() || std::mem::replace(&mut state.comparing, true) {
            return;
        }
        let client = self.clone();
        spawn_local(async move {
            let theirs = client.document().await;
            client.state.borrow_mut().comparing = false;
            client.compared(theirs);
        });
    }

    fn compared(self: &Rc<Self>, theirs: Result<Document, Problem>) {
        let (page, changes) = {
            let page = self.state.borrow().page;
            // What was typed meanwhile is delivered first; then the rows are compared again.
            self.end_typing();
            let state = &mut *self.state.borrow_mut();
            match (theirs, page) {
                _ if !state.replica.wants_to_compare() => return,
                (Ok(theirs), Some(page)) => {
                    let mine = |table: &str, row: &RowId| row_on(page.sheet, table, row);
                    (Some(page), state.replica.compared(&theirs, mine))
                }
                (Err(_), Some(_)) => return,
                (_, None) => {
                    state.replica.asked_unseen();
                    (None, Vec::new())
                }
            }
        };
        if let Some(page) = page
            && !changes.is_empty()
        {
            page.sheet.receive(&Op { id: OpId::new("compared"), changes });
        }
        self.note_conflicts();
    }

    async fn document(&self) -> Result<Document, Problem> {
        // The whole view would bring all its types into the first download.
        let text = api::text(ReadCase { case: self.scope.request.clone() }).await?;
        let content: CaseContent = serde_json::from_str(&text).map_err(api::unreadable)?;
        Ok(content.form.document)
    }

    fn row_here(&self, table: &str, row: &RowId) -> Option<Row> {
        row_on(self.state.borrow().page?.sheet, table, row)
    }

    /// What this device shows in a cell.
    fn typed_here(&self, at: &CellAt) -> Typed {
        let sheet = self.state.borrow().page?.sheet;
        sheet.read(|session| session.typed_text(session.cell(&at.table, at.row.as_str(), &at.field)?))
    }

    /// 保留我的: sends this person's value again, based on the other's.
    pub async fn keep_mine(self: &Rc<Self>, conflict: &Conflict) -> Result<(), Problem> {
        let Some(page) = self.state.borrow().page else { return Ok(()) };
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
        page.sheet.act(changes);
        Ok(())
    }

    /// 采用对方的: writes the other's value over this person's, as an act like any other.
    pub async fn take_theirs(self: &Rc<Self>, conflict: &Conflict) -> Result<(), Problem> {
        let Some(page) = self.state.borrow().page else { return Ok(()) };
        page.sheet.end_typing();
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
        page.sheet.act(changes);
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
