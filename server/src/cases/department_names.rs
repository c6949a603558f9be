//! 案卷所属部门的名称: a case keeps the name its department had when it was begun, next to that of today.

use crate::context::Context;
use crate::identity::former_names::DepartmentNames;
use crate::kernel::failure::Failure;
use shared::cases::listing::CaseLine;
use shared::kernel::ids::CaseId;
use sqlx::{AnyConnection, FromRow};
use std::collections::BTreeMap;

#[derive(FromRow)]
struct BegunRow {
    id: String,
    department: String,
    opened: String,
}

/// What the department of a case is called; `None` for a case of no department.
pub async fn of_case(
    context: &Context,
    connection: &mut AnyConnection,
    case: &CaseId,
) -> Result<Option<String>, Failure> {
    let row: Option<BegunRow> = sqlx::query_as(
        "select id, department, opened from cases where tenant = $1 and id = $2 and department is not null",
    )
    .bind(context.tenant())
    .bind(case.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(DepartmentNames::read(context, connection).await?.on(&row.department, &row.opened))
}

/// Puts the names into lines of a list, where any department has changed.
pub async fn into_lines(
    context: &Context,
    connection: &mut AnyConnection,
    lines: &mut [CaseLine],
) -> Result<(), Failure> {
    let names = DepartmentNames::read(context, &mut *connection).await?;
    if names.are_plain() {
        return Ok(());
    }
    let rows: Vec<BegunRow> = sqlx::query_as(
        "select c.id, c.department, c.opened from cases c join departments d on d.tenant = c.tenant and \
         d.id = c.department where c.tenant = $1 and (d.merged_into is not null or exists (select 1 from \
         department_names n where n.tenant = d.tenant and n.department = d.id))",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    let begun: BTreeMap<&str, &BegunRow> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    for line in lines {
        if let Some(row) = begun.get(line.id.as_str()) {
            line.department_name = names.on(&row.department, &row.opened);
        }
    }
    Ok(())
}
