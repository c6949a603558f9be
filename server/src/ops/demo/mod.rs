//! 演示数据: twelve departments in the latest window before the demonstration's day, their requests in every state a day
//! in July can show, after the window the whole budget and its approval, the people to sign in as and, on a day of 2024,
//! the year's money. Made by the same handlers a person's browser calls, each on its own day.

mod autumn;
mod content;
mod money;
mod people;
mod reviewing;

pub use people::PASSWORD;

use crate::cases::execute;
use crate::cases::operations;
use crate::cases::request_store;
use crate::cases::requests;
use crate::context::Shared;
use crate::documents::editions;
use crate::identity::accounts::{self, Account};
use crate::identity::departments::{self, Department};
use crate::kernel::failure::Failure;
use crate::ops::purpose::DEMO_FILL;
use crate::store::audit_trail::AuditRecord;
use people::{DEPARTMENTS, OFFICES, Progress, Sample};
use shared::api::accounts::AccountState;
use shared::api::operations::SendOperations;
use shared::api::requests::OpenRequest;
use shared::api::transition::Transition;
use shared::cases::kernel::Reason;
use shared::cases::request::Command;
use shared::cases::request::RequestCase;
use shared::kernel::calendar::{Date, FiscalYear};
use shared::kernel::finding::Place;
use shared::kernel::ids::{CaseId, DepartmentId, OpId, PersonId};
use shared::kernel::people::{Actor, Role};
use shared::policy::art04_calendar;

/// The day of the window on which the departments have come as far as the demonstration shows.
const MIDDLE: (u8, u8) = (7, 15);

/// Fills an empty database; one that has departments is left as it is.
pub async fn fill(context: &Shared) -> Result<(), Failure> {
    let mut write = context.db.write("start").await?;
    if !departments::all(context, write.connection()).await?.is_empty() {
        return Ok(());
    }
    let hash = context.passwords.hash(PASSWORD.to_string()).await?;
    for sample in &DEPARTMENTS {
        let department = Department { id: DepartmentId::new(sample.id), name: sample.name.into() };
        departments::add(context, write.connection(), &department).await?;
    }
    for known in everyone(&hash) {
        accounts::insert(context, write.connection(), &known, None).await?;
    }
    write.commit(AuditRecord::of_system(context.tenant(), context.clock().stamp(), DEMO_FILL)).await?;
    let today = context.clock().today();
    let outcome = Box::pin(play(context, &hash, today)).await;
    context.stage_day(None);
    outcome
}

/// Requests are made on the day itself, or in July where the window is over by then; none in a year without an edition.
async fn play(context: &Shared, hash: &str, today: Date) -> Result<(), Failure> {
    let Some((year, day)) = asked_for(context, today).await? else { return Ok(()) };
    if day != today {
        context.stage_day(Some(day));
    }
    for sample in DEPARTMENTS.iter().filter(|s| s.progress > Progress::NotStarted) {
        Box::pin(advance(context, sample, year)).await?;
    }
    Box::pin(autumn::play(context, year, today)).await?;
    if year != content::WORKED {
        return Ok(());
    }
    money::play(context, hash, today).await
}

/// The year that was asked for in the latest window, and the day in it on which the requests are filled in: today, or
/// a middle day of the window where it is over. `None` for a year without an edition, whose demonstration begins with
/// recording one.
async fn asked_for(context: &Shared, today: Date) -> Result<Option<(FiscalYear, Date)>, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let register = editions::register(context, &mut connection).await?;
    let windows = [FiscalYear(today.year() + 1), FiscalYear(today.year())].map(|year| {
        let edition = register.edition_for(year).ok()?;
        let window = art04_calendar::window(edition, year);
        (window.first <= today).then_some((year, window))
    });
    let latest = windows.into_iter().flatten().next();
    Ok(latest.map(|(year, window)| {
        let middle = Date::new(window.first.year(), MIDDLE.0, MIDDLE.1).unwrap_or(window.last);
        (year, if today <= window.last { today } else { middle })
    }))
}

