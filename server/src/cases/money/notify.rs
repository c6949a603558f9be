//! 资金通知: who hears of a money command. Whoever has to act now, whoever acted on the case before, and the provider or
//! the department it belongs to; never its author.

use crate::context::Context;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::notify::notices;
use crate::store::Write;
use serde_json::Value;
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Party};
use shared::cases::kernel::notification::{NotificationKind, excerpt};
use shared::kernel::ids::CaseId;
use shared::kernel::people::{Actor, Office};
use std::collections::BTreeMap;

/// What was done to a case.
pub struct Done<'a> {
    pub actor: &'a Actor,
    pub case: &'a CaseId,
    pub verb: &'a str,
    pub with: &'a Value,
}

/// Stores the notices of a command that was carried out.
pub async fn notify(
    context: &Context,
    write: &mut Write,
    world: &ExecutionWorld,
    done: &Done<'_>,
) -> Result<(), Failure> {
    let Some(entry) = world.cases.get(done.case) else { return Ok(()) };
    let accounts = accounts::all(context, write.connection()).await?;
    let mut contents = BTreeMap::new();
    for actor in accounts.iter().filter_map(|account| account.actor(context)) {
        if actor.account == done.actor.account {
            continue;
        }
        let (account, party) = (actor.account.clone(), Party { actor });
        if let Some(due) = concerned(world, &party, done.case, entry) {
            contents.insert(account, content(entry, done, due));
        }
    }
    let title = format!("{} {}", entry.case.kind().label(), entry.case.title()?);
    notices::file_to(context, write, done.actor, done.case, &title, &contents).await
}

/// Whether this person has to act now; `None` for one the case does not concern.
fn concerned(world: &ExecutionWorld, party: &Party, case: &CaseId, entry: &CaseEntry) -> Option<bool> {
    world.visible(party, case)?;
    let due = world.offered(party, entry).iter().any(|command| command.is_due);
    let signed = entry.signed.iter().any(|(_, person)| person.involves(&party.actor.person));
    let own = matches!(party.actor.role.office(), Office::Department | Office::Outside);
    (due || signed || own).then_some(due)
}

fn content(entry: &CaseEntry, done: &Done, due: bool) -> NotificationKind {
    let command = entry.case.kind().verb_label(done.verb).unwrap_or(done.verb);
    let reason = done.with.get("reason").and_then(Value::as_str).unwrap_or_default();
    NotificationKind::MoneyMoved {
        command: command.to_string(),
        stage: entry.case.stage_label().to_string(),
        reason: excerpt(reason.trim()),
        due,
    }
}
