//! 合并办理: commands of execution kinds that wait while others are carried out are carried out together, one after the other in
//! one transaction, and answered when they are on the disk.

use super::execute::{Execution, GivenCommand, command_of};
use super::record::record;
use crate::cases::event_log;
use crate::context::{Context, Shared};
use crate::kernel::failure::Failure;
use crate::kernel::gathering::{Gathering, Lead};
use crate::store::append::{Operation, Repeated};
use crate::store::audit_trail::StatedAct;
use crate::store::digest;
use crate::store::origin::{self, RequestOrigin};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::api::transition::{Moved, Transition};
use shared::kernel::people::Actor;
use tokio::sync::oneshot;

/// Most commands that are carried out together: what one person waits for, and what is lost at most when the disk fills up.
const MOST_TOGETHER: usize = 64;

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

/// A command that was carried out before or cannot be, with its answer; or one that is to be judged.
enum Turn<'a> {
    Answered(Result<Moved, Failure>),
    Given(GivenCommand<'a>),
}

impl MoneyCommand {
    /// SM3 of what was sent.
    fn sent_hash(&self) -> Result<String, Failure> {
        let MoneyCommand { actor, request, kind, .. } = self;
        let command = serde_json::to_string(&request.command)?;
        Ok(digest(&[actor.account.as_str(), request.request.as_str(), kind, &command]))
    }

    fn operation<'a>(&'a self, body_hash: &'a str) -> Operation<'a> {
        Operation { id: self.request.operation.as_str(), body_hash, account: self.actor.account.as_str() }
    }

    fn turn<'a>(&'a self, known: &[Repeated], sent: Operation<'a>) -> Turn<'a> {
        match event_log::reply_in(known, sent) {
            Ok(Some(moved)) => return Turn::Answered(Ok(moved)),
            Ok(None) => {}
            Err(failure) => return Turn::Answered(Err(failure)),
        }
        let MoneyCommand { actor, request, kind, .. } = self;
        match command_of(kind, &request.command) {
            Ok((kind, verb, with)) => {
                let (case, seen) = (&request.request, request.seen);
                Turn::Given(GivenCommand { actor, case, seen, kind, verb, with, sent })
            }
            Err(failure) => Turn::Answered(Err(failure)),
        }
    }
}

/// Carries out commands one after the other in one transaction. One that is refused changes nothing.
fn in_one_write<'a>(
    context: &'a Context,
    commands: &'a [MoneyCommand],
) -> BoxFuture<'a, Result<Vec<Result<Moved, Failure>>, Failure>> {
    async move {
        let hashes = commands.iter().map(MoneyCommand::sent_hash).collect::<Result<Vec<_>, _>>()?;
        let sent: Vec<Operation<'_>> =
            commands.iter().zip(&hashes).map(|(command, hash)| command.operation(hash)).collect();
        let mut write = context.db.write(&format!("money {}", context.tenant())).await?;
        let known = event_log::known(context, write.connection(), &sent).await?;
        let turns: Vec<Turn<'_>> =
            commands.iter().zip(sent).map(|(command, sent)| command.turn(&known, sent)).collect();
        let given = turns.iter().filter_map(|turn| match turn {
            Turn::Given(given) => Some(given),
            Turn::Answered(_) => None,
        });
        let given: Vec<&GivenCommand<'_>> = given.collect();
        let mut execution = Execution::begin(context, write.connection(), &given, true).await?;
        let (mut answers, mut origins) = (Vec::with_capacity(turns.len()), Vec::new());
        for (turn, command) in turns.into_iter().zip(commands) {
            let answer = match turn {
                Turn::Answered(answer) => answer,
                Turn::Given(given) => execution.carry_out(write.connection(), &given).await?,
            };
            answers.push(answer);
            origins.resize(execution.done.len(), &command.origin);
        }
        if !execution.done.is_empty() {
            let owners = record(&mut execution, &mut write).await?;
            let written = write.written(context.tenant()).await?.divided(execution.done.len(), &owners);
            let acts = execution.done.iter().zip(written).zip(origins).map(|((done, written), origin)| {
                StatedAct::new(done.act(context), None, written).from(origin.clone())
            });
            let acts: Vec<StatedAct<'_>> = acts.collect();
            write.commit_acts(&acts).await?;
        }
        Ok(answers)
    }
    .boxed()
}
