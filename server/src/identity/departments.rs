//! 部门: the tables `departments`, `department_names` and `department_parts`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::exchange::account_book::KnownDepartment;
use shared::kernel::calendar::Date;
use shared::kernel::ids::DepartmentId;
use shared::policy::accounts::departments::{
    DepartmentChange, OrderedChange, PartDepartment, RegisteredDepartment, not_open,
};
use shared::policy::accounts::succession::Succession;
use sqlx::{AnyConnection, FromRow};

/// A department as it is listed.
#[derive(Clone, Debug)]
pub struct Department {
    pub id: DepartmentId,
    pub name: String,
}

/// Every department, by what became of it.
#[derive(Debug, Default)]
pub struct Departments {
    /// Those that go on, in their order.
    pub open: Vec<Department>,
    /// Those that ended without a successor: their cases stay theirs.
    pub closed: Vec<Department>,
    /// Those that passed to another when they were merged or split.
    pub passed: Vec<Department>,
    pub succession: Succession,
}

#[derive(FromRow)]
struct ListedRow {
    id: String,
    name: String,
    merged_into: Option<String>,
    closed_on: Option<String>,
}

/// Every department in their order, and who carries on what the ended ones had.
pub async fn registry(context: &Context, connection: &mut AnyConnection) -> Result<Departments, Failure> {
    let rows: Vec<ListedRow> = sqlx::query_as(
        "select id, name, merged_into, closed_on from departments where tenant = $1 order by position, id",
    )
    .bind(context.tenant())
    .fetch_all(&mut *connection)
    .await?;
    let (mut departments, mut passed) = (Departments::default(), Vec::new());
    for ListedRow { id, name, merged_into, closed_on } in rows {
        let id = DepartmentId::new(id);
        let list = match (merged_into, closed_on) {
            (Some(into), _) => {
                passed.push((id.clone(), DepartmentId::new(into)));
                &mut departments.passed
            }
            (None, Some(_)) => &mut departments.closed,
            (None, None) => &mut departments.open,
        };
        list.push(Department { id, name });
    }
    let parts = if passed.is_empty() { Vec::new() } else { parts(context, connection).await? };
    departments.succession = Succession::new(passed, parts);
    Ok(departments)
}

/// Who carries on what ended departments had, for whoever holds a database without a context.
pub async fn succession(connection: &mut AnyConnection, tenant: &str) -> Result<Succession, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select id, merged_into from departments where tenant = $1 and merged_into is not null",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let pair = |(id, into)| (DepartmentId::new(id), DepartmentId::new(into));
    Ok(Succession::new(rows.into_iter().map(pair), []))
}

async fn parts(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<(DepartmentId, DepartmentId)>, Failure> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("select department, part from department_parts where tenant = $1")
            .bind(context.tenant())
            .fetch_all(connection)
            .await?;
    let pair = |(department, part)| (DepartmentId::new(department), DepartmentId::new(part));
    Ok(rows.into_iter().map(pair).collect())
}

/// All departments that go on, in their order.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<Department>, Failure> {
    Ok(registry(context, connection).await?.open)
}

