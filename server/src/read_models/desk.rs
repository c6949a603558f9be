//! 待办: what waits for me, the year's calendar, and the state of every department I may see.

use crate::audit::trail::AuditRecord;
use crate::cases::request_store::{self, Department, StoredRequest};
use crate::cases::store;
use crate::context::Context;
use crate::documents::versions;
use crate::http::failure::Failure;
use crate::http::routing::Shared;
use shared::api::desk::{DepartmentState, Desk, GrantLateWindow, ReadDesk, Task, YearCalendar};
use shared::api::problem::Problem;
use shared::cases::approval::ApprovalBatch;
use shared::cases::authority::{Capability, CaseKind, available_commands, may, visible};
use shared::cases::consolidation::Consolidation;
use shared::cases::language::{Case, Kind, Stage, Verb};
use shared::cases::mid_term_plan::MidTermPlan;
use shared::cases::separate::SeparateApplication;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::people::{Actor, Office};
use shared::policy::art04_calendar::year_in_hand;
use shared::policy::editions::register::Register;
use shared::policy::{art04_calendar, art18_validity};
use sqlx::AnyConnection;
use std::collections::BTreeMap;

/// `GET /api/desk`.
pub async fn read(context: Shared, actor: Actor, request: ReadDesk) -> Result<Desk, Failure> {
    let today = context.clock().today();
    let year = request
        .fiscal_year
        .map_or_else(|| year_in_hand(Register::shipped(), today), |year| FiscalYear(i32::from(year)));
    let mut connection = context.db.reader().acquire().await?;
    let mut filed = request_store::of_year(&context, &mut connection, year).await?;
    filed.retain(|f| visible(&actor, &f.case));
    let mut listed = request_store::departments(&context, &mut connection).await?;
    let names: BTreeMap<_, _> = listed.iter().map(|d| (d.id.clone(), d.name.clone())).collect();
    let mut tasks: Vec<Task> = filed.iter().filter_map(|f| task(&actor, f, &names, today)).collect();
    tasks.extend(of_matters(&context, &mut connection, &actor, year).await?);
    tasks.sort_by(|a, b| (&a.since, &a.id).cmp(&(&b.since, &b.id)));
    if may(&actor, Capability::SeeAllDepartments).is_err() {
        listed.retain(|d| actor.department.as_ref() == Some(&d.id));
    }
    let late = request_store::late_windows(&context, &mut connection, year).await?;
    let departments = states(&context, &mut connection, &actor, listed, &filed, &late).await?;
    let own_late = actor.department.as_ref().and_then(|d| late.get(d)).copied();
    let has_own = filed.iter().any(|f| f.case.stage != Stage::Withdrawn);
    Ok(Desk {
        today,
        demo: context.settings.demo,
        fiscal_year: year,
        calendar: calendar(year, own_late, today),
        tasks,
        departments,
        may_open: may(&actor, Capability::OpenRequest).is_ok()
            && !has_own
            && art18_validity::edition_for(year).is_ok(),
        may_grant_late: may(&actor, Capability::GrantLateWindow).is_ok(),
    })
}

fn calendar(year: FiscalYear, late_until: Option<Date>, today: Date) -> Option<YearCalendar> {
    let edition = art18_validity::edition_for(year).ok()?;
    let window = art04_calendar::window(edition, year);
    Some(YearCalendar {
        edition: edition.document().to_string(),
        window,
        opening: art04_calendar::opening(window, late_until, today),
        consolidation_deadline: art04_calendar::consolidation_deadline(edition, year),
        late_until,
    })
}

/// A request waits for whoever has something to do with it other than to withdraw it.
fn task(
    actor: &Actor,
    filed: &StoredRequest,
    names: &BTreeMap<shared::kernel::ids::DepartmentId, String>,
    today: Date,
) -> Option<Task> {
    let StoredRequest { case, since } = filed;
    let offers = available_commands(actor, case, today);
    offers.iter().any(|offer| waits(case, offer.verb)).then(|| Task {
        kind: Kind::Request,
        id: case.id.clone(),
        fiscal_year: case.fiscal_year,
        stage: case.stage,
        title: names.get(&case.department).cloned().unwrap_or_default(),
        since: since.clone(),
        offers,
    })
}

/// Whether the case waits for this to be done, rather than merely allowing it.
fn waits(case: &Case, verb: Verb) -> bool {
    let opinion = case.finance_opinion.as_ref();
    match verb {
        Verb::Withdraw => false,
        Verb::FinancePass | Verb::FinanceObject | Verb::FinanceReturn => opinion.is_none(),
        Verb::FinanceReject => opinion.is_some_and(|opinion| !opinion.arrange),
        _ => true,
    }
}

