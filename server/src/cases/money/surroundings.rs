//! 外部情况: third parties, their evaluators, revoked devices and the roles of accounts, as the kinds that judge performance
//! know them; and the ledger rows of a request. The only file that knows the tables of 0021.

use super::rows;
use crate::kernel::failure::Failure;
use crate::store::values::{Value, insert_many, key_lists, statement};
use shared::api::performance::InstitutionLine;
use shared::cases::execution::world::ExecutionWorld;
use shared::cases::performance::world::{AccountHolder, MoneyFact, MoneyFactKind, Surroundings};
use shared::kernel::calendar::Date;
use shared::kernel::ids::{AccountId, CaseId, OpId, PersonId};
use shared::kernel::money::Money;
use shared::kernel::people::Role;
use shared::ledger::account::{AccountCode, LedgerAccount};
use shared::ledger::transfer::Transfer;
use sqlx::{AnyConnection, FromRow};
use std::collections::{BTreeMap, BTreeSet};

type Pairs = Vec<(String, String)>;

async fn pairs(connection: &mut AnyConnection, sql: &'static str, tenant: &str) -> Result<Pairs, Failure> {
    Ok(sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?)
}

/// The surroundings as rows have them, with what was paid elsewhere; the edition stays as given.
pub async fn of_rows(
    connection: &mut AnyConnection,
    tenant: &str,
    given: Surroundings,
    paid: Vec<MoneyFact>,
) -> Result<Surroundings, Failure> {
    let mut money = given.money;
    money.extend(paid);
    let institutions = institutions(&mut *connection, tenant).await?;
    let revoked = revoked(&mut *connection, tenant).await?;
    let sql = "select id, person, case when state = 'active' then role end from accounts where tenant = $1";
    let accounts: Vec<(String, String, Option<String>)> =
        sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    let accounts = accounts.into_iter().map(|(id, person, role)| {
        let role = role.as_deref().and_then(Role::from_word);
        (id, AccountHolder { role, person: PersonId::new(person) })
    });
    let employers = institutions
        .iter()
        .flat_map(|of| of.evaluators.iter().map(|account| (account.to_string(), of.name.clone())));
    Ok(Surroundings {
        money,
        employers: employers.collect(),
        institutions: institutions.iter().map(|of| (of.name.clone(), of.served.clone())).collect(),
        revoked,
        accounts: accounts.collect(),
        ..given
    })
}

/// Revoked devices with the day.
pub async fn revoked(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<BTreeMap<String, Date>, Failure> {
    let sql = "select device, revoked_on from revoked_devices where tenant = $1";
    let revoked = pairs(connection, sql, tenant).await?;
    Ok(revoked.into_iter().filter_map(|(device, on)| Some((device, Date::parse(&on)?))).collect())
}

/// All third parties by name.
pub async fn institutions(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<Vec<InstitutionLine>, Failure> {
    let sql = "select institution, account from evaluators where tenant = $1";
    let mut evaluators: BTreeMap<String, BTreeSet<AccountId>> = BTreeMap::new();
    for (institution, account) in pairs(&mut *connection, sql, tenant).await? {
        evaluators.entry(institution).or_default().insert(AccountId::new(account));
    }
    let sql = "select name, served from institutions where tenant = $1 order by name";
    let known = pairs(connection, sql, tenant).await?;
    let line = |(name, served): (String, String)| {
        let evaluators = evaluators.remove(&name).unwrap_or_default();
        Ok(InstitutionLine { served: serde_json::from_str(&served)?, evaluators, name })
    };
    known.into_iter().map(line).collect()
}

/// Stores a third party with its evaluators; whoever worked for another works for this one now.
pub async fn put_institution(
    connection: &mut AnyConnection,
    tenant: &str,
    institution: &InstitutionLine,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into institutions (tenant, name, served) values ($1, $2, $3) \
         on conflict (tenant, name) do update set served = excluded.served",
    )
    .bind(tenant)
    .bind(institution.name.as_str())
    .bind(serde_json::to_string(&institution.served)?)
    .execute(&mut *connection)
    .await?;
    sqlx::query("delete from evaluators where tenant = $1 and institution = $2")
        .bind(tenant)
        .bind(institution.name.as_str())
        .execute(&mut *connection)
        .await?;
    let row = |account: &AccountId| -> Vec<Value<'static>> {
        vec![tenant.to_string().into(), account.to_string().into(), institution.name.clone().into()]
    };
    let rows: Vec<_> = institution.evaluators.iter().map(row).collect();
    let again = "on conflict (tenant, account) do update set institution = excluded.institution";
    insert_many(connection, "evaluators (tenant, account, institution)", &rows, again).await?;
    Ok(())
}

