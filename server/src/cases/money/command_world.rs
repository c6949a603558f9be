//! 办理世界: what commands that are carried out together are judged by, one after the other. Read from rows once for all of them;
//! what a command changed is read on from, so that the next finds what it leads to.

use super::case_rows::{self, ExecutionRow};
use super::world::{self, Basis, StoredRow, StoredWorld};
use super::{line_rows, rows, surroundings};
use crate::context::Context;
use crate::kernel::failure::Failure;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use shared::cases::execution::read_set::ReadSet;
use shared::cases::execution::registry::ExecutionKindName;
use shared::cases::execution::world::{ExecutionWorld, WorldChanges};
use shared::cases::performance::world::Surroundings;
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::timestamp::Timestamp;
use shared::ledger::balance::Balances;
use shared::ledger::log::{Ledger, Turnover};
use shared::policy::accounts::succession::Succession;
use sqlx::AnyConnection;
use std::collections::{BTreeMap, BTreeSet};

/// What a world is read for: a command with what it carries, or the page of a case.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The kind the command is sent to.
    pub kind: Option<ExecutionKindName>,
    pub case: &'a CaseId,
    pub with: &'a Value,
    /// Department of the person.
    pub department: Option<&'a DepartmentId>,
}

impl<'a> Reading<'a> {
    /// The case alone.
    pub fn of(case: &'a CaseId) -> Reading<'a> {
        Reading { kind: None, case, with: &Value::Null, department: None }
    }
}

/// The cases, lines, rows and accounts that commands can touch, of the log its end, the open reservations on these and what
/// the commands of the cases wrote, of the vouchers those given.
pub struct CommandWorld {
    pub world: ExecutionWorld,
    pub rows: BTreeMap<CaseId, StoredRow>,
    /// The accounts as they are stored.
    pub stored: Balances,
    set: ReadSet,
    succession: Succession,
    /// The surroundings that come with the setting.
    given: Surroundings,
    /// The cases the commands are given to.
    cases: BTreeSet<CaseId>,
    /// Keys of the accounts that were read, once any are.
    accounts: Option<BTreeSet<String>>,
    /// Requests whose ledger rows were read.
    requests: BTreeSet<CaseId>,
    /// The year whose edition judges, once one does.
    judged_by: Option<Option<FiscalYear>>,
}

impl CommandWorld {
    /// Reads what commands can touch; `unkeyed` are the cases that no key finds yet.
    pub async fn read(
        context: &Context,
        connection: &mut AnyConnection,
        Basis { setting, succession }: Basis,
        (readings, unkeyed): (&[Reading<'_>], Vec<ExecutionRow>),
    ) -> Result<CommandWorld, Failure> {
        let tenant = context.tenant();
        let mut set = ReadSet::default();
        for Reading { kind, case, with, department } in readings {
            set.add_command(*kind, case, with, *department);
        }
        let given = setting.surroundings.clone();
        let mut read = CommandWorld {
            world: ExecutionWorld::new(setting),
            rows: BTreeMap::new(),
            stored: Balances::new(),
            set,
            succession,
            given,
            cases: readings.iter().map(|reading| reading.case.clone()).collect(),
            accounts: None,
            requests: BTreeSet::new(),
            judged_by: None,
        };
        let end = rows::end(&mut *connection, tenant).await?;
        read.world.ledger = Ledger::resume(end, Balances::new(), Turnover::new(), Vec::new(), Vec::new());
        read.world.closed = rows::closed_years(&mut *connection, tenant).await?;
        let vouchers = readings.iter().filter_map(|reading| reading.with.get("voucher")?.as_str());
        let vouchers: Vec<&str> = vouchers.map(str::trim).collect();
        read.world.vouchers = rows::vouchers_taken(&mut *connection, tenant, &vouchers).await?;
        read.add_rows(unkeyed)?;
        read.read_on(context, &mut *connection).await?;
        let own = rows::transfers_of_cases(connection, tenant, &read.cases).await?;
        read.world.ledger.read_further(Balances::new(), Vec::new(), own);
        Ok(read)
    }

    /// The revision a case that was changed has now.
    pub fn next_revision(&mut self, case: &CaseId, now: Timestamp) -> u64 {
        let row = self.rows.entry(case.clone()).or_insert(StoredRow { revision: 0, since: now });
        *row = StoredRow { revision: row.revision + 1, since: now };
        row.revision
    }

    /// What a command changed: the next are judged by what it leads to as well.
    pub fn add_changes(&mut self, changes: &WorldChanges) {
        self.set.add_changes(changes, &self.world);
    }

    /// Reads whatever is still wanted.
    pub async fn read_on(
        &mut self,
        context: &Context,
        connection: &mut AnyConnection,
    ) -> Result<(), Failure> {
        let tenant = context.tenant();
        while let Some(wanted) = self.set.take() {
            let found = case_rows::wanted(&mut *connection, tenant, &wanted).await?;
            self.add_rows(found)?;
            let lines = line_rows::lines_of(&mut *connection, tenant, &wanted).await?;
            for (id, line) in &lines {
                self.set.add_line(id, line);
            }
            let serving = line_rows::package_rows_of(&mut *connection, tenant, &wanted, &lines).await?;
            for (id, line) in lines {
                self.world.lines.entry(id).or_insert(line);
            }
            for (row, line) in serving {
                self.set.add_row(&row, &line);
                let line = self.world.rows.entry(row.clone()).or_insert(line).clone();
                self.world.rows_by_line.entry(line).or_default().insert(row);
            }
        }
        self.read_accounts(tenant, connection).await
    }

    /// Adds cases that were read, but for those that are known or were changed since.
    fn add_rows(&mut self, found: Vec<ExecutionRow>) -> Result<(), Failure> {
        let mut unread = BTreeSet::new();
        for row in found {
            if self.world.cases.contains_key(&row.id) {
                continue;
            }
            self.world.cases.insert(row.id.clone(), row.entry(&self.succession)?);
            self.world.readers.extend(world::readers(&row, &self.succession));
            self.rows.insert(row.id.clone(), StoredRow { revision: row.revision, since: row.since });
            unread.insert(row.id);
        }
        self.set.add_cases(&unread, &self.world.cases);
        Ok(())
    }

    /// Reads the accounts that are wanted by now with the reservations on them.
    async fn read_accounts(&mut self, tenant: &str, connection: &mut AnyConnection) -> Result<(), Failure> {
        let keys: BTreeSet<String> = match &self.accounts {
            None => self.set.accounts().clone(),
            Some(known) => self.set.accounts().difference(known).cloned().collect(),
        };
        if keys.is_empty() && self.accounts.is_some() {
            return Ok(());
        }
        let balances = rows::balances_of(&mut *connection, tenant, &keys).await?;
        // An account that no read set named was taken as empty.
        if let Some(account) =
            balances.keys().find(|account| self.world.ledger.balances().contains_key(*account))
        {
            return Err(anyhow::anyhow!("{account} was written before it was read").into());
        }
        let open = rows::open_reservations_on(connection, tenant, &self.cases, &keys).await?;
        self.accounts.get_or_insert_default().extend(keys);
        self.stored.extend(balances.clone());
        self.world.ledger.read_further(balances, open, Vec::new());
        Ok(())
    }

    /// Makes the world judge a command: by the edition of its year, and where its kind judges performance with the ledger
    /// rows of the request it is about and the third parties.
    pub fn judge<'a>(
        &'a mut self,
        context: &'a Context,
        connection: &'a mut AnyConnection,
        reading: Reading<'a>,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            let Reading { case, with, .. } = reading;
            let given = self.world.cases.get(case).map(|entry| &entry.case);
            let request = given.and_then(|case| case.request()).cloned().or_else(|| named(with, "request"));
            let judges =
                given.map(|case| case.kind()).or(reading.kind).is_none_or(ExecutionKindName::has_form);
            let year = match given {
                Some(case) => self.world.year_of(case),
                None => year_asked(&self.world, with),
            };
            if self.judged_by != Some(year) {
                world::judge_by_year(context, &mut *connection, &mut self.world, year).await?;
                self.judged_by = Some(year);
            }
            let tenant = context.tenant();
            if let Some(request) = request.filter(|request| !self.requests.contains(request)) {
                let own = surroundings::transfers_of_request(&mut *connection, tenant, &self.world, &request)
                    .await?;
                self.world.ledger.read_further(Balances::new(), Vec::new(), own);
                self.requests.insert(request);
            }
            if judges {
                let edition = self.world.setting.surroundings.edition.clone();
                let given = Surroundings { edition, ..self.given.clone() };
                let requests: Vec<&str> = self.world.cases.keys().map(CaseId::as_str).collect();
                let money = surroundings::facts_of(&mut *connection, tenant, &requests).await?;
                self.world.setting.surroundings =
                    surroundings::of_rows(connection, tenant, given, money).await?;
                world::follow_institutions(&mut self.world.setting, &self.succession);
            }
            Ok(())
        }
        .boxed()
    }
}

/// One case as its page reads it: judged by the edition of its year, with the ledger rows of the request it is about.
pub fn of_case<'a>(
    context: &'a Context,
    connection: &'a mut AnyConnection,
    case: &'a CaseId,
) -> BoxFuture<'a, Result<StoredWorld, Failure>> {
    async move {
        let reading = Reading::of(case);
        let basis = world::basis(context, &mut *connection).await?;
        // What an older server stored is found by no key.
        let unkeyed = case_rows::unkeyed(&mut *connection, context.tenant(), &basis.succession).await?;
        let mut read = CommandWorld::read(context, &mut *connection, basis, (&[reading], unkeyed)).await?;
        read.judge(context, connection, reading).await?;
        Ok(StoredWorld { world: read.world, rows: read.rows })
    }
    .boxed()
}

/// The case a command names in this field.
fn named(with: &Value, field: &str) -> Option<CaseId> {
    with.get(field).and_then(Value::as_str).map(|id| CaseId::new(id.trim()))
}

/// Year of a case that is being opened: the one it states, or that of the contract or of the approved request it names.
fn year_asked(world: &ExecutionWorld, with: &Value) -> Option<FiscalYear> {
    let stated = with.get("year").and_then(Value::as_i64).and_then(|year| i32::try_from(year).ok());
    let of_contract = || Some(world.contract(&named(with, "contract")?)?.year);
    let of_request = || Some(world.approved_request(&named(with, "request")?)?.year);
    stated.or_else(of_contract).or_else(of_request).map(FiscalYear)
}
