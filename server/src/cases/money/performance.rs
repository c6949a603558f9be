//! 绩效年度 as its page opens: the departments a person sees, of one of them also the cases.

use super::pages::{line, names};
use super::world;
use crate::context::Shared;
use crate::kernel::failure::Failure;
use shared::api::performance::{
    PerformanceCase, PerformanceDepartment, PerformanceYearView, ReadPerformanceYear,
};
use shared::cases::execution::world::Party;
use shared::cases::performance::year::{coverage, note};
use shared::kernel::calendar::FiscalYear;
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
    let stored = world::of_year(&context, &mut connection, FiscalYear(fiscal_year)).await?;
    let names = names(&context, &mut connection).await?;
    let (world, today, party) = (&stored.world, context.clock().today(), Party { actor });
    let departments = world.performance_year(&party, fiscal_year, asked.as_ref(), today);
    let mut cases = Vec::new();
    for (id, row) in stored.rows.iter().filter(|_| asked.is_some()) {
        let Some(entry) = world.visible(&party, id).filter(|entry| entry.case.kind().has_form()) else {
            continue;
        };
        let is_of_year = world.performance_year_of(&entry.case) == Some(fiscal_year);
        if is_of_year && entry.case.subject().department == asked.as_ref() {
            let line = line(world, &party, id, entry, *row, &names)?;
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
    let named = |year: shared::cases::performance::year::DepartmentYear| PerformanceDepartment {
        name: names.get(&year.department).cloned().unwrap_or_else(|| year.department.to_string()),
        year,
    };
    Ok(PerformanceYearView {
        fiscal_year: request.fiscal_year,
        coverage: coverage(&departments).filter(|_| asked.is_none()),
        weakest: world.weakest_indicators(&party, fiscal_year, asked.as_ref()),
        department: asked,
        years: world.approved_years(),
        departments: departments.into_iter().map(named).collect(),
        cases,
        today,
    })
}
