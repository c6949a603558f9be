//! 资金通知: who hears of a money command. Whoever has to act now, whoever acted on the case before, and the provider or
//! the department it belongs to, and those whom an effect tells more; never its author.

use crate::context::Context;
use crate::identity::accounts::{self, Account};
use crate::kernel::failure::Failure;
use serde_json::Value;
use shared::cases::execution::announcement::Announcement;
use shared::cases::execution::world::{CaseEntry, ExecutionWorld, Party};
use shared::cases::kernel::notification::{NotificationKind, excerpt};
use shared::kernel::ids::{AccountId, CaseId};
use shared::kernel::people::{Actor, Office};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// What was done to a case.
pub struct Done<'a> {
    pub actor: &'a Actor,
    pub case: &'a CaseId,
    pub verb: &'a str,
    pub with: &'a Value,
}

/// A notification about a case.
pub struct CaseNotice {
    pub case: CaseId,
    pub about: String,
    pub kind: NotificationKind,
}

/// Everybody a notice could reach.
pub struct Audience {
    listeners: Vec<Listener>,
}

struct Listener {
    id: AccountId,
    account: Account,
    /// In the post of the account itself; `None` where it is not in use.
    party: Option<Party>,
}

impl Audience {
    pub async fn read(context: &Context, connection: &mut AnyConnection) -> Result<Audience, Failure> {
        let accounts = accounts::all(context, connection).await?;
        let listener = |account: Account| Listener {
            id: AccountId::new(account.id.clone()),
            party: account.actor(context).map(|actor| Party { actor }),
            account,
        };
        Ok(Audience { listeners: accounts.into_iter().map(listener).collect() })
    }

    /// The notices of a command that was carried out, by account.
    pub fn notices(
        &self,
        world: &ExecutionWorld,
        announcements: &[Announcement],
        done: &Done<'_>,
    ) -> Result<BTreeMap<AccountId, Vec<CaseNotice>>, Failure> {
        let mut notices = BTreeMap::new();
        let Some(entry) = world.cases.get(done.case) else { return Ok(notices) };
        for Listener { id, account, party } in &self.listeners {
            if *id == done.actor.account {
                continue;
            }
            let own = announcements.iter().filter(|of| account.holds(of.roles, of.department.as_ref()));
            let mut own: Vec<CaseNotice> =
                own.filter_map(|of| announcement(world, of).transpose()).collect::<Result<_, Failure>>()?;
            // Whoever reads what follows from the command need not read that it was given.
            let is_announced = own.iter().any(|of| of.case == *done.case);
            if let Some(party) = party.as_ref().filter(|_| !is_announced)
                && let Some(due) = concerned(world, party, done.case, entry)
            {
                let (case, about) = (done.case.clone(), about(world, entry)?);
                own.push(CaseNotice { case, about, kind: content(entry, done, due) });
            }
            if !own.is_empty() {
                notices.insert(id.clone(), own);
            }
        }
        Ok(notices)
    }
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
    let due = world.is_due(party, entry);
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
