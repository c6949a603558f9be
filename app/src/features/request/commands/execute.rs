//! 执行: sends a command after everything typed is delivered, and says what came of it.

use super::show_problems;
use crate::features::request::context::RequestContext;
use crate::form_ui::sheet::store::new_id;
use crate::kernel::api;
use leptos::prelude::*;
use shared::api::problem::{Problem, code};
use shared::api::transition::{Moved, Transition};
use shared::cases::kernel::NamedCommand;
use shared::cases::kernel::Verb;
use shared::cases::request::Command;
use shared::kernel::ids::OpId;

/// Sends `command`; afterwards the request is read again in place. Answers whether it was carried out.
pub async fn execute(work: RequestContext, command: Command) -> bool {
    if work.busy.try_get_untracked() != Some(false) {
        return false;
    }
    work.busy.set(true);
    let verb = command.verb();
    let outcome = send(work, command).await;
    let carried_out = outcome.is_ok();
    // The page may have been left meanwhile; then there is nobody to tell.
    if work.busy.try_get_untracked().is_none() {
        return carried_out;
    }
    match outcome {
        Ok(moved) => {
            work.returning.clear();
            work.lasting.tell(false, format!("已{}。申请现为“{}”。", done(verb), moved.stage.label()));
            // Stays busy: this opening is about to be replaced.
            work.read_again();
        }
        Err(problem) => {
            tell(work, verb, problem);
            work.busy.set(false);
        }
    }
    carried_out
}

async fn send(work: RequestContext, command: Command) -> Result<Moved, Problem> {
    if let Some(live) = work.live {
        live.flush().await?;
    }
    let case = work.view().case.clone();
    let operation = OpId::new(new_id("t"));
    api::call(Transition::of(case.id, operation, case.revision, &command).map_err(api::unreadable)?).await
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
