//! 单位台账: the contracts of a provider with its assessments and payments, for the offices and for itself.

use super::world::{self, StoredRow};
use super::{case_rows, rows};
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::providers::{ProviderContract, ProviderPayment, ProviderScore, ProviderView, ReadProvider};
use shared::cases::assessment::{self, Assessment};
use shared::cases::contract::Contract;
use shared::cases::execution::parameters::printed;
use shared::cases::execution::read_set::{CaseKey, Wanted};
use shared::cases::execution::registry::AnyExecutionCase;
use shared::cases::execution::world::CaseEntry;
use shared::cases::payment::Payment;
use shared::kernel::ids::{CaseId, PackageRowId};
use shared::kernel::money::Money;
use shared::kernel::people::{Actor, Office};
use shared::ledger::account::{AccountCode, LedgerAccount};
use shared::ledger::balance::Balances;
use shared::policy::accounts::succession::Succession;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

type Found = BTreeMap<CaseId, (CaseEntry, StoredRow)>;

/// `GET /api/providers/{provider}`.
pub async fn read(context: Shared, actor: Actor, request: ReadProvider) -> Result<ProviderView, Failure> {
    let provider = request.provider;
    let own = actor.provider.as_ref() == Some(&provider);
    let is_office = matches!(actor.role.office(), Office::Bureau | Office::Finance | Office::Audit);
    let mut connection = context.db.reader().acquire().await?;
    let tenant = context.tenant();
    let wanted = Wanted { cases: [provider.clone()].into(), ..Wanted::default() };
    let found = cases(&mut connection, tenant, &wanted).await?;
    let is_provider =
        |(entry, _): &(CaseEntry, StoredRow)| matches!(entry.case, AnyExecutionCase::Provider(_));
    if !(own || is_office) || !found.get(&provider).is_some_and(is_provider) {
        return Err(Failure::unknown("家单位"));
    }
    let wanted = Wanted { keys: [CaseKey::naming(&provider)].into(), ..Wanted::default() };
    let contracts: BTreeMap<CaseId, Contract> = cases(&mut connection, tenant, &wanted)
        .await?
        .into_iter()
        .filter_map(|(id, (entry, _))| match entry.case {
            AnyExecutionCase::Contract(contract) if contract.provider == provider => Some((id, *contract)),
            _ => None,
        })
        .collect();
    let keys = contracts.keys().map(CaseKey::naming).collect();
    let others = cases(&mut connection, tenant, &Wanted { keys, ..Wanted::default() }).await?;
    let package_rows = contracts.values().flat_map(|contract| &contract.rows).map(|row| row.row.to_string());
    let balances = rows::balances_of(&mut connection, tenant, &package_rows.collect()).await?;
    let setting = world::setting(&context, &mut connection, None).await?;
    let number = |contract: &CaseId| contracts.get(contract).map(|of| of.number.clone());
    let score = |of: &Assessment| printed(of.score(&setting.parameters));
    let (mut view, mut scores) = (ProviderView::default(), Vec::new());
    for (id, (entry, row)) in others {
        match &entry.case {
            AnyExecutionCase::Assessment(of) if of.stage == assessment::Stage::Final => {
                let Some(contract_number) = number(&of.contract) else { continue };
                let period = of.period.map_or(String::new(), |period| period.label().to_string());
                let (period, score) = (format!("{} {period}", of.year), score(of));
                let order = (of.year, of.period);
                scores.push((order, ProviderScore { case: id, contract_number, period, score }));
            }
            AnyExecutionCase::Payment(of) => {
                let Some(contract_number) = number(&of.contract) else { continue };
                let stage_label = entry.case.stage_label().to_string();
                view.payments.push(payment(id, of, contract_number, stage_label, row));
            }
            _ => {}
        }
    }
    scores.sort_by_key(|(order, _)| *order);
    view.scores = scores.into_iter().map(|(_, score)| score).collect();
    view.payments.sort_by(|a, b| (a.on, &a.case).cmp(&(b.on, &b.case)));
    view.contracts = contracts.iter().map(|(id, of)| contract(id, of, &balances)).collect();
    view.contracts.sort_by(|a, b| (a.year, &a.number).cmp(&(b.year, &b.number)));
    Ok(view)
}

async fn cases(connection: &mut AnyConnection, tenant: &str, wanted: &Wanted) -> Result<Found, Failure> {
    let rows = case_rows::wanted(connection, tenant, wanted).await?;
    // A provider reads no department.
    let none = Succession::default();
    let read = |row: case_rows::ExecutionRow| {
        let stored = StoredRow { revision: row.revision, since: row.since };
        Ok((row.id.clone(), (row.entry(&none)?, stored)))
    };
    rows.into_iter().map(read).collect()
}

fn contract(id: &CaseId, of: &Contract, balances: &Balances) -> ProviderContract {
    let sum = |code| -> Money {
        let posted = |row: &PackageRowId| {
            let account = LedgerAccount::of_row(code, row);
            balances.get(&account).map_or(Money::ZERO, |balance| balance.posted(&account))
        };
        of.rows.iter().map(|row| posted(&row.row)).sum()
    };
    ProviderContract {
        case: id.clone(),
        number: of.number.clone(),
        year: of.year,
        stage_label: of.stage.label().to_string(),
        amount: of.signed_amount() + of.added_amount(),
        paid: sum(AccountCode::Paid),
        payable: sum(AccountCode::Payable),
    }
}

fn payment(
    case: CaseId,
    of: &Payment,
    contract_number: String,
    stage_label: String,
    row: StoredRow,
) -> ProviderPayment {
    let amount = of.lines.iter().map(|line| line.amount).sum();
    ProviderPayment { case, contract_number, term: of.term, amount, stage_label, on: row.since.date() }
}