/// Revokes a device from a day on; `false` when it is revoked already.
pub async fn revoke(
    connection: &mut AnyConnection,
    tenant: &str,
    device: &str,
    on: Date,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into revoked_devices (tenant, device, revoked_on) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(tenant)
    .bind(device)
    .bind(on.to_string())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(FromRow)]
struct FactRow {
    request: String,
    kind: String,
    day: String,
    amount: i64,
}

impl FactRow {
    fn read(self) -> Result<MoneyFact, Failure> {
        let kind = MoneyFactKind::ALL.into_iter().find(|kind| kind.word() == self.kind);
        let kind = kind.ok_or_else(|| anyhow::anyhow!("a fact of kind {:?}", self.kind))?;
        let on = Date::parse(&self.day).ok_or_else(|| anyhow::anyhow!("a fact of day {:?}", self.day))?;
        let amount = Money::from_fen(self.amount);
        Ok(MoneyFact { on, request: CaseId::new(self.request), kind, amount })
    }
}

/// What was paid outside this ledger.
pub async fn facts(connection: &mut AnyConnection, tenant: &str) -> Result<Vec<MoneyFact>, Failure> {
    let sql = "select request, kind, day, amount from money_facts where tenant = $1";
    let rows: Vec<FactRow> = sqlx::query_as(sql).bind(tenant).fetch_all(connection).await?;
    rows.into_iter().map(FactRow::read).collect()
}

/// What was paid for these requests outside this ledger.
pub async fn facts_of(
    connection: &mut AnyConnection,
    tenant: &str,
    requests: &[&str],
) -> Result<Vec<MoneyFact>, Failure> {
    let mut facts = Vec::new();
    for (list, values) in key_lists(tenant, requests) {
        let sql = format!(
            "select request, kind, day, amount from money_facts where tenant = $1 and request in ({list})"
        );
        for row in statement(sql, &values).fetch_all(&mut *connection).await? {
            facts.push(FactRow::from_row(&row)?.read()?);
        }
    }
    Ok(facts)
}

/// Stores a fact; `false` when the operation is known.
pub async fn put_fact(
    connection: &mut AnyConnection,
    tenant: &str,
    operation: &OpId,
    fact: &MoneyFact,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into money_facts (tenant, operation, request, kind, day, amount) \
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    )
    .bind(tenant)
    .bind(operation.as_str())
    .bind(fact.request.as_str())
    .bind(fact.kind.word())
    .bind(fact.on.to_string())
    .bind(fact.amount.fen())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Transfers that change what a request may spend, or what it spent.
pub async fn transfers_of_request(
    connection: &mut AnyConnection,
    tenant: &str,
    world: &ExecutionWorld,
    request: &CaseId,
) -> Result<Vec<Transfer>, Failure> {
    let own = |line: &&shared::kernel::ids::LineId| {
        line.as_str().strip_prefix(request.as_str()).is_some_and(|rest| rest.starts_with('/'))
    };
    let accounts = world.lines.keys().filter(own).flat_map(|line| {
        [AccountCode::Uncontracted, AccountCode::Unspent].map(|code| LedgerAccount::of_line(code, line))
    });
    rows::transfers_of_accounts(connection, tenant, &accounts.collect::<Vec<_>>()).await
}
