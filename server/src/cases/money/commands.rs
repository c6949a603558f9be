//! 合并办理: commands of execution kinds that wait while others are carried out are carried out together, one after the other in
//! one transaction, and answered when they are on the disk.

use super::execute::apply_in;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::kernel::gathering::{Gathering, Lead};
use crate::store::Write;
use crate::store::audit_trail::StatedAct;
use crate::store::origin::{self, RequestOrigin};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::api::transition::{Moved, Transition};
use shared::kernel::people::Actor;
use tokio::sync::oneshot;

/// Most commands that are carried out together: what one person waits for, and what is lost at most when the disk fills up.
const MOST_TOGETHER: usize = 16;

/// One person's command, and who waits for the answer.
#[derive(Debug)]
pub struct MoneyCommand {
    actor: Actor,
    request: Transition,
    kind: String,
    origin: RequestOrigin,
    answer: oneshot::Sender<Result<Moved, Failure>>,
}

/// The commands of a server that wait for their turn.
pub type MoneyCommands = Gathering<MoneyCommand>;

/// No two at once: the money has one lock.
pub fn commands() -> MoneyCommands {
    Gathering::new(1, MOST_TOGETHER)
}

/// `POST …/transitions` for an execution kind.
pub async fn apply_money(
    context: Shared,
    actor: Actor,
    request: Transition,
    kind: &str,
) -> Result<Moved, Failure> {
    let (answer, answered) = oneshot::channel();
    let command = MoneyCommand { actor, request, kind: kind.to_string(), origin: origin::current(), answer };
    if let Some(lead) = context.money_commands.add(command) {
        tokio::spawn(carry_out(context.clone(), lead));
    }
    answered.await.map_err(|_| anyhow::anyhow!("a command was not answered"))?
}

async fn carry_out(context: Shared, mut lead: Lead<MoneyCommand>) {
    while let Some(commands) = lead.batch() {
        let answers = together(&context, &commands).await;
        for (command, answer) in commands.into_iter().zip(answers) {
            // Whoever no longer waits asks again under the same operation.
            let _ = command.answer.send(answer);
        }
    }
}

/// What each command is answered. Where the database ends the transaction of all, each is carried out alone and fails alone.
async fn together(context: &Context, commands: &[MoneyCommand]) -> Vec<Result<Moved, Failure>> {
    match in_one_write(context, commands).await {
        Ok(answers) => answers,
        Err(failure) if commands.len() == 1 => vec![Err(failure)],
        Err(failure) => {
            tracing::warn!(?failure, "commands that were carried out together are carried out alone");
            let mut answers = Vec::with_capacity(commands.len());
            for command in commands {
                let alone = in_one_write(context, std::slice::from_ref(command)).await;
                answers.push(alone.and_then(|mut answers| answers.pop().unwrap_or_else(unanswered)));
            }
            answers
        }
    }
}

fn unanswered() -> Result<Moved, Failure> {
    Err(anyhow::anyhow!("a command without an answer").into())
}

/// Carries out commands one after the other in one transaction. One that is refused undoes what it wrote and nothing else.
fn in_one_write<'a>(
    context: &'a Context,
    commands: &'a [MoneyCommand],
) -> BoxFuture<'a, Result<Vec<Result<Moved, Failure>>, Failure>> {
    async move {
        let mut write = context.db.write(&format!("money {}", context.tenant())).await?;
        let (mut answers, mut acts) = (Vec::with_capacity(commands.len()), Vec::new());
        for command in commands {
            let part = write.begin_part().await?;
            let applied = origin::within(command.origin.clone(), apply(context, &mut write, command)).await;
            match applied {
                Ok((moved, act)) => {
                    write.release(part).await?;
                    acts.extend(act);
                    answers.push(Ok(moved));
                }
                Err(failure) => {
                    write.undo(part).await?;
                    answers.push(Err(failure));
                }
            }
        }
        write.commit_acts(&acts).await?;
        Ok(answers)
    }
    .boxed()
}

/// Judges a command and writes what it changed; the act that the trail states of it.
fn apply<'w, 'c: 'w>(
    context: &'w Context,
    write: &'w mut Write,
    command: &'c MoneyCommand,
) -> BoxFuture<'w, Result<(Moved, Option<StatedAct<'c>>), Failure>> {
    async move {
        let MoneyCommand { actor, request, kind, .. } = command;
        let (moved, record) = apply_in(context, write, actor, request, kind).await?;
        let act = match record {
            Some(record) => Some(write.state(record, None).await?),
            None => None,
        };
        Ok((moved, act))
    }
    .boxed()
}
