//! 批复行与采购行: what money is approved for, and the rows of packages that serve it.

use crate::kernel::failure::Failure;
use crate::store::values::{Value, key_lists, statement};
use shared::cases::execution::facts::ApprovedLine;
use shared::cases::execution::read_set::Wanted;
use shared::kernel::ids::{DepartmentId, LineId, PackageRowId};
use sqlx::{AnyConnection, FromRow};
use std::collections::{BTreeMap, BTreeSet};

#[derive(FromRow)]
struct LineRow {
    id: String,
    fiscal_year: i64,
    department: String,
    category: String,
    name: String,
    carried: i64,
}

impl LineRow {
    fn read(self) -> Result<(LineId, ApprovedLine), Failure> {
        let year = i32::try_from(self.fiscal_year).map_err(|error| Failure::Internal(error.into()))?;
        let carried = u32::try_from(self.carried).map_err(|error| Failure::Internal(error.into()))?;
        let department = DepartmentId::new(self.department);
        let (category, name) = (self.category, self.name);
        Ok((LineId::new(self.id), ApprovedLine { year, department, category, name, carried }))
    }
}

const LINES: &str = "select l.id, l.fiscal_year, coalesce(d.merged_into, l.department) as department, l.category, l.name, l.carried \
     from approved_lines l left join departments d on d.tenant = l.tenant and d.id = l.department where l.tenant = $1";

/// The lines of a year, of one department or of all: read by one query each, because a list of their ids would be a thousand
/// parameters.
#[derive(Clone, Copy, Debug)]
pub struct LinesOfYear<'a> {
    pub year: i32,
    pub department: Option<&'a DepartmentId>,
}

impl LinesOfYear<'_> {
    /// What follows `where l.tenant = $1`; [`LinesOfYear::values`] are its parameters.
    fn condition(&self) -> &'static str {
        match self.department {
            Some(_) => " and l.fiscal_year = $2 and coalesce(d.merged_into, l.department) = $3",
            None => " and l.fiscal_year = $2",
        }
    }

    /// A query for one expression of each line, as a subquery.
    pub fn select(&self, expression: &str) -> String {
        format!(
            "select {expression} from approved_lines l left join departments d on d.tenant = l.tenant and \
             d.id = l.department where l.tenant = $1{}",
            self.condition()
        )
    }

    /// A query for the package rows that serve the lines, as a subquery.
    pub fn select_rows(&self) -> String {
        format!("select p.id from package_rows p where p.tenant = $1 and p.line in ({})", self.select("l.id"))
    }

    pub fn values<'v>(&'v self, tenant: &'v str) -> Vec<Value<'v>> {
        let department = self.department.map(|department| department.as_str().into());
        [tenant.into(), i64::from(self.year).into()].into_iter().chain(department).collect()
    }
}

