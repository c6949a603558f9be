//! 待办: the cases that wait for a person, the year's calendar, and the state of every department the person may see.

use crate::cases::money::pages;
use crate::cases::request_store::{self, StoredRequest};
use crate::cases::store::{self, StoredCase};
use crate::context::{Context, Shared};
use crate::documents::editions;
use crate::documents::versions;
use crate::identity::accounts::posts;
use crate::identity::departments::{self, Department, Departments};
use crate::kernel::failure::Failure;
use crate::store::audit_trail::AuditRecord;
use crate::store::change_bus;
use shared::api::desk::{
    DepartmentState, Desk, ElsewhereTasks, GrantLateWindow, ReadDesk, Task, YearCalendar,
};
use shared::cases::authority::{Capability, may, visible};
use shared::cases::kernel::Stage;
use shared::cases::{AnyCase, Kind};
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::people::{Actor, Office};
use shared::policy::art04_calendar;
use shared::policy::art04_calendar::year_in_hand;
use shared::policy::editions::Edition;
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// `GET /api/desk`.
pub async fn read(context: Shared, actor: Actor, request: ReadDesk) -> Result<Desk, Failure> {
    let today = context.clock().today();
    let mut connection = context.db.reader().acquire().await?;
    let register = editions::register(&context, &mut connection).await?;
    let year = request
        .fiscal_year
        .map_or_else(|| year_in_hand(&register, today), |year| FiscalYear(i32::from(year)));
    let edition = register.edition_for(year).ok();
    let mut filed = request_store::of_year(&context, &mut connection, year).await?;
    filed.retain(|f| visible(&actor, &f.case));
    let Departments { open: mut listed, closed, .. } =
        departments::registry(&context, &mut connection).await?;
    // A closed department stands in the years it has a request in.
    let has_request =
        |d: &Department| filed.iter().any(|f| f.case.department == d.id && f.case.stage != Stage::Withdrawn);
    listed.extend(closed.into_iter().filter(has_request));
    let names: BTreeMap<_, _> = listed.iter().map(|d| (d.id.clone(), d.name.clone())).collect();
    let cases = store::all_of_year(&context, &mut connection, year).await?;
    let mut elsewhere = Vec::new();
    for (post, other) in posts::other_actors(&context, &mut connection, &actor).await? {
        let waits = |stored: &&StoredCase<AnyCase>| !stored.case.task(&other, today).is_empty();
        let money = pages::tasks(&context, &mut connection, &other).await?.len();
        let count = cases.iter().filter(waits).count() + money;
        if count > 0 {
            elsewhere.push(ElsewhereTasks { post, count });
        }
    }
    let mut tasks: Vec<Task> =
        cases.into_iter().filter_map(|stored| task(&actor, stored, &names, today)).collect();
    tasks.sort_by(|a, b| (&a.since, &a.id).cmp(&(&b.since, &b.id)));
    if may(&actor, Capability::SeeAllDepartments).is_err() {
        listed.retain(|d| actor.department.as_ref() == Some(&d.id));
    }
    let late = request_store::late_windows(&context, &mut connection, year).await?;
    let departments = states(&context, &mut connection, &actor, year, listed, &filed, &late).await?;
    let own_late = actor.department.as_ref().and_then(|d| late.get(d)).copied();
    // A request read as the history of a department that was split is another's.
    let is_own = |f: &StoredRequest| actor.department.as_ref() == Some(&f.case.department);
    let has_own = filed.iter().any(|f| is_own(f) && f.case.stage != Stage::Withdrawn);
    Ok(Desk {
        today,
        demo: context.settings.demo,
        fiscal_year: year,
        calendar: edition.map(|edition| calendar(edition, year, own_late, today)),
        tasks,
        elsewhere,
        money: pages::tasks(&context, &mut connection, &actor).await?,
        departments,
        may_open: may(&actor, Capability::OpenRequest).is_ok() && !has_own && edition.is_some(),
        may_grant_late: may(&actor, Capability::GrantLateWindow).is_ok(),
    })
}

fn calendar(edition: &Edition, year: FiscalYear, late_until: Option<Date>, today: Date) -> YearCalendar {
    let window = art04_calendar::window(edition, year);
    YearCalendar {
        edition: edition.document().to_string(),
        window,
        opening: art04_calendar::opening(window, late_until, today),
        consolidation_deadline: art04_calendar::consolidation_deadline(edition, year),
        late_until,
        reason_min: edition.parameters.reason_min,
    }
}

/// A case that waits for this person, titled by its department for a request.
fn task(
    actor: &Actor,
    stored: StoredCase<AnyCase>,
    names: &BTreeMap<shared::kernel::ids::DepartmentId, String>,
    today: Date,
) -> Option<Task> {
    let StoredCase { case, since } = stored;
    let offers = case.task(actor, today);
    if offers.is_empty() {
        return None;
    }
    let head = case.head();
    let of_department = head.department.as_ref().filter(|_| head.kind == Kind::Request);
    let title = of_department.and_then(|department| names.get(department).cloned());
    Some(Task {
        kind: head.kind,
        id: head.id,
        fiscal_year: head.fiscal_year,
        stage: head.stage,
        title: title.unwrap_or_else(|| case.label()),
        since,
        offers,
    })
}

async fn states(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    year: FiscalYear,
    listed: Vec<Department>,
    filed: &[StoredRequest],
    late: &BTreeMap<shared::kernel::ids::DepartmentId, Date>,
) -> Result<Vec<DepartmentState>, Failure> {
    let totals = versions::totals_of_year(context, connection, year).await?;
    let mut states = Vec::with_capacity(listed.len());
    for department in listed {
        let of_it =
            |f: &&StoredRequest| f.case.department == department.id && f.case.stage != Stage::Withdrawn;
        let own = filed.iter().find(of_it);
        let mut total = None;
        if let Some(StoredRequest { case, .. }) = own {
            let newest = versions::newest_for(actor, case);
            total = totals.get(&(case.id.clone(), newest)).cloned().flatten();
        }
        // The bureau sees that a department has begun, and may open the request once it is reported.
        let readable =
            |f: &StoredRequest| actor.role.office() != Office::Bureau || f.case.reported_version > 0;
        states.push(DepartmentState {
            late_until: late.get(&department.id).copied(),
            department: department.id,
            name: department.name,
            request: own.filter(|f| readable(f)).map(|f| f.case.id.clone()),
            stage: own.map(|f| f.case.stage),
            since: own.map(|f| f.since),
            total,
        });
    }
    Ok(states)
}

/// `POST /api/late-windows`.
pub async fn grant_late(context: Shared, actor: Actor, request: GrantLateWindow) -> Result<(), Failure> {
    let mut write = context.db.write(&format!("late {}", context.tenant())).await?;
    let edition = editions::serving(&context, write.connection(), request.fiscal_year).await?;
    let today = context.clock().today();
    art04_calendar::may_grant_late(&edition, request.fiscal_year, request.until, &request.reason, today)?;
    let open = departments::all(&context, write.connection()).await?;
    if !open.iter().any(|known| known.id == request.department) {
        return Err(Failure::unknown("个部门"));
    }
    if request_store::grant_late(&context, write.connection(), &actor, &request).await? {
        let detail =
            format!("{} 年度延至 {}：{}", request.fiscal_year.0, request.until, request.reason.trim());
        let entry = AuditRecord::by(
            &actor,
            context.clock().stamp(),
            "late_window.grant",
            request.department.as_str(),
        );
        write.changes(change_bus::deadlines(context.tenant()));
        write.changes(change_bus::desks(context.tenant()));
        write.commit(entry.detail(detail)).await?;
    }
    Ok(())
}
