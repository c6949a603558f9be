//! 提交: the one way a form or a button sends an act to the server. It keeps the act's id until the server has
//! answered, sends again by itself what got no answer, holds the button meanwhile and says how it stands.
//!
//! What is sent again and under which id is decided by [`shared::sync::submission`].

use crate::kernel::api;
use crate::kernel::pause::Pause;
use crate::kernel::random_id::new_id;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use shared::api::problem::{Problem, code};
use shared::api::transition::{Moved, Transition};
use shared::api::{Address, Endpoint};
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::kernel::NamedCommand;
use shared::kernel::ids::{CaseId, OpId};
use shared::sync::submission::{self, Next};
use std::pin::Pin;

/// An act on its way: the reply or what stands in the way, `None` for one that was not begun.
pub type Sending<Reply> = Pin<Box<dyn Future<Output = Option<Result<Reply, Problem>>>>>;

/// The submission of one form or button. Make it where its owner outlives the retries: one that is made anew has
/// forgotten the id.
#[derive(Clone, Copy)]
pub struct Submission {
    /// An act is under way, retries included.
    pub busy: RwSignal<bool>,
    /// What stands in the way, or that the act is being sent again.
    pub problem: RwSignal<Option<Problem>>,
    state: StoredValue<submission::SubmissionState<Address>>,
    /// Begins every id, so that an id tells what it is of.
    prefix: &'static str,
}

impl Submission {
    pub fn new(prefix: &'static str) -> Submission {
        Submission {
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            state: StoredValue::new(submission::SubmissionState::default()),
            prefix,
        }
    }

    /// Sends an act and calls `done` with the reply; what stands in the way is in `problem`.
    pub fn run<E: Endpoint>(
        self,
        content: &impl Serialize,
        request: impl FnOnce(String) -> E,
        done: impl FnOnce(E::Reply) + 'static,
    ) {
        let sending = self.send(content, request);
        spawn_local(async move {
            if let Some(Ok(reply)) = sending.await {
                done(reply);
            }
        });
    }

    /// Gives a command on the revision `seen`. The revision is the page's and no part of what the person decided, so
    /// a command whose answer was lost is recognised also after the page has read the case again.
    pub fn command(self, case: CaseId, seen: u64, command: impl NamedCommand) -> Sending<Moved> {
        match serde_json::to_value(&command) {
            Ok(command) => self.command_json(case, seen, None, command),
            Err(error) => Box::pin(std::future::ready(Some(Err(api::unreadable(error))))),
        }
    }

    /// The same for a command made from its description; `kind` is given for a case of an execution kind.
    pub fn command_json(
        self,
        case: CaseId,
        seen: u64,
        kind: Option<ExecutionKindName>,
        command: serde_json::Value,
    ) -> Sending<Moved> {
        let content = (case.clone(), command.clone());
        self.send(&content, move |id| Transition {
            request: case,
            operation: OpId::new(id),
            seen,
            command,
            kind: kind.map(|kind| kind.word().to_string()),
        })
    }

    /// Sends an act; `None` while another one is under way. `content` is what the person decided and wrote; `request`
    /// makes the request of a fresh id and is called only for a new act.
    pub fn send<E: Endpoint>(
        self,
        content: &impl Serialize,
        request: impl FnOnce(String) -> E,
    ) -> Sending<E::Reply> {
        let begun = self.begin();
        let address = begun.then(|| self.address(content, request));
        Box::pin(async move {
            let reply = match address? {
                Ok(address) => self.deliver(address).await,
                Err(problem) => Err(problem),
            };
            let reply = reply.and_then(|text| serde_json::from_str(&text).map_err(api::unreadable));
            self.end(reply.as_ref().err().cloned());
            Some(reply)
        })
    }

    /// Whether the last act may have been carried out without an answer; then `problem` says so.
    pub fn is_unanswered(self) -> bool {
        self.state.try_with_value(|state| state.is_unanswered()).unwrap_or(false)
    }

    fn address<E: Endpoint>(
        self,
        content: &impl Serialize,
        request: impl FnOnce(String) -> E,
    ) -> Result<Address, Problem> {
        let content = serde_json::to_string(content).map_err(api::unreadable)?;
        let content = format!("{} {content}", E::PATH);
        let mut state = self.state.get_value();
        let address = state.request(content, || api::checked(&request(new_id(self.prefix))));
        self.state.set_value(state);
        address
    }

    /// `false` while another act is under way or the page is gone.
    fn begin(self) -> bool {
        let free = self.busy.try_get_untracked() == Some(false);
        if free {
            self.busy.set(true);
            self.problem.set(None);
        }
        free
    }

    fn end(self, problem: Option<Problem>) {
        // The page may have been left meanwhile.
        self.problem.try_set(problem);
        self.busy.try_set(false);
    }

    /// Sends until there is an answer, the tries are used up or the page is left.
    async fn deliver(self, address: Address) -> Result<String, Problem> {
        let pause = Pause::default();
        let back = pause.clone();
        let online = window_event_listener(leptos::ev::online, move |_| back.end());
        let outcome = loop {
            let outcome = api::send(&address).await;
            let next = self.state.try_update_value(|state| state.answered(outcome.as_ref().err()));
            match (next, outcome) {
                (None, outcome) => break outcome,
                (Some(Next::Again { seconds }), Err(problem)) => {
                    self.problem.try_set(Some(trying_again(&problem)));
                    pause.wait(u32::try_from(seconds * 1_000).unwrap_or(u32::MAX)).await;
                }
                (Some(Next::Unknown), Err(problem)) if problem.code != code::SIGN_IN => {
                    break Err(unknown(problem));
                }
                (_, outcome) => break outcome,
            }
        };
        online.remove();
        outcome
    }
}

/// Shown while the same request is sent again.
fn trying_again(problem: &Problem) -> Problem {
    let detail = "正在重试…同一次办理只会生效一次，请不要关闭页面。";
    Problem { detail: detail.to_string(), ..problem.clone() }
}

/// Shown when the tries are used up: the act may have been carried out.
fn unknown(problem: Problem) -> Problem {
    let detail = "没有收到服务器的答复，不能确定是否已经办成。请稍后再按一次，不会重复办理。";
    Problem { detail: format!("{detail}（{}）", problem.detail), ..problem }
}
