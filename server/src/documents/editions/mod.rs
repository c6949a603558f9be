//! 政策版本库 (Art. 18): which edition judges a year, read from the confirmed changes of this database. Every lookup asks
//! the log for its last number first, so that a change confirmed on another server counts at once.

mod rows;

use crate::context::Context;
use crate::documents::versions;
use crate::kernel::failure::Failure;
use crate::store::Write;
use crate::store::append::Entry;
use crate::store::audit_trail::AuditRecord;
use crate::store::logs::REGISTER;
use crate::store::values::Value;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::CaseId;
use shared::kernel::people::Actor;
use shared::policy::editions::register::{ConfirmedChange, Register};
use shared::policy::editions::{Edition, EditionError};
use sqlx::AnyConnection;
use std::sync::{Arc, Mutex, PoisonError};

/// The register as this server folded it last.
pub struct Editions {
    folded: Mutex<(u64, Arc<Register>)>,
}

impl Editions {
    /// What the program ships; a demonstration has its invented successor too.
    pub fn new(demonstration: bool) -> Editions {
        let shipped = if demonstration { Register::demonstration() } else { Register::shipped() };
        Editions { folded: Mutex::new((0, Arc::new(shipped.clone()))) }
    }
}

/// The register as it is now.
pub async fn register(context: &Context, connection: &mut AnyConnection) -> Result<Arc<Register>, Failure> {
    let latest = rows::latest(&mut *connection, context.tenant()).await?;
    let (known, folded) = context.editions.folded.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if known == latest {
        return Ok(folded);
    }
    // A number below the known one is a database that was put back to an earlier day.
    let (known, base) =
        if known < latest { (known, folded) } else { (0, Editions::new(context.settings.demo).current()) };
    let changes = rows::after(connection, context.tenant(), known).await?;
    let register = Arc::new(with(&base, &changes)?);
    *context.editions.folded.lock().unwrap_or_else(PoisonError::into_inner) = (latest, register.clone());
    Ok(register)
}

/// The register of a database that no server runs on.
pub async fn stored(connection: &mut AnyConnection, tenant: &str) -> Result<Register, Failure> {
    let changes = rows::after(connection, tenant, 0).await?;
    let is_demonstration = matches!(changes.first(), Some((_, ConfirmedChange::Shipped { editions, .. }))
        if editions.keys().any(|code| Register::shipped().find(code).is_none()));
    with(if is_demonstration { Register::demonstration() } else { Register::shipped() }, &changes)
}

fn with(base: &Register, changes: &[(u64, ConfirmedChange)]) -> Result<Register, Failure> {
    let mut register = base.clone();
    for (number, change) in changes {
        register
            .apply(change)
            .map_err(|error| anyhow::anyhow!("change {number} of the register: {error}"))?;
    }
    Ok(register)
}

impl Editions {
    /// The register as it was last looked up.
    pub fn current(&self) -> Arc<Register> {
        self.folded.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

/// The edition that judges what is filled in for a year.
///
/// # Errors
/// `edition.none` names who records what.
pub async fn serving(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Arc<Edition>, Failure> {
    Ok(register(context, connection).await?.edition_for(year)?.clone())
}

/// The edition of a stored name: `2022-51#1`, or the 文号 that versions carry from before editions had revisions.
pub async fn named(
    context: &Context,
    connection: &mut AnyConnection,
    name: &str,
) -> Result<Arc<Edition>, Failure> {
    let register = register(context, connection).await?;
    Ok(register.find(name).ok_or_else(|| Failure::unknown("个政策版本"))?.clone())
}

/// The edition a version was frozen with; the one serving `year` where nothing is frozen.
pub async fn of_version(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
    version: u32,
    year: FiscalYear,
) -> Result<Arc<Edition>, Failure> {
    match versions::edition_of(context, &mut *connection, case, version).await? {
        Some(name) => named(context, connection, &name).await,
        None => serving(context, connection, year).await,
    }
}

/// Records what the program ships as the first entry of a register without any.
pub async fn begin(context: &Context) -> Result<(), Failure> {
    let mut write = context.db.write(&lock(context)).await?;
    if rows::latest(write.connection(), context.tenant()).await? > 0 {
        return Ok(());
    }
    let shipped = register(context, write.connection()).await?;
    let entry = shipped.shipped_entry().map_err(anyhow::Error::from)?;
    append(context, &mut write, ("", ""), "", &entry).await?;
    let record = AuditRecord::of_system(context.tenant(), context.clock().stamp(), "edition.shipped");
    write.commit(record).await
}

/// Appends a confirmed change, if it still fits what was confirmed meanwhile.
pub async fn record(
    context: &Context,
    write: &mut Write,
    actor: &Actor,
    case: &CaseId,
    change: &ConfirmedChange,
) -> Result<(), Failure> {
    write.lock(&lock(context)).await?;
    let mut register = Register::clone(&*register(context, write.connection()).await?);
    register.apply(change).map_err(refused)?;
    let by = (actor.account.as_str(), actor.name.as_str());
    append(context, write, by, case.as_str(), change).await
}

async fn append(
    context: &Context,
    write: &mut Write,
    (account, name): (&str, &str),
    case: &str,
    change: &ConfirmedChange,
) -> Result<(), Failure> {
    let content = serde_json::to_string(change)?;
    let values = [
        Value::from(case),
        content.into(),
        account.into(),
        name.into(),
        context.clock().stamp().to_string().into(),
    ];
    let mut end = REGISTER.end(write.connection(), context.tenant(), "").await?;
    end.append(write.connection(), context.db.seal(), vec![Entry { operation: None, values: values.into() }])
        .await?;
    Ok(())
}

/// A fault of an edition as the answer to a person.
pub fn refused(fault: EditionError) -> Failure {
    let at = fault.at.as_ref().map(|at| format!("{at}：")).unwrap_or_default();
    shared::kernel::refusal::Refusal::under(18, &fault.code, format!("{at}{}", fault.message)).into()
}

fn lock(context: &Context) -> String {
    format!("register {}", context.tenant())
}
