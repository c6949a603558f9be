//! 提出意见: on the selected cell, its row, the part being looked at or the whole, kept until published.

use super::acting;
use super::state::Shown;
use crate::pages::request::section::Section;
use crate::pages::request::work::Work;
use crate::sheet::store::new_id;
use crate::sheet::words;
use crate::ui::{flag, on_press, part, wording};
use leptos::prelude::*;
use shared::engine::session::Session;
use shared::ids::ThreadId;
use shared::review::anchor::Anchor;
use shared::review::language::Act;
use shared::review::thread::Kind;

/// The anchors a person may mean by where they are, narrowest first.
fn here(work: Work) -> Vec<Anchor> {
    let cell = work.sheet.selected.get();
    let section = work.section.get();
    work.sheet.read(|session| {
        let mut anchors = Vec::new();
        if let Some(cell) = cell.filter(|cell| Section::Table(cell.table) == section) {
            let at = session.cell_at(cell);
            let lines = !session.plan().tables[cell.table].is_header();
            let row = Anchor::Row { table: at.table.to_string(), row: at.row.clone() };
            anchors.push(Anchor::cell(at));
            anchors.extend(lines.then_some(row));
        }
        if let Section::Table(table) = section {
            anchors.push(Anchor::Section { table: session.plan().tables[table].table.key.clone() });
        }
        anchors.push(Anchor::Whole {});
        anchors
    })
}

fn label(session: &Session, anchor: &Anchor) -> String {
    let Some(place) = anchor.place(session.plan()) else { return "整份申请".to_string() };
    let place = words::place(session, &place);
    match anchor {
        Anchor::Cell { .. } => place,
        Anchor::Row { .. } => format!("{place}（整行）"),
        Anchor::Section { .. } | Anchor::Whole {} => format!("{place}（整个部分）"),
    }
}

pub fn compose(work: Work) -> AnyView {
    let reviewing = work.reviewing;
    let chosen = RwSignal::new(0usize);
    let (kind, text) = (RwSignal::new(Kind::Question), RwSignal::new(String::new()));
    // Another cell: the narrowest is meant again.
    Effect::new(move |_| {
        work.sheet.selected.track();
        work.section.track();
        chosen.set(0);
    });
    let keep = move || {
        let anchors = untrack(|| here(work));
        let Some(anchor) = anchors.get(chosen.get_untracked()).cloned() else { return };
        let act = Act::Raise {
            thread: ThreadId::new(new_id("t")),
            anchor,
            kind: kind.get_untracked(),
            text: text.get_untracked(),
        };
        acting::keep(work, act, move || {
            text.set(String::new());
            reviewing.shown.set(Shown::List);
        });
    };
    view! {
        <h3 class="rq-subheading">"提出意见"</h3>
        <label class="rv-field">
            "位置"
            {part(move || {
                let anchors = here(work);
                let options: Vec<AnyView> = anchors.iter().enumerate().map(|(at, anchor)| {
                    let text = work.sheet.read(|session| label(session, anchor));
                    view! { <option value=at.to_string() selected=flag(move || chosen.get() == at)>{text}</option> }.into_any()
                }).collect();
                view! {
                    <select class="rq-entry" aria-label="位置"
                        on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or(0))>
                        {options}
                    </select>
                }.into_any()
            })}
        </label>
        <fieldset class="rv-choice">
            <legend>"类别"</legend>
            {[Kind::Question, Kind::MustFix].map(|one| view! {
                <label>
                    <input type="radio" name="rv-kind" prop:checked=flag(move || kind.get() == one) on:change=move |_| kind.set(one)/>
                    {one.label()}
                </label>
            })}
        </fieldset>
        <label class="rv-field">
            "意见"
            <textarea class="rq-entry" rows="4" aria-label="意见" prop:value=wording(move || text.get())
                on:input=move |event| text.set(event_target_value(&event))></textarea>
        </label>
        <div class="rv-buttons">
            <button type="button" class="primary" data-review="keep" disabled=flag(move || reviewing.busy.get())
                on:click=on_press(keep)>"暂存（稍后一起发布）"</button>
            <button type="button" on:click=on_press(move || reviewing.shown.set(Shown::List))>"取消"</button>
        </div>
    }
    .into_any()
}
