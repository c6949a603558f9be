//! 部门: the tables `departments` and `department_names`.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::exchange::account_book::KnownDepartment;
use shared::kernel::calendar::Date;
use shared::kernel::ids::DepartmentId;
use shared::policy::accounts::departments::{
    DepartmentChange, OrderedChange, RegisteredDepartment, name_with_former,
};
use sqlx::{AnyConnection, FromRow};

/// A department as it is listed.
#[derive(Clone, Debug)]
pub struct Department {
    pub id: DepartmentId,
    pub name: String,
}

/// All departments that were not merged into another, in their order.
pub async fn all(context: &Context, connection: &mut AnyConnection) -> Result<Vec<Department>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select id, name from departments where tenant = $1 and merged_into is null order by position, id",
    )
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
        "select id, name, credit_code, position from departments where tenant = $1 and merged_into is null \
         order by position, id",
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
    /// First day of the latest name.
    named_on: Option<String>,
}

/// Every department with its latest change.
pub async fn register_of_changes(
    context: &Context,
    connection: &mut AnyConnection,
) -> Result<Vec<RegisteredDepartment>, Failure> {
    let rows: Vec<RegisteredRow> = sqlx::query_as(
        "select d.id, d.name, d.merged_into, d.merged_on, (select max(n.from_day) from department_names n \
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
        changed_on: day(row.named_on).max(day(row.merged_on)),
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
                merge(context, &mut *connection, department, into, ordered).await?;
            }
            Ok(())
        }
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

async fn merge(
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

#[derive(FromRow)]
struct NameRow {
    department: String,
    from_day: String,
    name: String,
    document: String,
}

#[derive(FromRow)]
struct MergedRow {
    id: String,
    name: String,
    merged_into: Option<String>,
    merged_on: Option<String>,
    merged_by: Option<String>,
}

/// How departments are called and were called.
pub struct DepartmentNames {
    departments: Vec<MergedRow>,
    /// Oldest first; of departments that changed their name.
    names: Vec<NameRow>,
}

impl DepartmentNames {
    pub async fn read(context: &Context, connection: &mut AnyConnection) -> Result<DepartmentNames, Failure> {
        let departments = sqlx::query_as(
            "select id, name, merged_into, merged_on, merged_by from departments where tenant = $1",
        )
        .bind(context.tenant())
        .fetch_all(&mut *connection)
        .await?;
        let names = sqlx::query_as(
            "select department, from_day, name, document from department_names where tenant = $1 \
             order by department, from_day",
        )
        .bind(context.tenant())
        .fetch_all(connection)
        .await?;
        Ok(DepartmentNames { departments, names })
    }

    /// Whether every department has the one name it was registered under.
    pub fn are_plain(&self) -> bool {
        self.names.is_empty() && self.departments.iter().all(|known| known.merged_into.is_none())
    }

    /// Its name now, or that of the department it was merged into; after it the name it had on `day`, where that was
    /// another.
    pub fn on(&self, department: &str, day: &str) -> Option<String> {
        let known = self.find(department)?;
        let now = known.merged_into.as_deref().and_then(|into| self.find(into)).unwrap_or(known);
        let then =
            self.names.iter().rfind(|name| name.department == known.id && name.from_day.as_str() <= day);
        let then = then.map_or(known.name.as_str(), |name| name.name.as_str());
        Some(name_with_former(&now.name, then))
    }

    fn find(&self, department: &str) -> Option<&MergedRow> {
        self.departments.iter().find(|known| known.id == department)
    }

    /// What a department was called before and which were merged into it, in words.
    pub fn former(&self, department: &DepartmentId) -> Vec<String> {
        let own: Vec<&NameRow> =
            self.names.iter().filter(|name| name.department == department.as_str()).collect();
        let renamed = own.windows(2).map(|pair| {
            let (before, after) = (pair[0], pair[1]);
            format!("{} 前为{}（{}）", after.from_day, before.name, after.document)
        });
        let merged =
            self.departments.iter().filter(|known| known.merged_into.as_deref() == Some(department.as_str()));
        let merged = merged.map(|known| {
            let (day, document) = (known.merged_on.as_deref(), known.merged_by.as_deref());
            format!("{} 并入{}（{}）", day.unwrap_or_default(), known.name, document.unwrap_or_default())
        });
        renamed.chain(merged).collect()
    }
}
