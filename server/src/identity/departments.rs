//! 部门: the table `departments`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::kernel::ids::DepartmentId;
use sqlx::AnyConnection;

/// A department as it is listed.
#[derive(Clone, Debug)]
pub struct Department {
    pub id: DepartmentId,
    pub name: String,
}

/// All departments, in their order.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<Department>, Failure> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select id, name from departments where tenant = $1 order by position, id")
            .bind(context.tenant())
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(|(id, name)| Department { id: DepartmentId::new(id), name }).collect())
}

/// Name of a department; `None` when there is no such.
pub async fn name(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
) -> Result<Option<String>, Failure> {
    let name = sqlx::query_scalar("select name from departments where tenant = $1 and id = $2")
        .bind(context.tenant())
        .bind(department.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(name)
}

/// Lists a department at the end; `false` when the id is taken.
pub async fn add(
    context: &Context,
    connection: &mut AnyConnection,
    department: &Department,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into departments (tenant, id, name, position) values ($1, $2, $3, \
         (select count(*) + 1 from departments where tenant = $1)) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(department.id.as_str())
    .bind(department.name.as_str())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