/// Cases of the other kinds that wait for this person.
async fn of_matters(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    year: FiscalYear,
) -> Result<Vec<Task>, Failure> {
    let mut tasks = Vec::new();
    for filed in store::of_year::<Consolidation>(context, &mut *connection, Kind::Compilation, year).await? {
        let title = match filed.case.number {
            1 => "整体预算汇总".to_string(),
            number => format!("整体预算第 {number} 次汇总"),
        };
        tasks.push(matter_task(context, actor, &filed.case, year, title, filed.since));
    }
    for filed in store::of_year::<ApprovalBatch>(context, &mut *connection, Kind::Batch, year).await? {
        let title = filed.case.number.clone().unwrap_or_else(|| "批复拟稿".to_string());
        tasks.push(matter_task(context, actor, &filed.case, year, title, filed.since));
    }
    for filed in store::of_year::<MidTermPlan>(context, &mut *connection, Kind::Plan, year).await? {
        let mut task =
            matter_task(context, actor, &filed.case, year, "中期财政规划".to_string(), filed.since);
        if filed.case.stage == Stage::Confirmed {
            // It may be rolled on, but waits for nobody.
            task.offers.clear();
        }
        tasks.push(task);
    }
    for filed in store::of_year::<SeparateApplication>(context, connection, Kind::Separate, year).await? {
        let system = &filed.case.claim.system;
        let title =
            if system.is_empty() { "单独申请".to_string() } else { format!("单独申请：{system}") };
        let mut task = matter_task(context, actor, &filed.case, year, title, filed.since);
        // It waits for those who have more to do with it than to withdraw it.
        if task.offers.iter().all(|offer| offer.verb == Verb::Withdraw) {
            task.offers.clear();
        }
        tasks.push(task);
    }
    tasks.retain(|task| !task.offers.is_empty());
    Ok(tasks)
}

fn matter_task<M: CaseKind>(
    context: &Context,
    actor: &Actor,
    matter: &M,
    fiscal_year: FiscalYear,
    title: String,
    since: String,
) -> Task {
    let offers = match visible(actor, matter) {
        true => available_commands(actor, matter, context.clock().today()),
        false => Vec::new(),
    };
    let (id, stage) = (matter.id().clone(), matter.stage());
    Task { kind: M::KIND, id, fiscal_year, stage, title, since, offers }
}

async fn states(
    context: &Context,
    connection: &mut AnyConnection,
    actor: &Actor,
    listed: Vec<Department>,
    filed: &[StoredRequest],
    late: &BTreeMap<shared::kernel::ids::DepartmentId, Date>,
) -> Result<Vec<DepartmentState>, Failure> {
    let mut states = Vec::with_capacity(listed.len());
    for department in listed {
        let of_it =
            |f: &&StoredRequest| f.case.department == department.id && f.case.stage != Stage::Withdrawn;
        let own = filed.iter().find(of_it);
        let mut total = None;
        if let Some(StoredRequest { case, .. }) = own {
            let newest = versions::newest_for(actor, case);
            let lines = versions::lines(context, &mut *connection, &case.id, newest).await?;
            total = lines.into_iter().next_back().and_then(|line| line.total);
        }
        // The bureau learns that a department has begun, and opens the request once it is reported.
        let readable =
            |f: &StoredRequest| actor.role.office() != Office::Bureau || f.case.reported_version > 0;
        states.push(DepartmentState {
            late_until: late.get(&department.id).copied(),
            department: department.id,
            name: department.name,
            request: own.filter(|f| readable(f)).map(|f| f.case.id.clone()),
            stage: own.map(|f| f.case.stage),
            since: own.map(|f| f.since.clone()),
            total,
        });
    }
    Ok(states)
}

/// `POST /api/late-windows`.
pub async fn grant_late(context: Shared, actor: Actor, request: GrantLateWindow) -> Result<(), Failure> {
    may(&actor, Capability::GrantLateWindow)?;
    let edition = art18_validity::edition_for(request.fiscal_year)?;
    let today = context.clock().today();
    let may =
        art04_calendar::may_grant_late(edition, request.fiscal_year, request.until, &request.reason, today);
    may.map_err(|refusal| {
        // Too short a reason is a fault of the body, as too long a one is.
        let status = if refusal.code == "late.reason" { 422 } else { 403 };
        Problem { status, ..Problem::refused(refusal) }
    })?;
    let mut write = context.db.write(&format!("late {}", context.tenant())).await?;
    if request_store::department_name(&context, write.connection(), &request.department).await?.is_none() {
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
        write.commit(entry.detail(detail)).await?;
    }
    Ok(())
}
