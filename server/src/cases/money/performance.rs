//! 绩效年度 as its page opens: the departments a person sees, of one of them also the cases.

use super::case_rows;
use super::pages::{Names, line, names};
use super::world::{self, StoredWorld};
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::performance::{
    PerformanceCase, PerformanceDepartment, PerformanceYearView, ReadPerformanceYear,
};
use shared::cases::execution::world::Party;
use shared::cases::performance::year::{coverage, note};
use shared::kernel::calendar::FiscalYear;
use shared::kernel::ids::DepartmentId;
use shared::kernel::people::{Actor, Office};

/// `GET /api/performance-years/{fiscal_year}`.
pub async fn year(
    context: Shared,
    actor: Actor,
    request: ReadPerformanceYear,
) -> Result<PerformanceYearView, Failure> {
    let asked = match actor.role.office() {
        Office::Bureau | Office::Finance | Office::Audit => request.department,
        Office::Department => actor.department.clone(),
        Office::Outside | Office::Administration => return Err(Failure::unknown("个年度")),
    };
    let mut connection = context.db.reader().acquire().await?;
    let fiscal_year = i32::from(request.fiscal_year);
    let names = names(&context, &mut connection).await?;
    let (today, party) = (context.clock().today(), Party { actor });
    let (world, years, cases) = match &asked {
        Some(department) => {
            let stored = world::of_year(&context, &mut connection, FiscalYear(fiscal_year)).await?;
            let cases = cases_of(&stored, &party, fiscal_year, department, &names)?;
            let years = stored.world.approved_years();
            (stored.world, years, cases)
        }
        // A hundred departments list no cases, so that the ledger and the other years' cases are not read.
        None => {
            let world = world::of_performance_year(&context, &mut connection, fiscal_year).await?;
            let years = case_rows::approved_years(&mut connection, context.tenant()).await?;
            (world, years, Vec::new())
        }
    };
    let departments = world.performance_year(&party, fiscal_year, asked.as_ref(), today);
    let named = |year: shared::cases::performance::year::DepartmentYear| PerformanceDepartment {
        name: names.get(&year.department).cloned().unwrap_or_else(|| year.department.to_string()),
        year,
    };
    Ok(PerformanceYearView {
        fiscal_year: request.fiscal_year,
        coverage: coverage(&departments).filter(|_| asked.is_none()),
        weakest: world.weakest_indicators(&party, fiscal_year, asked.as_ref()),
        department: asked,
        years,
        departments: departments.into_iter().map(named).collect(),
        cases,
        today,
    })
}

/// The cases of a department's year.
fn cases_of(
    stored: &StoredWorld,
    party: &Party,
    fiscal_year: i32,
    department: &DepartmentId,
    names: &Names,
) -> Result<Vec<PerformanceCase>, Failure> {
    let world = &stored.world;
    let mut cases = Vec::new();
    for (id, row) in &stored.rows {
        let Some(entry) = world.visible(party, id).filter(|entry| entry.case.kind().has_form()) else {
            continue;
        };
        let is_of_year = world.performance_year_of(&entry.case) == Some(fiscal_year);
        if is_of_year && entry.case.subject().department == Some(department) {
            let line = line(world, party, id, entry, *row, names)?;
            cases.push(PerformanceCase {
                line,
                note: entry
                    .case
                    .form()
                    .map_or_else(String::new, |(form, _)| note(form.key, &entry.case.summary(id, world))),
            });
        }
    }
    cases.sort_by(|a, b| (a.line.kind as u8, &a.line.id).cmp(&(b.line.kind as u8, &b.line.id)));
    Ok(cases)
}