/// Refuses where a department has ended: nothing is opened for it any more.
pub async fn require_open(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
) -> Result<(), Failure> {
    let open = all(context, connection).await?;
    match open.iter().any(|known| known.id == *department) {
        true => Ok(()),
        false => Err(not_open(department).into()),
    }
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
        "select id, name, credit_code, position from departments where tenant = $1 and merged_into is null \
         and closed_on is null order by position, id",
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

#[derive(FromRow)]
struct RegisteredRow {
    id: String,
    name: String,
    merged_into: Option<String>,
    merged_on: Option<String>,
    closed_on: Option<String>,
    /// First day of the latest name.
    named_on: Option<String>,
}

/// Every department with its latest change.
pub async fn register_of_changes(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<RegisteredDepartment>, Failure> {
    let rows: Vec<RegisteredRow> = sqlx::query_as(
        "select d.id, d.name, d.merged_into, d.merged_on, d.closed_on, (select max(n.from_day) from department_names n \
         where n.tenant = d.tenant and n.department = d.id) as named_on \
         from departments d where d.tenant = $1 order by d.position, d.id",
    )
    .bind(context.tenant())
    .fetch_all(connection)
    .await?;
    let day = |text: Option<String>| text.as_deref().and_then(Date::parse);
    let read = |row: RegisteredRow| RegisteredDepartment {
        id: DepartmentId::new(row.id),
        name: row.name,
        successor: row.merged_into.map(DepartmentId::new),
        is_closed: row.closed_on.is_some(),
        changed_on: day(row.named_on).max(day(row.merged_on)).max(day(row.closed_on)),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Writes a change that has been checked; posts are another's affair.
pub async fn change(
    context: &Context,
    connection: &mut AnyConnection,
    ordered: &OrderedChange,
) -> Result<(), Failure> {
    match &ordered.change {
        DepartmentChange::Rename { department, name } => {
            rename(context, connection, department, name, ordered).await
        }
        DepartmentChange::Merge { from, into } => {
            for department in from {
                pass_on(context, &mut *connection, department, into, ordered).await?;
            }
            Ok(())
        }
        DepartmentChange::Split { department, into, successor } => {
            split(context, &mut *connection, department, into, ordered).await?;
            pass_on(context, connection, department, successor, ordered).await
        }
        DepartmentChange::Close { department } => close(context, connection, department, ordered).await,
    }
}

async fn rename(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
    name: &str,
    ordered: &OrderedChange,
) -> Result<(), Failure> {
    // The name it was registered under, the first time.
    sqlx::query(
        "insert into department_names (tenant, department, from_day, name, document) \
         select tenant, id, '', name, '' from departments where tenant = $1 and id = $2 on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(department.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into department_names (tenant, department, from_day, name, document) values ($1, $2, $3, $4, $5)",
    )
    .bind(context.tenant())
    .bind(department.as_str())
    .bind(ordered.from_day.to_string())
    .bind(name)
    .bind(ordered.document.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query("update departments set name = $1 where tenant = $2 and id = $3")
        .bind(name)
        .bind(context.tenant())
        .bind(department.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a department whose posts and cases another takes.
async fn pass_on(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
    into: &DepartmentId,
    ordered: &OrderedChange,
) -> Result<(), Failure> {
    sqlx::query(
        "update departments set merged_into = $1, merged_on = $2, merged_by = $3 where tenant = $4 and id = $5",
    )
    .bind(into.as_str())
    .bind(ordered.from_day.to_string())
    .bind(ordered.document.as_str())
    .bind(context.tenant())
    .bind(department.as_str())
    .execute(&mut *connection)
    .await?;
    // What was merged into it before goes on where it goes on.
    sqlx::query("update departments set merged_into = $1 where tenant = $2 and merged_into = $3")
        .bind(into.as_str())
        .bind(context.tenant())
        .bind(department.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Registers the parts of a split at the place of the department they come out of, and who reads what it left.
async fn split(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
    into: &[PartDepartment],
    ordered: &OrderedChange,
) -> Result<(), Failure> {
    for part in into {
        sqlx::query(
            "insert into departments (tenant, id, name, position) select tenant, $1, $2, position \
             from departments where tenant = $3 and id = $4",
        )
        .bind(part.id.as_str())
        .bind(part.name.as_str())
        .bind(context.tenant())
        .bind(department.as_str())
        .execute(&mut *connection)
        .await?;
        // What had passed to the department, or was read by it, is read by every part as well.
        sqlx::query(
            "insert into department_parts (tenant, department, part, from_day, document) \
             select tenant, id, $1, $2, '' from departments where tenant = $3 and merged_into = $4 \
             union select tenant, department, $1, $2, '' from department_parts where tenant = $3 and part = $4",
        )
        .bind(part.id.as_str())
        .bind(ordered.from_day.to_string())
        .bind(context.tenant())
        .bind(department.as_str())
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "insert into department_parts (tenant, department, part, from_day, document) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(context.tenant())
        .bind(department.as_str())
        .bind(part.id.as_str())
        .bind(ordered.from_day.to_string())
        .bind(ordered.document.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn close(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
    ordered: &OrderedChange,
) -> Result<(), Failure> {
    sqlx::query("update departments set closed_on = $1, closed_by = $2 where tenant = $3 and id = $4")
        .bind(ordered.from_day.to_string())
        .bind(ordered.document.as_str())
        .bind(context.tenant())
        .bind(department.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
