//! 部门沿革: how departments are called and were called, which were merged or split into which, and which were closed.

use crate::context::Context;
use crate::kernel::failure::Failure;
use shared::kernel::ids::DepartmentId;
use shared::policy::accounts::departments::name_with_former;
use sqlx::{AnyConnection, FromRow};

#[derive(FromRow)]
struct NameRow {
    department: String,
    from_day: String,
    name: String,
    document: String,
}

#[derive(FromRow)]
struct EndedRow {
    id: String,
    name: String,
    merged_into: Option<String>,
    merged_on: Option<String>,
    merged_by: Option<String>,
    closed_on: Option<String>,
    closed_by: Option<String>,
}

#[derive(FromRow)]
struct PartRow {
    department: String,
    part: String,
    from_day: String,
    document: String,
}

/// How departments are called and were called.
pub struct DepartmentNames {
    departments: Vec<EndedRow>,
    /// Oldest first; of departments that changed their name.
    names: Vec<NameRow>,
    /// Splits as they were ordered.
    parts: Vec<PartRow>,
}

impl DepartmentNames {
    pub async fn read(context: &Context, connection: &mut AnyConnection) -> Result<DepartmentNames, Failure> {
        let departments = sqlx::query_as(
            "select id, name, merged_into, merged_on, merged_by, closed_on, closed_by from departments \
             where tenant = $1 order by position, id",
        )
        .bind(context.tenant())
        .fetch_all(&mut *connection)
        .await?;
        let names = sqlx::query_as(
            "select department, from_day, name, document from department_names where tenant = $1 \
             order by department, from_day",
        )
        .bind(context.tenant())
        .fetch_all(&mut *connection)
        .await?;
        let parts = sqlx::query_as(
            "select department, part, from_day, document from department_parts where tenant = $1 \
             and document <> '' order by from_day, department, part",
        )
        .bind(context.tenant())
        .fetch_all(connection)
        .await?;
        Ok(DepartmentNames { departments, names, parts })
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

    fn find(&self, department: &str) -> Option<&EndedRow> {
        self.departments.iter().find(|known| known.id == department)
    }

    /// What a department was called before, which were merged into it and which it was split from, in words.
    pub fn former(&self, department: &DepartmentId) -> Vec<String> {
        let own: Vec<&NameRow> =
            self.names.iter().filter(|name| name.department == department.as_str()).collect();
        let renamed = own.windows(2).map(|pair| {
            let (before, after) = (pair[0], pair[1]);
            format!("{} 前为{}（{}）", after.from_day, before.name, after.document)
        });
        let is_split = |known: &EndedRow| self.parts.iter().any(|part| part.department == known.id);
        let merged = self
            .departments
            .iter()
            .filter(|known| known.merged_into.as_deref() == Some(department.as_str()) && !is_split(known));
        let merged = merged.map(|known| {
            let (day, document) = (known.merged_on.as_deref(), known.merged_by.as_deref());
            format!("{} 并入{}（{}）", day.unwrap_or_default(), known.name, document.unwrap_or_default())
        });
        let split = self.parts.iter().filter(|row| row.part == department.as_str()).map(|row| {
            let from = self.find(&row.department).map_or(row.department.as_str(), |known| &known.name);
            format!("{} 由{from}拆分（{}）", row.from_day, row.document)
        });
        renamed.chain(merged).chain(split).collect()
    }

    /// The departments that were closed: id, name, and when and by which document, in words.
    pub fn closed(&self) -> Vec<(DepartmentId, String, String)> {
        let closed = self.departments.iter().filter_map(|known| {
            let on = known.closed_on.as_deref()?;
            let words = format!("{on} 撤销（{}）", known.closed_by.as_deref().unwrap_or_default());
            Some((DepartmentId::new(known.id.clone()), known.name.clone(), words))
        });
        closed.collect()
    }
}
