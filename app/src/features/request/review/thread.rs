//! 一条意见: where it stands, what was there then and is there now, what was said, and what this person may do next.

use super::marks::{place_of, then_and_now, words_of};
use super::state::PanelTab;
use super::{actions, sums};
use crate::cases::keep_words;
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::cases::review::anchor::{Anchor, Now};
use shared::cases::review::cut::{Cut, Verdict};
use shared::cases::review::language::{Act, Step};
use shared::cases::review::thread::{Kind, State, Thread, ThreadEntry};
use shared::kernel::citation::grounds;
use shared::kernel::ids::ThreadId;
use shared::kernel::money::{Money, grouped};
use shared::kernel::people::Office;

pub fn thread(work: RequestContext, id: ThreadId) -> AnyView {
    let reviewing = work.reviewing;
    let shown = id.clone();
    let head = move || {
        let Some(thread) = reviewing.preview.with(|preview| preview.review.thread(&shown).cloned()) else {
            return view! { <p class="rq-quiet">"这条意见已不在。"</p> }.into_any();
        };
        about(work, &thread)
    };
    view! {
        <button type="button" class="rq-link" on:click=move |_| reviewing.shown.set(PanelTab::List)>"← 返回清单"</button>
        {head}
        {answering(work, id)}
    }
    .into_any()
}

fn about(work: RequestContext, thread: &Thread) -> AnyView {
    let (place, values, goal, gone) = work.sheet.read(|session| {
        let gone = thread.anchor.now(session) == Now::Removed;
        (words_of(session, thread), then_and_now(session, thread), place_of(session, &thread.anchor), gone)
    });
    let number = work.reviewing.number(&thread.id);
    let entries: Vec<AnyView> = thread.entries.iter().map(entry).collect();
    view! {
        <div class="rv-thread" data-thread=thread.id.to_string() data-state=thread.state.word()>
            <p class="rv-item-head">
                <b>{format!("#{number}")}</b>
                <span class="rv-kind" data-kind=thread.kind.word()>{thread.kind.label()}</span>
                <span class="rv-state" data-state=thread.state.word()>{thread.state.label()}</span>
                <span class="rq-quiet">{format!("{} · 第 {} 版", thread.office.label(), thread.version)}</span>
            </p>
            <p class="rv-place">
                {place}
                {goal.map(|place| view! {
                    <button type="button" class="rq-link" on:click=move |_| work.go_to(&place)>"转到"</button>
                })}
            </p>
            {gone.then(|| view! { <p class="rv-gone">"这一行已被删除。"</p> })}
            {values.map(|(then, now)| view! {
                <dl class="rv-values">
                    <div><dt>"提出时"</dt><dd data-value="then">{then}</dd></div>
                    <div><dt>"现在"</dt><dd data-value="now">{now}</dd></div>
                </dl>
            })}
            {thread.cut.as_ref().map(|cut| cutting(work, thread, cut))}
            <ol class="rv-entries">{entries}</ol>
        </div>
    }
    .into_any()
}

fn cutting(work: RequestContext, thread: &Thread, cut: &Cut) -> AnyView {
    let key = match &thread.anchor {
        Anchor::Row { table, row } => Some((table.clone(), row.clone())),
        _ => None,
    };
    let columns = key.and_then(|key| sums::line(work, &key));
    let stale = columns.is_some_and(|columns| columns.requested != cut.stated_for);
    view! {
        <dl class="rv-values">
            <div><dt>"本项核减"</dt><dd class="rv-cut">{format!("{} 元", cut.amount)}</dd></div>
            <div><dt>"事由"</dt><dd>{format!("{}（{}）", cut.reason.label(), grounds(cut.article))}</dd></div>
            <div><dt>"处理"</dt><dd data-verdict=cut.verdict.word()>{cut.verdict.label()}</dd></div>
            {columns.map(|columns| view! {
                <div><dt>"本行申报数"</dt><dd>{columns.requested.to_string()}</dd></div>
                <div><dt>"本行审核数"</dt><dd>{columns.approved(thread.office).to_string()}</dd></div>
            })}
        </dl>
        {stale.then(|| view! {
            <p class="rv-gone">{format!("核减时申报 {} 元，现已改变，须重新核定：维持、调整或撤销。", cut.stated_for)}</p>
        })}
    }
    .into_any()
}

