//! 送达: sends operations in order and removes each only with its receipt. Passing trouble is waited out; what the
//! server does not store is set aside with its reason; nothing is dropped.

use super::client::SyncClient;
use super::local_store::{OperationState, ScopeWrite, StoredOperation};
use crate::kernel::api;
use crate::kernel::session;
use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;
use shared::api::operations::{SendOperations, Sent};
use shared::api::problem::{Problem, code};
use shared::engine::op::Op;
use shared::sync::queue::{Declined, RefusalScope, Taken, pause, verdict};
use std::rc::Rc;

/// What is typed within this time travels together, in milliseconds: a delay by design, no waiting for an event.
const TOGETHER_MS: u32 = 300;

impl SyncClient {
    /// Starts sending unless it is going on already; ends a wait.
    pub fn kick(self: &Rc<Self>) {
        let state = &mut *self.state.borrow_mut();
        state.pause.end();
        if state.running || state.refused_access.is_some() || !state.replica.queue().ready() {
            return;
        }
        state.running = true;
        let client = self.clone();
        spawn_local(async move {
            TimeoutFuture::new(TOGETHER_MS).await;
            client.run().await;
        });
    }

    /// Tries again after the request was read anew.
    pub fn try_again(self: &Rc<Self>) {
        self.state.borrow_mut().refused_access = None;
        self.kick();
    }

    /// Waits until everything is delivered, or returns what prevents it.
    pub async fn flush(self: &Rc<Self>) -> Result<(), Problem> {
        let receiver = {
            let state = &mut *self.state.borrow_mut();
            if let Some(problem) = &state.refused_access {
                return Err(problem.clone());
            }
            let (sender, receiver) = oneshot::channel();
            (state.replica.queue().unsent() > 0).then(|| {
                state.waiting.push(sender);
                receiver
            })
        };
        if let Some(receiver) = receiver {
            self.kick();
            match receiver.await {
                Ok(outcome) => outcome?,
                Err(_) => return Err(interrupted()),
            }
        }
        let state = self.state.borrow();
        if let Some(refused) = state.replica.queue().refused().first() {
            return Err(Problem::new(422, code::CELLS, "有内容没有被接受", refused.reason.clone()));
        }
        let conflicts = state.replica.conflicts().len();
        if conflicts > 0 {
            let detail = format!("有 {conflicts} 处与他人同时填写，请先逐处选择保留哪个值。");
            return Err(Problem::new(409, code::STALE, "有冲突未处理", detail));
        }
        Ok(())
    }

    async fn run(self: Rc<Self>) {
        loop {
            let ops = self.state.borrow().replica.queue().next();
            if ops.is_empty() {
                break;
            }
            if session::account().as_ref() != Some(&self.scope.account) {
                self.answer(Err(interrupted()));
                break;
            }
            self.state.borrow_mut().sending = true;
            self.tell();
            let send = SendOperations { request: self.scope.request.clone(), ops: ops.clone() };
            let outcome = api::call(send).await;
            self.state.borrow_mut().sending = false;
            match outcome {
                Ok(sent) => self.delivered(&ops, sent).await,
                Err(problem) if problem.code == code::SIGN_IN => {
                    self.answer(Err(problem));
                    break;
                }
                Err(problem) => match verdict(&problem) {
                    RefusalScope::Later => self.rest(problem).await,
                    RefusalScope::Content => self.declined(&ops, &problem).await,
                    RefusalScope::Access => {
                        self.state.borrow_mut().refused_access = Some(problem.clone());
                        self.answer(Err(problem));
                        break;
                    }
                },
            }
            self.tell();
        }
        let all = {
            let state = &mut *self.state.borrow_mut();
            state.running = false;
            state.replica.queue().unsent() == 0
        };
        if all {
            self.answer(Ok(()));
        }
        self.tell();
    }

    fn answer(&self, outcome: Result<(), Problem>) {
        for waiting in std::mem::take(&mut self.state.borrow_mut().waiting) {
            // The caller may be gone with its page.
            let _ = waiting.send(outcome.clone());
        }
    }

    /// Stores the receipts and, in the same transaction, the conflicts they name.
    async fn delivered(self: &Rc<Self>, ops: &[Op], sent: Sent) {
        let mut writing = ScopeWrite::default();
        {
            let state = &mut *self.state.borrow_mut();
            (state.failures, state.away) = (0, false);
            state.unwritten.retain(|op| !ops.iter().any(|sent| sent.id == op.id));
            if state.noted {
                self.note_in(state);
            }
            let answered = state.replica.answered(ops, &sent.results);
            for (op, seq) in answered.delivered {
                if let Some(key) = state.keys.remove(&op.id) {
                    writing.put.push((key, StoredOperation { op, mark: OperationState::Delivered { seq } }));
                }
            }
            writing.conflicts = answered.asked.then(|| state.replica.conflicts().to_vec());
        }
        self.write(writing).await;
        self.compare();
    }

    async fn declined(self: &Rc<Self>, ops: &[Op], problem: &Problem) {
        let declined = self.state.borrow_mut().replica.declined(ops, problem);
        let Declined::Taken(Taken { op, rest, refused, rewritten }) = declined else { return };
        let mut writing = ScopeWrite::default();
        let key = self.state.borrow_mut().keys.remove(&op);
        {
            let state = &mut *self.state.borrow_mut();
            let later = rewritten.into_iter().filter_map(|op| Some((*state.keys.get(&op.id)?, op)));
            writing
                .put
                .extend(later.map(|(key, op)| (key, StoredOperation { op, mark: OperationState::Pending })));
            let there = !refused.op.changes.is_empty();
            let mark = OperationState::Refused { reason: refused.reason.clone() };
            match (&rest, key) {
                // What the server can store keeps its place in the order.
                (Some(rest), Some(key)) => {
                    writing
                        .put
                        .push((key, StoredOperation { op: rest.clone(), mark: OperationState::Pending }));
                    state.keys.insert(rest.id.clone(), key);
                    if there {
                        writing.add.push(StoredOperation { op: refused.op.clone(), mark });
                    }
                }
                (None, Some(key)) if there => {
                    writing.put.push((key, StoredOperation { op: refused.op.clone(), mark }));
                    state.keys.insert(op.clone(), key);
                }
                (None, Some(key)) => writing.delete.push(key),
                (_, None) => {}
            }
        }
        let added = super::local_store::write(&self.scope, writing).await;
        let state = &mut *self.state.borrow_mut();
        match added {
            Ok(keys) => state.keys.extend(keys.first().map(|key| (refused.op.id.clone(), *key))),
            Err(trouble) => state.trouble = Some(trouble),
        }
        if let Some(rest) = &rest {
            state.replica.mark_stored(&rest.id);
        }
    }

    /// Waits before the next try: half as long again at most, so that a whole office does not return in the same
    /// second, and shorter when [`SyncClient::kick`] ends it.
    async fn rest(&self, problem: Problem) {
        let (seconds, rest) = {
            let state = &mut *self.state.borrow_mut();
            state.failures += 1;
            state.away = true;
            (pause(state.failures, &problem), state.pause.clone())
        };
        self.answer(Err(problem));
        self.tell();
        let uneven = 1.0 + js_sys::Math::random() / 2.0;
        rest.wait((seconds as f64 * 1_000.0 * uneven) as u32).await;
    }
}

fn interrupted() -> Problem {
    let detail = "尚未全部送达，内容都在本机；重新登录后自动送达。";
    Problem::new(401, code::SIGN_IN, "登录已结束", detail)
}
