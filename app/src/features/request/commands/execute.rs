//! 执行: sends a command after everything typed is delivered, and shows the outcome.

use super::show_problems;
use crate::features::request::context::RequestContext;
use leptos::prelude::*;
use shared::api::problem::{Problem, code};
use shared::api::transition::Moved;
use shared::cases::kernel::{NamedCommand, Verb};
use shared::cases::request::Command;

/// Sends `command`; afterwards the request is read again in place. Returns whether it was carried out.
pub async fn execute(work: RequestContext, command: Command) -> bool {
    if work.busy.try_get_untracked() != Some(false) {
        return false;
    }
    work.busy.set(true);
    let verb = command.verb();
    let outcome = send(work, command).await;
    let carried_out = matches!(outcome, Some(Ok(_)));
    // The page may have been left meanwhile; then there is nobody to tell.
    if work.busy.try_get_untracked().is_none() {
        return carried_out;
    }
    match outcome {
        Some(Ok(moved)) => {
            work.returning.clear();
            work.lasting.tell(false, format!("已{}。申请现为“{}”。", done(verb), moved.stage.label()));
            // Stays busy: this opening is about to be replaced.
            work.read_again();
        }
        Some(Err(problem)) => {
            tell(work, verb, problem);
            work.busy.set(false);
        }
        None => work.busy.set(false),
    }
    carried_out
}

async fn send(work: RequestContext, command: Command) -> Option<Result<Moved, Problem>> {
    if let Some(live) = work.live
        && let Err(problem) = live.flush().await
    {
        return Some(Err(problem));
    }
    let (submission, case) = (work.lasting.submission, work.view().case.clone());
    let outcome = submission.command(case.id, case.revision, command).await;
    if matches!(outcome, Some(Err(_))) && submission.is_unanswered() {
        // The submission's own banner says that the outcome is not known.
        return None;
    }
    submission.problem.try_set(None);
    outcome
}

/// A verb's label after 已.
fn done(verb: Verb) -> String {
    verb.label().replace('，', "并")
}

fn tell(work: RequestContext, verb: Verb, problem: Problem) {
    match problem.code.as_str() {
        code::FINDINGS => {
            let count = problem.findings.len();
            work.refused.set(problem.findings);
            show_problems(work, format!("{}：{}（服务器核对出 {count} 条）", problem.title, problem.detail));
        }
        code::STALE => {
            let text = format!("没有{}：案卷已有新的办理，页面已更新，请核对后再办理。", verb.label());
            work.lasting.tell(true, text);
            work.read_again();
        }
        _ => work.lasting.tell(true, format!("没有{}：{}。{}", verb.label(), problem.title, problem.detail)),
    }
}