pub async fn lines(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<BTreeMap<LineId, ApprovedLine>, Failure> {
    let rows: Vec<LineRow> = sqlx::query_as(LINES).bind(tenant).fetch_all(connection).await?;
    rows.into_iter().map(LineRow::read).collect()
}

pub async fn lines_of_year(
    connection: &mut AnyConnection,
    tenant: &str,
    of: LinesOfYear<'_>,
) -> Result<BTreeMap<LineId, ApprovedLine>, Failure> {
    let values = of.values(tenant);
    let rows = statement(format!("{LINES}{}", of.condition()), &values).fetch_all(connection).await?;
    rows.iter().map(|row| LineRow::from_row(row)?.read()).collect()
}

/// Years with lines, of one department or of all.
pub async fn years(
    connection: &mut AnyConnection,
    tenant: &str,
    department: Option<&DepartmentId>,
) -> Result<BTreeSet<i32>, Failure> {
    let own = if department.is_some() { " and coalesce(d.merged_into, l.department) = $2" } else { "" };
    let sql = format!(
        "select distinct l.fiscal_year from approved_lines l left join departments d on d.tenant = l.tenant and \
         d.id = l.department where l.tenant = $1{own}"
    );
    let department = department.map(|department| department.as_str().into());
    let values: Vec<Value<'_>> = [tenant.into()].into_iter().chain(department).collect();
    let rows = statement(sql, &values).fetch_all(connection).await?;
    let year = |row| -> Result<i32, Failure> {
        let (year,) = <(i64,)>::from_row(row)?;
        i32::try_from(year).map_err(|error| Failure::Internal(error.into()))
    };
    rows.iter().map(year).collect()
}

/// The lines of these ids and of these years.
pub async fn lines_of(
    connection: &mut AnyConnection,
    tenant: &str,
    wanted: &Wanted,
) -> Result<BTreeMap<LineId, ApprovedLine>, Failure> {
    let mut found = BTreeMap::new();
    let ids: Vec<&str> = wanted.lines.iter().map(LineId::as_str).collect();
    let lists = key_lists(tenant, &ids).into_iter();
    let mut queries: Vec<(String, Vec<Value<'_>>)> =
        lists.map(|(list, values)| (format!(" and l.id in ({list})"), values)).collect();
    for (year, department) in &wanted.years {
        let mut values: Vec<Value<'_>> = vec![tenant.into(), i64::from(*year).into()];
        values.extend(department.iter().map(|department| department.as_str().into()));
        let own = if department.is_some() { " and coalesce(d.merged_into, l.department) = $3" } else { "" };
        queries.push((format!(" and l.fiscal_year = $2{own}"), values));
    }
    for (rest, values) in queries {
        let query = statement(format!("{LINES}{rest}"), &values);
        for row in query.fetch_all(&mut *connection).await? {
            let (id, line) = LineRow::from_row(&row)?.read()?;
            found.insert(id, line);
        }
    }
    Ok(found)
}

const PACKAGE_ROWS: &str = "select id, line from package_rows where tenant = $1";

/// The rows of packages with the line each serves.
pub async fn package_rows(
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<BTreeMap<PackageRowId, LineId>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(PACKAGE_ROWS).bind(tenant).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(row, line)| (PackageRowId::new(row), LineId::new(line))).collect())
}

/// The rows of packages that serve the lines of a year.
pub async fn package_rows_of_year(
    connection: &mut AnyConnection,
    tenant: &str,
    of: LinesOfYear<'_>,
) -> Result<BTreeMap<PackageRowId, LineId>, Failure> {
    let values = of.values(tenant);
    let sql = format!("{PACKAGE_ROWS} and line in ({})", of.select("l.id"));
    let rows = statement(sql, &values).fetch_all(connection).await?;
    let read = |row| -> Result<(PackageRowId, LineId), Failure> {
        let (row, line) = <(String, String)>::from_row(row)?;
        Ok((PackageRowId::new(row), LineId::new(line)))
    };
    rows.iter().map(read).collect()
}

/// The rows of these ids, and those that serve these lines.
pub async fn package_rows_of(
    connection: &mut AnyConnection,
    tenant: &str,
    wanted: &Wanted,
    lines: &BTreeMap<LineId, ApprovedLine>,
) -> Result<BTreeMap<PackageRowId, LineId>, Failure> {
    let mut found = BTreeMap::new();
    let rows: Vec<&str> = wanted.rows.iter().map(PackageRowId::as_str).collect();
    let lines: Vec<&str> = lines.keys().map(LineId::as_str).collect();
    for (column, texts) in [("id", rows), ("line", lines)] {
        for (list, values) in key_lists(tenant, &texts) {
            let sql = format!("{PACKAGE_ROWS} and {column} in ({list})");
            for row in statement(sql, &values).fetch_all(&mut *connection).await? {
                let (row, line) = <(String, String)>::from_row(&row)?;
                found.insert(PackageRowId::new(row), LineId::new(line));
            }
        }
    }
    Ok(found)
}
