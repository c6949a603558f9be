//! 审核裁决: what an act does to a review. `decide` answers with an event or a refusal, `evolve` carries it out;
//! the browser previews a pending batch with the same two functions.

use super::anchor::{Anchor, row_name};
use super::cut::{Cut, CutLine, CutReason, HowMuch, Verdict};
use super::language::{Act, CutMade, Event, LONGEST_TEXT, Stamp, Step};
use super::progress;
use super::sums::{self, columns};
use super::thread::{Did, Kind, Review, Scored, State, Thread, ThreadEntry, Viewed};
use crate::cases::authority::Permit;
use crate::cases::request::RequestCase;
use crate::engine::session::Session;
use crate::kernel::ids::ThreadId;
use crate::kernel::money::Money;
use crate::kernel::people::Office;
use crate::kernel::refusal::Refusal;
use crate::policy::editions::Edition;
use std::collections::BTreeSet;

/// Most lines one act may cut.
pub const MOST_LINES: usize = 20_000;

/// The event `act` leads to. `session` holds the content the review is about.
pub fn decide(
    review: &Review,
    case: &RequestCase,
    permit: &Permit,
    act: &Act,
    session: &Session,
    edition: &Edition,
) -> Result<Event, Refusal> {
    if !permit.covers(case, act.verb()) {
        return Err(Refusal::new("authority.other_act", "许可与所办事项不符，请刷新页面后重试。"));
    }
    match act {
        Act::Raise { thread, anchor, kind, text } => {
            if *kind == Kind::Cut {
                return Err(Refusal::new("remark.kind", "核减须写明金额，请用“核减”办理。"));
            }
            fresh(review, std::iter::once(thread))?;
            let now = anchor.now(session);
            if !anchor.known(session.plan()) || now == super::anchor::Now::Removed {
                return Err(Refusal::new(
                    "remark.anchor",
                    "意见所在的行或栏已不在申报内容中，请重新选择位置。",
                ));
            }
            let (thread, anchor) = (thread.clone(), anchor.clone());
            Ok(Event::Raised { thread, anchor, kind: *kind, then: now.text(), text: require_text(text)? })
        }
        Act::Cut { lines, how_much, total, reason, article, text } => {
            let cuts = cut(review, session, lines, *how_much, *total)?;
            let share = if let HowMuch::Share(share) = how_much { Some(*share) } else { None };
            let text = if *reason == CutReason::Other { require_text(text)? } else { optional(text)? };
            if !(1..=18).contains(article) {
                return Err(Refusal::new("cut.article", "依据条款应为第 1 条至第 18 条。"));
            }
            Ok(Event::CutMade { cuts, share, reason: *reason, article: *article, text })
        }
        Act::Say { thread, step, text } => say(review, permit.office(), session, thread, *step, text),
        Act::View { section } => match progress::section_hash(session, section) {
            Some(hash) => Ok(Event::Viewed { section: section.clone(), hash }),
            None => Err(Refusal::new("section.unknown", "没有这个部分，请刷新页面后重试。")),
        },
        Act::Score { sheet } => {
            sheet.check(edition)?;
            let mut sheet = sheet.clone();
            sheet.opinion = optional(&sheet.opinion)?;
            Ok(Event::Scored { sheet, hash: progress::targets_hash(session) })
        }
    }
}

/// Ids are made by their authors and used once.
fn fresh<'a>(review: &Review, ids: impl Iterator<Item = &'a ThreadId>) -> Result<(), Refusal> {
    let mut taken: BTreeSet<&ThreadId> = review.threads.iter().map(|thread| &thread.id).collect();
    for id in ids {
        if !id.well_formed() || !taken.insert(id) {
            return Err(Refusal::new("thread.taken", "意见编号重复或不合要求，请刷新页面后重试。"));
        }
    }
    Ok(())
}

fn optional(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > LONGEST_TEXT {
        return Err(Refusal::new("remark.text", format!("文字应在 {LONGEST_TEXT} 个字以内。")));
    }
    Ok(text.to_string())
}

fn require_text(text: &str) -> Result<String, Refusal> {
    let text = optional(text)?;
    if text.is_empty() {
        return Err(Refusal::new("remark.text", "请写明内容。"));
    }
    Ok(text)
}

