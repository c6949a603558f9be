//! 标注: what a review lays over the cells, where its remarks stand, and what a return opened.

use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::overlay::{CellMark, Gate, Overlay};
use crate::form_ui::sheet::words;
use leptos::prelude::Get;
use shared::api::requests::reasons_in_force;
use shared::cases::kernel::Stage;
use shared::cases::review::anchor::{Anchor, Now};
use shared::cases::review::edit_scope::{EditScope, Why, called_for};
use shared::cases::review::sums::AMOUNT;
use shared::cases::review::thread::{Review, State, Thread};
use shared::engine::op::CellAt;
use shared::engine::session::{Cell, Session};
use shared::kernel::finding::Place;
use shared::kernel::ids::ThreadId;
use shared::kernel::people::Office;
use std::collections::HashMap;
use std::sync::Arc;

/// The cell a remark marks: its own, or the one its row is known by.
fn marked(session: &Session, thread: &Thread) -> Option<Cell> {
    match &thread.anchor {
        Anchor::Cell { table, row, field } => session.cell(table, row.as_str(), field),
        Anchor::Row { table, row } => {
            let field = if thread.cut.is_some() { AMOUNT } else { "name" };
            let own = session.cell(table, row.as_str(), field);
            own.or_else(|| session.cell(table, row.as_str(), "kind"))
        }
        Anchor::Section { .. } | Anchor::Whole {} => None,
    }
}

pub fn overlay(work: RequestContext, review: &Review) -> Overlay {
    let notes = work.sheet.read(|session| notes(session, review));
    Overlay { notes: Arc::new(notes), gate: gate(work, review), ..Overlay::default() }
}

fn notes(session: &Session, review: &Review) -> HashMap<Cell, CellMark> {
    let mut notes: HashMap<Cell, CellMark> = HashMap::new();
    for thread in &review.threads {
        let Some(cell) = marked(session, thread) else { continue };
        let look = if thread.state == State::Resolved { CellMark::Settled } else { CellMark::Open };
        let note = notes.entry(cell).or_insert(look);
        *note = look.max(*note);
    }
    notes
}

/// What the return opened, where this is the department's returned request.
pub fn opening(work: RequestContext, review: &Review) -> Option<EditScope> {
    let view = work.view();
    let concerned = view.case.stage == Stage::Returned && view.locked.is_none() && work.frozen.is_none();
    let plan = work.sheet.read(|session| session.plan().clone());
    concerned.then(|| EditScope::of(&plan, review, &reasons_in_force(&view.history)))
}

fn gate(work: RequestContext, review: &Review) -> Option<Gate> {
    let opening = opening(work, review).filter(|opening| !opening.all())?;
    let returned = work.reviewing.returned.get();
    Some(Arc::new(move |session, change| {
        opening.allows(change, |at| called_for(session, returned.as_deref(), at))
    }))
}

/// Why a cell of a returned request is open or closed, in words; `None` where everything is open anyway.
pub fn open_state(work: RequestContext, review: &Review, cell: Cell) -> Option<(bool, String)> {
    let opening = opening(work, review).filter(|opening| !opening.all())?;
    let returned = work.reviewing.returned.get();
    let at = work.sheet.read(|session| session.cell_at(cell));
    let called = |at: &CellAt| work.sheet.follow(|session| called_for(session, returned.as_deref(), at));
    Some(match opening.why(&at, called) {
        Some(Why::Remark(id)) => (true, format!("可以修改：{}", quoted(review, id))),
        Some(Why::Reason(text)) => (true, format!("可以修改：退回理由“{text}”")),
        Some(Why::Rule(rule)) => {
            (true, format!("可以修改：改动其他开放的栏后，校验规则 {rule} 可能要求一并调整"))
        }
        Some(Why::Justification) => (true, "可以修改：提醒说明".to_string()),
        None => (false, "未开放：不在审核意见指出的范围内，也不为校验所需".to_string()),
    })
}

fn quoted(review: &Review, id: &ThreadId) -> String {
    let at = review.threads.iter().position(|thread| thread.id == *id);
    let text = at.and_then(|at| review.threads[at].entries.first()).map(|entry| entry.text.clone());
    format!("第 {} 号意见“{}”", at.map_or(0, |at| at + 1), text.unwrap_or_default())
}

/// The place of an anchor that can be gone to; the table of a row that is gone.
pub fn place_of(session: &Session, anchor: &Anchor) -> Option<Place> {
    let place = anchor.place(session.plan())?;
    if anchor.now(session) == Now::Removed {
        return Some(Place { row: None, field: None, ..place });
    }
    if let (Anchor::Row { table, row }, None) = (anchor, &place.field) {
        // A row is gone to where its figures are, or where it is named.
        let fields = [AMOUNT, "name", "kind"];
        let there = fields.into_iter().find(|field| session.cell(table, row.as_str(), field).is_some());
        return Some(Place { field: there.map(str::to_string), ..place });
    }
    Some(place)
}

/// Where a remark stands, in words.
pub fn words_of(session: &Session, thread: &Thread) -> String {
    let Some(place) = thread.anchor.place(session.plan()) else { return "整份申请".to_string() };
    if thread.anchor.now(session) == Now::Removed {
        let title = words::place(session, &Place { row: None, field: None, ..place });
        let name = thread.then.as_deref().unwrap_or_default();
        return format!("{title} · 已删除的行 {name}");
    }
    words::place(session, &place)
}

/// What stood there then and stands there now, where it is one value.
pub fn then_and_now(session: &Session, thread: &Thread) -> Option<(String, String)> {
    let Anchor::Cell { table, field, .. } = &thread.anchor else { return None };
    let at = session.plan().table(table)?;
    let kind = &session.plan().tables[at].field(session.plan().field(at, field)?).kind;
    let shown =
        |text: &str| if text.is_empty() { "（空）".to_string() } else { words::stored(kind, text) };
    let now = match thread.anchor.now(session) {
        Now::Text(text) => shown(&text),
        _ => "行已删除".to_string(),
    };
    Some((shown(thread.then.as_deref().unwrap_or_default()), now))
}

/// The threads in the order of the form.
pub fn ordered(work: RequestContext, review: &Review) -> Vec<ThreadId> {
    work.sheet.read(|session| {
        let plan = session.plan();
        let mut rows: HashMap<usize, HashMap<u32, usize>> = HashMap::new();
        let mut key = |thread: &Thread| {
            let Some(table) = thread.anchor.table().and_then(|key| plan.table(key)) else {
                return (0, 0, 0);
            };
            let slot = thread.anchor.row().and_then(|row| session.slot(table, row.as_str()));
            let places = rows.entry(table).or_insert_with(|| {
                session.rows(table).iter().enumerate().map(|(at, slot)| (*slot, at + 1)).collect()
            });
            let row = slot.and_then(|slot| places.get(&slot).copied()).unwrap_or(0);
            let field = thread.anchor.field().and_then(|field| plan.field(table, field)).unwrap_or(0);
            (table + 1, row, field)
        };
        let mut keyed: Vec<_> =
            review.threads.iter().map(|thread| (key(thread), thread.id.clone())).collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, id)| id).collect()
    })
}

/// The office a review of this case belongs to now.
pub fn office(stage: Stage) -> Office {
    match stage {
        Stage::FinanceReview | Stage::FinanceReturned | Stage::Approved | Stage::Rejected => Office::Finance,
        _ => Office::Bureau,
    }
}
