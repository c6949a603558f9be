//! 办结入库: writes what commands that were carried out together changed, many rows by one statement, and names for the trail
//! which of them wrote what.

use super::case_rows;
use super::execute::{CarriedOut, Execution};
use super::papers;
use super::writes::{self, Shift};
use crate::cases::event_log::{self, Recorded};
use crate::cases::site::desk;
use crate::cases::store::{self, MoneyRow};
use crate::context::Context;
use crate::kernel::failure::Failure;
use crate::notify::notices::{self, NewNotice};
use crate::store::append::Operation;
use crate::store::{Write, change_bus};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use shared::cases::execution::registry::AnyExecutionCase;
use shared::cases::execution::world::ExecutionWorld;
use shared::kernel::ids::CaseId;
use shared::ledger::account::LedgerAccount;
use shared::ledger::balance::Balances;
use shared::ledger::transfer::Transfer;
use std::collections::BTreeMap;

/// Which command wrote what, by the names the trail has for it; see [`crate::store::covered::Written::divided`].
pub type Owners = BTreeMap<String, usize>;

/// Writes what the commands changed, in the transaction they were judged in.
///
/// # Errors
/// The database refuses a row, or what is stored is not what the commands were judged by; nothing may stay then.
pub fn record<'a>(
    execution: &'a mut Execution<'_>,
    write: &'a mut Write,
) -> BoxFuture<'a, Result<Owners, Failure>> {
    async move {
        let mut owners = Owners::new();
        let Execution { context, world, end, done, .. } = execution;
        if done.is_empty() {
            return Ok(owners);
        }
        papers::add(context, write.connection(), done).await?;
        put_cases(context, write, &world.world, done, &mut owners).await?;
        put_payments(context, write, &world.world, done, &mut owners).await?;
        put_transfers(context, write, (&world.world, &world.stored), (*end, done), &mut owners).await?;
        put_opened(context, write, &world.world, done, &mut owners).await?;
        put_notices(context, write, done, &mut owners).await?;
        desk::follow(context, write, &world.world, done).await?;
        write.changes(change_bus::desks(context.tenant()));
        Ok(owners)
    }
    .boxed()
}