/// Every line exists, is cut by more than nothing and not below nothing, and the whole is what the reviewer saw.
fn cut(
    review: &Review,
    session: &Session,
    lines: &[CutLine],
    how_much: HowMuch,
    total: Money,
) -> Result<Vec<CutMade>, Refusal> {
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(Refusal::new("cut.lines", format!("请选择要核减的明细，1 至 {MOST_LINES} 行。")));
    }
    if let HowMuch::Share(share) = how_much
        && !share.fits()
    {
        return Err(Refusal::new("cut.share", "核减比例应大于 0，不超过 100%，最多两位小数。"));
    }
    fresh(review, lines.iter().map(|line| &line.thread))?;
    let line_cuts = sums::cuts(review);
    let (mut made, mut rows, mut sum) = (Vec::with_capacity(lines.len()), BTreeSet::new(), Money::ZERO);
    for CutLine { thread, table, row } in lines {
        let key = (table.clone(), row.clone());
        let stated_for = sums::amount(session, table, row);
        let Some(stated_for) = stated_for.filter(|_| rows.insert(key.clone())) else {
            return Err(Refusal::new("cut.line", "要核减的明细不在申报内容中或重复，请重新选择。"));
        };
        let left =
            columns(stated_for, line_cuts.get(&key).copied().unwrap_or_default()).approved(Office::Finance);
        let amount = how_much.of(left);
        let at = session.plan().table(table).unwrap_or_default();
        let name = row_name(session, at, row.as_str());
        fits(amount, left, &name)?;
        sum += amount;
        made.push(CutMade {
            thread: thread.clone(),
            table: table.clone(),
            row: row.clone(),
            name,
            amount,
            stated_for,
        });
    }
    if sum != total {
        let message = format!("核减合计现为 {sum} 元，与您看到的 {total} 元不同，请核对后重新办理。");
        return Err(Refusal::new("cut.total", message));
    }
    Ok(made)
}

fn fits(amount: Money, left: Money, name: &str) -> Result<(), Refusal> {
    if amount.is_positive() && amount <= left {
        return Ok(());
    }
    let message = format!("“{name}”可核减金额为 {left} 元，核减金额应大于 0 且不超过它");
    Err(Refusal::under(4, "cut.amount", message))
}

fn say(
    review: &Review,
    office: Office,
    session: &Session,
    id: &ThreadId,
    step: Step,
    text: &str,
) -> Result<Event, Refusal> {
    let thread =
        review.thread(id).ok_or_else(|| Refusal::new("thread.unknown", "没有这条意见，请刷新页面。"))?;
    if office != Office::Department && thread.office != office {
        let message = format!("这条意见由{}提出，请由{}办理。", thread.office.label(), thread.office.label());
        return Err(Refusal::new("thread.office", message));
    }
    follows(thread, step)?;
    let text = if step.needs_text() { require_text(text)? } else { optional(text)? };
    let mut stated_for = None;
    if let (Step::Restate(_) | Step::Uphold, Some(cut)) = (step, &thread.cut) {
        let amount = if let Step::Restate(amount) = step { amount } else { cut.amount };
        stated_for = Some(restated(review, thread, session, amount)?);
    }
    Ok(Event::Replied { thread: id.clone(), step, text, stated_for })
}

/// What the line of a cut asks for now, if the cut and the line's other cuts fit in it.
fn restated(review: &Review, thread: &Thread, session: &Session, amount: Money) -> Result<Money, Refusal> {
    let (Some(table), Some(row)) = (thread.anchor.table(), thread.anchor.row()) else {
        return Err(Refusal::new("cut.line", "这条意见不是核减。"));
    };
    let Some(asked) = sums::amount(session, table, row) else {
        return Err(Refusal::new("cut.line", "这一行已不在申报内容中，请撤销核减。"));
    };
    let others = |other: &&Thread| other.id != thread.id && other.anchor == thread.anchor;
    let cut =
        |other: &Thread| other.cut.as_ref().filter(|cut| cut.counts()).map_or(Money::ZERO, |cut| cut.amount);
    let taken: Money = review.threads.iter().filter(others).map(cut).sum();
    fits(amount, asked - taken, thread.then.as_deref().unwrap_or_default())?;
    Ok(asked)
}

