//! 冲突: two values of one cell or row side by side; an assigned person chooses, and both stay in the history.

use super::frame::Frame;
use crate::site::state::{Screen, VisitPage};
use crate::site::typing::{row, text};
use crate::site::visit::{SaveTime, Visit};
use leptos::prelude::*;
use shared::cases::site_visit::form::{CHECKLIST, FORM};
use shared::engine::op::{CellAt, Change, Conflict, Typed};
use shared::kernel::ids::RowId;
use shared::sync::site::content::HEADER;
use shared::sync::site::operation::{ConflictId, SiteAct};
use shared::sync::site::server::OpenConflict;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Conflicts of the visit that nobody has resolved here.
fn open_conflicts(visit: Visit) -> Vec<OpenConflict> {
    visit.read(|device| {
        let acts = device.stored().acts_above_base();
        let resolved: BTreeSet<ConflictId> = acts
            .into_iter()
            .filter_map(|act| match act {
                SiteAct::Resolve { conflict, .. } => Some(conflict.clone()),
                SiteAct::Cells { .. }
                | SiteAct::Photo { .. }
                | SiteAct::Sign { .. }
                | SiteAct::Unsign { .. }
                | SiteAct::Finalize { .. } => None,
            })
            .collect();
        let listed = device.stored().base.as_ref().map(|base| base.conflicts.clone()).unwrap_or_default();
        listed.into_iter().filter(|open| !resolved.contains(&open.id)).collect()
    })
}

/// Where it is, as the form calls it.
fn place(visit: Visit, mine: &Change) -> String {
    let (table, id) = (mine.table(), mine.row());
    let of_form = if table == HEADER { None } else { Some(table) };
    let label = match mine {
        Change::Set { at, .. } => {
            let field = FORM.fields(of_form).iter().find(|field| field.key == &*at.field);
            field.map_or("", |field| field.label)
        }
        Change::InsertRow { .. } | Change::RemoveRow { .. } | Change::MoveRow { .. } => "整行",
    };
    let owner = row_title(visit, table, id);
    if owner.is_empty() { label.to_string() } else { format!("{owner} · {label}") }
}

fn row_title(visit: Visit, table: &str, id: &RowId) -> String {
    let Some(found) = row(visit, table, id) else { return String::new() };
    let item = RowId::new(text(&found, "item"));
    let of_item = row(visit, CHECKLIST, &item).map(|row| text(&row, "matter").to_string());
    let own =
        ["matter", "name", "code"].into_iter().map(|field| text(&found, field)).find(|text| !text.is_empty());
    own.map(str::to_string).or(of_item).unwrap_or_default()
}

fn shown(typed: &Typed) -> String {
    typed.as_deref().map_or_else(|| "（空）".to_string(), str::to_string)
}

/// Both values: of the change that came second, and what it met.
fn values(visit: Visit, open: &OpenConflict) -> (String, String) {
    let mine = match &open.mine {
        Change::Set { to, .. } => shown(to),
        Change::InsertRow { .. } => "新增这一行".to_string(),
        Change::RemoveRow { .. } => "删除这一行".to_string(),
        Change::MoveRow { .. } => "移动这一行".to_string(),
    };
    let theirs = match &open.met {
        Conflict::Cell { at, theirs, .. } => {
            let base = visit.read(|device| {
                let base = device.stored().base.as_ref();
                let found = base.and_then(|base| base.document.row(&at.table, &at.row).cloned());
                found.and_then(|row| row.cells.get(&*at.field).cloned())
            });
            base.unwrap_or_else(|| shown(theirs))
        }
        Conflict::Row { .. } => "这一行已另有改动".to_string(),
    };
    (mine, theirs)
}

#[component]
pub fn ConflictsScreen(visit: Visit) -> impl IntoView {
    let open = Memo::new(move |_| open_conflicts(visit));
    view! {
        <Frame title="冲突".to_string() visit=visit back=Screen::Visit(visit.id(), VisitPage::Home)>
            <Show when=move || open.with(Vec::is_empty)>
                <p class="quiet" data-count="open">"没有待选择的冲突。刚送达的冲突在读取最新内容后显示。"</p>
            </Show>
            {move || open.get().into_iter().map(|open| view! { <ConflictCard visit open/> }).collect_view()}
        </Frame>
    }
}

#[component]
fn ConflictCard(visit: Visit, open: OpenConflict) -> impl IntoView {
    let (mine, theirs) = untrack(|| values(visit, &open));
    let title = untrack(|| place(visit, &open.mine));
    let is_own = visit.read_once(|device| open.device.as_ref() == Some(&device.identity().device));
    let who = if is_own { "我的" } else { "另一台设备的" };
    let other = RwSignal::new(String::new());
    let cell: Option<CellAt> = match &open.mine {
        Change::Set { at, .. } => Some(at.clone()),
        Change::InsertRow { .. } | Change::RemoveRow { .. } | Change::MoveRow { .. } => None,
    };
    let of = StoredValue::new(open.clone());
    let resolve = move |changes: Vec<Change>| {
        // Refused only after 定稿, when the buttons are disabled.
        let _ = visit
            .act(SaveTime::AtOnce, |device| device.resolve(of.with_value(|open| open.id.clone()), changes));
    };
    let type_other = move |at: CellAt| {
        let typed = other.get_untracked();
        if !typed.trim().is_empty() {
            resolve(vec![Change::Set { at, from: None, to: Some(Arc::from(typed.as_str())) }]);
        }
    };
    let closed = move || super::entry::is_closed(visit);
    view! {
        <article class="site-conflict" data-conflict=open.id.op.to_string()>
            <h2>{title}</h2>
            <div class="site-two">
                <section><h3>{who}</h3><p data-side="mine">{mine}</p>
                    <button class="primary" data-act="take-mine" disabled=closed
                        on:click=move |_| resolve(vec![of.with_value(|open| open.mine.clone())])>{format!("采用{who}")}</button></section>
                <section><h3>"现有的"</h3><p data-side="theirs">{theirs}</p>
                    <button class="primary" data-act="take-theirs" disabled=closed on:click=move |_| resolve(Vec::new())>"采用现有的"</button></section>
            </div>
            {cell.map(|at| view! {
                <div class="site-tools">
                    <input type="text" data-act="other" aria-label="另填" placeholder="另填" bind:value=other/>
                    <button data-act="take-other" disabled=closed on:click=move |_| type_other(at.clone())>"采用另填的"</button>
                </div>
            })}
        </article>
    }
}
