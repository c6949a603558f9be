//! 申请: requests with the late windows that concern them. The only file that knows the table `late_windows`.

use crate::cases::store::{self, StoredCase};
use crate::context::Context;
use crate::documents::editions;
use crate::kernel::failure::Failure;
use shared::cases::authority;
use shared::cases::request::RequestCase;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::ids::{CaseId, DepartmentId};
use shared::kernel::people::Actor;
use shared::policy::art04_calendar::{Window, window};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// A request and when it came to its stage.
pub type StoredRequest = StoredCase<RequestCase>;

/// The request, if it exists for this person: another department's is as unknown as none.
pub async fn visible(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    request: &str,
) -> Result<StoredRequest, Failure> {
    match load(context, connection, request).await? {
        Some(stored) if authority::visible(actor, &stored.case) => Ok(stored),
        _ => Err(Failure::unknown("份申请")),
    }
}

/// The request of this id; `None` also for a case of another kind.
pub async fn load(
    context: &Context,
    connection: &mut AnyConnection,
    request: &str,
) -> Result<Option<StoredRequest>, Failure> {
    store::load(context, connection, &CaseId::new(request)).await
}

/// All requests of a year, withdrawn ones too, by when they came to their stage.
pub async fn of_year(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<Vec<StoredRequest>, Failure> {
    let mut stored = store::of_year::<RequestCase>(context, &mut *connection, year).await?;
    let of_requests = RequestYear::read(context, connection, year).await?;
    stored.iter_mut().for_each(|request| of_requests.complete(&mut request.case));
    stored.sort_by(|a, b| (&a.since, &a.case.id).cmp(&(&b.since, &b.case.id)));
    Ok(stored)
}

/// The approved requests of a department in the last year before `before` that has any: its own, those of the departments
/// that passed to it, and those of one it was split from.
pub async fn last_approved(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
    before: FiscalYear,
) -> Result<Vec<RequestCase>, Failure> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select c.id, c.fiscal_year from cases c left join departments d on d.tenant = c.tenant and d.id = c.department \
         where c.tenant = $1 and c.kind = 'request' and c.stage = 'approved' and c.fiscal_year < $3 \
         and (coalesce(d.merged_into, c.department) = $2 or c.department in (select p.department \
         from department_parts p join departments own on own.tenant = p.tenant and own.id = p.part \
         where p.tenant = $1 and coalesce(own.merged_into, own.id) = $2)) order by c.fiscal_year desc, c.id",
    )
    .bind(context.tenant())
    .bind(department.as_str())
    .bind(i64::from(before.0))
    .fetch_all(&mut *connection)
    .await?;
    let last = rows.first().map(|(_, year)| *year);
    let mut found = Vec::new();
    for (id, _) in rows.into_iter().filter(|(_, year)| Some(*year) == last) {
        found.extend(load(context, &mut *connection, &id).await?.map(|stored| stored.case));
    }
    Ok(found)
}

/// Whether a request of the year that is not withdrawn passed to the department from one that was merged or split. The index
/// of one request per department and year knows only the department a request was begun in.
pub async fn has_taken_over(
    context: &Context,
    connection: &mut AnyConnection,
    department: &DepartmentId,
    year: FiscalYear,
) -> Result<bool, Failure> {
    let taken_over: i64 = sqlx::query_scalar(
        "select count(*) from cases c join departments d on d.tenant = c.tenant and d.id = c.department \
         where c.tenant = $1 and c.kind = 'request' and c.fiscal_year = $2 and c.stage <> 'withdrawn' \
         and d.merged_into = $3",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .bind(department.as_str())
    .fetch_one(connection)
    .await?;
    Ok(taken_over > 0)
}

/// What other tables say of all requests of a year.
pub struct RequestYear {
    late: BTreeMap<DepartmentId, Date>,
    /// `None` in a year without an edition.
    window: Option<Window>,
}

impl RequestYear {
    pub async fn read(
        context: &Context,
        connection: &mut AnyConnection,
        year: FiscalYear,
    ) -> Result<RequestYear, Failure> {
        let late = late_windows(context, &mut *connection, year).await?;
        let register = editions::register(context, connection).await?;
        Ok(RequestYear { late, window: register.edition_for(year).ok().map(|edition| window(edition, year)) })
    }

    pub fn complete(&self, request: &mut RequestCase) {
        request.late_until = self.late.get(&request.department).copied();
        request.window = self.window;
    }
}

/// The latest late window of each department that has one.
pub async fn late_windows(
    context: &Context,
    connection: &mut AnyConnection,
    year: FiscalYear,
) -> Result<BTreeMap<DepartmentId, Date>, Failure> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select coalesce(d.merged_into, w.department), w.until from late_windows w left join departments d \
         on d.tenant = w.tenant and d.id = w.department where w.tenant = $1 and w.fiscal_year = $2 order by w.number",
    )
    .bind(context.tenant())
    .bind(i64::from(year.0))
    .fetch_all(connection)
    .await?;
    let windows =
        rows.into_iter().filter_map(|(d, until)| Some((DepartmentId::new(d), Date::parse(&until)?)));
    Ok(windows.collect())
}

/// Opens a late window; `false` when this operation did so already.
///
/// # Errors
/// 409 when the id was used for another window or by somebody else.
pub async fn grant_late(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    grant: &shared::api::desk::GrantLateWindow,
) -> Result<bool, Failure> {
    let done = sqlx::query(
        "insert into late_windows (tenant, operation, department, fiscal_year, number, until, reason, \
         by_account, by_name, at) values ($1, $2, $3, $4, (select count(*) + 1 from late_windows \
         where tenant = $1 and department = $3 and fiscal_year = $4), $5, $6, $7, $8, $9) on conflict do nothing",
    )
    .bind(context.tenant())
    .bind(grant.operation.as_str())
    .bind(grant.department.as_str())
    .bind(i64::from(grant.fiscal_year.0))
    .bind(grant.until.to_string())
    .bind(grant.reason.trim())
    .bind(actor.account.as_str())
    .bind(actor.name.as_str())
    .bind(context.clock().stamp().to_string())
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(true);
    }
    let same: i64 = sqlx::query_scalar(
        "select count(*) from late_windows where tenant = $1 and operation = $2 and department = $3 \
         and fiscal_year = $4 and until = $5 and reason = $6 and by_account = $7",
    )
    .bind(context.tenant())
    .bind(grant.operation.as_str())
    .bind(grant.department.as_str())
    .bind(i64::from(grant.fiscal_year.0))
    .bind(grant.until.to_string())
    .bind(grant.reason.trim())
    .bind(actor.account.as_str())
    .fetch_one(connection)
    .await?;
    if same == 1 { Ok(false) } else { Err(Failure::operation_reused()) }
}
