//! 部门: the table `departments`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::exchange::account_book::KnownDepartment;
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

/// The lock of every write to departments.
pub fn lock(context: &Context) -> String {
    format!("departments {}", context.tenant())
}

/// All departments with what is registered of them.
pub async fn registered(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<KnownDepartment>, Failure> {
    let rows: Vec<(String, String, Option<String>, i64)> = sqlx::query_as(
        "select id, name, credit_code, position from departments where tenant = $1 order by position, id",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    let known = |(id, name, credit_code, position)| KnownDepartment {
        id,
        name,
        credit_code,
        position: Some(position),
    };
    Ok(rows.into_iter().map(known).collect())
}

/// Registers what is known of a department; a new one without a position comes last.
pub async fn register(
    context: &Context,
    connection: &mut AnyConnection,
    department: &KnownDepartment,
) -> Result<(), Failure> {
    sqlx::query(
        "insert into departments (tenant, id, name, credit_code, position) values ($1, $2, $3, $4, \
         coalesce(cast($5 as bigint), (select count(*) + 1 from departments where tenant = $1))) \
         on conflict (tenant, id) do update set credit_code = excluded.credit_code, position = excluded.position",
    )
    .bind(context.tenant())
    .bind(department.id.as_str())
    .bind(department.name.as_str())
    .bind(department.credit_code.as_deref())
    .bind(department.position)
    .execute(connection)
    .await?;
    Ok(())
}
