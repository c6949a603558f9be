//! 提示: what a person should know before working on: why they cannot type, what collided with a colleague's edit, and
//! what the last command did. What a return asked for is in `returned`.

use super::work::Work;
use crate::chunks;
use crate::outbox::Opened;
use crate::sheet::words;
use crate::ui::{on_press, part, when, wording};
use leptos::prelude::*;
use shared::api::requests::VersionLine;
use shared::engine::op::{Conflict, Typed};
use shared::engine::session::Session;

#[component]
pub fn Banners(work: Work, frozen: Option<VersionLine>) -> impl IntoView {
    let view = work.view();
    let locked = match &frozen {
        Some(line) => Some(format!(
            "这是 {} 于 {} 提交的第 {} 版，只能查看（SM3 {}…）。",
            line.by,
            line.at,
            line.version,
            line.hash.get(..12).unwrap_or(&line.hash)
        )),
        None => view.locked.as_ref().map(|refusal| refusal.message.clone()),
    };
    let id = view.case.id.clone();
    let back = frozen.is_some().then(|| {
        view! { <a href=format!("/requests/{id}")>"回到当前内容"</a> }
    });
    let returned = view.history.iter().any(|line| !line.reasons.is_empty());
    view! {
        <div class="rq-banners">
            <Told work/>
            {locked.map(|text| view! {
                <p class="rq-banner rq-locked"><b>"只读："</b>{text}{back}</p>
            })}
            {(view.case.confirmation_stands() == Some(false)).then(|| view! {
                <p class="rq-banner rq-bad" data-confirmation="void">
                    "省局负责人的确认针对以前的版本，内容改动后已失效，须重新审核确认。"
                </p>
            })}
            {view.case.approval.is_some().then(|| chunks::approved(work))}
            {returned.then(|| chunks::returned(work))}
            {work.live.map(|live| view! { <Conflicts work live/> })}
        </div>
    }
}

/// The notice of the last command.
#[component]
fn Told(work: Work) -> impl IntoView {
    let notice = work.lasting.notice;
    view! {
        <div role="status" aria-live="polite">
            {part(move || (notice.get().map(|told| view! {
                <p class="rq-banner" class:rq-bad=told.bad class:rq-good=!told.bad>
                    {told.text}
                    <button type="button" class="rq-link" on:click=on_press(move || notice.set(None))>"知道了"</button>
                </p>
            })).into_any())}
        </div>
    }
}

/// 冲突: the same cell changed here and elsewhere; both values stand until one is chosen.
#[component]
fn Conflicts(work: Work, live: Opened) -> impl IntoView {
    let conflicts = work.sheet.conflicts;
    view! {
        {when(move || !conflicts.with(Vec::is_empty), move || view! {
            <div class="rq-banner rq-conflicts" role="alert">
                <b>{wording(move || format!("有 {} 处改动与他人冲突，请逐处选择", conflicts.with(Vec::len)))}</b>
                <ul>
                    {part(move || (conflicts.get().into_iter().map(|conflict| view! { <Collision work live conflict/> }).collect_view()).into_any())}
                </ul>
            </div>
        }.into_any())}
    }
}

#[component]
fn Collision(work: Work, live: Opened, conflict: Conflict) -> impl IntoView {
    let (place, mine, theirs) = work.sheet.read(|session| told(session, &conflict));
    let (keep, take) = (conflict.clone(), conflict);
    view! {
        <li>
            <span>{place}</span>
            <button type="button" on:click=on_press(move || live.keep_mine(&keep))>{format!("保留我的：{mine}")}</button>
            <button type="button" on:click=on_press(move || live.take_theirs(&take))>{format!("采用对方：{theirs}")}</button>
        </li>
    }
}

/// Where a conflict is, and what each side says.
fn told(session: &Session, conflict: &Conflict) -> (String, String, String) {
    match conflict {
        Conflict::Cell { at, mine, theirs } => {
            let cell = session.cell(&at.table, at.row.as_str(), &at.field);
            let place = cell.map(|cell| words::place(session, &session.cell_place(cell)));
            let said = |typed: &Typed| match (typed, cell) {
                (None, _) => "（空）".to_string(),
                (Some(text), Some(cell)) => {
                    let kind = &session.plan().tables[cell.table].field(cell.field).kind;
                    words::stored(kind, &session.row_label(cell, text))
                }
                (Some(text), None) => text.to_string(),
            };
            (place.unwrap_or_else(|| "已删除的行".to_string()), said(mine), said(theirs))
        }
        Conflict::Row { table, .. } => {
            let title = session.plan().definition.table(table).map(|t| t.title.clone()).unwrap_or_default();
            (format!("{title} 中的一行已被他人删除或改动"), "恢复我的".to_string(), "按对方的".to_string())
        }
    }
}
