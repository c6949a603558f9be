//! 资金通知: who hears of a money command. Whoever has to act now, whoever acted on the case before, and the provider or
//! the department it belongs to, and those whom an effect tells more; never its author.

use crate::context::Context;
use crate::identity::accounts;
use crate::kernel::failure::Failure;
use crate::notify::notices::{self, CaseNotice};
use crate::store::Write;
use serde_json::Value;
use shared::cases::execution::announcement::Announcement;
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Party};
use shared::cases::kernel::notification::{NotificationKind, excerpt};
use shared::kernel::ids::{AccountId, CaseId};
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
    let mut notices: BTreeMap<AccountId, Vec<CaseNotice>> = BTreeMap::new();
    for account in accounts.iter().filter(|account| account.id != done.actor.account.as_str()) {
        let id = AccountId::new(account.id.clone());
        let announced = world.changes.announcements.iter();
        let own = announced.filter(|of| account.holds(of.roles, of.department.as_ref()));
        let mut own: Vec<CaseNotice> =
            own.filter_map(|of| announcement(world, of).transpose()).collect::<Result<_, Failure>>()?;
        let party = account.actor(context).map(|actor| Party { actor });
        // Whoever reads what follows from the command need not read that it was given.
        let is_announced = own.iter().any(|of| of.case == *done.case);
        if let Some(party) = party.filter(|_| !is_announced)
            && let Some(due) = concerned(world, &party, done.case, entry)
        {
            let (case, about) = (done.case.clone(), about(world, entry)?);
            own.push(CaseNotice { case, about, kind: content(entry, done, due) });
        }
        if !own.is_empty() {
            notices.insert(id, own);
        }
    }
    notices::file_each(context, write, done.actor, &notices).await
}

/// What a notice is about: the kind and the title of the case.
fn about(world: &ExecutionWorld, entry: &CaseEntry) -> Result<String, Failure> {
    Ok(format!("{} {}", entry.case.kind().label(), world.title_of(entry)?))
}

/// What an effect tells about its case; `None` when the case is not there.
fn announcement(world: &ExecutionWorld, of: &Announcement) -> Result<Option<CaseNotice>, Failure> {
    let Some(entry) = world.cases.get(&of.case) else { return Ok(None) };
    let kind = NotificationKind::Plain { text: of.text.clone() };
    Ok(Some(CaseNotice { case: of.case.clone(), about: about(world, entry)?, kind }))
}

/// Whether this person has to act now; `None` for one the case does not concern.
fn concerned(world: &ExecutionWorld, party: &Party, case: &CaseId, entry: &CaseEntry) -> Option<bool> {
    world.visible(party, case)?;
    let due = world.offered(party, entry).iter().any(|command| command.is_due);
    let signed = entry.signed.iter().any(|(_, person)| person.involves(&party.actor.person));
    // Who only reads it as the history of a department that was split is not concerned.
    let own = matches!(party.actor.role.office(), Office::Department | Office::Outside)
        && entry.case.is_visible(case, party, world);
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
