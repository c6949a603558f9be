//! A load of payments: people apply for instalments, approve them and take them back, as fast as they are answered.

use super::{Process, TERMS};
use serde_json::{Map, Value, json};
use shared::api::transition::Transition;
use shared::kernel::ids::{CaseId, OpId};
use std::collections::BTreeMap;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use tests::office::Office;

/// People who work at once; two of them want the same instalments.
const WORKERS: usize = 4;

/// A command with what it was answered; nothing where the server ended first.
pub struct Given {
    by: &'static str,
    transition: Transition,
    answer: Option<(u16, Value)>,
}

impl Given {
    fn is_accepted(&self) -> bool {
        matches!(self.answer, Some((200, _)))
    }
}

/// All commands in the order each person gave theirs.
#[derive(Default)]
pub struct History(Vec<Given>);

impl History {
    pub fn extend(&mut self, given: Vec<Given>) {
        self.0.extend(given);
    }

    /// Operations that were answered with success.
    pub fn acknowledged(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|given| given.is_accepted()).map(|given| given.transition.operation.as_str())
    }
}

pub struct Load<'a> {
    pub office: &'a Office<'a>,
    pub round: usize,
    /// Answers after which the server is killed.
    pub answers: usize,
}

/// The text of an answer as JSON.
fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn bounced(case: &str) -> Value {
    json!({ "voucher": format!("省退{case}"), "reason": "银行账户信息有误，款项退回，重新办理。" })
}

/// A command to a payment under an operation of its own.
pub fn payment(case: &str, seen: u64, verb: &str, with: Value) -> Transition {
    let mut command: Map<String, Value> = with.as_object().cloned().unwrap_or_default();
    command.insert("verb".to_string(), json!(verb));
    Transition {
        request: CaseId::new(case),
        operation: OpId::new(format!("{case}-{verb}")),
        seen,
        command: Value::Object(command),
        kind: Some("payment".to_string()),
    }
}

impl Load<'_> {
    /// Lets everybody work until the server is killed in the midst of it.
    pub fn until_killed(&self, server: &mut Process) -> Vec<Given> {
        let (answered, answers) = channel();
        thread::scope(|scope| {
            let working: Vec<_> = (0..WORKERS)
                .map(|worker| {
                    let answered = answered.clone();
                    scope.spawn(move || self.work(worker, &answered))
                })
                .collect();
            for _ in 0..self.answers {
                answers.recv().expect("an answer");
            }
            server.kill();
            working.into_iter().flat_map(|work| work.join().expect("a history")).collect()
        })
    }

    /// One person after another case, until there is no answer.
    fn work(&self, worker: usize, answered: &Sender<()>) -> Vec<Given> {
        let mut history = Vec::new();
        for n in 0.. {
            let case = format!("pay-{}-{worker}-{n}", self.round);
            let term = 1 + (n + worker / 2 * TERMS / 2) % TERMS;
            let apply = json!({ "contract": "con-1", "term": term, "invoice": format!("FP-{case}"),
                "lines": [{ "row": "r1", "amount": "10.25" }] });
            let approve = json!({ "voucher": format!("省支{case}") });
            let acts =
                [("cash", "apply", apply), ("lead", "approve", approve), ("cash", "bounce", bounced(&case))];
            for (seen, (by, verb, with)) in (0u64..).zip(acts) {
                let mut given = Given { by, transition: payment(&case, seen, verb, with), answer: None };
                let answer = self.office.desks[by].tries(&given.transition);
                given.answer = answer.map(|answer| (answer.status, json_of(&answer.text)));
                let (is_over, is_accepted) = (given.answer.is_none(), given.is_accepted());
                history.push(given);
                if is_over {
                    return history;
                }
                let _ = answered.send(());
                if !is_accepted {
                    break;
                }
            }
        }
        history
    }

    /// Takes back what the round left open: every instalment is free for the next round.
    pub fn clear(&self, history: &mut History) {
        let accepted = history.0.iter().filter(|given| self.is_own(given) && given.is_accepted());
        let last: BTreeMap<CaseId, Transition> =
            accepted.map(|given| (given.transition.request.clone(), given.transition.clone())).collect();
        for (case, last) in last {
            let (verb, with) = match last.command["verb"].as_str() {
                Some("apply") => ("withdraw", json!({})),
                Some("approve") => ("bounce", bounced(case.as_str())),
                _ => continue,
            };
            let transition = payment(case.as_str(), last.seen + 1, verb, with);
            let answer = self.office.desks["cash"].tries(&transition).expect("an answer");
            assert_eq!(answer.status, 200, "{}", answer.text);
            let answer = Some((answer.status, json_of(&answer.text)));
            history.0.push(Given { by: "cash", transition, answer });
        }
    }

    fn is_own(&self, given: &Given) -> bool {
        given.transition.request.as_str().starts_with(&format!("pay-{}-", self.round))
    }

    /// After the end: what was accepted is answered the same again, what was not answered is carried out or refused now.
    pub fn send_again(&self, history: &mut History) {
        for given in history.0.iter_mut().filter(|given| self.is_own(given)) {
            let answer = self.office.desks[given.by].tries(&given.transition).expect("the server is back");
            let answer = (answer.status, json_of(&answer.text));
            match &given.answer {
                Some(before) if before.0 == 200 => assert_eq!(*before, answer, "{:?}", given.transition),
                // What was refused is judged anew, and may be accepted now.
                _ => {
                    assert!(answer.0 < 500, "{answer:?}");
                    given.answer = Some(answer);
                }
            }
        }
    }
}