fn entry(entry: &ThreadEntry) -> AnyView {
    let when = if entry.at.is_empty() { "尚未发送".to_string() } else { entry.at.clone() };
    view! {
        <li data-office=if entry.office == Office::Department { "department" } else { "office" }>
            <p class="rq-quiet">{format!("{} {} · {} · {when}", entry.office.label(), entry.by.name, entry.did.label())}</p>
            {(!entry.text.is_empty()).then(|| view! { <p class="rv-words">{entry.text.clone()}</p> })}
        </li>
    }
    .into_any()
}

/// The steps a person may take, each with its button; words go with whichever is pressed.
fn steps(work: RequestContext, thread: &Thread) -> Vec<(Step, &'static str)> {
    let reviewing = work.reviewing;
    let resolved = thread.state == State::Resolved;
    let cut = thread.kind == Kind::Cut;
    let verdict = thread.cut.as_ref().map(|cut| cut.verdict);
    let mut steps = Vec::new();
    if reviewing.may_answer() {
        match (cut, verdict) {
            (false, _) if !resolved => steps.push((Step::Answer, "答复")),
            (true, Some(Verdict::Proposed)) => {
                steps.extend([(Step::Accept, "接受核减"), (Step::Contest, "提出异议")]);
            }
            (true, Some(Verdict::Contested)) => steps.push((Step::Accept, "接受核减")),
            (true, Some(Verdict::Accepted)) => steps.push((Step::Contest, "提出异议")),
            _ => {}
        }
    }
    if reviewing.may_review() && thread.office == super::marks::office(work.view().case.stage) {
        if cut && verdict != Some(Verdict::Withdrawn) {
            steps.extend([(Step::Uphold, "维持核减"), (Step::Withdraw, "撤销核减")]);
        }
        if !cut && !resolved {
            steps.push((Step::Resolve, "解决"));
        }
        if !cut && matches!(thread.state, State::Answered | State::Resolved) {
            steps.push((Step::Reopen, "重新提出"));
        }
        if !resolved {
            steps.push((Step::Reply, "补充"));
        }
    }
    steps
}

/// What is said next, and with which step. An office keeps its steps for publishing, a department answers at once.
fn answering(work: RequestContext, id: ThreadId) -> AnyView {
    let reviewing = work.reviewing;
    let text = RwSignal::new(String::new());
    let amount = RwSignal::new(String::new());
    let unsaid = keep_words(&work.view().case.id, &format!("thread/{id}"), text);
    let found = move |id: &ThreadId| reviewing.preview.with(|preview| preview.review.thread(id).cloned());
    let take = StoredValue::new(move |step: Step, id: ThreadId| {
        let act = Act::Say { thread: id, step, text: text.get_untracked() };
        let unsaid = unsaid.clone();
        let done = move || {
            text.set(String::new());
            amount.set(String::new());
            unsaid.forget();
        };
        if matches!(step, Step::Answer | Step::Accept | Step::Contest) {
            actions::send(work, vec![act], done);
        } else {
            actions::keep(work, act, done);
        }
    });
    (move || {
        let Some(thread) = found(&id) else { return ().into_any() };
        let steps = steps(work, &thread);
        if steps.is_empty() {
            return ().into_any();
        }
        let restating = steps.iter().any(|(step, _)| *step == Step::Uphold);
        let buttons: Vec<AnyView> = steps
            .into_iter()
            .map(|(step, label)| {
                let id = id.clone();
                view! {
                    <button type="button" data-step=step.did().word() disabled=move || reviewing.busy.get()
                        on:click=move |_| take.with_value(|take| take(step, id.clone()))>
                        {label}
                    </button>
                }
                .into_any()
            })
            .collect();
        let of = id.clone();
        let restate = move |_| {
            let typed = grouped(&amount.get_untracked()).replace(',', "");
            match typed.trim().parse().ok().and_then(Money::from_yuan) {
                Some(money) => take.with_value(|take| take(Step::Restate(money), of.clone())),
                None => reviewing.fault.set(Some("核减金额应为数字，最多两位小数。".to_string())),
            }
        };
        view! {
            <label class="rv-field">
                "说明"
                <textarea class="rq-entry" rows="3" aria-label="说明" prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))></textarea>
            </label>
            <div class="rv-buttons">{buttons}</div>
            {restating.then(|| view! {
                <div class="rv-buttons">
                    <input class="rq-entry rv-amount" aria-label="调整为（元）" placeholder="调整为（元）" inputmode="decimal"
                        prop:value=move || amount.get()
                        on:input=move |event| amount.set(event_target_value(&event))/>
                    <button type="button" data-step="restated" on:click=restate>"调整金额"</button>
                </div>
            })}
        }
        .into_any()
    })
    .into_any()
}
