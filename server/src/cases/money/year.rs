//! 资金年度: the money of a year line by line, as its page opens.

use super::line_rows::{self, LinesOfYear};
use super::pages::{Names, names, sees_line};
use super::world;
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::money::{FigureColumns, MoneyLine, MoneyLineRow, MoneyYearView, ReadMoneyYear};
use shared::cases::clearing::{self, Clearing};
use shared::cases::contract::{self, Contract};
use shared::cases::execution::facts::ApprovedLine;
use shared::cases::execution::world::ExecutionWorld;
use shared::cases::sanction::Sanction;
use shared::cases::settlement::{self, Settlement};
use shared::kernel::ids::{CaseId, DepartmentId, LineId, PackageRowId};
use shared::kernel::money::Money;
use shared::kernel::people::{Actor, Office};
use shared::ledger::account::AccountCode;
use shared::ledger::figures::MoneyFigures;
use shared::ledger::sankey::{Flow, flows};
use std::collections::BTreeMap;

/// `GET /api/money-years/{fiscal_year}`.
pub async fn year(context: Shared, actor: Actor, request: ReadMoneyYear) -> Result<MoneyYearView, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let own = own_department(&actor);
    let year = i32::from(request.fiscal_year);
    let of = LinesOfYear { year, department: request.department.as_ref().or(own) };
    let world = world::of_money_year(&context, &mut connection, of).await?;
    let names = names(&context, &mut connection).await?;
    let years = match actor.role.office() {
        Office::Outside | Office::Administration => Default::default(),
        Office::Department if own.is_none() => Default::default(),
        Office::Department | Office::Bureau | Office::Finance | Office::Audit => {
            line_rows::years(&mut connection, context.tenant(), own).await?
        }
    };
    let cases = CasesOfLines::of(&world);
    let seen = world.lines.iter().filter(|(_, line)| sees_line(&actor, line));
    let figures: Vec<(&LineId, &ApprovedLine, MoneyFigures)> = seen
        .map(|(id, line)| (id, line, MoneyFigures::of_line(&world.ledger, id, world.rows_of(id))))
        .collect();
    let lines: Vec<MoneyLine> = figures
        .iter()
        .map(|(id, line, figures)| money_line(&world, &cases, (id, line), figures, &names))
        .collect();
    let total: MoneyFigures = figures.iter().map(|(_, _, figures)| *figures).sum();
    Ok(MoneyYearView {
        fiscal_year: request.fiscal_year,
        years: years.into_iter().rev().collect(),
        total: if lines.is_empty() { FigureColumns::new() } else { columns_of(&total) },
        closed: world.closed.contains_key(&year),
        flows: flows_of(&total, &lines),
        lines,
    })
}

/// The one department whose lines a person of a department sees.
fn own_department(actor: &Actor) -> Option<&DepartmentId> {
    actor.department.as_ref().filter(|_| actor.role.office() == Office::Department)
}

fn columns_of(figures: &MoneyFigures) -> FigureColumns {
    figures.columns().into_iter().map(|(name, amount)| (name.to_string(), amount)).collect()
}

/// Where the money of these lines went.
fn flows_of(total: &MoneyFigures, lines: &[MoneyLine]) -> Vec<Flow> {
    let mut by_contract: BTreeMap<&CaseId, (Money, Money)> = BTreeMap::new();
    for row in lines.iter().flat_map(|line| &line.rows) {
        let (paid, refund_due) = by_contract.entry(&row.contract).or_default();
        (*paid, *refund_due) = (*paid + row.paid, *refund_due + row.refund_due);
    }
    let by_contract = by_contract.into_iter().map(|(id, (paid, due))| (id.to_string(), paid, due));
    flows(total, &by_contract.collect::<Vec<_>>())
}

/// What the cases of a year say of its lines and rows, gathered in one pass: a thousand lines would each look through all of
/// them.
struct CasesOfLines<'a> {
    contracted: BTreeMap<&'a LineId, Vec<(&'a CaseId, &'a Contract, &'a PackageRowId)>>,
    /// What a row was settled at.
    settled: BTreeMap<&'a PackageRowId, Money>,
    /// Differences of the clearings that were approved.
    cleared: BTreeMap<&'a LineId, Money>,
    /// Whether anything at all may be suspended.
    has_sanctions: bool,
}

impl<'a> CasesOfLines<'a> {
    fn of(world: &'a ExecutionWorld) -> CasesOfLines<'a> {
        let mut of = CasesOfLines {
            contracted: BTreeMap::new(),
            settled: BTreeMap::new(),
            cleared: BTreeMap::new(),
            has_sanctions: world.of_kind::<Sanction>().next().is_some(),
        };
        for (id, contract) in world.of_kind::<Contract>() {
            for row in contract.rows.iter().filter(|_| contract.stage != contract::Stage::Returned) {
                of.contracted.entry(&row.line).or_default().push((id, contract, &row.row));
            }
        }
        let settled = world.of_kind::<Settlement>().map(|(_, settlement)| settlement);
        for settlement in settled.filter(|of| of.stage == settlement::Stage::Settled) {
            for line in &settlement.table {
                of.settled.entry(&line.row).or_insert(line.settled);
            }
        }
        let cleared = world.of_kind::<Clearing>().map(|(_, clearing)| clearing);
        for clearing in cleared.filter(|of| of.stage == clearing::Stage::Cleared) {
            for line in &clearing.lines {
                *of.cleared.entry(&line.line).or_default() += line.difference();
            }
        }
        of
    }
}

fn money_line(
    world: &ExecutionWorld,
    cases: &CasesOfLines<'_>,
    (id, line): (&LineId, &ApprovedLine),
    figures: &MoneyFigures,
    names: &Names,
) -> MoneyLine {
    let settled: Vec<Money> = world.rows_of(id).filter_map(|row| cases.settled.get(row)).copied().collect();
    let contracted = cases.contracted.get(id).into_iter().flatten();
    MoneyLine {
        line: id.clone(),
        name: line.name.clone(),
        category: line.category.clone(),
        department: line.department.clone(),
        department_name: names.get(&line.department).cloned().unwrap_or_else(|| line.department.to_string()),
        figures: columns_of(figures),
        settled: (!settled.is_empty()).then(|| settled.into_iter().sum()),
        cleared: cases.cleared.get(id).copied(),
        suspended: cases.has_sanctions && world.line_suspended(id).is_some(),
        rows: contracted.map(|(case, contract, row)| line_row(world, cases, (case, contract), row)).collect(),
    }
}

fn line_row(
    world: &ExecutionWorld,
    cases: &CasesOfLines<'_>,
    (case, contract): (&CaseId, &Contract),
    row: &PackageRowId,
) -> MoneyLineRow {
    let posted = |code| world.row_posted(code, row);
    let (paid, payable) = (posted(AccountCode::Paid), posted(AccountCode::Payable));
    MoneyLineRow {
        row: row.clone(),
        contract: case.clone(),
        contract_number: contract.number.clone(),
        provider_name: world.provider(&contract.provider).map_or_else(String::new, |of| of.form.name.clone()),
        contracted: paid + payable,
        paid,
        settled: cases.settled.get(row).copied(),
        payable,
        refund_due: posted(AccountCode::RefundDue),
    }
}