fn everyone(hash: &str) -> Vec<Account> {
    let account = |id: String, name: &str, role: Role, department: Option<&str>| Account {
        person: PersonId::new(format!("P-{id}")),
        id,
        name: name.into(),
        role: Some(role),
        department: department.map(str::to_string),
        provider: None,
        state: AccountState::Active,
        hash: Some(hash.to_string()),
        password_changed: None,
        code_hash: None,
        created_by: PersonId::new(""),
        mail: None,
        phone: None,
        posts: Vec::new(),
    };
    let roles = [(Role::DepartmentFiller, "filler"), (Role::DepartmentApprover, "approver")];
    let of_departments = DEPARTMENTS.iter().flat_map(|sample| {
        roles.iter().zip(sample.people).map(move |((role, word), name)| {
            account(format!("{}.{word}", sample.id), name, *role, Some(sample.id))
        })
    });
    let of_offices = OFFICES.iter().map(|(id, name, role)| account(id.to_string(), name, *role, None));
    of_departments.chain(of_offices).collect()
}

async fn someone(context: &Shared, account: &str) -> Result<Actor, Failure> {
    let mut connection = context.db.reader().acquire().await?;
    let known = accounts::find(context, &mut connection, account).await?;
    let actor = known.and_then(|known| known.actor(context));
    actor.ok_or_else(|| Failure::Internal(anyhow::anyhow!("no demonstration account {account}")))
}

/// Fills a department's request and takes it as far as it has come.
async fn advance(context: &Shared, sample: &Sample, year: FiscalYear) -> Result<(), Failure> {
    let filler = someone(context, &format!("{}.filler", sample.id)).await?;
    let approver = someone(context, &format!("{}.approver", sample.id)).await?;
    let reviewer = someone(context, "bureau.reviewer").await?;
    let leader = someone(context, "bureau.leader").await?;
    let request = CaseId::new(format!("{}-{}", sample.id, year.0));
    let open = OpenRequest { request: request.clone(), fiscal_year: year };
    let mut case = requests::open(context.clone(), filler.clone(), open).await?.case;
    let mut connection = context.db.reader().acquire().await?;
    let edition = editions::serving(context, &mut connection, year).await?;
    drop(connection);
    let content::FilledContent { ops, is_complete } = content::operations(sample, &edition, year)?;
    operations::send(context.clone(), filler.clone(), SendOperations { request, ops }).await?;
    if !is_complete {
        return Ok(());
    }
    let steps = [
        (Progress::DepartmentCheck, &filler, Command::Submit {}),
        (Progress::Submitted, &approver, Command::DepartmentApprove {}),
        (Progress::BureauReview, &reviewer, Command::BureauTake {}),
    ];
    for (progress, actor, command) in steps {
        if sample.progress >= progress {
            case = tell(context, actor, case, command).await?;
        }
    }
    if sample.progress == Progress::BureauReview {
        reviewing::under_way(context, &reviewer, &filler, &case).await?;
    }
    if sample.progress == Progress::Returned {
        drop(tell(context, &reviewer, case.clone(), returned()).await?);
    }
    if sample.progress >= Progress::BureauConfirm {
        reviewing::finished(context, &reviewer, &filler, &case).await?;
        case = tell(context, &reviewer, case, Command::BureauPass {}).await?;
    }
    if sample.progress >= Progress::Accepted {
        let content_hash = case.content_hash.clone().unwrap_or_default();
        let review_hash = case.review_hash.clone().unwrap_or_default();
        tell(context, &leader, case, Command::BureauConfirm { content_hash, review_hash }).await?;
    }
    Ok(())
}

async fn tell(
    context: &Shared,
    actor: &Actor,
    case: RequestCase,
    command: Command,
) -> Result<RequestCase, Failure> {
    let operation = OpId::new(format!("demo-{}-{}", case.id, case.revision));
    let request = Transition::of(case.id, operation, case.revision, &command)?;
    let id = request.request.clone();
    execute::apply(context.clone(), actor.clone(), request).await?;
    let mut connection = context.db.reader().acquire().await?;
    Ok(request_store::visible(context, &mut connection, actor, id.as_str()).await?.case)
}

/// Two reasons as a reviewer writes them: one at a cell, one for a table.
fn returned() -> Command {
    let place = |table: &str, row: Option<&str>, field: Option<&str>| Place {
        form: "budget_request".into(),
        table: Some(table.into()),
        row: row.map(str::to_string),
        field: field.map(str::to_string),
    };
    let reason = |text: &str, place| Reason { text: text.into(), place: Some(place) };
    let basis = place("other", Some("o1"), Some("basis"));
    let systems = place("systems", None, None);
    Command::BureauReturn {
        reasons: vec![
            reason("该项测算依据过于笼统，请补充合同或报价单，并写明数量口径。", basis),
            reason("请核对在用系统清单，已停用的系统不再申报运维费。", systems),
        ],
    }
}
