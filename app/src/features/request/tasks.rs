//! 填报进度: the parts of the request as a task list, each with how far it is and what is wrong in it.

use super::context::RequestContext;
use super::review::badge;
use super::section::Section;
use crate::form_ui::sheet::follow::table_status;
use leptos::prelude::*;
use shared::engine::definition::TableKind;
use shared::engine::plan::TableIx;

#[component]
pub fn TaskList(work: RequestContext) -> impl IntoView {
    let forms = work.sheet.read(|session| Section::by_form(session.plan()));
    view! {
        <nav class="rq-tasks" aria-label="申请的各部分">
            {forms.into_iter().map(|(title, tables)| view! {
                <p class="rq-tasks-form">{title}</p>
                <ul>
                    {tables.into_iter().map(|table| view! { <li><TableTask work table/></li> }).collect_view()}
                </ul>
            }).collect_view()}
            <p class="rq-tasks-form">"办理"</p>
            <ul>
                <li><PlainTask work section=Section::HandOver/></li>
                <li><PlainTask work section=Section::Attachments/></li>
                <li><PlainTask work section=Section::Changes/></li>
                <li><PlainTask work section=Section::Record/></li>
            </ul>
        </nav>
    }
}

#[component]
fn TableTask(work: RequestContext, table: TableIx) -> impl IntoView {
    let section = Section::Table(table);
    let (title, key, lines) = work.sheet.read(|session| {
        let plan = &session.plan().tables[table].table;
        (plan.title.clone(), plan.key.clone(), plan.kind == TableKind::Lines)
    });
    let remarked = key.clone();
    let standing = table_status(work.sheet, table);
    let progress = move || {
        let now = standing.get();
        match (lines, now.rows) {
            (true, 0) => "没有明细".to_string(),
            (true, rows) => format!("{rows} 行 · 必填 {}/{}", now.filled, now.required),
            (false, _) => format!("必填 {}/{}", now.filled, now.required),
        }
    };
    let count =
        move |errors: bool| standing.with(|now| if errors { now.tally.errors } else { now.tally.warnings });
    view! {
        <button type="button" class="rq-task" data-section=key
            aria-current=move || (work.section.get() == section).then_some("true")
            on:click=move |_| work.open(section)>
            <span class="rq-tick" class:rq-done=move || standing.get().done() aria-hidden="true"></span>
            <span class="rq-task-title">
                {title}
                <Show when=move || standing.get().done()><span class="rq-hidden">"（已完成）"</span></Show>
            </span>
            <span class="rq-task-progress">{progress}</span>
            <span class="rq-task-counts">
                {badge(work, remarked)}
                <Show when={move || count(true) > 0}>
                    <span class="rq-badge" data-severity="error" title="错误">{move || count(true)}</span>
                </Show>
                <Show when={move || count(false) > 0}>
                    <span class="rq-badge" data-severity="warning" title="提醒">{move || count(false)}</span>
                </Show>
            </span>
        </button>
    }
}

#[component]
fn PlainTask(work: RequestContext, section: Section) -> impl IntoView {
    let (title, word) = work.sheet.read(|s| (section.title(s.plan()), section.word(s.plan())));
    view! {
        <button type="button" class="rq-task" data-section=word
            aria-current=move || (work.section.get() == section).then_some("true")
            on:click=move |_| work.open(section)>
            <span class="rq-task-title">{title}</span>
        </button>
    }
}
