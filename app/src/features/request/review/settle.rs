//! 核减一并办理: a cut over many lines is one thread per line; what is the same for all of them is done in one go: a
//! department accepts what it has not answered, an office upholds what is not settled.

use super::actions;
use super::marks::office;
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::api::review::MOST_ACTS;
use shared::cases::review::cut::Verdict;
use shared::cases::review::language::{Act, Step};
use shared::cases::review::sums::amount;
use shared::cases::review::thread::Thread;
use shared::kernel::ids::ThreadId;
use shared::kernel::money::Money;

/// The published cuts this person may settle alike, and how.
fn alike(work: RequestContext) -> Option<(Step, Vec<(ThreadId, Money)>)> {
    let reviewing = work.reviewing;
    let step = match (reviewing.may_answer(), reviewing.may_review()) {
        (true, _) => Step::Accept,
        (_, true) => Step::Uphold,
        _ => return None,
    };
    let view = reviewing.view.get()?;
    let own = office(work.view().case.stage);
    let spoken = |id: &ThreadId| {
        view.pending.iter().any(|pending| matches!(&pending.act, Act::Say { thread, .. } if thread == id))
    };
    let wanted = |thread: &&Thread| {
        let Some(cut) = &thread.cut else { return false };
        match step {
            Step::Accept => cut.verdict == Verdict::Proposed,
            _ => thread.office == own && !settled(work, thread) && !spoken(&thread.id),
        }
    };
    let amount = |thread: &Thread| thread.cut.as_ref().map(|cut| cut.amount).unwrap_or_default();
    let found = view.review.threads.iter().filter(wanted).take(MOST_ACTS as usize);
    let found: Vec<_> = found.map(|thread| (thread.id.clone(), amount(thread))).collect();
    (found.len() > 1).then_some((step, found))
}

fn settled(work: RequestContext, thread: &Thread) -> bool {
    let (Some(cut), Some(table), Some(row)) = (&thread.cut, thread.anchor.table(), thread.anchor.row())
    else {
        return true;
    };
    let asked = work.sheet.read(|session| amount(session, table, row));
    asked.is_none_or(|asked| cut.settled(asked))
}

pub fn settle(work: RequestContext) -> AnyView {
    let asked = RwSignal::new(false);
    (move || {
        let Some((step, found)) = alike(work) else { return ().into_any() };
        let sum: Money = found.iter().map(|(_, amount)| *amount).sum();
        let label = match step {
            Step::Accept => format!("接受全部 {} 项核减", found.len()),
            _ => format!("维持全部 {} 项未办结的核减", found.len()),
        };
        if !asked.get() {
            return view! {
                <p><button type="button" data-review="settle" on:click=move |_| asked.set(true)>{label}</button></p>
            }
            .into_any();
        }
        let words = match step {
            Step::Accept => format!("待答复的 {} 项核减共 {sum} 元，全部接受？", found.len()),
            _ => format!("部门未接受的 {} 项核减共 {sum} 元，按原数维持并发送？", found.len()),
        };
        let settle = move || {
            let say = |(thread, _): &(ThreadId, Money)| Act::Say { thread: thread.clone(), step, text: String::new() };
            actions::send(work, found.iter().map(say).collect(), move || asked.set(false));
        };
        view! {
            <p class="rv-pending-item" role="alert">
                <span class="rv-pending-words">{words}</span>
                <button type="button" class="rq-link" data-review="settle-all" disabled=move || work.reviewing.busy.get()
                    on:click=move |_| settle()>{label}</button>
                <button type="button" class="rq-link" on:click=move |_| asked.set(false)>"取消"</button>
            </p>
        }
        .into_any()
    })
    .into_any()
}
