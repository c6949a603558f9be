//! 批复入账: an issued batch opens the money of each of its requests in its own transaction, by the same command and the
//! same rules as an approval given by hand (money.md § 4.1).

use super::case_rows;
use super::execute::{Execution, GivenCommand};
use super::record::record;
use crate::cases::execute::CommandContext;
use crate::cases::review;
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::store::Write;
use crate::store::append::Operation;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use shared::cases::allocation::issued::{approval, money_of};
use shared::cases::execution::read_set::{CaseKey, Wanted};
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::request::RequestCase;
use shared::cases::review::sums::cuts;
use shared::kernel::ids::CaseId;

/// Opens the money of a request that a batch approved.
///
/// # Errors
/// What the rules of the approval refuse: the batch is not issued then.
pub fn open<'a>(
    context: &'a Context,
    write: &'a mut Write,
    command: &'a CommandContext<'a>,
    request: &'a RequestCase,
    number: &'a str,
) -> BoxFuture<'a, Result<(), Failure>> {
    async move {
        // After the lock of the batch; no command of the money takes that of a batch.
        write.lock(&format!("money {}", context.tenant())).await?;
        let with = approved(context, write, request, number).await?;
        let case = free_name(context, write, &money_of(&request.id)).await?;
        let operation = format!("{}/{case}", command.request.operation);
        let sent = Operation {
            id: &operation,
            body_hash: &command.sent_hash,
            account: command.actor.account.as_str(),
        };
        let given = GivenCommand {
            actor: command.actor,
            case: &case,
            seen: 0,
            kind: ExecutionKindName::Request,
            verb: "approve",
            with,
            sent,
        };
        let mut execution = Execution::begin(context, write.connection(), &[&given], false).await?;
        execution.carry_out(write.connection(), &given).await??;
        record(&mut execution, write).await?;
        Ok(())
    }
    .boxed()
}

/// What is approved, from what was reported and what both offices took off it.
async fn approved(
    context: &Context,
    write: &mut Write,
    request: &RequestCase,
    number: &str,
) -> Result<Value, Failure> {
    let edition = review::edition_of(context, write.connection(), request).await?;
    let cuts = cuts(&review::load(context.tenant(), write.connection(), &request.id).await?);
    let document = review::reported(context, write.connection(), request).await?;
    let (request, number) = (request.clone(), number.to_string());
    let forms = context.forms.of_request()?;
    forms.with_session(&edition, document, move |session| approval(&request, &number, session, &cuts)).await
}

/// The name, or with a number where somebody took it.
async fn free_name(context: &Context, write: &mut Write, base: &CaseId) -> Result<CaseId, Failure> {
    let key = CaseKey::name(base.as_str());
    let wanted = Wanted { cases: [base.clone()].into(), keys: [key].into(), ..Wanted::default() };
    let taken = case_rows::wanted(write.connection(), context.tenant(), &wanted).await?;
    let names = (1u32..).map(|n| match n {
        1 => base.clone(),
        n => CaseId::new(format!("{base}-{n}")),
    });
    let mut free = names.filter(|name| !taken.iter().any(|row| row.id == *name));
    Ok(free.next().unwrap_or_else(|| base.clone()))
}