/// Each changed case as it is after the last command, over the revision it was read at; its keys and its history.
async fn put_cases(
    context: &Context,
    write: &mut Write,
    world: &ExecutionWorld,
    done: &[CarriedOut<'_>],
    owners: &mut Owners,
) -> Result<(), Failure> {
    let mut revisions: BTreeMap<&CaseId, (u64, u64)> = BTreeMap::new();
    let events = done.iter().flat_map(|one| &one.cases).map(|of| serde_json::to_string(&of.events));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let (mut histories, mut all) = (Vec::new(), events.iter());
    for (act, one) in done.iter().enumerate() {
        for of in &one.cases {
            let revision = of.moved.revision;
            revisions.entry(&of.case).or_insert((revision.saturating_sub(1), revision)).1 = revision;
            owners.insert(format!("case/{}", of.case), act);
            write.changes(change_bus::request(context.tenant(), &of.case));
            let events = all.next().map_or("[]", String::as_str);
            histories.push((
                act,
                of,
                Recorded {
                    case: &of.case,
                    operation: Operation { id: &of.operation, ..one.sent },
                    actor: one.actor,
                    verb: of.verb,
                    version: 0,
                    events,
                    moved: &of.moved,
                },
            ));
        }
    }
    let mut rows = Vec::with_capacity(revisions.len());
    for (id, (seen, revision)) in revisions {
        let Some(entry) = world.cases.get(id) else { continue };
        rows.push(MoneyRow { id, year: world.year_of(&entry.case), entry, seen, revision });
    }
    store::put_money(context, write.connection(), &rows).await?;
    let keys = done.iter().flat_map(|one| &one.cases).map(|of| (&of.case, of.keys.iter()));
    case_rows::put_keys(write.connection(), context.tenant(), keys).await?;
    let recorded: Vec<Recorded<'_>> = histories.iter().map(|(_, _, recorded)| *recorded).collect();
    let numbers = event_log::record_all(context, write.connection(), &recorded).await?;
    for ((act, of, _), number) in histories.iter().zip(numbers) {
        owners.insert(format!("case/{}/{number}", of.case), *act);
    }
    Ok(())
}

/// Which payments hold their terms now.
async fn put_payments(
    context: &Context,
    write: &mut Write,
    world: &ExecutionWorld,
    done: &[CarriedOut<'_>],
    owners: &mut Owners,
) -> Result<(), Failure> {
    let mut payments = BTreeMap::new();
    for (act, of) in done.iter().enumerate().flat_map(|(act, one)| one.cases.iter().map(move |of| (act, of)))
    {
        if let Some(AnyExecutionCase::Payment(payment)) = world.cases.get(&of.case).map(|entry| &entry.case) {
            payments.insert(&of.case, &**payment);
            owners.insert(format!("live_payment/{}/{}", payment.contract, payment.term), act);
        }
    }
    writes::restate_live(write.connection(), context.tenant(), &payments).await
}

/// The transfers after `end` with the balances they lead to, the movements of money and closings.
async fn put_transfers(
    context: &Context,
    write: &mut Write,
    (world, stored): (&ExecutionWorld, &Balances),
    (end, done): (u64, &[CarriedOut<'_>]),
    owners: &mut Owners,
) -> Result<(), Failure> {
    let tenant = context.tenant();
    let rows: Vec<&Transfer> = world.ledger.rows().iter().filter(|row| row.number > end).collect();
    let mut shifts: BTreeMap<&LedgerAccount, Shift> = BTreeMap::new();
    for row in &rows {
        let act = done.iter().position(|one| row.number <= one.transfers).unwrap_or_default();
        owners.insert(format!("transfer/{}", row.number), act);
        for account in [&row.debit, &row.credit] {
            owners.insert(format!("balance/{}/{}", account.code.word(), account.key), act);
            let before = stored.get(account).copied();
            shifts.insert(account, Shift { before, after: world.ledger.balance(account) });
        }
    }
    writes::shift_balances(write.connection(), tenant, &shifts).await?;
    writes::append(write.connection(), tenant, &rows).await?;
    let first = writes::insert_movements(write.connection(), tenant, &world.movements).await?;
    for (at, number) in (0..world.movements.len()).zip(first..) {
        let act = done.iter().position(|one| at < one.movements).unwrap_or_default();
        owners.insert(format!("cash_movement/{number}"), act);
    }
    for (act, year) in changes(done, |one| &one.changes.closed) {
        let last = world.closed.get(year).copied().unwrap_or_else(|| world.ledger.last_number());
        writes::close_year(write.connection(), tenant, *year, last).await?;
        owners.insert(format!("closed_year/{year}"), act);
    }
    Ok(())
}

/// One kind of change of all commands, each with the place of its command.
fn changes<'d, T: 'd>(
    done: &'d [CarriedOut<'_>],
    of: impl Fn(&'d CarriedOut<'_>) -> &'d Vec<T>,
) -> Vec<(usize, &'d T)> {
    done.iter().enumerate().flat_map(|(act, one)| of(one).iter().map(move |change| (act, change))).collect()
}

/// Lines, package rows and vouchers.
async fn put_opened(
    context: &Context,
    write: &mut Write,
    world: &ExecutionWorld,
    done: &[CarriedOut<'_>],
    owners: &mut Owners,
) -> Result<(), Failure> {
    let (connection, tenant) = (write.connection(), context.tenant());
    let lines = changes(done, |one| &one.changes.lines);
    owners.extend(lines.iter().map(|(act, line)| (format!("approved_line/{line}"), *act)));
    let lines = lines.iter().filter_map(|(_, id)| Some((*id, world.lines.get(id)?))).collect();
    writes::insert_lines(&mut *connection, tenant, lines).await?;
    let rows = changes(done, |one| &one.changes.rows);
    owners.extend(rows.iter().map(|(act, row)| (format!("package_row/{row}"), *act)));
    let rows = rows.iter().filter_map(|(_, id)| Some((*id, world.rows.get(id)?))).collect();
    writes::put_rows(&mut *connection, tenant, rows).await?;
    let vouchers = changes(done, |one| &one.changes.vouchers);
    owners.extend(vouchers.iter().map(|(act, voucher)| (format!("voucher/{voucher}"), *act)));
    let vouchers: Vec<_> =
        vouchers.iter().filter_map(|(act, of)| Some((of.as_str(), done.get(*act)?.case))).collect();
    writes::insert_vouchers(connection, tenant, &vouchers).await
}

/// The notices of the commands, numbered for each account.
async fn put_notices(
    context: &Context,
    write: &mut Write,
    done: &[CarriedOut<'_>],
    owners: &mut Owners,
) -> Result<(), Failure> {
    let (mut new, mut acts) = (Vec::new(), Vec::new());
    for (act, one) in done.iter().enumerate() {
        for (account, of) in
            one.notices.iter().flat_map(|(account, all)| all.iter().map(move |of| (account, of)))
        {
            let (about, by_name) = (of.about.clone(), one.actor.name.as_str());
            new.push(NewNotice { account, by_name, case: &of.case, about, kind: &of.kind });
            acts.push(act);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let steps: Vec<usize> = done.iter().map(|one| one.notices.values().map(Vec::len).sum()).collect();
    let numbers = notices::file_all(context, write, &new, &steps).await?;
    for ((notice, number), act) in new.iter().zip(numbers).zip(acts) {
        owners.insert(format!("notice/{}/{number}", notice.account), act);
    }
    Ok(())
}
