//! 冲突: the same cell changed here and elsewhere; both values stand until one is chosen.

use crate::form_ui::sheet::store::FormSheet;
use crate::form_ui::sheet::words;
use crate::sync_client::Opened;
use leptos::prelude::*;
use shared::engine::op::{Conflict, Typed};
use shared::engine::session::Session;

/// What waits for a choice.
pub fn conflicts(sheet: FormSheet, live: Opened) -> AnyView {
    let conflicts = sheet.conflicts;
    view! {
        <div class="rq-banner rq-conflicts" role="alert">
            <b>{move || format!("有 {} 处改动与他人冲突，请逐处选择", conflicts.with(Vec::len))}</b>
            <ul>
                {move || conflicts.get().into_iter().map(|conflict| view! { <Collision sheet live conflict/> }).collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

#[component]
fn Collision(sheet: FormSheet, live: Opened, conflict: Conflict) -> impl IntoView {
    let (place, mine, theirs) = sheet.read(|session| describe(session, &conflict));
    let (keep, take) = (conflict.clone(), conflict);
    view! {
        <li>
            <span>{place}</span>
            <button type="button" on:click=move |_| live.keep_mine(&keep)>{format!("保留我的：{mine}")}</button>
            <button type="button" on:click=move |_| live.take_theirs(&take)>{format!("采用对方：{theirs}")}</button>
        </li>
    }
}

/// Where a conflict is, and what each side says.
fn describe(session: &Session, conflict: &Conflict) -> (String, String, String) {
    match conflict {
        Conflict::Cell { at, mine, theirs } => {
            let cell = session.cell(&at.table, at.row.as_str(), &at.field);
            let place = cell.map(|cell| words::place(session, &session.cell_place(cell)));
            let shown = |typed: &Typed| match (typed, cell) {
                (None, _) => "（空）".to_string(),
                (Some(text), Some(cell)) => {
                    let kind = &session.plan().tables[cell.table].field(cell.field).kind;
                    words::stored(kind, &session.row_label(cell, text))
                }
                (Some(text), None) => text.to_string(),
            };
            (place.unwrap_or_else(|| "已删除的行".to_string()), shown(mine), shown(theirs))
        }
        Conflict::Row { table, .. } => {
            let title = session.plan().definition.table(table).map(|t| t.title.clone()).unwrap_or_default();
            (format!("{title} 中的一行已被他人删除或改动"), "恢复我的".to_string(), "按对方的".to_string())
        }
    }
}