/// 意见状态的转换: which step may follow on what a thread is now.
fn follows(thread: &Thread, step: Step) -> Result<(), Refusal> {
    let is_cut = thread.kind == Kind::Cut;
    let verdict = thread.cut.as_ref().map(|cut| cut.verdict);
    let allowed = match step {
        Step::Reply => thread.state != State::Resolved,
        Step::Answer => !is_cut && thread.state != State::Resolved,
        Step::Resolve => !is_cut && thread.state != State::Resolved,
        Step::Reopen => !is_cut && matches!(thread.state, State::Answered | State::Resolved),
        // A department may change its mind until the office has decided.
        Step::Accept => matches!(verdict, Some(Verdict::Proposed | Verdict::Contested)),
        Step::Contest => matches!(verdict, Some(Verdict::Proposed | Verdict::Accepted)),
        Step::Restate(_) | Step::Uphold | Step::Withdraw => {
            verdict.is_some_and(|verdict| verdict != Verdict::Withdrawn)
        }
    };
    if allowed {
        return Ok(());
    }
    let now = verdict.map_or(thread.state.label(), Verdict::label);
    let message = format!("这条意见现为“{now}”，不能再“{}”，请刷新后查看。", step.did().label());
    Err(Refusal::new("thread.state", message))
}

/// The review after the event.
pub fn evolve(review: &mut Review, stamp: &Stamp, event: &Event) {
    let Stamp { at, by, office, version } = stamp;
    let (office, version) = (*office, *version);
    let entry = |did: Did, text: &str| ThreadEntry {
        at: at.clone(),
        by: by.clone(),
        office,
        did,
        text: text.to_string(),
    };
    match event {
        Event::Raised { thread, anchor, kind, then, text } => review.threads.push(Thread {
            id: thread.clone(),
            office,
            kind: *kind,
            anchor: anchor.clone(),
            state: State::Open,
            version,
            then: then.clone(),
            cut: None,
            entries: vec![entry(Did::Raised, text)],
        }),
        Event::CutMade { cuts, reason, article, text, .. } => {
            review.threads.extend(cuts.iter().map(|made| Thread {
                id: made.thread.clone(),
                office,
                kind: Kind::Cut,
                anchor: Anchor::Row { table: made.table.clone(), row: made.row.clone() },
                state: State::Open,
                version,
                then: Some(made.name.clone()),
                cut: Some(Cut {
                    amount: made.amount,
                    reason: *reason,
                    article: *article,
                    stated_for: made.stated_for,
                    verdict: Verdict::Proposed,
                }),
                entries: vec![entry(Did::Raised, text)],
            }));
        }
        Event::Replied { thread, step, text, stated_for } => {
            if let Some(thread) = review.threads.iter_mut().find(|one| one.id == *thread) {
                step_on(thread, *step, *stated_for);
                thread.entries.push(entry(step.did(), text));
            }
        }
        Event::Viewed { section, hash } => {
            review.viewed.retain(|one| one.by.person != by.person || one.section != *section);
            let (by, at) = (by.clone(), at.clone());
            review.viewed.push(Viewed { by, section: section.clone(), hash: hash.clone(), at });
        }
        Event::Scored { sheet, hash } => {
            review.scored.retain(|one| one.office != office);
            let (by, at) = (by.clone(), at.clone());
            review.scored.push(Scored { office, by, sheet: sheet.clone(), hash: hash.clone(), at });
        }
    }
}

fn step_on(thread: &mut Thread, step: Step, stated_for: Option<Money>) {
    thread.state = match step {
        Step::Reply => thread.state,
        Step::Answer | Step::Contest => State::Answered,
        Step::Resolve | Step::Accept | Step::Uphold | Step::Withdraw => State::Resolved,
        Step::Reopen | Step::Restate(_) => State::Reopened,
    };
    let Some(cut) = &mut thread.cut else { return };
    cut.stated_for = stated_for.unwrap_or(cut.stated_for);
    match step {
        Step::Accept => cut.verdict = Verdict::Accepted,
        Step::Contest => cut.verdict = Verdict::Contested,
        Step::Uphold => cut.verdict = Verdict::Upheld,
        Step::Withdraw => cut.verdict = Verdict::Withdrawn,
        Step::Restate(amount) => {
            cut.amount = amount;
            cut.verdict = Verdict::Proposed;
        }
        Step::Reply | Step::Answer | Step::Resolve | Step::Reopen => {}
    }
}

#[cfg(test)]
mod tests;
